"""The honesty report of an export: for a terminal in 80 columns, and as JSON."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from itsmctl.honesty.honesty import Blind, Honesty, TimeColumn, Wanted
from itsmctl.language import (
    Language,
    column_text,
    msg,
    number_text,
    percent_text,
    reason_remedy,
    reason_text,
    tr,
    trn,
)
from itsmctl.model import Gap
from itsmctl.output import schema_beside
from itsmctl.reports.phrases import phrase_text
from itsmctl.reports.plain import shown, wrap
from itsmctl.result import Personal

FORMAT = "itsmctl/honesty/v1"
_SAID_BELOW = ("missing-columns", "number-gaps")
_KINDS = {"person": msg("people"), "mail-address": msg("e-mail addresses"), "mobile-number": msg("mobile numbers")}

_FORMS = {
    "iso": msg("ISO 8601"),
    "epoch-s": msg("seconds since 1970"),
    "epoch-ms": msg("milliseconds since 1970"),
    "excel-days": msg("days as Excel counts them"),
}


def render(honesty: Honesty, language: Language = "en", width: int = 80) -> str:
    """The report as text, ending in a newline."""
    parts = (_read, _times, _numbers, _people, _left, _rules)
    lines = [line for part in parts for line in part(honesty, language, width)]
    return "\n".join(line.rstrip() for line in lines[1:]) + "\n"


def _section(title: str, lines: Iterable[str], width: int) -> Iterator[str]:
    yield ""
    yield title
    for text in lines:
        first, *more = wrap(shown(text, 4000), width - 4) or [""]
        yield f"  - {first}"
        yield from (f"    {line}" for line in more)


def _read(h: Honesty, language: Language, width: int) -> Iterator[str]:
    receipt = h.receipt
    lines = [
        tr("{records}, {events} from {rows}", language,
           records=trn("{n} record", "{n} records", receipt.records, language), events=trn("{n} event", "{n} events", receipt.events, language),
           rows=trn("{n} row", "{n} rows", receipt.rows_read, language)),
        tr("read as {process} by mapping {mapping}", language, process=_processes(h, language), mapping=receipt.mapping),
        tr("opened {start} to {end}", language, start=receipt.period_from[:10], end=receipt.period_to[:10])
        if receipt.period_from else tr("no record says when it was opened", language),
    ]  # fmt: skip
    if receipt.last_moment:
        lines.append(tr("the last thing that happened: {moment} (UTC)", language, moment=receipt.last_moment.rstrip("Z").replace("T", " ")))  # fmt: skip
    lines += [
        tr("{name}: rows read {read} = imported {imported} + rejected {rejected}", language, name=file.name, read=number_text(file.rows_read),
           imported=number_text(file.rows_imported), rejected=number_text(file.rows_rejected))
        for file in receipt.files
    ]  # fmt: skip
    lines += [
        f"{phrase_text(message, language)} [{code}]" for code, message in receipt.warnings if code not in _SAID_BELOW
    ]
    yield from _section(tr("What was read", language), lines, width)


def _times(h: Honesty, language: Language, width: int) -> Iterator[str]:
    lines = [_zone(h, language)]
    if h.office_day:
        start, end = (f"{m // 60 % 24:02}:{m % 60:02}" for m in (h.office_day.start, h.office_day.start + 540))
        share = percent_text(round(h.office_day.share * 1000), 1000)
        lines.append(tr("{share} of the records were opened between {start} and {end} on that clock", language, share=share, start=start, end=end))  # fmt: skip
        if h.office_day.strange:
            lines.append(tr("! that is nobody's office day: is the zone right?", language))
    precise = h.receipt.precision_seconds == 1
    lines.append(tr("times are exact to the second", language) if precise else tr("times have minutes only: what is decided by seconds cannot be tested", language))  # fmt: skip
    lines += _forms(h.times, language)
    yield from _section(tr("Times", language), lines, width)


def _zone(h: Honesty, language: Language) -> str:
    if not h.receipt.local_times:
        said = tr("every time says itself how far it is from UTC; no zone had to be named", language)
        return said + (
            tr("; the clock below is that of {zone}", language, zone=h.receipt.zone) if h.receipt.zone else ""
        )
    return tr("times without a zone were read on the clock of {zone}, as named; nothing was taken from this machine", language, zone=h.receipt.zone)  # fmt: skip


def _forms(times: Sequence[TimeColumn], language: Language) -> Iterator[str]:
    """How moments are written, with the columns that write them so; a column that leaves day and month open is refused at import."""
    columns: dict[tuple[str, str], list[str]] = defaultdict(list)
    for one in times:
        columns[one.pattern, "" if one.pattern.startswith("y") else one.order].append(shown(one.name))
    for (pattern, order), some in columns.items():
        names = tr(", ", language).join(some)
        pattern = tr(_FORMS[pattern], language) if pattern in _FORMS else pattern
        match order:
            case "day-first":
                yield tr("written as {pattern}, the day first, as the values or the mapping decide: {names}", language, pattern=pattern, names=names)  # fmt: skip
            case "month-first":
                yield tr("written as {pattern}, the month first, as the values or the mapping decide: {names}", language, pattern=pattern, names=names)  # fmt: skip
            case _:
                yield tr("written as {pattern}: {names}", language, pattern=pattern, names=names)


def _numbers(h: Honesty, language: Language, width: int) -> Iterator[str]:
    none = tr("none", language)
    if not h.numbered:
        none = tr("nobody can tell: no column has numbers that are counted one by one", language)
    lines = gap_texts(h.gaps, h.receipt.number_gaps, language)
    yield from _section(tr("Gaps in the ticket numbers", language), lines or [none], width)


def _people(h: Honesty, language: Language, width: int) -> Iterator[str]:
    lines = [personal_text(one, language) for one in h.personal] or [tr("none found", language)]
    yield from _section(tr("Personal data", language), lines, width)


def gap_texts(gaps: Sequence[Gap], every: int, language: Language) -> list[str]:
    """The largest gaps in the ticket numbers, and how many there are besides."""
    lines = [
        tr("between {before} and {after}: {n} missing", language, before=gap.before, after=gap.after, n=number_text(gap.numbers))
        for gap in gaps
    ]  # fmt: skip
    more = every - len(gaps)
    return [*lines, trn("{n} more gap", "{n} more gaps", more, language)] if more > 0 else lines


def personal_text(one: Personal, language: Language) -> str:
    """A column, what is in it and in how many records; never what stands there."""
    records = trn("{n} record", "{n} records", one.records, language)
    kind = tr(_KINDS[one.kind], language)
    if one.sampled and not one.kept:
        return tr("{column}: {kind} in {records} of a sample", language, column=column_text(one.column, language), kind=kind, records=records)  # fmt: skip
    if one.kept:
        return tr("{column}: {kind} in {records} of a sample (kept in `attributes`)", language, column=one.column, kind=kind, records=records)  # fmt: skip
    return tr("{column}: {kind} in {records}", language, column=column_text(one.column, language), kind=kind, records=records)  # fmt: skip


def _left(h: Honesty, language: Language, width: int) -> Iterator[str]:
    lines = [
        tr("{exported} is probably {what} (`{column}`), which no column fills yet: {likelihood}%", language,
           exported=shown(one.exported), what=column_text(one.canonical, language), column=one.canonical, likelihood=round(one.likelihood * 100))
        for one in h.lookalikes
    ]  # fmt: skip
    if h.receipt.missing:
        names = tr(", ", language).join(column_text(column, language) for column in h.receipt.missing)
        lines.append(tr("the mapping knows columns for these, and the export has none: {names}", language, names=names))
    yield from _section(tr("Columns that are missing", language), lines or [tr("none", language)], width)


def _rules(h: Honesty, language: Language, width: int) -> Iterator[str]:
    blind = h.rules - h.testable - len(h.no_records)
    counts = {"rules": number_text(h.rules), "testable": number_text(h.testable), "blind": number_text(blind), "none": number_text(len(h.no_records))}  # fmt: skip
    yield ""
    yield from wrap(tr("Of {rules} rules for such records: {testable} can be tested, {blind} cannot, {none} without a record in scope", language, **counts), width)  # fmt: skip
    if h.elsewhere:
        names = tr(", ", language).join(_process(process, n, h, language) for process, n in h.elsewhere)
        yield from _section(tr("Rules for processes of which the export holds no record", language), [names], width)
    lines = [*(_wanted(one, language) for one in h.wanted if one.alone), *_together(h.wanted, language)]
    if lines:
        yield from _section(tr("Columns that would make more rules testable, the most useful first", language), lines, width)  # fmt: skip
    lines = [_hindrance(one, language) for one in h.blind]
    if lines:
        yield from _section(tr("What else keeps rules from being tested", language), lines, width)


def _processes(h: Honesty, language: Language) -> str:
    """What the records were taken for, and how many: a log of problems may look just like one of incidents."""
    return tr(", ", language).join(_process(*one, h, language) for one in h.processes) or h.receipt.process


def _process(process: str, n: int, h: Honesty, language: Language) -> str:
    title = h.process_titles.get(process)
    return tr("{process} ({n})", language, process=title.in_(language) if title else process, n=number_text(n))


def _wanted(one: Wanted, language: Language) -> str:
    """A column that would by itself make rules testable, with them."""
    parts = [tr("alone for {rules}", language, rules=", ".join(one.alone))]
    if one.with_others:
        rules = trn("{n} rule", "{n} rules", len(one.with_others), language)
        parts.append(tr("with other columns for {rules}", language, rules=rules))
    return _what(one, language) + tr(": ", language) + tr("; ", language).join(parts)


def _together(wanted: Sequence[Wanted], language: Language) -> Iterator[str]:
    """In one line the columns that help only where others come with them."""
    names = [f"{_what(one, language)} × {len(one.with_others)}" for one in wanted if not one.alone]
    if names:
        yield tr("only with other columns, for so many rules: {names}", language, names=tr(", ", language).join(names))


def _what(one: Wanted, language: Language) -> str:
    what = column_text(one.column, language)
    said = tr("history of {column}", language, column=what) if one.history else what
    return f"{said} (`{one.column}`)"


def _hindrance(one: Blind, language: Language) -> str:
    text = f"{reason_text(one.reason, language)}{tr(': ', language)}{', '.join(one.rules)}"
    remedy = reason_remedy(one.reason, language)
    return f"{text} → {remedy}" if remedy else text


def honesty_schema() -> dict[str, object]:
    """The JSON Schema (draft-07) of the report for programs."""
    return schema_beside(__file__, "honesty")


def render_json(honesty: Honesty) -> str:
    """The report for programs: codes, no words of ours but the warnings of the receipt."""
    receipt = honesty.receipt
    data = {
        "format": FORMAT,
        "receipt": json.loads(receipt.to_json()),
        "gaps": [vars(gap) for gap in honesty.gaps],
        "numbered": honesty.numbered,
        "office_day": None if honesty.office_day is None else {
            "from": f"{honesty.office_day.start // 60:02}:{honesty.office_day.start % 60:02}",
            "hours": 9, "share": round(honesty.office_day.share, 4), "strange": honesty.office_day.strange,
        },
        "times": [vars(column) for column in honesty.times],
        "lookalikes": [vars(one) for one in honesty.lookalikes],
        "personal": [vars(one) for one in honesty.personal],
        "rules": {"asked": honesty.rules, "testable": honesty.testable, "no_records": list(honesty.no_records),
                  "wanted": [vars(one) for one in honesty.wanted], "other_processes": dict(honesty.elsewhere),
                  "not_testable": [vars(one) for one in honesty.blind]},
    }  # fmt: skip
    return json.dumps(data, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
