"""What a person reads, in their language: translated texts, and numbers, times and durations that no machine changes."""

from __future__ import annotations

import gettext
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from itsmctl.errors import Phrase, Problem, Where
from itsmctl.zones import zone_info, zone_names

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")
LOCALE = Path(__file__).parent / "locale"

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def msg(text: str) -> str:
    """Mark a text in a table for translation; `tr` translates it where it is shown."""
    return text


def tr(text: str, language: Language, /, **values: object) -> str:
    """The text in a language, with its `{names}` filled in when values are given."""
    translated = _catalogue(language).gettext(text) if text else ""
    return _filled(translated, language, values) if values else translated


def trn(one: str, many: str, n: int, language: Language, /, **values: object) -> str:
    """The text for `n` things in a language; `{n}` in it is the number as people write it."""
    return _filled(_catalogue(language).ngettext(one, many, n), language, {"n": number_text(n), **values})


_HAN = "[\u4e00-\u9fff]"
_BEGINS, _ENDS = re.compile(rf"(<[^>]*>)*({_HAN}|[“（《])"), re.compile(rf"({_HAN}|[”）》])(<[^>]*>)*\Z")
"""How what is filled in begins and ends where no space belongs between it and Chinese; it may be markup."""
_SPACE_BEFORE, _SPACE_AFTER = re.compile(rf"(?<={_HAN}) \{{(\w+)\}}"), re.compile(rf"\{{(\w+)\}} (?={_HAN})")


def closed_up(text: str, language: Language, values: Mapping[str, object]) -> str:
    """A text, its `{names}` not yet filled in, without the spaces that would stand between Chinese and Chinese."""
    if language == "zh":
        begins = {name for name, value in values.items() if isinstance(value, str) and _BEGINS.match(value)}
        ends = {name for name, value in values.items() if isinstance(value, str) and _ENDS.search(value)}
        if begins:
            text = _SPACE_BEFORE.sub(lambda place: place[0].removeprefix(" ") if place[1] in begins else place[0], text)
        if ends:
            text = _SPACE_AFTER.sub(lambda place: place[0].removesuffix(" ") if place[1] in ends else place[0], text)
    return text


def _filled(text: str, language: Language, values: Mapping[str, object]) -> str:
    return closed_up(text, language, values).format(**values)


_KINDS = (msg("code-list"), msg("kpi"), msg("ola"), msg("priority-matrix"), msg("programme"), msg("raci"), msg("separation"), msg("sla"))  # fmt: skip
"""Kinds of definition that messages call as the files do, where no other text happens to be the same."""


_REASONS = frozenset((
    msg("no such file"), msg("No such file or directory"), msg("Permission denied"), msg("Is a directory"), msg("Not a directory"),
    msg("File exists"), msg("Read-only file system"), msg("File name too long"), msg("No space left on device"),
))  # fmt: skip
"""What the machine gives as the reason why a file cannot be had, in its words."""


def description_text(text: str, language: Language) -> str:
    """A title or description of a schema in a language."""
    return _descriptions(language).gettext(text) if text else ""


def problem_text(problem: Problem, language: Language) -> str:
    """The message of a problem in a language, with the kind of what is unknown in it too."""
    values = {name: _said(value, language) for name, value in problem.values.items()}
    if problem.template.startswith("unknown {what}"):
        values["what"] = tr(str(values["what"]), language)
    return _filled(tr(problem.template, language), language, values)


def _said(value: object, language: Language) -> object:
    """A part of a message in a language, where it is a text of ours."""
    if isinstance(value, str) and value in _REASONS:
        return tr(value, language)
    if not isinstance(value, Phrase):
        return value
    parts = {name: _said(part, language) for name, part in value.values.items()}
    return _filled(tr(value.template, language), language, parts)


def problem_line(problem: Problem, language: Language) -> str:
    """One problem as `file:line:column: message [code]`, with the nearest word where there is one."""
    place = place_text(problem.where, language)
    if place:
        place += "：" if problem.where.row and language == "zh" else ": "
    return f"{place}{problem_text(problem, language)} [{problem.code}]{hint_text(problem.suggestion, language)}"


def hint_text(near: str, language: Language) -> str:
    """The nearest word, to stand behind a message; nothing where there is none."""
    return " " + tr("(did you mean {word}?)", language, word=near) if near else ""


def place_text(where: Where, language: Language) -> str:
    """A place in a file: `file:line:column` in every language, a row of a table in the reader's words."""
    if where.file.startswith("commit "):
        return tr("commit {commit}", language, commit=where.file.removeprefix("commit "))
    if not where.row:
        return printable(str(where))
    row = tr("{file}: row {row}", language, file=printable(where.file), row=where.row)
    column = printable(where.column_name)
    return tr("{row}, column {column}", language, row=row, column=column) if column else row


def printable(text: str) -> str:
    """A name that somebody else gave, which must not steer the terminal, begin a line or command a forge."""
    return "".join(character if character.isprintable() else repr(character)[1:-1] for character in text)


@cache
def _catalogue(language: Language, name: str = "itsmctl") -> gettext.NullTranslations:
    if language == "en":
        return gettext.NullTranslations()
    with (LOCALE / language / "LC_MESSAGES" / f"{name}.mo").open("rb") as file:
        return gettext.GNUTranslations(file)


@cache
def _descriptions(language: Language) -> gettext.NullTranslations:
    """A catalogue of their own, which no other command has to load; what a check asks, pages say too."""
    found = _catalogue(language, "schemas")
    found.add_fallback(_catalogue(language))
    return found


# Numbers and times


def number_text(number: int) -> str:
    """24,918: both languages group by thousands."""
    return f"{number:,}"


def percent_text(part: int, whole: int) -> str:
    """36.6%: one decimal, and never rounded to a bare 0% or 100% that is not exactly so."""
    if not whole:
        return "–"
    if part in (0, whole):
        return "100%" if part else "0%"
    share = 100 * part / whole
    if share < 0.05:
        return "<0.1%"
    return ">99.9%" if share >= 99.95 else f"{share:.1f}%"


def reached_text(met: int, judged: int, unknown: int) -> str:
    """86.0%, or where more than one in a hundred could not be judged 47.5–100%: what it would be had all of those missed or met.

    Of clocks that may have been paused only those are judged that were in time in any case, so that a share of the judged says nothing.
    """
    every = judged + unknown
    if not is_span(judged, unknown):
        return percent_text(met, judged)
    return f"{percent_text(met, every).removesuffix('%')}–{percent_text(met + unknown, every)}"


def is_span(judged: int, unknown: int) -> bool:
    """Whether `reached_text` gives a span: some were judged, and more than one in a hundred could not be."""
    return bool(judged) and 100 * unknown > judged + unknown


def points_text(now: float, before: float, decimals: int = 1) -> str:
    """+0.6: by how many points a per cent has moved, as the two stand there, so that whoever subtracts them finds the same."""
    moved = round(round(now, decimals) - round(before, decimals), decimals)
    return f"{'+' if moved > 0 else '−' if moved < 0 else '±'}{abs(moved):.{decimals}f}"


def duration_text(seconds: int, language: Language) -> str:
    """5 h 30 min: hours are the largest unit, because a day of service hours is not 24 hours."""
    minutes, rest = divmod(abs(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    parts = [
        tr("{n} h", language, n=number_text(hours)) if hours else "",
        tr("{n} min", language, n=minutes) if minutes or not (hours or rest) else "",
        tr("{n} s", language, n=rest) if rest else "",
    ]
    return ("−" if seconds < 0 else "") + " ".join(part for part in parts if part)


def zone_of(name: str) -> ZoneInfo:
    """The zone of that name, or UTC where there is none: a report never falls back on the machine's own."""
    return zone_info(name if name in zone_names() else "UTC")


def local(moment: int, zone: tzinfo) -> datetime:
    """Epoch seconds as local time, also outside the range that the platform's C library knows."""
    return (_EPOCH + timedelta(seconds=moment)).astimezone(zone)


@lru_cache(4096)
def moment_text(moment: int, zone: ZoneInfo, *, seconds: bool = False) -> str:
    """2026-03-04 16:05, with the offset added in the hour that a change to winter time repeats."""
    at = local(moment, zone)
    text = f"{at:%Y-%m-%d %H:%M:%S}" if seconds else f"{at:%Y-%m-%d %H:%M}"
    twice = at.replace(fold=0).utcoffset() != at.replace(fold=1).utcoffset()
    return f"{text} {at:%z}" if twice else text


_MOMENT = re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def local_moments(text: str, zone: ZoneInfo) -> str:
    """A text in which results tell moments in UTC, with each as the clocks of the zone show it."""
    return _MOMENT.sub(lambda found: _local_moment(found[0], zone), text)


def _local_moment(written: str, zone: ZoneInfo) -> str:
    try:
        moment = epoch(written)
    except ValueError:  # somebody's own text that only looks like a moment
        return written
    return moment_text(moment, zone, seconds=bool(moment % 60))


def date_text(moment: int, zone: ZoneInfo, language: Language) -> str:
    """4 Mar 2026, or 2026年3月4日, for a sentence."""
    at = local(moment, zone)
    if language == "zh":
        return f"{at.year}年{at.month}月{at.day}日"
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year}"


def month_text(month: str, language: Language) -> str:
    """'2026-03' as Mar 2026, or 2026年3月; anything else as it is."""
    year, _, number = month.partition("-")
    if not (year.isdigit() and number.isdigit() and 1 <= int(number) <= 12):
        return month
    return f"{year}年{int(number)}月" if language == "zh" else f"{_MONTHS[int(number) - 1]} {year}"


def iso(moment: int | None) -> str | None:
    """2026-03-04T08:05:00Z, for machines."""
    if moment is None:
        return None
    day, second = divmod(moment, 86_400)
    return f"{_iso_day(day)}T{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}Z"


@lru_cache(maxsize=4096)
def _iso_day(day: int) -> str:
    return (_EPOCH + timedelta(days=day)).date().isoformat()


def epoch(text: str) -> int:
    """The moment that an ISO 8601 text means, in epoch seconds; without an offset it is UTC."""
    at = datetime.fromisoformat(text)
    return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp())


# Words for the codes of the model

OUTCOMES = {
    "pass": msg("pass"),
    "fail": msg("fail"),
    "not_testable": msg("not testable"),
    "no_data": msg("no data"),
    "waived": msg("waived"),
    "asked": msg("to ask about"),
}
SEVERITIES = {"major": msg("major"), "minor": msg("minor"), "observation": msg("observation")}
CLOCK_VERDICTS = {
    "met": msg("met"),
    "breached": msg("breached"),
    "running_ok": msg("still running, within target"),
    "running_breached": msg("still running, already breached"),
    "paused_ok": msg("paused, within target"),
    "cancelled": msg("cancelled"),
    "not_testable": msg("not testable"),
}
CLOCKS = {"response": msg("Response"), "resolution": msg("Resolution")}
CLOCK_FLAGS = {
    "within-precision": msg(
        "Close to the target: the times of the export are exact to the minute only, and that could turn the verdict"
    ),
}
"""What to know of a verdict that stands."""

LEDGER = {"counted": msg("counted"), "paused": msg("paused"), "closed": msg("outside service hours")}
STATES = {
    "new": msg("New"),
    "assigned": msg("Assigned"),
    "in-progress": msg("In progress"),
    "awaiting-user": msg("Awaiting user"),
    "awaiting-supplier": msg("Awaiting supplier"),
    "awaiting-change": msg("Awaiting change"),
    "awaiting-problem": msg("Awaiting problem"),
    "awaiting-evidence": msg("Awaiting evidence"),
    "resolved": msg("Resolved"),
    "closed": msg("Closed"),
    "cancelled": msg("Cancelled"),
    "wanted": msg("Wanted"),
    "ordered": msg("Ordered"),
    "in-store": msg("In store"),
    "in-use": msg("In use"),
    "under-repair": msg("Under repair"),
    "missing": msg("Missing"),
    "retired": msg("Retired"),
    "disposed": msg("Disposed of"),
    "assessing": msg("Being assessed"),
    "awaiting-approval": msg("Awaiting approval"),
    "approved": msg("Approved"),
    "scheduled": msg("Scheduled"),
    "implementing": msg("Being implemented"),
    "implemented": msg("Carried out"),
    "backed-out": msg("Backed out"),
    "rejected": msg("Rejected"),
    "planned": msg("Planned"),
    "building": msg("Being built"),
    "testing": msg("Being tested"),
    "live": msg("Live"),
    "withdrawn": msg("Withdrawn"),
    "archived": msg("Archived"),
    "registered": msg("Registered"),
    "in-analysis": msg("In analysis"),
    "postponed": msg("Postponed"),
    "verified": msg("Verified: effective"),
    "draft": msg("Draft"),
    "in-review": msg("In review"),
    "published": msg("Published"),
    "in-revision": msg("In revision"),
    "discarded": msg("Discarded"),
    "assessed": msg("Assessed"),
    "investigating": msg("Under investigation"),
    "known-error": msg("Known error"),
    "received": msg("Received"),
    "acknowledged": msg("Acknowledged"),
    "in-investigation": msg("In investigation"),
    "escalated": msg("Escalated"),
    "answered": msg("Answered"),
    "accepted": msg("Accepted"),
    "deploying": msg("Being deployed"),
    "deployed": msg("Deployed"),
    "fulfilled": msg("Fulfilled"),
    "containing": msg("Being contained"),
    "recovering": msg("Recovering"),
    "awaiting-authority": msg("Awaiting an authority"),
    "false-alarm": msg("False alarm"),
    "proposed": msg("Proposed"),
    "in-design": msg("In design"),
    "in-transition": msg("In transition"),
    "suspended": msg("Suspended"),
    "raised": msg("Raised"),
    "in-discussion": msg("In discussion"),
    "settled": msg("Settled"),
}
"""The states of the reference processes."""

COLUMNS = {
    "record_id": msg("record"),
    "process": msg("process"),
    "number": msg("number"),
    "service": msg("service"),
    "ci": msg("configuration item"),
    "category": msg("category"),
    "subcategory": msg("subcategory"),
    "priority": msg("priority"),
    "impact": msg("impact"),
    "urgency": msg("urgency"),
    "state": msg("state"),
    "channel": msg("channel"),
    "nature": msg("nature"),
    "customer": msg("customer"),
    "requester": msg("requester"),
    "opened_by": msg("opened by"),
    "group": msg("group"),
    "assignee": msg("assignee"),
    "resolved_by": msg("resolved by"),
    "closed_by": msg("closed by"),
    "closure_code": msg("closure code"),
    "resolution": msg("resolution"),
    "parent": msg("parent"),
    "problem": msg("problem"),
    "change": msg("change"),
    "knowledge": msg("knowledge article"),
    "title": msg("title"),
    "type": msg("type"),
    "model": msg("model"),
    "item": msg("catalogue item"),
    "risk": msg("risk"),
    "approved_by": msg("approved by"),
    "implementer": msg("implementer"),
    "tester": msg("tester"),
    "reviewer": msg("reviewer"),
    "manager": msg("manager"),
    "outcome": msg("outcome"),
    "plan": msg("plan"),
    "backout_plan": msg("back-out plan"),
    "backout_test": msg("back-out test"),
    "test_evidence": msg("test evidence"),
    "root_cause": msg("root cause"),
    "cause_code": msg("cause code"),
    "workaround": msg("workaround"),
    "incident": msg("incident"),
    "release": msg("release"),
    "caused_by": msg("caused by change"),
    "supplier": msg("supplier"),
    "pause_reason": msg("reason of the pause"),
    "exception": msg("reason of the exception"),
    "breach_reason": msg("reason of the breach"),
    "actions": msg("actions"),
    "built_digest": msg("digest as tested"),
    "deployed_digest": msg("digest as deployed"),
    "opened_at": msg("opened"),
    "responded_at": msg("responded"),
    "resolved_at": msg("resolved"),
    "closed_at": msg("closed"),
    "recorded_at": msg("recorded"),
    "due_at": msg("due"),
    "planned_start": msg("planned start"),
    "planned_end": msg("planned end"),
    "actual_start": msg("actual start"),
    "actual_end": msg("actual end"),
    "assessed_at": msg("assessed"),
    "tested_at": msg("tested"),
    "accepted_at": msg("accepted"),
    "announced_at": msg("announced"),
    "declared_at": msg("declared major"),
    "reviewed_at": msg("reviewed"),
    "baselined_at": msg("baseline taken"),
    "confirmed_at": msg("confirmed by the user"),
    "reopen_count": msg("times reopened"),
    "reassignment_count": msg("times reassigned"),
    "reported_sla_met": msg("SLA met, as the tool reports it"),
    "major": msg("major incident"),
    "attributes": msg("other attributes"),
    "source_file": msg("source file"),
    "source_row": msg("source row"),
    "month": msg("month"),
}


def outcome_text(outcome: str, language: Language) -> str:
    """The outcome of a rule or a record."""
    return tr(OUTCOMES.get(outcome, outcome), language)


def severity_text(severity: str, language: Language) -> str:
    """How grave a failure of a rule is."""
    return tr(SEVERITIES.get(severity, severity), language)


def clock_verdict_text(verdict: str, language: Language) -> str:
    """What became of a clock."""
    return tr(CLOCK_VERDICTS.get(verdict, verdict), language)


def unit_text(number: str, unit: str, language: Language) -> str:
    """A number with its unit; what is only counted has none."""
    match unit:
        case "percent":
            return f"{number}%"
        case "minutes":
            return tr("{n} min", language, n=number)
        case "hours":
            return tr("{n} h", language, n=number)
        case "days":
            return tr("{n} d", language, n=number)
        case _:
            return number


def clock_text(clock: str, language: Language) -> str:
    """The name of a clock."""
    return tr(CLOCKS.get(clock, clock), language)


def clock_order(clock: str) -> tuple[bool, bool, str]:
    """To sort clocks by: response first, then what else is promised to customers, then the legs that support it."""
    return "/" in clock, clock != "response", clock


def state_text(state: str, language: Language) -> str:
    """The name of a state; one that no process of ours has stays as exported."""
    return tr(STATES.get(state, state), language) if state in STATES else state


_EVENTS = {"approval": msg("approval")}
"""What happens to a record beside changes of its columns."""


DECISIONS = {"approved": msg("Approved"), "rejected": msg("Rejected"), "requested": msg("Requested"), "cancelled": msg("Cancelled")}  # fmt: skip


def decision_text(decision: str, language: Language) -> str:
    """What somebody decided, or was asked to; any other word stays as exported."""
    return tr(DECISIONS[decision], language) if decision in DECISIONS else decision


def column_text(column: str, language: Language) -> str:
    """The name of a canonical column, or of an approval; any other stays as exported."""
    return tr((COLUMNS | _EVENTS)[column], language) if column in COLUMNS or column in _EVENTS else column


# Why something could not be tested: code, then what it means, then what would make it testable

REASONS: dict[str, tuple[str, str]] = {
    "missing": (msg("The record has no {columns}"), msg("Fill in {columns} in the tool, and export again.")),
    "column-not-exported": (
        msg("The export has no column for {columns}"),
        msg("Export {columns}, and name the column in the mapping."),
    ),
    "link-not-exported": (
        msg("The export has no links from records to what they name under {columns}"),
        msg(
            "Export these links: which record leads to which, as a table of links or a column that the mapping names under `links`."
        ),
    ),
    "column-not-in-file": (
        msg("The file that holds the record has no column for {columns}, which other files have"),
        msg("Export {columns} in every file."),
    ),
    "unreadable": (
        msg("What the export says under {columns} could not be read"),
        msg(
            "See in reject.parquet what stands there; correct it in the tool, or name its form in the mapping, and export a day with its time."
        ),
    ),
    "file-ends": (
        msg(
            "The file that holds the record ends before the moment of the audit, so nobody knows what became of {columns} since"
        ),
        msg("Export the records of all periods again, at the same time."),
    ),
    "no-history": (
        msg("The export has no history of {columns}"),
        msg("Export the audit log of {columns}: one row per change, with its time."),
    ),
    "known-later": (
        msg("{columns} as exported was only known later than the moment of the audit"),
        msg("Judge at the moment of the export, or export the history of {columns}."),
    ),
    "no-rows": (
        msg("The register {rules} has no row up to the moment of the audit"),
        msg("Keep the register: one row for each case, in the file that it names."),
    ),
    "never-named": (
        msg("The export never has what the rule names under {columns}, nor has its mapping a word for it"),
        msg("Write into the rule what your own tool calls it, or into the mapping which of its words means it."),
    ),
    "example-registers": (
        msg("The registers are those of the example company, and say nothing about these tickets"),
        msg("Make definitions of your own with `itsmctl init`, and keep your registers there."),
    ),
    "example-catalogue": (
        msg("The catalogue is that of the example company, and has hardly any service or request of this export"),
        msg("Make definitions of your own with `itsmctl init`, and write your catalogue there."),
    ),
    "row-without-day": (
        msg("The row of the register has no day under {columns}"),
        msg("Write the day into the register."),
    ),
    "no-approvals": (
        msg("The export holds no approvals at all"),
        msg("Export the approvals: who decided what on which record, and when."),
    ),
    "history-gap": (
        msg(
            "The history of {columns} has a gap, begins too late, runs backwards in time, or does not lead to the value exported"
        ),
        msg("Export the whole history, in order and back to the creation of the record."),
    ),
    "no-agreement": (
        msg("No service level agreement in force matches the record"),
        msg("Agree a level for the service, or one with `services: any` for the rest."),
    ),
    "no-clock": (
        msg("The agreement has no such clock"),
        msg("Add the clock to the agreement, or leave its services out of the rule's scope."),
    ),
    "no-target": (
        msg("The agreement sets no target for such a record"),
        msg("End the clock's targets with one that has no condition."),
    ),
    "no-attainment": (
        msg("The agreement names no attainment"),
        msg("Write the agreed per cent under `attainment` of the agreement."),
    ),
    "no-service": (
        msg("The record names no service of the catalogue"),
        msg("Enter the service in the catalogue, or its exported name under `also-called`."),
    ),
    "not-started": (
        msg("What starts the clock never happened"),
        msg("Nothing is missing: the promise does not hold for this record."),
    ),
    "open-at-cutoff": (
        msg("It still runs, and the agreement judges only what has stopped"),
        msg("Judge at a later moment, or agree to judge what still runs (`open-at-cutoff: judge`)."),
    ),
    "within-precision": (
        msg("The times of the export are too coarse to say on which side of the target it lies"),
        msg("Export times with seconds."),
    ),
    "no-zone": (
        msg("Nobody knows the time zone for the {columns} of the record"),
        msg("Give the customer a `zone`, or write the zone of each value under `zones` of the agreement's policy."),
    ),
    "no-start": (msg("The clock never started"), msg("Export the moment at which the clock starts.")),
    "undecided": (
        msg("Too many of its records could not be tested to decide"),
        msg("Make those records testable; their own rule says how."),
    ),
    "month-not-over": (msg("The month is not over yet"), msg("Audit it again when the month is over.")),
    "numbers-missing": (
        msg("The share is reached, but tickets whose numbers are missing could turn it"),
        msg("Account for the missing numbers, or export again without filters."),
    ),
    "too-few": (msg("Too few records to judge"), msg("Judge a longer period, or several groups together.")),
    "unordered-events": (
        msg("Several changes carry the same time, and nothing says which came first"),
        msg("Export the sequence number of each change, or times with seconds."),
    ),
    "unknown-state": (
        msg("The record was in a state that the process does not know"),
        msg("Name the state in the process, or map it to one of its states."),
    ),
    "unknown-code": (
        msg("Nobody translates what the record has under {columns}"),
        msg("Map the word to a code, or put it on the code list."),
    ),
    "one-moment-only": (msg("Fewer than two of its times are known"), msg("Export more of its times.")),
    "no-moment": (msg("None of its times is known"), msg("Export its times.")),
    "hexadecimal": (
        msg("These are hexadecimal ids, which are not counted one by one"),
        msg("Map the column that holds the ticket number."),
    ),
    "no-digits": (
        msg("The numbers of the records hold no digits"),
        msg("Map the column that holds the ticket number."),
    ),
    "not-in-matrix": (
        msg("The priority matrix has no cell for its impact and urgency"),
        msg("Complete the matrix, or map impact and urgency to its codes."),
    ),
    "stop-before-start": (
        msg("The clock stops before it starts"),
        msg("Correct the times of the record in the tool."),
    ),
    "runs-backwards": (
        msg("Its times contradict each other: the order of {columns} is reversed"),
        msg("Correct the times of the record in the tool."),
    ),
    "before-1970": (msg("Its time lies before 1970"), msg("Correct the times of the record in the tool.")),
    "after-as-of": (
        msg("It begins after the moment of the audit"),
        msg("Name a later moment with --as-of, or correct the times in the tool."),
    ),
    "unreadable-time": (
        msg("The history holds a time that cannot be read"),
        msg("Export the history with times in ISO 8601, such as 2026-03-29T10:00:00Z."),
    ),
    "no-progress": (
        msg("Nobody knows how far the clock had got at that moment"),
        msg("Agree a target for such records, with pauses by state."),
    ),
    "undated-approval": (msg("An approval has no time"), msg("Export the time of each decision.")),
    "unclear-decision": (
        msg("An approval does not say what was decided"),
        msg(
            "Export the decisions, and translate their words in the mapping (`codes`, `decision`): approved, rejected, requested."
        ),
    ),
    "unknown-person": (
        msg("No assignment knows the person"),
        msg("Enter the person under `roles/`, or the name that the tool uses under `also-called`."),
    ),
    "unknown-group": (
        msg("No role names the group"),
        msg("Name the group under `groups` of the roles whose members it has."),
    ),
    "shared-account": (
        msg("Several people act through the account, so nobody knows who did"),
        msg("Let everybody act under a name of their own."),
    ),
    "one-side-only": (
        msg("Nobody is known on one of the sides compared"),
        msg("Export who acted, or leave records that have not got that far out of the rule's scope."),
    ),
    "process-not-exported": (
        msg("The export holds no records of the process {rules}"),
        msg("Export {rules} too, and import it together with the rest."),
    ),
    "target-not-exported": (
        msg("The record at the other end of a link is not in the export"),
        msg("Export a longer period of the other process, or correct the link."),
    ),
    "linked-record-lacks": (
        msg("The record at the other end of a link lacks what is compared"),
        msg("Fill it in in the tool, and export again."),
    ),
    "others-lack": (
        msg("Nobody knows the {columns} of other records that could turn the verdict"),
        msg("Export {columns} of those records too."),
    ),
    "misspelt-link": (
        msg(
            "A link of another record under {columns} leads to nothing, and is written nearly as this record is called"
        ),
        msg("Correct the link, or export the record to which it leads."),
    ),
    "cannot-tell": (msg("The record lacks what the rule looks at"), ""),
    "no-open-hours": (
        msg("The calendar has no open hours"),
        msg("Give the calendar at least one open interval."),
    ),
    "calendar-not-known": (
        msg("It runs beyond the last day whose holidays have been entered in the calendar"),
        msg("Enter the days of that year as published, and move `known-until` of the calendar."),
    ),
    "no-answer": (
        msg("The expression is neither true nor false for the record"),
        msg("Mend the rule: its expression divides by zero, compares with NULL, or leaves a case open."),
    ),
    "rests-on": (
        msg("Rests on {rules}, which fails or could not be tested"),
        msg("Put {rules} right first; only then can this rule be trusted."),
    ),
}


def reason_text(reason: str, language: Language) -> str:
    """Why something was not testable, in words; a code that nobody described prints itself."""
    return _reason(reason, language, 0) or reason


def reason_remedy(reason: str, language: Language) -> str:
    """What would make it testable, or nothing for a code that nobody described."""
    return _reason(reason, language, 1)


@lru_cache(4096)  # one reason keeps many records from being tested
def _reason(reason: str, language: Language, which: int) -> str:
    code, _, rest = reason.partition(":")
    if code not in REASONS:
        return ""
    names = [name for name in rest.split(",") if name]
    between = tr(", ", language)
    columns = between.join(f"“{column_text(name, language)}”" for name in names)
    return tr(REASONS[code][which], language, columns=columns, rules=between.join(names))
