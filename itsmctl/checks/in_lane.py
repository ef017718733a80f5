"""Each step of a record is taken in its lane: by somebody who holds a role of it, or acts for one of its groups.

A step is a change into a state of some activity; the lanes are those in which these activities stand. A person counts by
the roles held at that moment, as a delegate too; a group by the roles that name it (`groups`). Either is enough: an
engineer without an assignment of their own acts for the group. Whether the step may be taken at all is asked by `conforms`;
states of no activity, as cancelling is, may be entered by anybody. `except` leaves out what those do whom the record itself
names: a requester reports, answers and reopens, in whatever lane that happens.

    check: {in-lane: {process: change}}
    check: {in-lane: {process: incident, except: [requester]}}

Passing: approved by somebody of the board; resolved by a stranger who acts for the second line. Failing: closed for the
group of the network where only the desk may close; approved by somebody who holds no role of the lane. Not testable: a person
whom no assignment names and a group that no role names.
"""

from __future__ import annotations

from itsmctl.engine.context import Context, Needs
from itsmctl.engine.parameters import words
from itsmctl.engine.paths import states_on_path
from itsmctl.engine.people import called, person_key
from itsmctl.engine.spans import WITH_STATES
from itsmctl.engine.sql import Fragment, literal_rows, name
from itsmctl.model import PEOPLE_COLUMNS, Definitions, Process, Rule

ID = "in-lane"
PARAMETERS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["process"],
    "properties": {
        "process": {"type": "string"},
        "except": {"type": "array", "minItems": 1, "uniqueItems": True, "items": {"enum": sorted(PEOPLE_COLUMNS)}},
    },
}
NAMES = {"process": "process", "except/*": "column"}


def needs(rule: Rule) -> Needs:
    """The history of states; a column of `except` that the export lacks names nobody."""
    return Needs(history=frozenset({"state"}))


def compile(rule: Rule, context: Context) -> Fragment:
    """One row per record in which somebody took a step; `observed` is who first took one outside of the lane, and which."""
    process = context.definitions.processes[str(rule.parameters["process"])]
    return (
        Fragment(
            """SELECT r.record_id, CASE WHEN a.tix IS NULL THEN NULL WHEN a.verdict = 0 THEN false WHEN a.verdict = 2 THEN true END AS passed,
            CASE WHEN a.verdict = 0 THEN a.says WHEN a.verdict = 2 THEN concat('steps in their lanes: ', a.steps) END AS observed,
            CASE WHEN a.verdict = 0 THEN concat('one of the roles: ', a.roles) ELSE 'people and groups of the lanes' END AS expected,
            coalesce(a.moment, r.opened_at) AS "at", CASE WHEN k.tix IS NULL THEN 'no-history:state' WHEN a.verdict = 1 THEN a.unclear END AS reason
        FROM scoped AS r"""
        )
        + WITH_STATES
        + " LEFT JOIN ("
        + _first(process, _excepted(rule, context), context)
        + ") AS a ON a.tix = r.tix WHERE a.tix IS NOT NULL OR k.tix IS NULL"
    )


def _excepted(rule: Rule, context: Context) -> str:
    """SQL that leaves out the steps of those whom the record `r` names."""
    columns = [column for column in words(rule.parameters.get("except", ())) if column in context.exported]
    mine = (f"coalesce({person_key('e.actor')}, '') <> {person_key(f'r.{name(column)}')}" for column in columns)
    return "".join(f" AND (r.{name(column)} IS NULL OR {other})" for column, other in zip(columns, mine, strict=True))


def _first(process: Process, excepted: str, context: Context) -> Fragment:
    """SELECT of the step that decides, per record: the first outside of its lane (0), else the first unclear one (1), else any (2).

    The names are put to the steps that decide alone: carrying them through the sorting would cost more than all the rest.
    """
    told = {state: ", ".join(roles) for state, roles in _lanes(process)}
    called_, crew = "nullif(trim(e.actor), '')", "nullif(trim(e.actor_group), '')"
    return (
        Fragment(
            f"""SELECT p.tix, p.verdict, p.moment, l.told AS roles, p.steps,
                CASE WHEN {called_} IS NOT NULL THEN 'unknown-person' WHEN {crew} IS NOT NULL THEN 'unknown-group' ELSE 'missing:actor' END AS unclear,
                concat(CASE WHEN {called_} IS NULL THEN coalesce({crew}, '') ELSE {called(called_)} END,
                    ' (', e.new, CASE WHEN {called_} IS NOT NULL AND {crew} IS NOT NULL THEN concat(', ', {crew}) ELSE '' END, ')') AS says FROM (
            SELECT tix, seq, verdict, moment, count(*) OVER (PARTITION BY tix) AS steps,
                row_number() OVER (PARTITION BY tix ORDER BY verdict, moment, seq) AS place FROM ("""
        )
        + _steps(process, excepted, context)
        + ") AS d) AS p JOIN event AS e ON e.tix = p.tix AND e.seq = p.seq AND e.field = 'state' JOIN "
        + literal_rows(list(told.items()) or [("", "")], "l", ("state", "told"))
        + " ON l.state = e.new WHERE p.place = 1"
    )


def _steps(process: Process, excepted: str, context: Context) -> Fragment:
    """SELECT of every step and its verdict: 2 where its actor held a role of the lane or its group is of it, 1 where neither is
    known, else 0.
    """
    allowed = sorted({(state, role) for state, roles in _lanes(process) for role in roles})
    groups = _groups(context.definitions)
    of_lane = sorted({(state, crew) for state, role in allowed for crew, found in groups if found == role})
    states = states_on_path(process)
    taken = (
        Fragment(
            f"""(SELECT e.tix, e.seq, e.moment, e.new AS state, {person_key("e.actor")} AS person, nullif({person_key("e.actor_group")}, '') AS crew
            FROM event AS e JOIN scoped AS r ON r.tix = e.tix WHERE e.field = 'state' AND e.moment <= ? AND e.new IN ({", ".join("?" * len(states)) or "NULL"})""",
            (context.as_of, *states),
        )
        + f"{excepted})"
    )
    nothing = [("", "")]
    held = (
        "(SELECT DISTINCT e.tix, e.seq FROM event AS e JOIN " + literal_rows(allowed or nothing, "c", ("state", "held"))
        + f""" ON c.state = e.new JOIN holding AS n ON n."role" = c.held AND n.person = {person_key("e.actor")}
            AND e.moment >= n.since AND e.moment < n.until WHERE e.field = 'state')"""
    )  # fmt: skip
    return (
        "SELECT s.tix, s.seq, s.moment, CASE WHEN h.tix IS NOT NULL OR g.crew IS NOT NULL THEN 2 WHEN w.person IS NOT NULL OR o.crew IS NOT NULL THEN 0 ELSE 1 END AS verdict FROM "
        + taken + " AS s LEFT JOIN (SELECT DISTINCT person FROM appointment) AS w ON w.person = s.person LEFT JOIN "
        + held + " AS h ON h.tix = s.tix AND h.seq = s.seq LEFT JOIN "
        + literal_rows(of_lane or nothing, "g", ("state", "crew")) + " ON g.state = s.state AND g.crew = s.crew LEFT JOIN "
        + literal_rows(sorted({(crew,) for crew, _ in groups}) or [("",)], "o", ("crew",)) + " ON o.crew = s.crew"
    )  # fmt: skip


def _lanes(process: Process) -> list[tuple[str, tuple[str, ...]]]:
    """Every state of an activity, with the roles of the lanes that its activities stand in."""
    roles = {lane.id: lane.roles for lane in process.lanes}
    return [
        (state, tuple(sorted({role for a in process.activities if state in a.states for role in roles[a.lane]})))
        for state in states_on_path(process)
    ]


def _groups(definitions: Definitions) -> list[tuple[str, str]]:
    """Every group that a role names, as it is compared, and the role."""
    return sorted({(group.strip().lower(), role.id) for role in definitions.roles.values() for group in role.groups})
