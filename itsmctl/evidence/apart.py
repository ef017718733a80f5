"""What is told apart from findings: the waivers that excuse some, and enquiries, which are questions and no verdicts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from itsmctl.audit.redaction import names_people
from itsmctl.evidence.reading import COUNTS, Judged, JudgedRule, JudgedWaiver
from itsmctl.evidence.tables import csv_bytes
from itsmctl.evidence.write import Content
from itsmctl.language import iso
from itsmctl.model import Definitions
from itsmctl.reports.people import JUDGES_PEOPLE, person_of
from itsmctl.result import Verdict

MOST = 20_000
"""Records that enquiries are about in one file."""
_WAIVER_COLUMNS = (
    "waiver", "title_en", "title_zh", "rule", "standing", "excused", "from", "until", "approved", "author", "approver",
    "authority", "reason_en", "reason_zh", "risk_en", "risk_zh", "problems", "file", "line",
)  # fmt: skip
_ENQUIRY_COLUMNS = (
    "enquiry",
    "version",
    "title_en",
    "title_zh",
    "process",
    "clauses",
    "outcome",
    *COUNTS,
    "why_en",
    "why_zh",
)
_RECORD_COLUMNS = ("enquiry", "title_en", "title_zh", "record_id", "observed", "expected", "at")


def waivers(definitions: Definitions, judged: Judged) -> dict[str, Content]:
    """The waivers that the audit looked at, by name in a pack; nothing where there were none."""
    rows = [row for waiver in judged.waivers if (row := _waiver(definitions, waiver))]
    return {"data/waivers.csv": csv_bytes(_WAIVER_COLUMNS, rows)} if rows else {}


def share(enquiries: Sequence[JudgedRule]) -> int:
    """How many records of each enquiry are told."""
    return max(100, MOST // max(1, sum(rule.found > 0 for rule in enquiries)))


def enquiries(definitions: Definitions, judged: Judged, told: Iterable[Verdict]) -> dict[str, Content]:
    """The enquiries with their counts, and the records to ask about, by name in a pack; nobody is named in them."""
    if not judged.enquiries:
        return {}
    listed = [_enquiry(definitions, rule) for rule in judged.enquiries]
    return {
        "data/enquiries/enquiries.csv": csv_bytes(_ENQUIRY_COLUMNS, listed),
        "data/enquiries/records.csv": csv_bytes(
            _RECORD_COLUMNS, _records(definitions, told, named=judged.people == "names")
        ),
    }


def _waiver(definitions: Definitions, used: JudgedWaiver) -> tuple[object, ...] | None:
    waiver = definitions.waivers.get(used.id)
    if waiver is None:
        return None
    return (
        waiver.id, waiver.title.in_("en"), waiver.title.in_("zh"), waiver.rule, used.standing, used.excused, used.since,
        used.until, waiver.approved.isoformat() if waiver.approved else "", waiver.author, waiver.approver, waiver.authority,
        waiver.reason.in_("en"), waiver.reason.in_("zh"), waiver.risk.in_("en"), waiver.risk.in_("zh"),
        " ".join(used.problems), waiver.where.file, waiver.where.line,
    )  # fmt: skip


def _enquiry(definitions: Definitions, result: JudgedRule) -> tuple[object, ...]:
    rule = definitions.rules[result.id]
    return (
        rule.id, rule.version, rule.title.in_("en"), rule.title.in_("zh"), rule.process, " ".join(result.clauses),
        result.outcome, *(result.counts[name] for name in COUNTS), rule.rationale.in_("en"), rule.rationale.in_("zh"),
    )  # fmt: skip


def _records(definitions: Definitions, told: Iterable[Verdict], *, named: bool) -> Iterator[tuple[object, ...]]:
    """A line for each record; where the verdicts are `named`, one that looks at who did something tells only that it did."""
    people: dict[str, str] = {}
    for verdict in told:
        rule = definitions.rules[verdict.rule]
        record, observed, expected = verdict.record_id, verdict.observed, verdict.expected
        if named and rule.check in JUDGES_PEOPLE:
            person = person_of(record)
            record = people.setdefault(person, f"P-{len(people) + 1}") + record[len(person) :]
        if named and names_people(rule):
            observed = expected = ""
        moment = iso(verdict.at) or ""
        yield rule.id, rule.title.in_("en"), rule.title.in_("zh"), record, observed, expected, moment
