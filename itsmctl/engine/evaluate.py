"""Run rules: their checks over their scopes in one statement, counted, and the rows that are not a plain pass kept."""

from __future__ import annotations

import re
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from itsmctl.engine.clocks import columns_of_clocks
from itsmctl.engine.context import Check, Context, Needs
from itsmctl.engine.grouping import grouped_by_people
from itsmctl.engine.judging_all import judges_all
from itsmctl.engine.people import known_as
from itsmctl.engine.session import Session, TooLittleMemory, name, quote
from itsmctl.engine.sql import Fragment, all_of, join
from itsmctl.engine.telling import with_untold
from itsmctl.engine.verdicts import by_rule, leave_untested
from itsmctl.engine.waiving import Cover, waive
from itsmctl.model import GROUPED, RECORD_COLUMNS, Condition, Definitions, Effective, Rule, Waiver
from itsmctl.result import Share

TOO_FEW = "too-few"
"""The reason of a group with fewer records than its check asks for, which is told and not judged."""
BREAKDOWN_COLUMNS = ("priority", "service")
Totals = Mapping[tuple[int, str], int]
"""Records by the number of a column of the breakdown and its value, '' where it is empty."""
ABOUT_CLOCKS = frozenset(
    {
        "attainment",
        "clock-within",
        "heaping",
        "late-pause",
        "leg-within",
        "loosened",
        "paused-share",
        "period-shift",
        "reported-agrees",
    }
)
"""Checks whose moment is the clock's, not the opening of the record."""
ABOUT_AGREEMENTS = ABOUT_CLOCKS | {"agreement"}
MAYBE_ABOUT_CLOCKS = frozenset({"percentile"})
"""Checks that are about a clock where their parameters name one."""
AT_ONCE = 500_000
"""Rows that rules judged in one statement may have together: it bounds what is held before passes are dropped."""
SOME = 6
"""Rules judged in one statement at most, so that two connections that share them end at about the same time."""
COLUMNS = ("tix", *RECORD_COLUMNS, "ended_at", "opened_in_period", "month")
"""The columns of the table `record`."""
_TOLD_OF_ALL = ("tix", "record_id", "opened_at")
"""What is told of every record, whatever judges it."""
_OF_RECORDS = ("approval", "clock", "event", "span")
"""The tables that hang on records by `tix`; a check reads of them what belongs to the records in its scope."""
_WORD = re.compile(r"\w+")
_READ = re.compile(r"\b(?:FROM|JOIN) (\w+)")
_WITHOUT_EXPORT = frozenset({"record_id", "process", "attributes", "source_file", "source_row"})


def asks_legs(rules: Iterable[Rule]) -> bool:
    """Whether some rule judges by the clocks of supporting agreements."""
    return any(rule.check == "leg-within" for rule in rules)


@dataclass(frozen=True)
class Task:
    """A rule to judge by; it is not testable as a whole where `because` says so, or where the export lacks what it needs."""

    rule: Rule
    check: Check
    because: str = ""
    waivers: tuple[Waiver, ...] = ()


@dataclass(frozen=True)
class Counts:
    """What became of the records in scope of one rule; `not_applicable` are the other records of the dataset."""

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


def timed_processes(definitions: Definitions) -> frozenset[str]:
    """The processes whose records some rule judges by a clock or an agreement; none where a rule names no process."""
    about = {r.process for r in definitions.rules.values() if r.check in ABOUT_AGREEMENTS or _about_clock(r)}
    return frozenset() if "" in about else frozenset(about)


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
    judged, never less than before.
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
    kept = _WRONG
    if all_verdicts:
        kept = Fragment("true")
    elif keep:
        kept = _WRONG + Fragment(f" OR record_id IN ({', '.join('?' * len(keep))})", tuple(keep))

    totals: dict[Fragment, Totals] = {}
    too_many: list[Task] = []
    populations: dict[str, Totals] = {}

    def judge(connection: Session) -> dict[str, Counts]:
        counts: dict[str, Counts] = {}
        while True:
            try:
                some = waiting.popleft()
            except IndexError:  # nothing waits any more
                return counts
            if connection is session:
                report(1 - (len(waiting) + 1) / heaps)
            try:
                counts |= take(connection, some)
            except TooLittleMemory:
                too_many.extend(some)

    def take(connection: Session, some: Sequence[Task]) -> dict[str, Counts]:
        counts, found = _judge(connection, some, context, kept, records, with_texts, totals)
        populations.update(found)
        return counts

    with session.beside(judge) as second:
        told |= _leave_untested(session, blind, untested, context, records)
        told |= judge(session)
        told |= second.result()
    for task in too_many:  # what does not fit beside others may fit alone
        told |= take(session, [task])
    shares = _breakdown(session, populations)
    return {rule: replace(counts, breakdown=shares.get(rule, ())) for rule, counts in told.items()}


def _untested_because(session: Session, task: Task, context: Context) -> str:
    """A reason code where the rule cannot be tested as a whole, or ''."""
    return task.because or missing_for(task.rule, task.check, context) or missing_in_file(session, task, context)


def _leave_untested(
    session: Session, tasks: Sequence[Task], because: Mapping[str, str], context: Context, records: int
) -> dict[str, Counts]:
    """Say of every record in the scope of rules that cannot be tested that it was not looked at."""
    by_scope: dict[Fragment, dict[str, str]] = defaultdict(dict)
    for task in tasks:
        by_scope[scope_of(task.rule, context.about(task.rule.process), _TOLD_OF_ALL)][task.rule.id] = because[
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
    totals: dict[Fragment, Totals],
) -> tuple[dict[str, Counts], dict[str, Totals]]:
    """What became of the records by each rule, and how many there were by priority and service, of those that are broken down."""
    # Most verdicts are passes, of which nothing is kept: to hold them or their texts would cost more than to judge them.
    whole = {t.rule.id for t in tasks if kept == _WRONG and not t.waivers and _judges_all(t, context)}
    every = join(
        " UNION ALL ",
        (
            "SELECT * FROM (" + made + f") AS w WHERE {_WRONG.text}" if task.rule.id in whole else made
            for task in tasks
            for made in (statement(task, context),)
        ),
    )
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
            in_scope = _size(_totals(session, task.rule, context, totals))
            found[task.rule.id] = (in_scope, in_scope - others, failed, 0, 0)
    counts = {t.rule.id: _counts(found.get(t.rule.id, _NOBODY), records, "", covers.get(t.rule.id, {})) for t in tasks}
    populations = dict(_populations(session, tasks, counts, context, totals))
    session.run(  # last, so that what fails before can be done again
        f"""INSERT INTO tested SELECT "rule", record_id, passed, observed, expected, "at",
        CASE WHEN passed IS NULL THEN coalesce(reason, 'cannot-tell') END, waiver, NULL FROM judgement
        WHERE reason IS DISTINCT FROM {quote(TOO_FEW)} AND ({kept.text})""",
        kept.values,
    )
    return counts, populations


def statement(task: Task, context: Context) -> Fragment:
    """The SELECT of one rule over its scope, with the rule's id before the columns of its check."""
    context = context.about(task.rule.process)
    scope, body = _scope_and_body(task, context)
    # Each of its readers passes over what it does not ask for: one copy for all of them would hold every field and every column.
    near = "".join(
        f", {table} AS NOT MATERIALIZED (SELECT * FROM {table} WHERE {near})"
        for table, near in _near(task, body, context)
    )
    return (
        Fragment(f'SELECT {quote(task.rule.id)} AS "rule", j.* FROM (WITH scoped AS (')
        + scope
        + f"){near} "
        + body
        + ") AS j"
    )


def _scope_and_body(task: Task, context: Context) -> tuple[Fragment, Fragment]:
    """The SELECT of `scoped`, and that of what is said of the records in it."""
    needs = task.check.needs(task.rule)
    body = with_untold(_with_gaps(task.check.compile(task.rule, context), needs), needs.named, context)
    scope = scope_of(task.rule, context, columns_named(body))
    lacking = lacking_columns(task, context)
    return _apart(scope, body, lacking) if lacking else (scope, body)


def _judges_all(task: Task, context: Context) -> bool:
    """Whether the statement of a rule shows that it gives one verdict of each record in its scope."""
    _, body = _scope_and_body(task, context.about(task.rule.process))
    return task.rule.check not in GROUPED and judges_all(body)


def _near(task: Task, body: Fragment, context: Context) -> Iterator[tuple[str, str]]:
    """The tables of which a rule asks only for its own records, and where these lie: the database passes over the rest."""
    if task.rule.process in context.reach:
        first, last = context.reach[task.rule.process]
        read = frozenset(_READ.findall(body.text))
        for table in _OF_RECORDS:
            if table in read:
                yield table, f"tix BETWEEN {first} AND {last}"


def columns_named(body: Fragment) -> tuple[str, ...]:
    """The columns of a record that a statement mentions: naming all of them again and again would cost the database more."""
    words = words_of(body)
    return tuple(column for column in COLUMNS if column in words or column in _TOLD_OF_ALL)


def words_of(made: Fragment) -> frozenset[str]:
    """All words of a statement, among them the columns that it reads."""
    return frozenset(_WORD.findall(made.text))


def words_read(tasks: Sequence[Task], context: Context) -> frozenset[str]:
    """All that rules and what excuses from them name, among it the columns that they read; not what clocks read."""
    read: set[str] = set()
    for task in tasks:
        needs = task.check.needs(task.rule)
        read |= words_of(statement(task, context)) | needs.columns | needs.elsewhere
        read |= {condition.column for waiver in task.waivers for condition in waiver.scope}
    return frozenset(read)


_NOBODY = (0, 0, 0, 0, 0)
_WRONG = Fragment("passed IS NOT true")
"""The verdicts that are kept unless more are asked for."""
_BREAKDOWN = ", ".join(f"r.{name(column)}" for column in BREAKDOWN_COLUMNS)


def _counts(found: Sequence[int], records: int, because: str, covers: Mapping[str, Cover] | None = None) -> Counts:
    in_scope, passed, failed, too_small, waived = found
    if too_small and not in_scope:
        because = TOO_FEW  # there are records, so this is not a lack of data
    untested, others = in_scope - passed - failed - waived, max(records - in_scope, 0)
    return Counts(in_scope, passed, failed, untested, others, because, too_small, (), waived, covers or {})


def _has_breakdown(rule: Rule, counts: Counts) -> bool:
    """Rules that some record failed; where the rows are groups or files, they have no priority and no service."""
    return rule.check not in GROUPED and not counts.untested_because and counts.failed > 0


def missing_in_file(session: Session, task: Task, context: Context) -> str:
    """A reason code where a rule about groups lacks a column in one file of its process: its groups would not be whole."""
    asked = lacking_columns(task, context) if task.rule.check in GROUPED else ()
    if not asked:
        return ""
    rows = session.rows(
        f"""SELECT DISTINCT l."column" FROM lacking AS l JOIN record AS r ON r.tix = l.tix
        WHERE r.process = ? AND l."column" IN ({", ".join("?" * len(asked))}) ORDER BY l."column\"""",
        (task.rule.process, *asked),
    )
    return "column-not-in-file:" + ",".join(str(column) for (column,) in rows) if rows else ""


def lacking_columns(task: Task, context: Context) -> tuple[str, ...]:
    """The columns that the rule rests on and some file has not; a clock rests on more than its rule names."""
    rule, check = task.rule, task.check
    per = rule.parameters.get("per", ())
    read = (
        check.needs(rule).columns
        | {c.column for c in rule.scope}
        | {str(c) for c in (per if isinstance(per, tuple) else ())}
    )
    if rule.check in ABOUT_AGREEMENTS or _about_clock(rule):
        read |= columns_of_clocks(context.definitions)
    return tuple(sorted(read & context.about(rule.process).lacking))


def _apart(scope: Fragment, body: Fragment, lacking: Sequence[str]) -> tuple[Fragment, Fragment]:
    """Judge only the records whose file has the columns; the others are not testable, as nobody knows what stands there."""
    columns = ", ".join(quote(column) for column in lacking)
    known = Fragment(f') AS r WHERE r.tix NOT IN (SELECT tix FROM lacking WHERE "column" IN ({columns}))')
    rest = Fragment(
        """) AS judged UNION ALL SELECT r.record_id, CAST(NULL AS BOOLEAN) AS passed, CAST(NULL AS VARCHAR) AS observed,
        CAST(NULL AS VARCHAR) AS expected, r.opened_at AS "at", concat('column-not-in-file:', k.columns) AS reason FROM ("""
    )
    which = ", ".join(f'max(CASE WHEN "column" = {quote(column)} THEN "column" END)' for column in lacking)
    among = Fragment(
        f""") AS r JOIN (SELECT tix, concat_ws(',', {which}) AS columns FROM lacking
        WHERE "column" IN ({columns}) GROUP BY tix) AS k ON k.tix = r.tix"""
    )
    return "SELECT r.* FROM (" + scope + known, "SELECT * FROM (" + body + rest + scope + among


def _with_gaps(body: Fragment, needs: Needs) -> Fragment:
    """Where a check reads the history, a record whose history has a gap is not testable, whatever the rest says."""
    if not needs.history:
        return body
    reason = quote("history-gap:" + ",".join(sorted(needs.history)))
    return (
        """SELECT j.record_id, CASE WHEN b.tix IS NULL THEN j.passed END AS passed, CASE WHEN b.tix IS NULL THEN j.observed END AS observed,
        j.expected, j."at", CASE WHEN b.tix IS NULL THEN j.reason ELSE """
        + Fragment(reason)
        + " END AS reason FROM ("
        + body
        + ") AS j LEFT JOIN broken AS b ON b.record_id = j.record_id"
    )


def missing_for(rule: Rule, check: Check, context: Context) -> str:
    """A reason code naming what the export lacks for this rule, or ''."""
    needs = check.needs(rule)
    asked = needs.columns | needs.elsewhere | {c.column for c in rule.scope}
    columns = sorted(asked - context.exported - _WITHOUT_EXPORT)
    if columns:
        return "column-not-exported:" + ",".join(columns)
    later = sorted(asked & context.known_later)
    if later:
        return "known-later:" + ",".join(later)
    history = sorted(needs.history - context.history)
    if history:
        return "no-history:" + ",".join(history)
    tables = sorted(needs.tables - context.tables)
    if tables:
        return f"no-{tables[0]}s"
    if needs.links and not needs.links & context.links:
        return "column-not-exported:" + ",".join(sorted(needs.links))
    processes = sorted(needs.processes - context.processes)
    return "process-not-exported:" + ",".join(processes) if processes else ""


def scope_of(rule: Rule, context: Context, columns: Sequence[str]) -> Fragment:
    """Columns of the records of the rule's process that meet its conditions, opened while the rule was in force.

    A rule about clocks judges what stopped or still ran within the audited period, whenever it was opened, so that a
    breach across two periods is found in one of them; every other rule judges what was opened within it.
    """
    testable = tuple(c for c in rule.scope if c.column in context.exported | _WITHOUT_EXPORT)
    tests = [_may_hold(c, context) for c in testable]
    if rule.process:
        tests.append(Fragment("r.process = ?", (rule.process,)))
    if rule.effective != Effective():
        period = (context.first_moment(rule.effective), context.end_moment(rule.effective))
        tests.append(Fragment("(r.opened_at IS NULL OR (r.opened_at >= ? AND r.opened_at < ?))", period))
    if not _about_clock(rule):
        tests.append(Fragment("r.opened_in_period"))
    elif context.until is not None:
        tests.append(Fragment("(r.ended_at IS NULL OR r.ended_at < ?)", (context.until,)))
    people = {
        column: known_as(f"r.{name(column)}", name(f"of {column}"))
        for column in grouped_by_people(rule)
        if column in columns
    }
    told = ", ".join(f"{people[c].own_name} AS {name(c)}" if c in people else f"r.{name(c)}" for c in columns)
    by_name = "".join(known.join for known in people.values())
    return Fragment(f"SELECT {told} FROM record AS r{by_name} WHERE ") + join(" AND ", tests or [Fragment("true")])


def _about_clock(rule: Rule) -> bool:
    return rule.check in ABOUT_CLOCKS or (rule.check in MAYBE_ABOUT_CLOCKS and "clock" in rule.parameters)


def _may_hold(c: Condition, context: Context) -> Fragment:
    """The condition holds, or the record's file has no such column, so that it may."""
    if c.column not in context.lacking:
        return all_of((c,))
    unknown = f'r.tix IN (SELECT tix FROM lacking WHERE "column" = {quote(c.column)})'
    return "(" + all_of((c,)) + f" OR {unknown})"


def _populations(
    session: Session,
    tasks: Sequence[Task],
    judged: Mapping[str, Counts],
    context: Context,
    totals: dict[Fragment, Totals],
) -> Iterator[tuple[str, Totals]]:
    """The records that rules have just judged, by priority and by service, of those rules that are broken down.

    Most rules judge every record in their scope, and many have the same scope, whose records are counted once: `totals`.
    """
    for task in tasks:
        if _has_breakdown(task.rule, judged[task.rule.id]):
            total = _totals(session, task.rule, context, totals)
            if _size(total) != judged[task.rule.id].in_scope:
                total = _totals_judged(session, task.rule.id)
            yield task.rule.id, total


def _breakdown(session: Session, populations: Mapping[str, Totals]) -> Mapping[str, tuple[Share, ...]]:
    """What became of the records that some rules judged, by priority and by service; values sorted, '' where empty."""
    wrong = _wrong_by_value(session, sorted(populations))
    return by_rule(
        (rule, Share(BREAKDOWN_COLUMNS[which], value, n, *wrong.get((rule, which, value), (0, 0))))
        for rule, total in populations.items()
        for (which, value), n in sorted(total.items())
    )


def _totals(session: Session, rule: Rule, context: Context, totals: dict[Fragment, Totals]) -> Totals:
    """How many records the scope of a rule holds by the values of each column."""
    scope = scope_of(rule, context.about(rule.process), BREAKDOWN_COLUMNS)
    if scope not in totals:
        totals[scope] = _by_value(session, "(" + scope + ") AS r")
    return totals[scope]


def _size(total: Totals) -> int:
    """How many records there are."""
    return sum(n for (which, _), n in total.items() if which == 0)


def _totals_judged(session: Session, rule: str) -> Totals:
    """The same of the records that a rule judged, where these are not all in its scope."""
    return _by_value(
        session, Fragment('judgement AS j JOIN record AS r ON r.record_id = j.record_id WHERE j."rule" = ?', (rule,))
    )


def _wrong_by_value(session: Session, rules: Sequence[str]) -> Mapping[tuple[str, int, str], tuple[int, int]]:
    """How many records failed and could not be tested, by rule, column and value."""
    if not rules:
        return {}
    rows = session.rows(
        f"""SELECT {_BREAKDOWN}, count(*) FILTER (WHERE NOT j.passed AND j.waiver IS NULL), count(*) FILTER (WHERE j.passed IS NULL), j."rule"
        FROM record AS r JOIN tested AS j ON j.record_id = r.record_id
        WHERE j.passed IS NOT true AND j."rule" IN ({", ".join("?" * len(rules))}) GROUP BY {_BREAKDOWN}, j."rule\"""",
        tuple(rules),
    )
    failed: Counter[tuple[str, int, str]] = Counter()
    untested: Counter[tuple[str, int, str]] = Counter()
    for *values, wrong, unknown, rule in rows:
        for key in _values(values):
            failed[(str(rule), *key)] += int(str(wrong))
            untested[(str(rule), *key)] += int(str(unknown))
    return {key: (failed[key], untested[key]) for key in failed}


def _by_value(session: Session, records: Fragment) -> Totals:
    """How many records `r` of a relation have which value of each column of the breakdown."""
    query = Fragment(f"SELECT {_BREAKDOWN}, count(*) FROM ") + records + f" GROUP BY {_BREAKDOWN}"
    found: Counter[tuple[int, str]] = Counter()
    for *values, n in session.rows(query.text, query.values):
        for key in _values(values):
            found[key] += int(str(n))
    return found


def _values(values: Sequence[object]) -> Iterator[tuple[int, str]]:
    """The number of each column of the breakdown with its value, '' where it is empty."""
    for which, value in enumerate(values):
        yield which, "" if value is None else str(value)
