"""What an auditor must know about the export before believing verdicts, and no verdict tells: pauses and scopes that it cannot
tell, cells without which groups were judged, and that it ends long before the moment of the audit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence

from itsmctl.checks import CHECKS
from itsmctl.engine.context import Context
from itsmctl.engine.grouping import group_needs
from itsmctl.engine.life import done
from itsmctl.engine.parameters import words
from itsmctl.engine.session import Row, Session, as_much_as_fits
from itsmctl.engine.sql import COMPARING, Fragment, join, name
from itsmctl.engine.statements import (
    Task,
    lacking_columns,
    may_be_beside,
    may_be_in_scope,
    missing_for,
    missing_in_file,
    unknown_of,
)
from itsmctl.engine.strange import is_untranslated
from itsmctl.engine.telling import never_there
from itsmctl.importers.receipt import iso
from itsmctl.importers.silence import DAY, LOOKED_BACK, usual
from itsmctl.model import GROUPED, LIFE_COLUMNS, Definitions, Rule

_NAMED = 5
"""Rules that a warning names."""
_SHOWN = 3
"""Names that a warning shows."""


def caveats(session: Session, context: Context, rules: Sequence[Rule]) -> tuple[tuple[str, str], ...]:
    """Warnings (code, message) of pauses that the export cannot tell, of records of which nobody can tell whether rules are about
    them, of cells that could not be read in groups that were judged, and of an export that ends before the moment of the audit."""
    return (
        *_ends_before(session, context),
        *_untold_pauses(session, context),
        *_out_of_scopes(session, context, rules),
        *_out_of_groups(session, context, rules),
        *_unread_in_groups(session, context, rules),
        *_untranslated_in_groups(session, context, rules),
        *_spelt_otherwise(session),
    )


def _ends_before(session: Session, context: Context) -> Iterator[tuple[str, str]]:
    """A warning where the export is silent until the moment of the audit for longer than is usual: what was open may be so no more."""
    columns = " UNION ALL ".join(f"SELECT {name(column)} AS moment FROM record" for column in LIFE_COLUMNS)
    moments = (
        f"(SELECT moment FROM ({columns} UNION ALL SELECT moment FROM event) AS every WHERE moment <= {context.as_of})"
    )
    (last,) = session.one(f"SELECT max(moment) FROM {moments} AS m")
    if last is None or int(str(last)) + DAY >= context.as_of:
        return
    ends = int(str(last))
    silence, seen, first = session.one(
        f"""SELECT max(moment - before), count(*), min(moment) FROM (
            SELECT moment, lag(moment) OVER (ORDER BY moment) AS before FROM (SELECT DISTINCT moment FROM {moments} AS m WHERE moment >= {ends - LOOKED_BACK}) AS told
        ) AS beside"""
    )
    whole = usual(int(str(silence or 0)), int(str(seen)), ends - int(str(first)))
    if whole is None or ends + whole >= context.as_of:
        return
    query = "SELECT count(*) FROM record AS r WHERE NOT coalesce(" + done(context.about("")) + ", true)"
    (count,) = session.one(query.text, query.values)
    if n := int(str(count)):
        yield (
            "export-ends-before",
            f"nothing is told after {iso(ends)}, and what was open then is judged as if it were open until {iso(context.as_of)}: {n}; export again, or name an earlier moment with --as-of",
        )


def _untold_pauses(session: Session, context: Context) -> Iterator[tuple[str, str]]:
    """A warning for each process some of whose clocks ran under agreements that pause in states which the export cannot tell.

    Who broke such a promise may have been waiting for others: the auditor must know before anybody is asked why.
    """
    pauses = _pauses(context.definitions)
    for process in sorted(context.processes):
        seen = context.about(process)
        words = seen.words_for("state")
        if all(states <= words for states in pauses.values()):
            continue
        untold = [state for state in _allowed(session, seen, pauses) if state not in words]
        asked = join(", ", (never_there("state", state, seen) for state in untold))
        missing = session.one(f"SELECT {asked.text}", asked.values) if untold else ()
        if states := [state for state, never in zip(untold, missing, strict=True) if never]:
            yield (
                "pause-never-named",
                f"{process}: no time is taken off for pauses that the export neither has nor has a word for: {', '.join(states)}",
            )


def _allowed(session: Session, context: Context, pauses: Mapping[tuple[str, str], frozenset[str]]) -> list[str]:
    """The states of the process that pause a clock which some of its records had."""
    rows = session.rows(
        """SELECT DISTINCT c.agreement, c.clock FROM clock AS c JOIN record AS r ON r.tix = c.tix
        WHERE r.process = ? AND c.agreement IS NOT NULL AND c.verdict NOT IN ('not_testable', 'cancelled')""",
        (context.process,),
    )
    states = {state for agreement, clock in rows for state in pauses.get((str(agreement), str(clock)), ())}
    process = context.definitions.processes.get(context.process)
    own = {state.id for state in process.states} if process else states
    return sorted(states & own)


def _pauses(definitions: Definitions) -> dict[tuple[str, str], frozenset[str]]:
    """By agreement and the name of the clock as records have it, the states that pause it."""
    promised = {
        (agreement.id, clocked): frozenset(state for state, role in clock.states.items() if role == "pause")
        for agreement in definitions.agreements.values()
        for clocked, clock in agreement.clocks.items()
    }
    for supporting in (definitions.operational_agreements, definitions.contracts):
        for id_, support in supporting.items():
            for leg, terms in support.terms.clocks.items():
                promised[id_, f"{id_}/{leg}"] = frozenset(terms.pauses)
    return promised


def _out_of_scopes(session: Session, context: Context, rules: Sequence[Rule]) -> Iterator[tuple[str, str]]:
    """A warning for each column that records lack and by which rules choose theirs: such a record may be one of theirs.

    A rule about P1 judges no record without a priority. Who empties the column takes the record away from it.
    """
    asked = _asked(context, rules, _chosen_by)
    for (process, column), count, shown in _without(session, asked):
        yield (
            "scope-unknown",
            f"records of {process} without {column}, left out by rules that choose by it: {count} ({shown})"
            if process
            else f"records without {column}, left out by rules that choose by it: {count} ({shown})",
        )


def _out_of_groups(session: Session, context: Context, rules: Sequence[Rule]) -> Iterator[tuple[str, str]]:
    """A warning for each column that records lack and by which rules make groups: they may belong to any, and count in none of these.

    A month may keep its promise only because the tickets that broke it do not say of which service they are.
    """
    for (process, column), count, shown in _without(session, _asked(context, rules, _grouped_by)):
        yield (
            "group-unknown",
            f"records of {process} without {column}, missing in the groups that rules make by it: {count} ({shown})"
            if process
            else f"records without {column}, missing in the groups that rules make by it: {count} ({shown})",
        )


def _chosen_by(rule: Rule) -> Iterator[str]:
    """The columns by whose values a rule chooses its records, or its check does."""
    yield from (condition.column for condition in rule.scope if condition.test in COMPARING)
    match rule.check:
        case "leg-within":
            yield from ("group", "service")
        case "loosened":
            yield from words(rule.parameters["column"])
        case "overlap" | "similar":
            yield from words(rule.parameters["same"])
        case _:
            pass


def _grouped_by(rule: Rule) -> Iterator[str]:
    """The columns by whose values a rule makes groups."""
    if rule.check in GROUPED and rule.check != "register":  # whose rows are no records
        yield from group_needs(words(rule.parameters.get("per", ())))


_Asked = Mapping[tuple[str, str], Sequence[tuple[Rule, Fragment]]]
"""By process and column the rules that ask for it, each with SQL for whether it may be about a record that lacks it."""


def _asked(context: Context, rules: Sequence[Rule], columns_of: Callable[[Rule], Iterator[str]]) -> _Asked:
    asked: dict[tuple[str, str], list[tuple[Rule, Fragment]]] = defaultdict(list)
    for rule in rules:
        about = context.about(rule.process)
        if missing_for(rule, CHECKS[rule.check], about):
            continue
        for column in dict.fromkeys(columns_of(rule)):
            if column in context.exported:
                empty = Fragment(f"({_empty(column, about)} AND ") + may_be_in_scope(rule, about) + ")"
                asked[rule.process, column].append((rule, empty))
    return asked


def _without(session: Session, asked: _Asked) -> Iterator[tuple[tuple[str, str], int, str]]:
    """Of each process and column how many records lack it, and the rules that ask for it; where none does, nothing."""
    if not asked:
        return
    by_column = sorted(asked.items())
    counts = [Fragment("count(CASE WHEN ") + join(" OR ", dict.fromkeys(sql for _, sql in those)) + " THEN 1 END)" for _, those in by_column]  # fmt: skip

    def counted(some: Sequence[Fragment]) -> Row:
        query = Fragment("SELECT ") + join(", ", some) + " FROM record AS r"
        return session.one(query.text, query.values)

    for (key, those), n in zip(by_column, as_much_as_fits(counted, counts), strict=True):
        if n:
            yield key, int(str(n)), _named([rule for rule, _ in those])


def _unread_in_groups(session: Session, context: Context, rules: Sequence[Rule]) -> Iterator[tuple[str, str]]:
    """A warning for each column some of whose cells could not be read though rules about groups of records rest on it.

    A single record with such a cell is not testable; a group is judged by what the others say.
    """
    asked: dict[tuple[str, str], list[Rule]] = defaultdict(list)
    for rule in rules:
        about, task = context.about(rule.process), Task(rule, CHECKS[rule.check])
        if rule.check not in GROUPED or missing_for(rule, task.check, about) or missing_in_file(session, task, context):
            continue
        for column in lacking_columns(task, context):
            asked[rule.process, column].append(rule)
    for (process, column), those in sorted(asked.items()):
        reached = join(" OR ", dict.fromkeys(may_be_in_scope(rule, context.about(process)) for rule in those))
        (n,) = session.one(
            "SELECT count(*) FROM record AS r WHERE (" + reached.text + f") AND {unknown_of(column)}", reached.values
        )
        if n:
            count, shown = int(str(n)), _named(those)
            yield (
                "unread-in-groups",
                f"records of {process} whose {column} is not known, so that rules about groups rest on the others: {count} ({shown})"
                if process
                else f"records whose {column} is not known, so that rules about groups rest on the others: {count} ({shown})",
            )


def _untranslated_in_groups(session: Session, context: Context, rules: Sequence[Rule]) -> Iterator[tuple[str, str]]:
    """A warning for each column with words that nobody translates, and by which rules about groups choose their records.

    Of a single record nobody knows then whether a rule is about it; a group is judged without it.
    """
    asked: dict[tuple[str, str], list[tuple[Rule, Fragment]]] = defaultdict(list)
    for rule in rules:
        about = context.about(rule.process)
        if rule.check in GROUPED and not missing_for(rule, CHECKS[rule.check], about):
            for condition in rule.scope:
                if word := is_untranslated(condition, about):
                    asked[rule.process, condition.column].append(
                        (rule, "(" + word + " AND " + may_be_beside(rule, about) + ")")
                    )
    for (process, column), count, shown in _without(session, asked):
        yield (
            "untranslated-in-groups",
            f"records of {process} with a {column} that nobody translates, of which nobody knows whether they belong to the groups of rules: {count} ({shown})"
            if process
            else f"records with a {column} that nobody translates, of which nobody knows whether they belong to the groups of rules: {count} ({shown})",
        )


def _spelt_otherwise(session: Session) -> Iterator[tuple[str, str]]:
    """A warning for each column in which things are called by names that differ in capitals, blanks or the width of letters only."""
    found: dict[str, list[str]] = defaultdict(list)
    for column, written, meant in session.rows('SELECT "column", written, meant FROM spelling ORDER BY ALL'):
        found[str(column)].append(f"{written!r} = {meant!r}")
    for column, names in found.items():
        shown = ", ".join(names[:_SHOWN]) + (", …" if len(names) > _SHOWN else "")
        yield (
            "spelt-otherwise",
            f"{column}: names that differ only in capitals or in the width of letters, taken for one: {len(names)} ({shown})",
        )


def _named(rules: Sequence[Rule]) -> str:
    """The ids of the first rules."""
    ids = sorted({rule.id for rule in rules})
    return ", ".join(ids[:_NAMED]) + (", …" if len(ids) > _NAMED else "")


def _empty(column: str, context: Context) -> str:
    """SQL for whether a record `r` has nothing in a column that could be read; where it could not, the record stays in scope."""
    empty = f"r.{name(column)} IS NULL"
    if column not in context.lacking:
        return empty
    return f"{empty} AND NOT {unknown_of(column)}"
