"""Where everything of a swim-lane drawing stands: lanes, boxes, decisions and arrows, in pixels.

Lanes lie on top of each other, time runs from left to right. An arrow leaves its node on the right and enters the next
on the left; between two columns it moves up or down in a gutter of its own, and where it must pass other boxes it
takes a track above them (forward) or below them (back). So no arrow crosses a box.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from itsmctl.language import Language
from itsmctl.model import END, Process
from itsmctl.reports.markup import text_width
from itsmctl.reports.plain import wrap
from itsmctl.views.flow import START, Arrow, Graph, graph_of

BOX_WIDTH, BOX_HEIGHT, EVENT, GATE = 172, 74, 32, 26
HEADER, PAD, ROW_GAP, STEP, SPACE = 128, 18, 26, 14, 16
TRACK, LABEL_SIZE, LABEL_LINE, LABEL_CELLS = 30, 11, 14, 18
Point = tuple[float, float]
Shape = Literal["task", "start", "end", "fork", "join"]


@dataclass(frozen=True)
class Node:
    """A box, event or decision: its middle, its size, and the activity that it belongs to."""

    id: str
    shape: Shape
    of: str
    lane: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Edge:
    """A line through points from one node to another, what it says, that in lines, and where the last of them stands."""

    id: str
    source: str
    target: str
    points: tuple[Point, ...]
    says: str
    label: tuple[str, ...]
    label_at: Point
    label_anchor: Literal["start", "end"]
    back: bool


@dataclass(frozen=True)
class Band:
    """A lane from `top` down over `height`."""

    id: str
    title: str
    top: float
    height: float


@dataclass(frozen=True)
class Drawing:
    """A whole drawing, `width` by `height`, without the interfaces."""

    width: float
    height: float
    bands: tuple[Band, ...]
    nodes: Mapping[str, Node]
    edges: tuple[Edge, ...]
    columns: tuple[float, ...]
    """The middle of each column, for what is written under it."""


@dataclass
class _Plan:
    """What is decided before there are pixels: cells of nodes, tracks and gutters of arrows."""

    graph: Graph
    lane_of: Mapping[str, int]
    rows: dict[str, int] = field(default_factory=dict)
    depth: dict[int, int] = field(default_factory=dict)
    above: dict[int, list[Arrow]] = field(default_factory=dict)
    below: dict[int, list[Arrow]] = field(default_factory=dict)
    gutters: dict[int, list[tuple[Arrow, str]]] = field(default_factory=dict)


def draw(process: Process, language: Language) -> Drawing:
    """The drawing of a process, its words in a language."""
    plan = _planned(process)
    says = {arrow: arrow.when.in_(language) for arrow in plan.graph.arrows}
    labels = {arrow: tuple(wrap(told, LABEL_CELLS)) for arrow, told in says.items()}
    tops, heights = _lanes(plan, len(process.lanes))
    lefts = _columns(plan, labels)
    nodes = _nodes(plan, tops, lefts)
    edges = tuple(_Router(plan, nodes, tops, heights, lefts, says, labels).edges())
    bands = tuple(
        Band(lane.id, lane.title.in_(language) or lane.id, tops[i], heights[i]) for i, lane in enumerate(process.lanes)
    )
    last = max(node.x + node.width / 2 for node in nodes.values())
    middles = tuple(left + BOX_WIDTH / 2 for left in lefts[1:-1])
    return Drawing(last + SPACE + PAD, tops[-1] + heights[-1], bands, nodes, edges, middles)


def _planned(process: Process) -> _Plan:
    graph = graph_of(process)
    index = {lane.id: number for number, lane in enumerate(process.lanes)}
    lane_of = {activity.id: index[activity.lane] for activity in process.activities}
    used = set(lane_of.values())
    first = process.activities[0].id
    lane_of[START] = 0 if 0 not in used else lane_of[first]
    ends = graph.entering(END)
    lane_of[END] = lane_of[max(ends, key=lambda arrow: graph.ranks[arrow.source]).source]
    plan = _Plan(graph, lane_of)
    for node, rank in sorted(graph.ranks.items(), key=lambda pair: (pair[1], list(lane_of).index(pair[0]))):
        taken = [n for n in plan.rows if graph.ranks[n] == rank and lane_of[n] == lane_of[node]]
        plan.rows[node] = len(taken)
        plan.depth[lane_of[node]] = max(plan.depth.get(lane_of[node], 1), len(taken) + 1)
    for arrow in graph.arrows:
        _choose_way(plan, arrow)
    return plan


def _choose_way(plan: _Plan, arrow: Arrow) -> None:
    graph = plan.graph
    begin, end = graph.ranks[arrow.source], graph.ranks[arrow.target]
    if graph.is_back(arrow):
        plan.below.setdefault(plan.lane_of[arrow.source], []).append(arrow)
    elif end > begin + 1 and not _is_free(plan, arrow):
        plan.above.setdefault(plan.lane_of[arrow.target], []).append(arrow)
    elif (plan.lane_of[arrow.source], plan.rows[arrow.source]) == (plan.lane_of[arrow.target], plan.rows[arrow.target]):
        return
    plan.gutters.setdefault(begin, []).append((arrow, "out"))
    if graph.is_back(arrow) or arrow in plan.above.get(plan.lane_of[arrow.target], ()):
        plan.gutters.setdefault(end - 1, []).append((arrow, "in"))


def _is_free(plan: _Plan, arrow: Arrow) -> bool:
    """Whether nothing stands between the columns of an arrow in the row in which it arrives."""
    lane, row = plan.lane_of[arrow.target], plan.rows[arrow.target]
    between = range(plan.graph.ranks[arrow.source] + 1, plan.graph.ranks[arrow.target])
    return not any(
        plan.lane_of[n] == lane and plan.rows[n] == row and plan.graph.ranks[n] in between for n in plan.rows
    )


def _lanes(plan: _Plan, count: int) -> tuple[list[float], list[float]]:
    tops, heights, y = [], [], 0.0
    for lane in range(count):
        tracks = len(plan.above.get(lane, ())) + len(plan.below.get(lane, ()))
        rows = plan.depth.get(lane, 1)
        height = 2 * PAD + rows * BOX_HEIGHT + (rows - 1) * ROW_GAP + tracks * TRACK
        tops.append(y)
        heights.append(float(height))
        y += height
    return tops, heights


def _columns(plan: _Plan, labels: Mapping[Arrow, tuple[str, ...]]) -> list[float]:
    """The left edge of every column, and of what would follow the last."""
    graph = plan.graph
    count = max(graph.ranks.values()) + 1
    lefts, x = [], float(HEADER + PAD)
    for rank in range(count):
        nodes = [node for node, r in graph.ranks.items() if r == rank]
        width = BOX_WIDTH if any(node not in (START, END) for node in nodes) else EVENT
        lefts.append(x)
        fork = GATE + SPACE if any(graph.forks(node) for node in nodes) else 0
        join = GATE + SPACE if any(graph.joins(n) for n, r in graph.ranks.items() if r == rank + 1) else 0
        near = [a for a in graph.arrows if graph.ranks[a.source] <= rank and graph.ranks[a.target] == rank + 1]
        room = max((text_width(line, LABEL_SIZE) for a in near for line in labels[a]), default=0.0)
        gutter = SPACE + fork + STEP * (len(plan.gutters.get(rank, ())) + 1) + room + join + SPACE
        x += width + gutter
    lefts.append(x)
    return lefts


def _nodes(plan: _Plan, tops: Sequence[float], lefts: Sequence[float]) -> dict[str, Node]:
    nodes: dict[str, Node] = {}
    for name, rank in plan.graph.ranks.items():
        lane = plan.lane_of[name]
        above = len(plan.above.get(lane, ())) * TRACK
        y = tops[lane] + PAD + above + plan.rows[name] * (BOX_HEIGHT + ROW_GAP) + BOX_HEIGHT / 2
        if name in (START, END):
            shape: Shape = "start" if name == START else "end"
            nodes[name] = Node(name, shape, name, lane, lefts[rank] + EVENT / 2, y, EVENT, EVENT)
            right, left = lefts[rank] + EVENT, lefts[rank]
        else:
            nodes[name] = Node(name, "task", name, lane, lefts[rank] + BOX_WIDTH / 2, y, BOX_WIDTH, BOX_HEIGHT)
            right, left = lefts[rank] + BOX_WIDTH, lefts[rank]
        if plan.graph.forks(name):
            nodes[f"fork-{name}"] = Node(f"fork-{name}", "fork", name, lane, right + SPACE + GATE / 2, y, GATE, GATE)
        if plan.graph.joins(name):
            nodes[f"join-{name}"] = Node(f"join-{name}", "join", name, lane, left - SPACE - GATE / 2, y, GATE, GATE)
    return nodes


@dataclass
class _Router:
    """Turns arrows into lines through points."""

    plan: _Plan
    nodes: Mapping[str, Node]
    tops: Sequence[float]
    heights: Sequence[float]
    lefts: Sequence[float]
    says: Mapping[Arrow, str]
    labels: Mapping[Arrow, tuple[str, ...]]

    def edges(self) -> list[Edge]:
        """Short lines between a box and its decisions, and one line for each arrow."""
        graph, found = self.plan.graph, []
        for name in graph.ranks:
            fork, join = f"fork-{name}", f"join-{name}"
            if fork in self.nodes:
                found.append(self._short(self.nodes[name], self.nodes[fork]))
            if join in self.nodes:
                found.append(self._short(self.nodes[join], self.nodes[name]))
        return found + [self._edge(arrow) for arrow in graph.arrows]

    def _short(self, source: Node, target: Node) -> Edge:
        points = ((source.x + source.width / 2, source.y), (target.x - target.width / 2, target.y))
        return Edge(f"flow-{source.id}-{target.id}", source.id, target.id, points, "", (), points[0], "start", False)

    def _edge(self, arrow: Arrow) -> Edge:
        source = self.nodes.get(f"fork-{arrow.source}", self.nodes[arrow.source])
        target = self.nodes.get(f"join-{arrow.target}", self.nodes[arrow.target])
        begin, end = (source.x + source.width / 2, source.y), (target.x - target.width / 2, target.y)
        back = self.plan.graph.is_back(arrow)
        label, says = self.labels[arrow], self.says[arrow]
        track = self._track(arrow)
        anchor: Literal["start", "end"]
        points: tuple[Point, ...]
        if track is not None:
            out, into = self._gutter(arrow, "out"), self._gutter(arrow, "in")
            points = (begin, (out, begin[1]), (out, track), (into, track), (into, end[1]), end)
            label, at, anchor = ((says,) if says else ()), (min(out, into) + 8, track - 5), "start"
        else:
            points = (begin, end) if begin[1] == end[1] else self._stairs(arrow, begin, end)
            label, at, anchor = self._place_of_label(arrow, label, points)
        return Edge(f"flow-{source.id}-{target.id}", source.id, target.id, points, says, label, at, anchor, back)

    def _stairs(self, arrow: Arrow, begin: Point, end: Point) -> tuple[Point, ...]:
        x = self._gutter(arrow, "out")
        return (begin, (x, begin[1]), (x, end[1]), end)

    def _place_of_label(
        self, arrow: Arrow, label: tuple[str, ...], points: tuple[Point, ...]
    ) -> tuple[tuple[str, ...], Point, Literal["start", "end"]]:
        """Before the target, below the line where another label stands above it; where it sets out, if it comes from afar."""
        graph, (x, y) = self.plan.graph, points[-1]
        if graph.ranks[arrow.target] > graph.ranks[arrow.source] + 1:
            turn = points[-2] if len(points) > 2 else points[0]
            return ((self.says[arrow],) if label else ()), (turn[0] + 6, y - 6), "start"
        near = [
            other
            for other in graph.entering(arrow.target)
            if self.labels[other]
            and self._track(other) is None
            and graph.ranks[other.source] + 1 == graph.ranks[arrow.target]
        ]
        if arrow not in near[1:]:
            return label, (x - 6, y - 6), "end"
        above = sum(len(self.labels[other]) for other in near[1 : near.index(arrow)])
        return label, (x - 6, y + LABEL_LINE * (above + len(label)) + 2), "end"

    def _gutter(self, arrow: Arrow, which: str) -> float:
        graph = self.plan.graph
        rank = graph.ranks[arrow.source] if which == "out" else graph.ranks[arrow.target] - 1
        place = self.plan.gutters[rank].index((arrow, which))
        nodes = [node for node, r in graph.ranks.items() if r == rank]
        width = BOX_WIDTH if any(node not in (START, END) for node in nodes) else EVENT
        fork = GATE + SPACE if any(graph.forks(node) for node in nodes) else 0
        return self.lefts[rank] + width + SPACE + fork + STEP * (place + 0.5)

    def _track(self, arrow: Arrow) -> float | None:
        """The height of the track that an arrow takes, or None where it needs none."""
        lane = self.plan.lane_of[arrow.target]
        if arrow in self.plan.above.get(lane, ()):
            return self.tops[lane] + PAD + TRACK * self.plan.above[lane].index(arrow) + TRACK / 2
        lane = self.plan.lane_of[arrow.source]
        if arrow in self.plan.below.get(lane, ()):
            place = len(self.plan.below[lane]) - 1 - self.plan.below[lane].index(arrow)
            return self.tops[lane] + self.heights[lane] - PAD / 2 - TRACK * place - 4
        return None
