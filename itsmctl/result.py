"""What an audit found, as values: the one thing that every report, format and evidence pack is made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Literal

from itsmctl.errors import Problem, Where
from itsmctl.figures import Figures
from itsmctl.model import Baseline, Effective, Gap, LegName, Names, Outcome, Parameter, Rule, Text, Waiver
from itsmctl.values import value

ClockVerdict = Literal["met", "breached", "running_ok", "running_breached", "paused_ok", "cancelled", "not_testable"]
WaiverStanding = Literal["in_force", "expired", "to_come", "refused"]
LedgerKind = Literal["counted", "paused", "closed"]


@value
class Verdict:
    """One row of `verdicts.parquet`: `passed` is None where it could not be determined, and `reason` says why."""

    rule: str
    record_id: str
    passed: bool | None
    observed: str
    expected: str
    at: int | None
    """Epoch seconds (UTC) of the moment the verdict is about."""
    reason: str
    """A stable code, `missing:impact` or `no-agreement`; `itsmctl.language.reason_text` says it in words."""
    waiver: str = ""
    """Id of the waiver that excuses the failure."""
    baseline: str = ""
    """Id of the baseline that knows the failure."""


@value
class Share:
    """How one value of a column fared under a rule."""

    column: str
    value: str
    in_scope: int
    failed: int
    not_testable: int


@value
class RuleResult:
    """A rule and what became of the records in its scope: in_scope = passed + failed + not_testable + waived."""

    rule: Rule
    outcome: Outcome
    in_scope: int
    passed: int
    failed: int
    not_testable: int
    waived: int
    not_applicable: int
    allowed_failures: int
    """How many failures the rule's tolerance lets through on this population."""
    reasons: tuple[tuple[str, int], ...]
    """Why records were not testable, most frequent first."""
    breakdown: tuple[Share, ...]
    """Failures by priority, and by service where known."""
    samples: tuple[Verdict, ...]
    """Up to ten verdicts that failed, first by record id."""
    untested_because: str = ""
    """A reason code where the whole rule could not be tested (a tier below it failed, a column is missing)."""
    too_small: int = 0
    """Groups that were not judged, as they have fewer records than the rule asks for; not in scope."""
    known: int = 0
    """How many of the failures the baseline knows."""


@value
class WaiverUse:
    """A waiver of a rule that was judged, and how many failures it excuses; `standing` is how it stood at the moment of the audit."""

    waiver: Waiver
    standing: WaiverStanding
    since: int
    """Epoch seconds from which it excuses."""
    until: int
    excused: int
    problems: tuple[Problem, ...]
    """What is wrong with it: refused, unused, over-broad, expired, about to expire."""
    elsewhere: int = 0
    """Of those excused, how many another waiver excuses as well and counts, so that the others add up to what is waived."""


@value
class BaselineUse:
    """The baseline that an audit was asked to know, and what became of its findings."""

    baseline: Baseline
    known: int
    """Failures of this audit that it knows."""
    gone: tuple[tuple[str, str, str], ...]
    """(rule, record or group, what was observed or '') of its findings that were looked at and are there no more."""
    problems: tuple[Problem, ...]
    """What is wrong with it: refused, expired, or about rules that mean something else today."""


@value
class Attainment:
    """Clock attainment of one service in one month ('2026-03'); `agreed` is the per cent promised, or None."""

    clock: str
    service: str
    month: str
    judged: int
    met: int
    agreed: float | None
    not_testable: int = 0
    """Clocks that the agreement promises and nobody can measure; they are not among those judged."""


@value
class Source:
    """One imported file as its receipt has it."""

    name: str
    sha256: str
    bytes: int
    rows_read: int
    rows_imported: int
    rows_rejected: int


@value
class Personal:
    """Personal data in a column: what kind, and in how many records."""

    column: str
    kind: str
    """`person`, `mail-address` or `mobile-number`."""
    records: int
    sampled: bool = False
    """Counted among the records looked at, not among all."""
    kept: bool = False
    """A column of the export that no canonical one takes."""


@value
class SetAside:
    """Cells or rows that an import set aside for one reason: how many, and where the first of them stands, with its value."""

    reason: str
    column: str
    count: int
    value: str
    file: str
    row: int


@value
class DatasetFacts:
    """The tickets that were judged."""

    digest: str
    records: int
    events: int
    rejects: int
    mapping: str
    tool: str
    zone: str
    opened_from: str
    opened_to: str
    sources: tuple[Source, ...]
    missing_columns: tuple[str, ...]
    history: tuple[str, ...]
    warnings: tuple[tuple[str, str], ...]
    """(code, English message)"""
    number_gaps: int = 0
    gaps: tuple[Gap, ...] = ()
    """The largest gaps in the ticket numbers."""
    personal: tuple[Personal, ...] = ()
    """Columns with personal data, those that name people first."""
    set_aside: tuple[SetAside, ...] = ()
    """What could not be read, by kind, the most frequent first."""


@value
class DefinitionFacts:
    """The definitions that judged: `commit` is empty outside git, `dirty` where files differ from the commit.

    `commit_unknown` says why git could not be asked about them, where they lie in a repository.
    """

    commit: str
    digest: str
    dirty: bool
    is_reference: bool
    commit_unknown: str = ""


@value
class Redaction:
    """What a result shows otherwise than the tickets have it, or leaves out."""

    key_source: Literal["file", "tickets"]
    key_id: str
    names: Mapping[str, str]
    """Every person shown under a pseudonym: the name, by pseudonym. It is written nowhere but sealed."""
    names_in_verdicts: Mapping[str, int]
    """Verdicts that show a pseudonym, by rule."""
    names_in_records: Mapping[str, int]
    """Values shown as a pseudonym in records told in full, by column; `actor` is who made a change."""
    free_text: bool
    """Whether free text was asked for."""
    left_out: Mapping[str, int]
    """Values left out of records told in full, by column."""
    withheld: Mapping[str, int]
    """Verdicts whose rule may observe a name or a free text, so that what was observed is left out, by rule."""


@value
class UsedDefinition:
    """A definition by which records were judged, beside the rules: as it stood in its file, of which `sha256` is the digest, if it has one."""

    kind: str
    id: str
    effective: Effective
    place: str
    sha256: str
    records: int
    """Records that it judged by a clock; 0 where that is not counted by record."""


@value
class AuditResult:
    """A whole audit. `rules` and `enquiries` are sorted by id; times are epoch seconds, UTC."""

    title: Text
    """That of the plan; without a plan there is none."""
    as_of: int
    zone: str
    """The time zone in which its days and months begin."""
    period_from: int | None
    period_to: int | None
    chosen_by_default: tuple[str, ...]
    """Which of `plan`, `period`, `as_of`, `definitions` nobody named, so that the output can say so."""
    definitions: DefinitionFacts
    dataset: DatasetFacts
    rules: tuple[RuleResult, ...]
    enquiries: tuple[RuleResult, ...]
    attainment: tuple[Attainment, ...]
    states: tuple[tuple[str, int], ...]
    """Records by their last state."""
    months: tuple[tuple[str, int, int], ...]
    """(month, opened, resolved)"""
    explanations: tuple[Explanation, ...]
    """Records that reports show in full: those sampled for failing rules, bounded."""
    names: Names = Names()
    """What people call the values of records: services, codes, states."""
    process_titles: Mapping[str, Text] = field(default_factory=dict)
    """What people call the processes of the rules, by id."""
    clause_titles: Mapping[str, Text] = field(default_factory=dict)
    """The short titles of the clauses that the rules name, by FRAMEWORK:NUMBER."""
    leg_names: Mapping[str, LegName] = field(default_factory=dict)
    """What people call the clocks of legs, by name."""
    waivers: tuple[WaiverUse, ...] = ()
    """Those of the rules that were judged, by id."""
    redaction: Redaction | None = None
    """What stands for people's names; None where the result shows them."""
    baseline: BaselineUse | None = None
    """None where none was named."""
    used: tuple[UsedDefinition, ...] = ()
    """The agreements and calendars of the clocks, and the processes and registers of the rules, by kind and id."""
    figures: Figures = Figures()
    """What its charts show; empty where nobody asked for charts."""


@value
class Piece:
    """One interval [start, end) of a clock's ledger; the pieces of a cycle add up to stop - start."""

    start: int
    end: int
    kind: LedgerKind
    reason: str
    """'' for counted; a state id for paused; 'closed' or the special day's title (English) for closed."""

    @property
    def seconds(self) -> int:
        return self.end - self.start


@value
class Cycle:
    """One run of a clock; `stop` is the moment it was judged at, `running` tells whether it still ran then."""

    start: int
    stop: int
    running: bool
    counted: int
    paused: int
    closed: int
    target: int
    deadline: int | None
    verdict: ClockVerdict
    ledger: tuple[Piece, ...]


@value
class ClockExplanation:
    """One clock of one record: which agreement and calendar judged it, and its cycles."""

    rule: str
    clock: str
    agreement: str
    calendar: str
    zone: str
    target_text: str
    target_file: str
    target_line: int
    cycles: tuple[Cycle, ...]
    reason: str
    """Why there is no cycle, or ''."""
    flags: tuple[str, ...] = ()
    """What to know of a verdict that stands, such as `within-precision`."""
    leg: LegName | None = None
    """What people call it where it is a leg."""


@value
class Moment:
    """One change in the life of a record, and the row of the export that tells it."""

    at: int
    actor: str
    actor_group: str
    field: str
    old: str
    new: str
    file: str = ""
    row: int = 0


@value
class Applied:
    """A parameter that was applied, or a definition that took part: what it is called, what it says, and where it is written."""

    name: str
    value: Parameter
    where: Where


@value
class ExportRow:
    """A record, and the row of the export that it comes from."""

    record_id: str
    file: str
    row: int


@value
class Ground:
    """What a failing verdict rests on: its rule with clauses and version, the parameters applied, the rows behind it."""

    rule: Rule
    verdict: Verdict
    applied: tuple[Applied, ...]
    rows: tuple[ExportRow, ...]
    """The records: its own, those that it is judged with, or those of the group."""
    changes: tuple[Moment, ...] = ()
    """The changes and approvals of the record that the check looks at."""
    values: Mapping[str, str] = field(default_factory=dict)
    """What the record has in the columns that the check and its scope look at; '' where it is empty."""


@value
class Explanation:
    """Everything about one record: its row, its life, its verdicts under each rule, its clocks.

    A group of records has verdicts and grounds, and nothing else.
    """

    record_id: str
    columns: Mapping[str, str]
    """Canonical columns that have a value, times as ISO 8601 UTC, in model.RECORD_COLUMNS order."""
    moments: tuple[Moment, ...]
    verdicts: tuple[Verdict, ...]
    clocks: tuple[ClockExplanation, ...]
    as_of: int
    grounds: tuple[Ground, ...] = ()
    """Of each failing verdict."""
    judged_by: DefinitionFacts | None = None
    """The definitions that judged, where somebody asked for this record."""
    names: Names = Names()
    """What people call the values of records."""

    @property
    def is_group(self) -> bool:
        """Whether it is a group of records, or a file, and no record."""
        return not self.columns
