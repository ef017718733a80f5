"""Each step of a record is taken in its lane: by somebody who holds a role of it, or acts for one of its groups.

A step is a change into a state of some activity; the lanes are those in which these activities stand. A person counts by
the roles held at that moment, as a delegate too; a group by the roles that name it (`groups`). Either is enough: an
engineer without an assignment of their own acts for the group. Whether the step may be taken at all is asked by `conforms`;
states of no activity, as cancelling is, may be entered by anybody. `except` leaves out what those do whom the record itself
names, under any of their names: a requester reports, answers and reopens, in whatever lane that happens.

    check: {in-lane: {process: change}}
    check: {in-lane: {process: incident, except: [requester]}}

Passing: approved by somebody of the board; resolved by a stranger who acts for the second line. Failing: closed for the
group of the network where only the desk may close; approved by somebody who holds no role of the lane. Not testable: a person
whom no assignment names and a group that no role names; a shared account, under which anybody may have acted; a person outside of
the lane, where nobody knows whether `except` means them, as the record does not say who its requester is.
"""

from __future__ import annotations

from collections.abc import Sequence

from itsmctl.engine.context import Context, Needs
from itsmctl.engine.parameters import words
from itsmctl.engine.paths import states_on_path
from itsmctl.engine.people import called, known_as, person_key
from itsmctl.engine.spans import WITH_STATES
from itsmctl.engine.sql import Fragment, literal_rows, name, quote, ranked
from itsmctl.model import PEOPLE_COLUMNS, Definitions, Process, Rule

ID = "in-lane"
PARAMETERS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["process"],
    "properties": {
        "process": {"type": "string", "description": "The process whose lanes are asked, by its id."},
        "except": {
            "type": "array",
            "minItems": 1,
            "uniqueItems": True,
            "items": {"enum": sorted(PEOPLE_COLUMNS)},
            "description": "Columns of people: what those do whom the record names there is not judged.",
        },
    },
}
NAMES = {"process": "process", "except/*": "column"}


def needs(rule: Rule) -> Needs:
    """The history of states; where a column of `except` is not exported, or empty, anybody may be meant by it."""
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
        + " LEFT JOIN "
        + _first(process, words(rule.parameters.get("except", ())), context)
        + " AS a ON a.tix = r.tix WHERE a.tix IS NOT NULL OR k.tix IS NULL"
    )


def _first(process: Process, excepted: Sequence[str], context: Context) -> Fragment:
    """SELECT of the step that decides, per record: the first outside of its lane (0), else the first unclear one (1), else any (2).

    `excepted` are the columns of the record whose people are left out.
    """
    told_by = [column for column in excepted if column in context.exported]
    untold = [column for column in excepted if column not in context.exported]
    told = {state: ", ".join(roles) for state, roles in _lanes(process)}
    called_, crew = "nullif(trim(e.actor), '')", "nullif(trim(e.actor_group), '')"
    order = ranked("d.moment", "d.seq")
    return (
        "(WITH deed AS MATERIALIZED (" + _deeds(process, context) + "), named AS MATERIALIZED (" + _named(told_by) + "), step AS MATERIALIZED (" + _steps(told_by, untold, context)
        + "), judged AS MATERIALIZED (" + _judged(process)
        + f""") SELECT tix, 2 AS verdict, min(moment) AS moment, CAST(NULL AS VARCHAR) AS roles, count(*) AS steps, CAST(NULL AS VARCHAR) AS unclear, CAST(NULL AS VARCHAR) AS says
            FROM judged GROUP BY tix HAVING min(verdict) = 2
            UNION ALL
            SELECT p.tix, p.verdict, s.moment, l.told AS roles, p.steps,
                CASE WHEN p.shared THEN 'shared-account' WHEN s.untold IS NOT NULL AND e.verdict = 0 THEN s.untold WHEN {called_} IS NOT NULL THEN 'unknown-person' WHEN {crew} IS NOT NULL THEN 'unknown-group' ELSE 'missing:actor' END AS unclear,
                concat(CASE WHEN {called_} IS NULL THEN coalesce({crew}, '') ELSE {called(called_)} END,
                    ' (', e.new, CASE WHEN {called_} IS NOT NULL AND {crew} IS NOT NULL THEN concat(', ', {crew}) ELSE '' END, ')') AS says
            FROM step AS s JOIN (
                SELECT tix, count(*) AS steps, min(verdict) AS verdict, bool_or(shared AND verdict = 1) AS shared,
                    coalesce(min_by(seq, CASE WHEN verdict = 0 THEN {order} END), min_by(seq, CASE WHEN verdict = 1 THEN {order} END)) AS seq
                FROM judged AS d WHERE tix IN (SELECT tix FROM judged WHERE verdict < 2) GROUP BY tix
            ) AS p ON p.tix = s.tix AND p.seq = s.seq JOIN deed AS e ON e.deed = s.deed JOIN """
        + literal_rows(list(told.items()) or [("", "")], "l", ("state", "told"))
        + " ON l.state = e.new)"
    )  # fmt: skip


def _deeds(process: Process, context: Context) -> Fragment:
    """SELECT of what was ever done by whom, numbered: `verdict` is 2 where the group is of the lane, 1 where nobody knows person or group,
    or who used the account, else 0.

    Many steps are the same deed, and comparing names is dear.
    """
    states = states_on_path(process)
    allowed, groups = _allowed(process), _groups(context.definitions)
    of_lane = sorted({(state, crew) for state, role in allowed for crew, found in groups if found == role})
    known = known_as("actor", "w")
    return (
        "SELECT row_number() OVER (ORDER BY d.new, d.actor, d.actor_group) AS deed, d.new, d.actor, d.actor_group, d.person, d.who, d.shared, "
        + "CASE WHEN g.crew IS NOT NULL THEN 2 WHEN NOT d.shared AND (w.person IS NOT NULL OR o.crew IS NOT NULL) THEN 0 ELSE 1 END AS verdict FROM "
        + Fragment(
            f"""(SELECT new, actor, actor_group, {person_key("actor")} AS person, {known.who} AS who, {known.shared} AS shared, nullif({person_key("actor_group")}, '') AS crew
            FROM (SELECT DISTINCT new, actor, actor_group FROM event WHERE field = 'state' AND moment <= ?) AS every{known.join}
            WHERE new IN ({", ".join("?" * len(states)) or "NULL"})) AS d
        LEFT JOIN (SELECT DISTINCT person FROM appointment) AS w ON w.person = d.person LEFT JOIN """,
            (context.as_of, *states),
        )
        + literal_rows(of_lane or _NOTHING, "g", ("state", "crew")) + " ON g.state = d.new AND g.crew = d.crew LEFT JOIN "
        + literal_rows(sorted({(crew,) for crew, _ in groups}) or [("",)], "o", ("crew",)) + " ON o.crew = d.crew"
    )  # fmt: skip


def _named(excepted: Sequence[str]) -> str:
    """SELECT of the records with the people whom they name and the rule leaves out, each as the same under any name."""
    people = {column: known_as(f"r.{name(column)}", f"w{number}") for number, column in enumerate(excepted)}
    told = "".join(f", {known.who} AS {name(column)}" for column, known in people.items())
    by_name = "".join(known.join for known in people.values())
    return f"SELECT r.tix{told} FROM scoped AS r{by_name}"


def _steps(excepted: Sequence[str], not_exported: Sequence[str], context: Context) -> Fragment:
    """SELECT of every step: when it was taken, the number of its deed, whether somebody took it whom the record names (`named`),
    and why nobody can tell whether it was somebody whom the record ought to name, or whether it was a step (`untold`), or NULL."""
    if not_exported:
        untold = quote("column-not-exported:" + ",".join(not_exported))
    else:
        empty = ", ".join(f"CASE WHEN r.{name(column)} IS NULL THEN {quote(column)} END" for column in excepted)
        some_empty = " OR ".join(f"r.{name(column)} IS NULL" for column in excepted)
        untold = f"CASE WHEN {some_empty} THEN concat('missing:', concat_ws(',', {empty})) END" if excepted else "NULL"
    named = " OR ".join(f"coalesce(d.who = r.{name(column)}, false)" for column in excepted) or "false"
    after_strange, strange = "", ""
    if context.meets_strange:  # it may have been in this state already
        after_strange = "WHEN v.tix IS NOT NULL THEN 'unknown-state' "
        strange = """ LEFT JOIN (SELECT s.tix, s.seq FROM span AS s JOIN strange AS x ON x.tix = s.tix AND x.state = s.before) AS v
            ON v.tix = e.tix AND v.seq = e.seq"""
    return Fragment(
        f"""SELECT e.tix, e.seq, e.moment, d.deed, {named} AS named, CASE {after_strange}WHEN nullif(trim(e.actor), '') IS NOT NULL THEN CAST({untold} AS VARCHAR) END AS untold FROM event AS e
        JOIN deed AS d ON d.new = e.new AND d.actor IS NOT DISTINCT FROM e.actor AND d.actor_group IS NOT DISTINCT FROM e.actor_group
        JOIN named AS r ON r.tix = e.tix{strange} WHERE e.field = 'state' AND e.moment <= ?""",
        (context.as_of,),
    )


def _judged(process: Process) -> Fragment:
    """SELECT of the steps that are judged and their verdicts: that of the deed, or 2 where its actor held a role of the lane then.

    Where the actor may be one who is left out, nothing worse than unclear.
    """
    held = (
        "(SELECT DISTINCT s.tix, s.seq FROM step AS s JOIN (SELECT d.deed, h.since, h.until FROM deed AS d JOIN "
        + literal_rows(_allowed(process) or _NOTHING, "c", ("state", "held"))
        + """ ON c.state = d.new JOIN holding AS h ON h."role" = c.held AND h.person = d.person WHERE d.verdict < 2) AS n
            ON n.deed = s.deed AND s.moment >= n.since AND s.moment < n.until)"""
    )
    # Who acts under a shared account may be the one who is left out, or another.
    return (
        """SELECT s.tix, s.seq, s.moment, d.shared, CASE WHEN h.tix IS NOT NULL THEN 2 WHEN s.named OR s.untold IS NOT NULL THEN greatest(d.verdict, 1) ELSE d.verdict END AS verdict
        FROM step AS s JOIN deed AS d ON d.deed = s.deed LEFT JOIN """
        + held + " AS h ON h.tix = s.tix AND h.seq = s.seq WHERE d.shared OR NOT s.named"
    )  # fmt: skip


_NOTHING = [("", "")]


def _allowed(process: Process) -> list[tuple[str, str]]:
    """Every state of an activity with each role of its lanes."""
    return sorted({(state, role) for state, roles in _lanes(process) for role in roles})


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
