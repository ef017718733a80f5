"""The gaps between the staves 木桶的缝隙: what passes from one process to another in tickets, how long it takes, what gets lost.

Beside it stands what the definitions say: artefacts of one process that another takes, and laws about them that are broken.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, isinf
from statistics import median

from itsmctl import model
from itsmctl.definitions.lint import handover_without_owner, input_nobody_makes, output_nobody_takes
from itsmctl.errors import Problem
from itsmctl.model import Definitions
from itsmctl.scorecard.measuring import Sources
from itsmctl.scorecard.tickets import Tickets

CHAIN = ("incident", "problem", "change", "release")
"""The way of a fault to its cure: each hands over to those that follow."""


@dataclass(frozen=True)
class HandOver:
    """All that passed from the records of one process to those of another.

    `linked` = `found` + `lost`; where the other process was not exported, nobody can tell what is lost, and it is None. Of
    those found, `later` began after the record that they came from; the others were there before it. `median_seconds` lie
    between: what was lost, or began nobody knows when, never arrived, and where that is half of them there is no median.
    `left` ended while the other still ran: nobody waited for the result.
    """

    start: str
    end: str
    records: int
    """Records of the first process, linked or not."""
    linked: int
    found: int
    lost: int | None
    later: int
    median_seconds: float | None
    left: int
    artefacts: tuple[str, ...]
    """What passes by the definitions."""


@dataclass(frozen=True)
class Gaps:
    """Hand-overs in tickets (None where none were looked at), and what is open in the definitions."""

    hand_overs: tuple[HandOver, ...] | None
    unseen: tuple[tuple[str, str], ...]
    """Pairs of exported processes of the chain between which something passes by definition, and nothing in tickets."""
    problems: tuple[Problem, ...]


def gaps_of(sources: Sources) -> Gaps:
    """Hand-overs between processes, by tickets and by definitions."""
    problems: list[Problem] = []
    if sources.system:
        system = sources.system()
        for law in (output_nobody_takes, input_nobody_makes, handover_without_owner):
            problems += law.check(system)
    if sources.tickets is None:
        return Gaps(None, (), tuple(problems))
    found = hand_overs(sources.definitions, sources.tickets)
    exported = sources.tickets.context.processes
    seen = {frozenset((one.start, one.end)) for one in found if one.linked}
    unseen = [
        (a, b)
        for place, a in enumerate(CHAIN)
        for b in CHAIN[place + 1 :]
        if {a, b} <= exported and artefacts_between(sources.definitions, a, b) and frozenset((a, b)) not in seen
    ]
    return Gaps(found, tuple(unseen), tuple(problems))


def hand_overs(definitions: Definitions, tickets: Tickets) -> tuple[HandOver, ...]:
    """Every pair of processes of the chain that the tickets link, in its order; links count from whichever side they were set."""
    sizes = {
        str(p): int(str(n)) for p, n in tickets.session.rows("SELECT process, count(*) FROM record GROUP BY process")
    }
    pairs = _linked(tickets)
    lost = _lost(tickets)
    found = []
    for place, start in enumerate(CHAIN):
        for end in CHAIN[place + 1 :]:
            times = pairs.get((start, end), [])
            missing = lost.get((start, end), 0)
            if not times and not missing:
                continue
            exported = {start, end} <= tickets.context.processes
            known = [(before, after) for before, after, _ in times if before is not None and after is not None]
            between = sorted(after - before for before, after in known if after >= before)
            never = len(times) - len(known) + (missing if exported else 0)
            found.append(
                HandOver(
                    start, end, sizes.get(start, 0), len(times) + missing, len(times), missing if exported else None, len(between),
                    _median([*between, *[inf] * never]), sum(left for _, _, left in times), artefacts_between(definitions, start, end),
                )
            )  # fmt: skip
    return tuple(found)


_Times = tuple[int | None, int | None, bool]


def _linked(tickets: Tickets) -> dict[tuple[str, str], list[_Times]]:
    """For each pair of processes, each pair of records once: both openings, and whether the first was closed before the second ended.

    What caused what is told after the fact, and handed to nobody.
    """
    rows = tickets.session.rows(
        """SELECT DISTINCT a.process, b.process, a.tix, b.tix, a.opened_at, b.opened_at,
            a.closed_at IS NOT NULL AND (b.ended_at IS NULL OR b.ended_at > a.closed_at)
        FROM link AS l JOIN record AS x ON x.tix = l.tix JOIN named AS n ON n.word = l.target AND n.process <> x.process
        JOIN record AS y ON y.tix = n.tix
        CROSS JOIN (VALUES (0), (1)) AS side(turned)
        JOIN record AS a ON a.tix = CASE WHEN turned = 0 THEN x.tix ELSE y.tix END
        JOIN record AS b ON b.tix = CASE WHEN turned = 0 THEN y.tix ELSE x.tix END
        WHERE l.type <> 'caused_by' ORDER BY ALL"""
    )
    found: dict[tuple[str, str], list[_Times]] = defaultdict(list)
    for start, end, _, _, before, after, left in rows:
        opened = [None if moment is None else int(str(moment)) for moment in (before, after)]
        found[str(start), str(end)].append((opened[0], opened[1], bool(left)))
    return found


def _lost(tickets: Tickets) -> dict[tuple[str, str], int]:
    """Records that name one that the export does not hold, by the process that the type of the link names.

    However many words they name it with: some tools write "Problem ID 2".
    """
    rows = tickets.session.rows(
        """SELECT x.process, l.type, count(DISTINCT x.tix) FROM link AS l JOIN record AS x ON x.tix = l.tix
        LEFT JOIN (SELECT DISTINCT word FROM named) AS n ON n.word = l.target
        WHERE n.word IS NULL AND l.type IN ('problem', 'change', 'release') GROUP BY ALL ORDER BY ALL"""
    )
    found: dict[tuple[str, str], int] = defaultdict(int)
    for process, kind, n in rows:
        if process in CHAIN:
            first, second = sorted((str(process), str(kind)), key=CHAIN.index)
            found[first, second] += int(str(n))
    return found


def artefacts_between(definitions: Definitions, start: str, end: str) -> tuple[str, ...]:
    """What one process gives another by the definitions."""
    process: model.Process | None = definitions.processes.get(start)
    return tuple(one.id for one in process.outputs if end in one.processes) if process else ()


def _median(times: Sequence[float]) -> float | None:
    found = median(times) if times else inf
    return None if isinf(found) else float(found)
