"""The statement of a rule: its check over the records in its scope, and what the export lacks for it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from itsmctl.engine.acts import APPROVING, approvals_with, is_decision, unclear
from itsmctl.engine.clocks import columns_of_clocks
from itsmctl.engine.context import Check, Context, Needs
from itsmctl.engine.doubts import Resting, doubted
from itsmctl.engine.grouping import grouped_by_people
from itsmctl.engine.judging_all import judges_all
from itsmctl.engine.parameters import words
from itsmctl.engine.people import known_as
from itsmctl.engine.session import Session, name, quote
from itsmctl.engine.sql import COMPARING, Fragment, all_of, condition, join
from itsmctl.engine.strange import is_untranslated, with_odd, with_strange
from itsmctl.engine.telling import with_untold
from itsmctl.model import GROUPED, RECORD_COLUMNS, REFERRING_COLUMNS, Condition, Definitions, Effective, Rule, Waiver

BESIDE_OTHERS = frozenset({"batch", "overlap", "similar"})
"""Checks that judge a record by how many others of the scope are like it, or at the same time."""
OF_ONE_HISTORY = frozenset({"dwell-within", "raised-and-lowered"})
"""Checks that pass a record of whose field nothing is told: it never stood there, and never changed."""
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
COLUMN_BY_COLUMN = frozenset({"required"})
"""Checks that know by themselves which columns are not known of a record."""
COLUMNS = ("tix", *RECORD_COLUMNS, "ended_at", "opened_in_period", "month")
"""The columns of the table `record`."""
TOLD_OF_ALL = ("tix", "record_id", "opened_at")
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


def timed_processes(definitions: Definitions) -> frozenset[str]:
    """The processes whose records some rule judges by a clock or an agreement; none where a rule names no process."""
    about = {r.process for r in definitions.rules.values() if r.check in ABOUT_AGREEMENTS or _about_clock(r)}
    return frozenset() if "" in about else frozenset(about)


def statement(task: Task, context: Context) -> Fragment:
    """The SELECT of one rule over its scope, with the rule's id before the columns of its check."""
    made, _ = statement_and_reach(task, context)
    return made


def statement_and_reach(task: Task, context: Context) -> tuple[Fragment, bool]:
    """The same, and whether it shows that it gives one verdict of each record in the scope."""
    context = context.about(task.rule.process)
    needs = task.check.needs(task.rule)
    body = _with_doubts(task.check.compile(task.rule, context), task.rule, needs, context)
    body = _with_gaps(body, task.rule, needs, context)
    body = with_untold(body, needs.named, context)
    if task.rule.check in OF_ONE_HISTORY:
        body = _with_never_told(body, needs, context)
    if task.rule.check not in GROUPED:
        body = with_odd(with_strange(body, task.rule, needs, context), task.rule, context)
    scope = scope_of(task.rule, context, columns_named(body))
    lacking = lacking_columns(task, context)
    if task.rule.check in COLUMN_BY_COLUMN:
        lacking = tuple(column for column in lacking if column in {c.column for c in task.rule.scope})
    if lacking and task.rule.check not in GROUPED:
        scope, body = _apart(scope, body, lacking)
    # Each of its readers passes over what it does not ask for: one copy for all of them would hold every field and every column.
    near = "".join(
        f", {table} AS NOT MATERIALIZED (SELECT * FROM {table} WHERE {near})"
        for table, near in _near(task, body, context)
    )
    made = (
        Fragment(f'SELECT {quote(task.rule.id)} AS "rule", j.* FROM (WITH scoped AS (')
        + scope
        + f"){near} "
        + body
        + ") AS j"
    )
    return made, task.rule.check not in GROUPED and judges_all(body)


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
    return tuple(column for column in COLUMNS if column in words or column in TOLD_OF_ALL)


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


def missing_in_file(session: Session, task: Task, context: Context) -> str:
    """A reason code where a rule about groups lacks a column in one file of its process: its groups would not be whole."""
    asked = lacking_columns(task, context) if task.rule.check in GROUPED else ()
    if not asked:
        return ""
    rows = session.rows(
        f"""SELECT DISTINCT l."column" FROM lacking AS l JOIN record AS r ON r.tix = l.tix
        WHERE l.why = 'column-not-in-file' AND ? IN ('', r.process) AND l."column" IN ({", ".join("?" * len(asked))}) ORDER BY l."column\"""",
        (task.rule.process, *asked),
    )
    return "column-not-in-file:" + ",".join(str(column) for (column,) in rows) if rows else ""


def lacking_columns(task: Task, context: Context) -> tuple[str, ...]:
    """The columns that the rule rests on and that are unknown of some record; a clock rests on more than its rule names."""
    rule, check = task.rule, task.check
    per = rule.parameters.get("per", ())
    needs = check.needs(rule)
    read = (
        needs.columns
        | needs.history
        | {c.column for c in rule.scope}
        | {str(c) for c in (per if isinstance(per, tuple) else ())}
    )
    if rule.check in ABOUT_AGREEMENTS or _about_clock(rule):
        read |= columns_of_clocks(context.definitions)
    return tuple(sorted(read & context.about(rule.process).lacking))


def _apart(scope: Fragment, body: Fragment, lacking: Sequence[str]) -> tuple[Fragment, Fragment]:
    """Judge only the records of which the columns are known; the others are not testable, as nobody knows what stands there."""
    columns = ", ".join(quote(column) for column in lacking)
    known = Fragment(f') AS r WHERE r.tix NOT IN (SELECT tix FROM lacking WHERE "column" IN ({columns}))')
    rest = Fragment(
        """) AS judged UNION ALL SELECT r.record_id, CAST(NULL AS BOOLEAN) AS passed, CAST(NULL AS VARCHAR) AS observed,
        CAST(NULL AS VARCHAR) AS expected, r.opened_at AS "at", concat(k.why, ':', k.columns) AS reason FROM ("""
    )
    which = ", ".join(f'max(CASE WHEN "column" = {quote(column)} THEN "column" END)' for column in lacking)
    among = Fragment(
        f""") AS r JOIN (SELECT tix, min(why) AS why, concat_ws(',', {which}) AS columns FROM lacking
        WHERE "column" IN ({columns}) GROUP BY tix) AS k ON k.tix = r.tix"""
    )
    return "SELECT r.* FROM (" + scope + known, "SELECT * FROM (" + body + rest + scope + among


def _with_gaps(body: Fragment, rule: Rule, needs: Needs, context: Context) -> Fragment:
    """Where a check reads the history, a record whose history has a gap is not testable, whatever the rest says.

    That it begins late, or that a change does not take up where the one before it ended, is what one check is to find.
    """
    if not needs.history:
        return body
    gaps = "SELECT record_id FROM broken" + (" WHERE NOT begun" if rule.check == "traced" else "")
    if torn := sorted(needs.history & context.torn):
        found = " AND unlike" if rule.check == "traced" else ""
        gaps += f" UNION SELECT record_id FROM torn_field WHERE field IN ({', '.join(map(quote, torn))}){found}"
    reason = quote("history-gap:" + ",".join(sorted(needs.history)))
    return (
        """SELECT j.record_id, CASE WHEN b.record_id IS NULL THEN j.passed END AS passed, CASE WHEN b.record_id IS NULL THEN j.observed END AS observed,
        j.expected, j."at", CASE WHEN b.record_id IS NULL THEN j.reason ELSE """
        + Fragment(reason)
        + " END AS reason FROM ("
        + body
        + f") AS j LEFT JOIN ({gaps}) AS b ON b.record_id = j.record_id"
    )


def _with_never_told(body: Fragment, needs: Needs, context: Context) -> Fragment:
    """Leave untested the passes of records of which the export never tells a field that their form requires."""
    process = context.definitions.processes.get(context.process)
    required = {field.column for field in process.form if field.required_in} if process else set()
    for column in sorted(needs.history & required - {"state"}):
        never = Fragment(
            f"""SELECT r.record_id, r.opened_at, {quote(f"missing:{column}")} AS reason FROM scoped AS r
            WHERE r.{name(column)} IS NULL AND r.tix NOT IN (SELECT tix FROM event WHERE field = ?)""",
            (column,),
        )
        body = doubted(body, never, "passes")
    return body


def _with_doubts(body: Fragment, rule: Rule, needs: Needs, context: Context) -> Fragment:
    """Leave untested what rests on decisions that nobody understands (`Needs.decided`), or on when they were taken (`Needs.dated`)."""
    if rule.check in GROUPED:
        return body
    named = words(rule.parameters.get("decisions", ()))
    if needs.dated:
        body = doubted(
            body,
            approvals_with("a.moment IS NULL AND " + is_decision("a.decision", named or APPROVING), "undated-approval"),
            _resting(needs.dated),
        )
    if needs.decided and context.undecided:
        resting = _resting(needs.decided)
        of = approvals_with(unclear("a.decision", named), "unclear-decision")
        body = doubted(body, of, resting, observed_stays=resting == "failures")
    return body


def _resting(verdicts: frozenset[Resting]) -> Resting:
    return next(iter(verdicts)) if len(verdicts) == 1 else "any"


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
        columns = sorted(needs.links & frozenset(REFERRING_COLUMNS))
        return (
            f"column-not-exported:{','.join(columns)}"
            if columns
            else f"link-not-exported:{','.join(sorted(needs.links))}"
        )
    processes = sorted(needs.processes - context.processes)
    return "process-not-exported:" + ",".join(processes) if processes else ""


def scope_of(rule: Rule, context: Context, columns: Sequence[str]) -> Fragment:
    """Columns of the records of the rule's process that meet its conditions, opened while the rule was in force.

    A rule about clocks judges what stopped or still ran within the audited period, whenever it was opened, so that a
    breach across two periods is found in one of them; every other rule judges what was opened within it.
    """
    people = {
        column: known_as(f"r.{name(column)}", name(f"of {column}"))
        for column in grouped_by_people(rule)
        if column in columns
    }
    told = ", ".join(f"{people[c].own_name} AS {name(c)}" if c in people else f"r.{name(c)}" for c in columns)
    by_name = "".join(known.join for known in people.values())
    return Fragment(f"SELECT {told} FROM record AS r{by_name} WHERE ") + in_scope(rule, context)


def in_scope(rule: Rule, context: Context) -> Fragment:
    """The condition on a record `r` by which it is in the scope of a rule; see `scope_of`."""
    # A record that may belong to a group is not counted in it: the group is judged by the others, and an audit says so.
    tested = _testable(rule, context)
    beside = rule.check in BESIDE_OTHERS
    held = [all_of((c,)) if rule.check in GROUPED else _may_hold(c, context, beside=beside) for c in tested]
    return join(" AND ", [*held, *_reach(rule, context)] or [Fragment("true")])


def may_be_in_scope(rule: Rule, context: Context) -> Fragment:
    """A condition on a record `r`: it meets those of the rule's conditions for which it has a value, and the rule reaches it."""
    tests = [_unless_empty(c, condition(c)) for c in _testable(rule, context)]
    return join(" AND ", [*tests, *_reach(rule, context)] or [Fragment("true")])


def may_be_beside(rule: Rule, context: Context) -> Fragment:
    """A condition on a record `r`: the rule reaches it, and each of the rule's conditions holds, or may, be the cell empty, unreadable or strange."""
    tests = [_unless_empty(c, _may_hold(c, context, beside=False)) for c in _testable(rule, context)]
    return join(" AND ", [*tests, *_reach(rule, context)] or [Fragment("true")])


def _unless_empty(c: Condition, held: Fragment) -> Fragment:
    """What a record `r` must hold where it has a value for a condition that compares one."""
    return Fragment(f"(r.{name(c.column)} IS NULL OR ") + held + ")" if c.test in COMPARING else held


def _testable(rule: Rule, context: Context) -> tuple[Condition, ...]:
    return tuple(c for c in rule.scope if c.column in context.exported | _WITHOUT_EXPORT)


def _reach(rule: Rule, context: Context) -> list[Fragment]:
    """Conditions on a record `r` beside those of the scope: the process, and when."""
    tests = []
    if rule.process:
        tests.append(Fragment("r.process = ?", (rule.process,)))
    if rule.effective != Effective():
        period = (context.first_moment(rule.effective), context.end_moment(rule.effective))
        tests.append(Fragment("(r.opened_at IS NULL OR (r.opened_at >= ? AND r.opened_at < ?))", period))
    if not _about_clock(rule):
        tests.append(Fragment("r.opened_in_period"))
    elif context.until is not None:
        tests.append(Fragment("(r.ended_at IS NULL OR r.ended_at < ?)", (context.until,)))
    return tests


def _about_clock(rule: Rule) -> bool:
    return rule.check in ABOUT_CLOCKS or (rule.check in MAYBE_ABOUT_CLOCKS and "clock" in rule.parameters)


def _may_hold(c: Condition, context: Context, *, beside: bool) -> Fragment:
    """The condition holds, or nobody knows what the record has in the column, so that it may.

    A word that nobody translates hides a record from a rule that judges records `beside` others: among them it must not count.
    """
    unknown = [Fragment(unknown_of(c.column))] if c.column in context.lacking else []
    if (c.column == "state" or not beside) and (word := is_untranslated(c, context)):
        unknown.append(word)
    return "(" + join(" OR ", [all_of((c,)), *unknown]) + ")" if unknown else all_of((c,))


def unknown_of(column: str) -> str:
    """SQL for whether nobody knows what the record `r` has in a column: its file lacks it, or the cell could not be read."""
    return f'r.tix IN (SELECT tix FROM lacking WHERE "column" = {quote(column)})'
