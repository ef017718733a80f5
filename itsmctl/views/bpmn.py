"""A process as BPMN 2.0 with its layout, so that any modelling tool opens it as it is drawn here.

Source of the form: OMG BPMN 2.0.2 (formal/2013-12-09), chapters 9 to 12. Decisions become exclusive gateways, ways
that meet are joined by one, and every element carries a name, as tools that check models ask for.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from itsmctl.language import Language, tr
from itsmctl.model import Activity, Artefact, Process
from itsmctl.views.swimlane import Drawing, Edge, Node, draw

NAMESPACES = (
    'xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" '
    'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" '
    'xmlns:di="http://www.omg.org/spec/DD/20100524/DI"'
)
TAGS = {
    "start": "startEvent",
    "end": "endEvent",
    "task": "task",
    "fork": "exclusiveGateway",
    "join": "exclusiveGateway",
}
POOL_TITLE = 30
"""Width of the strip with the name of the pool, left of the lanes."""


def bpmn(process: Process, language: Language) -> str:
    """The XML, its names in a language; ids are those of the activities."""
    drawing = draw(process, language)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<bpmn:definitions {NAMESPACES} id={_id("definitions", process.id)} targetNamespace="https://itsmctl.invalid/bpmn">',
        f"  <bpmn:collaboration id={_id('collaboration', process.id)}>",
        f"    <bpmn:participant id={_id('pool', process.id)} name={quoteattr(process.title.in_(language))} processRef={_id('process', process.id)} />",
        "  </bpmn:collaboration>",
        f'  <bpmn:process id={_id("process", process.id)} name={quoteattr(process.title.in_(language))} isExecutable="false">',
        f"    <bpmn:documentation>{escape(process.purpose.in_(language))}</bpmn:documentation>",
        *_lanes(process, drawing, language),
        *(line for node in drawing.nodes.values() for line in _node(node, process, drawing, language)),
        *(_flow(edge) for edge in drawing.edges),
        "  </bpmn:process>",
        f"  <bpmndi:BPMNDiagram id={_id('diagram', process.id)}>",
        f"    <bpmndi:BPMNPlane id={_id('plane', process.id)} bpmnElement={_id('collaboration', process.id)}>",
        *_shapes(process, drawing),
        *(line for edge in drawing.edges for line in _line(edge)),
        "    </bpmndi:BPMNPlane>",
        "  </bpmndi:BPMNDiagram>",
        "</bpmn:definitions>",
    ]
    return "\n".join(lines) + "\n"


def _id(kind: str, name: str) -> str:
    return quoteattr(f"{kind}-{name}")


def _lanes(process: Process, drawing: Drawing, language: Language) -> Iterator[str]:
    yield f"    <bpmn:laneSet id={_id('lanes', process.id)}>"
    for number, lane in enumerate(process.lanes):
        yield f"      <bpmn:lane id={_id('lane', lane.id)} name={quoteattr(lane.title.in_(language))}>"
        for node in drawing.nodes.values():
            if node.lane == number:
                yield f"        <bpmn:flowNodeRef>{escape(node.id)}</bpmn:flowNodeRef>"
        yield "      </bpmn:lane>"
    yield "    </bpmn:laneSet>"


def _node(node: Node, process: Process, drawing: Drawing, language: Language) -> Iterator[str]:
    activities = {activity.id: activity for activity in process.activities}
    tag = f"bpmn:{TAGS[node.shape]}"
    name = _name(node, process, activities, language)
    yield f"    <{tag} id={quoteattr(node.id)}" + (f" name={quoteattr(name)}>" if name else ">")
    if node.shape == "task":
        yield f"      <bpmn:documentation>{escape(activities[node.id].description.in_(language))}</bpmn:documentation>"
    yield from (f"      <bpmn:incoming>{escape(e.id)}</bpmn:incoming>" for e in drawing.edges if e.target == node.id)
    yield from (f"      <bpmn:outgoing>{escape(e.id)}</bpmn:outgoing>" for e in drawing.edges if e.source == node.id)
    yield f"    </{tag}>"


def _name(node: Node, process: Process, activities: dict[str, Activity], language: Language) -> str:
    match node.shape:
        case "start":
            return _first(process.inputs, language) or tr("Start", language)
        case "end":
            return _first(process.outputs, language) or tr("End", language)
        case "task":
            return f"{node.id} {activities[node.id].title.in_(language)}".strip()
        case "fork":
            return tr("After {activity}: which way?", language, activity=node.of)
        case "join":
            return ""


def _flow(edge: Edge) -> str:
    """One arrow; a condition belongs to a decision, so a way without an alternative carries none."""
    name = f" name={quoteattr(edge.says)}" if edge.says and edge.source.startswith("fork-") else ""
    ends = f"sourceRef={quoteattr(edge.source)} targetRef={quoteattr(edge.target)}"
    return f"    <bpmn:sequenceFlow id={quoteattr(edge.id)}{name} {ends} />"


def _shapes(process: Process, drawing: Drawing) -> Iterator[str]:
    yield from _shape(f"pool-{process.id}", -POOL_TITLE, 0, drawing.width + POOL_TITLE, drawing.height, "isHorizontal")
    for band in drawing.bands:
        yield from _shape(f"lane-{band.id}", 0, band.top, drawing.width, band.height, "isHorizontal")
    for node in drawing.nodes.values():
        mark = "isMarkerVisible" if node.shape in ("fork", "join") else ""
        left, top = node.x - node.width / 2, node.y - node.height / 2
        yield from _shape(node.id, left, top, node.width, node.height, mark)


def _shape(element: str, x: float, y: float, width: float, height: float, mark: str) -> Iterator[str]:
    flag = f' {mark}="true"' if mark else ""
    yield f"      <bpmndi:BPMNShape id={_id('shape', element)} bpmnElement={quoteattr(element)}{flag}>"
    yield f'        <dc:Bounds x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" />'
    yield "      </bpmndi:BPMNShape>"


def _line(edge: Edge) -> Iterator[str]:
    yield f"      <bpmndi:BPMNEdge id={_id('edge', edge.id)} bpmnElement={quoteattr(edge.id)}>"
    yield from (f'        <di:waypoint x="{x:.1f}" y="{y:.1f}" />' for x, y in edge.points)
    yield "      </bpmndi:BPMNEdge>"


def _first(artefacts: tuple[Artefact, ...], language: Language) -> str:
    return artefacts[0].title.in_(language) if artefacts else ""
