"""Run rules: their checks over their scopes in one statement, counted, and the rows that are not a plain pass kept."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from threading import Lock

from itsmctl.engine.breakdown import Populations, Totals, breakdown, size_of, totals_judged
from itsmctl.engine.context import Context
from itsmctl.engine.people import unmarked
from itsmctl.engine.session import Session, TooLittleMemory, quote
from itsmctl.engine.sql import Fragment, join
from itsmctl.engine.statements import (
    TOLD_OF_ALL,
    Task,
    missing_for,
    missing_in_file,
    scope_of,
    statement_and_reach,
)
from itsmctl.engine.verdicts import leave_untested
from itsmctl.engine.waiving import Cover, waive
from itsmctl.model import GROUPED, Rule
from itsmctl.result import Share

TOO_FEW = "too-few"
"""The reason of a group with fewer records than its check asks for, which is told and not judged."""
AT_ONCE = 500_000
"""Rows that rules judged in one statement may have together: it bounds what is held before passes are dropped."""
SOME = 6
"""Rules judged in one statement at most, so that two connections that share them end at about the same time."""


@dataclass(frozen=True)
class Counts:
    """What became of the records in scope of one rule; `not_applicable` are the other records of the dataset.

    Where a rule judges groups, files or rows of a register, these are counted, and no records beside them.
    """

    in_scope: int
    passed: int
    failed: int
    not_testable: int
    not_applicable: int
    untested_because: str
    too_small: int = 0
    """Groups with fewer records than the check asks for."""
    breakdown: tuple[Share, ...] = ()
    waived: int = 0
    """Failures that a waiver excuses; they are not among `failed`."""
    covers: Mapping[str, Cover] = field(default_factory=dict)
    """What each waiver of the rule covers, by its id."""


def evaluate(
    session: Session,
    tasks: Sequence[Task],
    context: Context,
    *,
    all_verdicts: bool,
    keep: Sequence[str] = (),
    with_texts: bool = True,
    report: Callable[[float], None] = lambda share: None,
) -> dict[str, Counts]:
    """Judge every record in the scope of each rule into `verdict`, and return the counts by rule.

    Rules are judged as many at once as AT_ONCE allows, on two connections. Plain passes are counted and dropped, but
    for the records in `keep`; where the rule itself cannot be tested, no record in scope can. Without texts, verdicts do not
    say what was observed and expected, which costs less. `report` is called with the share of the rules that are judged or being
    judged, never less than before, by one thread at a time.
    """
    counted = {
        process: int(str(n)) for process, n in session.rows("SELECT process, count(*) FROM record GROUP BY process")
    }
    records = sum(counted.values())
    # A rule of a process that the export does not hold has nobody to judge; one about groups may ask for their absence.
    idle = {t.rule.id for t in tasks if t.rule.process not in ("", *counted) and t.rule.check not in GROUPED}
    told = {rule: _counts(_NOBODY, records, "") for rule in idle}  # whatever the export lacks for it
    asked = [t for t in tasks if t.rule.id not in idle]
    untested = {t.rule.id: _untested_because(session, t, context) for t in asked}
    blind = [t for t in asked if untested[t.rule.id]]
    testable = [t for t in asked if not untested[t.rule.id]]
    number = min(max(1, AT_ONCE // max(records, 1)), SOME, max(1, (len(testable) + 1) // 2))
    heaps = -(-len(testable) // number)
    # Neighbours are of one family, and as dear as each other; dealt out like cards, no heap is much dearer than the rest.
    waiting = deque(testable[place::heaps] for place in range(heaps))
    telling = Lock()
    kept = _WRONG
    if all_verdicts:
        kept = Fragment("true")
    elif keep:
        kept = _WRONG + Fragment(f" OR {unmarked('record_id')} IN ({', '.join('?' * len(keep))})", tuple(keep))

    populations = Populations((t.rule for t in testable if t.rule.check not in GROUPED), context)
    too_many: list[Task] = []
    broken_down: dict[str, Totals] = {}

    def judge(connection: Session) -> dict[str, Counts]:
        counts: dict[str, Counts] = {}
        while True:
            with telling:  # both connections tell: the other may take most of the heaps
                try:
                    some = waiting.popleft()
                except IndexError:  # nothing waits any more
                    return counts
                report(1 - (len(waiting) + 1) / heaps)
            try:
                counts |= take(connection, some)
            except TooLittleMemory:
                too_many.extend(some)

    def take(connection: Session, some: Sequence[Task]) -> dict[str, Counts]:
        counts, found = _judge(connection, some, context, kept, records, with_texts, populations)
        broken_down.update(found)
        return counts

    with session.beside(judge, large=records > AT_ONCE) as second:
        told |= _leave_untested(session, blind, untested, context, records)
        told |= judge(session)
        told |= second.result()
    for task in too_many:  # what does not fit beside others may fit alone
        told |= take(session, [task])
    shares = breakdown(session, broken_down)
    return {rule: replace(counts, breakdown=shares.get(rule, ())) for rule, counts in told.items()}


def _untested_because(session: Session, task: Task, context: Context) -> str:
    """A reason code where the rule cannot be tested as a whole, or ''."""
    about = context.about(task.rule.process)
    return task.because or missing_for(task.rule, task.check, about) or missing_in_file(session, task, context)


def _leave_untested(
    session: Session, tasks: Sequence[Task], because: Mapping[str, str], context: Context, records: int
) -> dict[str, Counts]:
    """Say of every record in the scope of rules that cannot be tested that it was not looked at."""
    by_scope: dict[Fragment, dict[str, str]] = defaultdict(dict)
    for task in tasks:
        by_scope[scope_of(task.rule, context.about(task.rule.process), TOLD_OF_ALL)][task.rule.id] = because[
            task.rule.id
        ]
    found = leave_untested(session, list(by_scope.items()))
    return {
        rule: _counts((in_scope, 0, 0, 0, 0), records, why)
        for in_scope, rules in zip(found, by_scope.values(), strict=True)
        for rule, why in rules.items()
    }


def _judge(
    session: Session,
    tasks: Sequence[Task],
    context: Context,
    kept: Fragment,
    records: int,
    with_texts: bool,
    populations: Populations,
) -> tuple[dict[str, Counts], dict[str, Totals]]:
    """What became of the records by each rule, and how many there were by priority and service, of those that are broken down."""
    # Most verdicts are passes, of which nothing is kept: to hold them or their texts would cost more than to judge them.
    whole: set[str] = set()
    statements: list[Fragment] = []
    for task in tasks:
        made, judges_all = statement_and_reach(task, context)
        if judges_all and kept == _WRONG and not task.waivers:
            whole.add(task.rule.id)
            made = "SELECT * FROM (" + made + f") AS w WHERE {_WRONG.text}"
        statements.append(made)
    every = join(" UNION ALL ", statements)
    told = (
        "CAST(NULL AS VARCHAR)"
        if not with_texts
        else "{0}"
        if kept != _WRONG
        else "CASE WHEN passed IS NOT true THEN {0} END"
    )
    texts = ", ".join(f"{told.format(text)} AS {text}" for text in ("observed", "expected"))
    query = (
        f"""CREATE OR REPLACE TEMP TABLE judgement AS SELECT "rule", record_id, passed, {texts}, "at", reason, CAST(NULL AS VARCHAR) AS waiver FROM ("""
        + every
        + ") AS e"
    )
    session.run(query.text, query.values)
    covers = {t.rule.id: waive(session, t.waivers, context, groups=t.rule.check in GROUPED) for t in tasks if t.waivers}
    rows = session.rows(
        f"""SELECT "rule", count(*) FILTER (WHERE NOT small), count(*) FILTER (WHERE passed AND NOT small),
        count(*) FILTER (WHERE NOT passed AND waiver IS NULL AND NOT small), count(*) FILTER (WHERE small), count(waiver)
        FROM (SELECT *, coalesce(reason = {quote(TOO_FEW)}, false) AS small FROM judgement) AS j GROUP BY "rule\""""
    )
    found = {str(rule): tuple(int(str(n)) for n in numbers) for rule, *numbers in rows}
    for task in tasks:
        if task.rule.id in whole:  # whoever is not among the others has passed
            others, _, failed, *_ = found.get(task.rule.id, _NOBODY)
            in_scope = size_of(populations.of(session, task.rule))
            found[task.rule.id] = (in_scope, in_scope - others, failed, 0, 0)
    counts = {
        t.rule.id: _counts(
            found.get(t.rule.id, _NOBODY), 0 if t.rule.check in GROUPED else records, "", covers.get(t.rule.id, {})
        )
        for t in tasks
    }
    broken_down = dict(_broken_down(session, tasks, counts, populations))
    session.run(  # last, so that what fails before can be done again
        f"""INSERT INTO tested SELECT "rule", record_id, passed, observed, expected, "at",
        CASE WHEN passed IS NULL THEN coalesce(reason, 'cannot-tell') END, waiver, NULL FROM judgement
        WHERE reason IS DISTINCT FROM {quote(TOO_FEW)} AND ({kept.text})""",
        kept.values,
    )
    return counts, broken_down


_NOBODY = (0, 0, 0, 0, 0)
_WRONG = Fragment("passed IS NOT true")
"""The verdicts that are kept unless more are asked for."""


def _counts(found: Sequence[int], records: int, because: str, covers: Mapping[str, Cover] | None = None) -> Counts:
    in_scope, passed, failed, too_small, waived = found
    if too_small and not in_scope:
        because = TOO_FEW  # there are records, so this is not a lack of data
    untested, others = in_scope - passed - failed - waived, max(records - in_scope, 0)
    return Counts(in_scope, passed, failed, untested, others, because, too_small, (), waived, covers or {})


def _has_breakdown(rule: Rule, counts: Counts) -> bool:
    """Rules that some record failed; where the rows are groups or files, they have no priority and no service."""
    return rule.check not in GROUPED and not counts.untested_because and counts.failed > 0


def _broken_down(
    session: Session, tasks: Sequence[Task], judged: Mapping[str, Counts], populations: Populations
) -> Iterator[tuple[str, Totals]]:
    """The records that rules have just judged, by priority and by service, of those rules that are broken down.

    Most rules judge every record in their scope, which is one of the populations.
    """
    for task in tasks:
        if _has_breakdown(task.rule, judged[task.rule.id]):
            total = populations.of(session, task.rule)
            if size_of(total) != judged[task.rule.id].in_scope:
                total = totals_judged(session, task.rule)
            yield task.rule.id, total
