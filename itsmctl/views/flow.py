"""A process as a graph: its activities in order, where ways part and meet, how it begins and where it ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from itsmctl.model import END, Flow, Process, Text

START = "start"
LABEL_NOTHING = Text()


@dataclass(frozen=True)
class Arrow:
    """One flow from `source` to `target` (an activity, START or END), with its condition."""

    source: str
    target: str
    when: Text


@dataclass(frozen=True)
class Graph:
    """The arrows of a process, and the column of every node: START is 0, and no arrow forward stays in its column."""

    arrows: tuple[Arrow, ...]
    ranks: Mapping[str, int]

    def leaving(self, node: str) -> tuple[Arrow, ...]:
        """The arrows out of a node, in the order of the definition."""
        return tuple(arrow for arrow in self.arrows if arrow.source == node)

    def entering(self, node: str) -> tuple[Arrow, ...]:
        """The arrows into a node."""
        return tuple(arrow for arrow in self.arrows if arrow.target == node)

    def forks(self, node: str) -> bool:
        """Whether a decision follows the node."""
        return len(self.leaving(node)) > 1

    def joins(self, node: str) -> bool:
        """Whether several ways meet before the node."""
        return len(self.entering(node)) > 1

    def is_back(self, arrow: Arrow) -> bool:
        """Whether the arrow leads to where the process already was."""
        return self.ranks[arrow.target] <= self.ranks[arrow.source]


def graph_of(process: Process) -> Graph:
    """The graph of a process: the first activity begins it, whatever has no way on ends it."""
    order = [activity.id for activity in process.activities]
    arrows = [Arrow(START, order[0], LABEL_NOTHING)]
    for activity in process.activities:
        flows = activity.flows or (Flow(END, LABEL_NOTHING),)
        arrows += [Arrow(activity.id, flow.to, flow.when) for flow in flows]
    if not any(arrow.target == END for arrow in arrows):
        arrows.append(Arrow(order[-1], END, LABEL_NOTHING))
    return Graph(tuple(arrows), _ranks(order, arrows))


def _ranks(order: list[str], arrows: list[Arrow]) -> Mapping[str, int]:
    """Columns by the longest way forward; an arrow to an earlier or the same activity of the file leads back."""
    place = {START: -1, **{name: number for number, name in enumerate(order)}, END: len(order)}
    ranks = dict.fromkeys(place, 0)
    for node in sorted(place, key=lambda name: place[name]):
        before = [ranks[a.source] for a in arrows if a.target == node and place[a.source] < place[node]]
        if node != START:
            ranks[node] = max(before, default=0) + 1
    return ranks
