"""The eight "-able" principles 八可原则 of each process: what its definitions have, and never more than what tickets show.

The points of the definitions are those of the law `eight-able`. Tickets can lower them: the score of a principle is the
lowest of its parts, so that nobody writes himself a better process than the one that runs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from itsmctl.definitions.lint.able import points_of, scores
from itsmctl.engine.session import quote
from itsmctl.model import Definitions, Process
from itsmctl.scorecard.figures import Indicator
from itsmctl.scorecard.handovers import CHAIN
from itsmctl.scorecard.measuring import Sources
from itsmctl.scorecard.tickets import Tickets

Part = Literal["definitions", "path", "computed", "able", "linked", "tested"]


@dataclass(frozen=True)
class Input:
    """One thing that is counted for a principle: so many of so many."""

    part: Part
    there: int
    wanted: int

    @property
    def points(self) -> int:
        """The share in per cent."""
        return points_of(self.there, self.wanted)


@dataclass(frozen=True)
class PrincipleScore:
    """How far a process keeps one principle, and what that was counted from."""

    principle: str
    inputs: tuple[Input, ...]

    @property
    def points(self) -> int:
        """The lowest of the parts, from 0 to 100."""
        return min(one.points for one in self.inputs)


def principle_scores(
    sources: Sources, indicators: Sequence[Indicator], rules: Mapping[str, bool] | None
) -> tuple[tuple[Process, tuple[PrincipleScore, ...]], ...]:
    """The eight scores of each process; `rules` says of those that an audit judged whether they could be tested."""
    if sources.system is None:
        return ()
    paths = _paths(sources.definitions, sources.tickets) if sources.tickets else {}
    links = _links(sources.tickets) if sources.tickets else {}
    able = _able(sources) if sources.tickets else {}
    found = []
    for process, own in scores(sources.system()):
        shown: dict[str, Input | None] = {
            "repeatable": paths.get(process.id),
            "measurable": _computed(process, indicators) if sources.tickets else None,
            "executable": able.get(process.id),
            "traceable": links.get(process.id),
            "auditable": _tested(sources.definitions, process, rules) if rules is not None else None,
        }
        scored = []
        for one in own:
            more = shown.get(one.principle)
            parts = (Input("definitions", one.there, one.wanted), *((more,) if more else ()))
            scored.append(PrincipleScore(one.principle, parts))
        found.append((process, tuple(scored)))
    return tuple(found)


def _paths(definitions: Definitions, tickets: Tickets) -> dict[str, Input]:
    """Records whose every change of state is one that the process allows, of those with such a history."""
    if "state" not in tickets.context.history:
        return {}
    allowed = [
        (process.id, before, after)
        for process in definitions.processes.values()
        for before, some in process.transitions.items()
        for after in some
    ]
    tickets.session.run("CREATE OR REPLACE TEMP TABLE allowed_move (process VARCHAR, before VARCHAR, after VARCHAR)")
    tickets.session.insert("allowed_move", ("process", "before", "after"), allowed)
    rows = tickets.session.rows(
        """SELECT process, count(*), count(*) FILTER (WHERE strange = 0) FROM (
            SELECT r.process, r.tix, count(*) FILTER (WHERE e.old IS NOT NULL AND e.old <> e.new AND m.process IS NULL) AS strange
            FROM record AS r JOIN event AS e ON e.tix = r.tix AND e.field = 'state'
            LEFT JOIN allowed_move AS m ON m.process = r.process AND m.before = e.old AND m.after = e.new
            WHERE r.process IN (SELECT process FROM allowed_move) GROUP BY r.process, r.tix
        ) AS walked GROUP BY process"""
    )
    return {str(process): Input("path", int(str(good)), int(str(n))) for process, n, good in rows}


def _links(tickets: Tickets) -> dict[str, Input]:
    """Links to other records that lead to one that the export holds; of a process that was not exported nobody can tell."""
    unseen = sorted(set(CHAIN) - tickets.context.processes)
    untold = ", ".join(map(quote, ("knowledge", *unseen, *(["caused_by"] if "change" in unseen else []))))
    rows = tickets.session.rows(
        f"""SELECT x.process, count(*), count(n.word) FROM link AS l JOIN record AS x ON x.tix = l.tix
        LEFT JOIN (SELECT DISTINCT word FROM named) AS n ON n.word = l.target
        WHERE l.type NOT IN ({untold}) GROUP BY x.process"""
    )
    return {str(process): Input("linked", int(str(found)), int(str(n))) for process, n, found in rows}


def _computed(process: Process, indicators: Sequence[Indicator]) -> Input:
    own = [one for one in indicators if one.kpi.id in process.kpis]
    return Input("computed", sum(one.now is not None and one.now.value is not None for one in own), len(own))


def _able(sources: Sources) -> dict[str, Input]:
    """Records resolved by somebody who held a role that is responsible in the process, by name or as a member of one of its groups.

    Where a process names who resolves, a resolved record that names nobody was resolved by nobody who could.
    """
    tickets = sources.tickets
    if tickets is None or "resolved_by" not in tickets.context.exported:
        return {}
    roles = [
        (matrix.process, role)
        for matrix in sources.definitions.racis.values()
        for cells in matrix.activities.values()
        for role in (*cells.get("R", ()), *cells.get("A", ()))
    ]
    tickets.session.run('CREATE OR REPLACE TEMP TABLE acting (process VARCHAR, "role" VARCHAR)')
    tickets.session.insert("acting", ("process", "role"), sorted(set(roles)))
    known = sources.definitions.roles
    groups = sorted({(process, group) for process, role in roles if role in known for group in known[role].groups})
    tickets.session.run('CREATE OR REPLACE TEMP TABLE acting_group (process VARCHAR, "group" VARCHAR)')
    tickets.session.insert("acting_group", ("process", "group"), groups)
    rows = tickets.session.rows(
        """SELECT process, count(*), count(*) FILTER (WHERE holds) FROM (
            SELECT r.process, r.tix, bool_or(coalesce(h.person IS NOT NULL AND a.process IS NOT NULL, false) OR g.process IS NOT NULL) AS holds
            FROM record AS r LEFT JOIN holding AS h ON h.person = lower(trim(r.resolved_by))
                AND coalesce(r.resolved_at, r.closed_at) >= h.since AND coalesce(r.resolved_at, r.closed_at) < h.until
            LEFT JOIN acting AS a ON a.process = r.process AND a."role" = h."role"
            LEFT JOIN acting_group AS g ON g.process = r.process AND g."group" = r."group"
            WHERE r.resolved_at IS NOT NULL OR r.resolved_by IS NOT NULL AND r.closed_at IS NOT NULL GROUP BY r.process, r.tix
        ) AS done WHERE process IN (SELECT process FROM record WHERE resolved_by IS NOT NULL) GROUP BY process"""
    )
    return {str(process): Input("able", int(str(good)), int(str(n))) for process, n, good in rows}


def _tested(definitions: Definitions, process: Process, rules: Mapping[str, bool]) -> Input | None:
    own = [rule.id for rule in definitions.rules.values() if rule.process == process.id and rule.id in rules]
    return Input("tested", sum(rules[rule] for rule in own), len(own)) if own else None


def lowest(found: Sequence[PrincipleScore]) -> PrincipleScore | None:
    """The principle that a process keeps least."""
    return min(found, key=lambda one: one.points, default=None)
