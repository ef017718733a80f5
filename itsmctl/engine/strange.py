"""States, and codes, that a process does not know: nobody can say which of its own such a word of the tool means.

A record that was in one may have been resolved, or waited, or been closed there. Neither that it never was, nor that its
clock ran all the time, is known of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from itsmctl.engine.context import Context, Needs
from itsmctl.engine.doubts import Resting, doubted
from itsmctl.engine.parameters import conditions_of
from itsmctl.engine.progress import counted_at
from itsmctl.engine.session import Session
from itsmctl.engine.sql import Fragment, join, name
from itsmctl.model import GROUPED, Condition, Definitions, Rule, Waiver

_RESTING: Mapping[str, Resting] = {
    "conforms": "failures",
    "in-lane": "passes",
    "late-pause": "any",
    "loosened": "any",
    "period-shift": "any",
    "untouched": "failures",
}
"""Which verdicts of checks rest on every state being known, beside those that `Needs.named` tells of."""
_LOOKED_FOR = frozenset({"in-lane", "late-pause", "period-shift"})
"""Checks that leave out records of which a history tells no step, no pause, or no resolution: in a strange state there may have been one."""
_LATE = "c.verdict IN ('breached', 'running_breached')"
"""A clock that ran in a strange state at worst kept its target all the same; only a breach may be none."""


def create_strange(session: Session, definitions: Definitions, as_of: int) -> frozenset[str]:
    """Create `strange(tix, state, since, still)`, the states of records that their process does not know, since when, and whether the record is still in it.

    Returns their processes. A process that names no states knows all.
    """
    words = _perhaps_strange(session, definitions)
    session.run("CREATE TABLE known_state (process VARCHAR, state VARCHAR)")
    known = [(p.id, state.id) for p in definitions.processes.values() for state in p.states]
    session.insert("known_state", ("process", "state"), sorted(known))
    among = f"({', '.join('?' * len(words))})" if words else "(NULL)"
    session.run(
        f"""CREATE TABLE strange AS SELECT w.tix, w.state, min(w.since) AS since, max(CASE WHEN w.state = r.state THEN 1 ELSE 0 END) = 1 AS still
        FROM record AS r JOIN (
            SELECT tix, new AS state, moment AS since FROM event WHERE field = 'state' AND new IN {among} AND moment <= {as_of}
            UNION ALL SELECT tix, old AS state, moment AS since FROM event WHERE field = 'state' AND old IN {among} AND moment <= {as_of}
            UNION ALL SELECT tix, state, opened_at AS since FROM record WHERE state IN {among} AND tix NOT IN (
                SELECT tix FROM event WHERE field = 'state' AND tix IN (SELECT tix FROM record WHERE state IN {among})
            )
        ) AS w ON w.tix = r.tix LEFT JOIN known_state AS k ON k.process = r.process AND k.state = w.state
        WHERE k.state IS NULL AND r.process IN (SELECT process FROM known_state) GROUP BY w.tix, w.state""",
        words * 4,
    )
    rows = (
        session.rows("SELECT DISTINCT r.process FROM record AS r JOIN strange AS s ON s.tix = r.tix") if words else []
    )
    return frozenset(str(process) for (process,) in rows)


def _perhaps_strange(session: Session, definitions: Definitions) -> list[str]:
    """The states that lie among the records of a process which does not know them, be it as those of other processes lie between these.

    Mostly there are none, which is quicker to see than by looking up the process of every change.
    """
    asked: list[Fragment] = []
    for process, first, last in session.rows(
        "SELECT process, min(tix), max(tix) FROM record GROUP BY process ORDER BY process"
    ):
        known = definitions.processes.get(str(process))
        states = tuple(state.id for state in known.states) if known else ()
        if states:
            strange = [f"{word} NOT IN ({', '.join('?' * len(states))})" for word in ("old", "new", "state")]
            within = f"tix BETWEEN {int(str(first))} AND {int(str(last))}"
            words = ", ".join(
                f"CASE WHEN {test} THEN {word} END AS {word}"
                for word, test in zip(("old", "new"), strange, strict=False)
            )
            asked.append(
                Fragment(f"SELECT {words} FROM event WHERE field = 'state' AND {within} AND ({strange[0]} OR {strange[1]})", states * 4)
                + Fragment(f" UNION ALL SELECT state AS old, CAST(NULL AS VARCHAR) AS new FROM record WHERE {within} AND {strange[2]}", states)
            )  # fmt: skip
    if not asked:
        return []
    query = Fragment("SELECT DISTINCT old, new FROM (") + join(" UNION ALL ", asked) + ") AS found"
    found = {str(word) for row in session.rows(query.text, query.values) for word in row if word is not None}
    return sorted(found)


def odd_codes(
    session: Session,
    definitions: Definitions,
    rules: Iterable[Rule],
    waivers: Mapping[str, Sequence[Waiver]],
    exported: frozenset[str],
) -> dict[tuple[str, str], tuple[str, ...]]:
    """The columns by whose codes rules choose their records, or those that they count, where some of a process have a code of its list, and others a word that nobody translates.

    Where no word is a code the list is not that of the tool, and a rule that chooses by it has no records. So it is with the
    columns by whose codes a rule's waivers choose.
    """
    chosen = {
        (process, c.column)
        for rule in rules
        for process, c in _choosing(rule, waivers.get(rule.id, ()), definitions)
        if c.test in ("in", "not-in") and c.column in exported - {"state"}
    }
    found = {}
    for process, column in sorted(chosen):
        if codes := codes_of(column, process, definitions):
            marks = ", ".join("?" * len(codes))
            (known, every) = session.one(
                f"SELECT count(CASE WHEN {name(column)} IN ({marks}) THEN 1 END), count({name(column)}) FROM record WHERE process = ?",
                (*codes, process),
            )
            if 0 < int(known or 0) < int(every or 0):
                found[process, column] = codes
    return found


def _choosing(rule: Rule, waivers: Iterable[Waiver], definitions: Definitions) -> Iterator[tuple[str, Condition]]:
    """The conditions by which a rule, and what excuses from it, choose records, each with the process of these."""
    counted = conditions_of(rule) if rule.check in GROUPED or rule.check == "overlap" else ()
    yield from ((rule.process, c) for c in (*rule.scope, *counted))
    for process in [rule.process] if rule.process else definitions.processes:
        yield from ((process, c) for waiver in waivers for c in waiver.scope)


def codes_of(column: str, process: str, definitions: Definitions) -> tuple[str, ...]:
    """The codes that the form of a process has for a column."""
    known = definitions.processes.get(process)
    lists = [field.codes for field in known.form if field.column == column and field.codes] if known else []
    return tuple(sorted({code.id for one in lists for code in definitions.code_lists[one].codes}))


def is_odd(column: str, named: Iterable[object], context: Context, record: str = "r") -> Fragment | None:
    """SQL for whether a record has a word in a column that is neither a code of its list nor among those `named`; None where no record has."""
    codes = context.odd.get((context.process, column))
    return None if codes is None else not_among(f"{record}.{name(column)}", codes, named)


def not_among(value: str, codes: Sequence[str], named: Iterable[object]) -> Fragment:
    """SQL for whether a value is neither among some codes nor among the words that somebody names; without a list of codes nothing is."""
    words = (*codes, *sorted({str(word) for word in named} - set(codes))) if codes else ()
    return Fragment(f"{value} NOT IN ({', '.join('?' * len(words))})", words) if words else Fragment("false")


def with_odd(body: Fragment, rule: Rule, context: Context) -> Fragment:
    """Leave untested the records of which a word that nobody translates hides whether the rule is about them."""
    for c in rule.scope:
        if c.test in ("in", "not-in") and (odd := is_odd(c.column, c.values, context)):
            of = f"SELECT r.record_id, min(r.opened_at) AS opened_at, 'unknown-code:{c.column}' AS reason FROM scoped AS r WHERE "
            body = doubted(body, Fragment(of) + odd + " GROUP BY r.record_id", "any")
    return body


def with_strange(body: Fragment, rule: Rule, needs: Needs, context: Context) -> Fragment:
    """Leave untested what a strange state could turn: whether the rule is about the record, a pass or a failure for want of a state, a breach."""
    if not context.meets_strange:
        return body
    states = [one for one in needs.named if one.column == "state"]
    named = {value for one in states for value in one.values} | {
        str(value) for c in rule.scope if c.column == "state" for value in c.values
    }
    of = "SELECT r.record_id, min(r.opened_at) AS opened_at, 'unknown-state' AS reason FROM scoped AS r JOIN strange AS s ON s.tix = r.tix WHERE "
    others = _not_among(named)
    every, still = (
        Fragment(of) + others + " GROUP BY r.record_id",
        Fragment(of + "s.still AND ") + others + " GROUP BY r.record_id",
    )
    if any(c.column == "state" for c in rule.scope):
        body = doubted(body, still, "any")
    if rule.check in _LOOKED_FOR:
        body = doubted(body, every, _RESTING[rule.check])
    elif rule.check in _RESTING:
        judged = (
            Fragment("SELECT u.* FROM (")
            + every
            + ") AS u WHERE u.record_id IN (SELECT b.record_id FROM ("
            + body
            + ") AS b)"
        )
        body = doubted(body, judged, _RESTING[rule.check])
    if any(one.passes_without for one in states):
        body = doubted(body, every, "passes")
    if any(one.fails_without for one in states):
        body = doubted(body, every, "failures")
    if rule.check in ("clock-within", "leg-within", "reported-agrees"):
        late = _late(str(rule.parameters.get("clock", "")))
        body = doubted(body, late, "any" if rule.check == "reported-agrees" else "failures")
    return body


def is_strange(record: str, named: Iterable[object]) -> Fragment:
    """SQL for whether a record is in a state that neither its process knows nor the words that are `named` for it."""
    return Fragment(f"{record}.tix IN (SELECT s.tix FROM strange AS s WHERE s.still AND ") + _not_among(named) + ")"


def _not_among(named: Iterable[object]) -> Fragment:
    """SQL for whether a strange state `s` is none of some words: a state that is named is known to whoever named it."""
    words = tuple(sorted({str(word) for word in named}))
    return Fragment(f"s.state NOT IN ({', '.join('?' * len(words))})", words) if words else Fragment("true")


def is_untranslated(asked: Condition, context: Context, record: str = "r") -> Fragment | None:
    """SQL for whether a record has a state, or a code, that nobody translates and for which a condition may stand; None where no record has."""
    if asked.column == "state":
        return is_strange(record, asked.values) if context.meets_strange else None
    return is_odd(asked.column, asked.values, context, record) if asked.test in ("in", "not-in") else None


def create_unbelieved(session: Session, context: Context, *, clocks: bool) -> None:
    """Create `unbelieved(tix, clock)`: the clocks that ran out of time only after a strange state had begun, in which they may have stopped or paused."""
    session.run("CREATE TABLE unbelieved (tix BIGINT, clock VARCHAR)")
    if not clocks or not context.strange:
        return
    since = (
        Fragment("(SELECT s.tix, min(s.since) AS since FROM strange AS s WHERE ")
        + _not_among(_of_clocks(context.definitions))
        + " GROUP BY s.tix) AS s ON s.tix = c.tix"
    )
    named = {name for a in context.definitions.agreements.values() for name in a.clocks}
    by_states = tuple(sorted(name for name in named if _asks_states(name, context.definitions)))
    asked = Fragment("SELECT c.tix, c.clock, s.since AS moment FROM clock AS c JOIN ") + since
    late = (
        Fragment("INSERT INTO unbelieved SELECT c.tix, c.clock FROM clock AS c JOIN ")
        + since
        + " LEFT JOIN ("
        + counted_at(asked, context)
        + Fragment(
            f""") AS k ON k.tix = c.tix AND k.clock = c.clock
            WHERE {_LATE} AND s.since < coalesce(c.stop, {context.as_of}) AND NOT coalesce(k.counted > c.target, false)
                AND (c.clock LIKE '%/%' OR c.clock IN ({", ".join("?" * len(by_states)) or "NULL"}))""",
            by_states,
        )
    )
    session.run(late.text, late.values)


def _late(clock: str) -> Fragment:
    """SELECT of the records in scope of whose clock, or without its name of one of whose legs, a breach is not believed."""
    named = Fragment("u.clock = ?", (clock,)) if clock else Fragment("u.clock LIKE '%/%'")
    of = "SELECT r.record_id, min(r.opened_at) AS opened_at, 'unknown-state' AS reason FROM scoped AS r JOIN unbelieved AS u ON u.tix = r.tix WHERE "
    return Fragment(of) + named + " GROUP BY r.record_id"


def _asks_states(name: str, definitions: Definitions) -> bool:
    """Whether some agreement stops such a clock, or lets it pause, by states."""
    clocks = [a.clocks[name] for a in definitions.agreements.values() if name in a.clocks]
    by_state = {role for clock in clocks for role in clock.states.values()}
    by_condition = {
        one.role for clock in clocks for one in clock.conditions if any(c.column == "state" for c in one.conditions)
    }
    return bool({"stop", "pause"} & (by_state | by_condition))


def _of_clocks(definitions: Definitions) -> frozenset[str]:
    """The states that clocks of agreements name."""
    return frozenset(
        state for a in definitions.agreements.values() for clock in a.clocks.values() for state in clock.states
    )
