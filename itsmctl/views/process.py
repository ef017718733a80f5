"""A process with all its sections, as a page and for a program."""

from __future__ import annotations

from collections.abc import Mapping

from itsmctl.language import Language, msg, tr
from itsmctl.model import END, OUTSIDE, Activity, Artefact, Definitions, Process
from itsmctl.views.page import Facts, Grid, Page, Points, Section, Words
from itsmctl.views.wording import called

PRINCIPLES = {
    "general": msg("General principles"),
    "responsibility": msg("Responsibility"),
    "assignment": msg("Assignment"),
    "closure": msg("Closure"),
    "notification": msg("Notification"),
    "escalation": msg("Escalation"),
}
SIGNS = {"gives": msg("gives"), "takes": msg("takes"), "consults": msg("consults")}


def page(definitions: Definitions, process: Process, language: Language) -> Page:
    """The page of a process."""
    return Page(
        title=f"{process.title.in_(language)} · {process.id}",
        subtitle=tr("process, version {version}", language, version=process.version),
        blocks=(
            Words(process.purpose.in_(language)),
            Facts(
                (
                    (tr("Scope", language), process.scope.in_(language)),
                    (tr("Owner", language), called(definitions.roles, process.owner, language)),
                    (tr("Manager", language), called(definitions.roles, process.manager, language)),
                )
            ),
        ),
        sections=(
            Section(tr("Inputs", language), (_artefacts(definitions, process.inputs, tr("from", language), language),)),
            Section(tr("Outputs", language), (_artefacts(definitions, process.outputs, tr("to", language), language),)),
            Section(tr("Activities", language), (_activities(process, language),)),
            Section(tr("Procedures", language), (_procedures(definitions, process, language),)),
            Section(tr("States", language), (_states(process, language),)),
            *_principles(process, language),
            Section(tr("Codes", language), (Facts(tuple((name, called(definitions.code_lists, list_, language)) for name, list_ in process.codes.items())),)),
            Section(tr("Record form", language), (_form(process, language),)),
            Section(tr("Interfaces", language), (_interfaces(definitions, process, language),)),
            Section(tr("Indicators", language), (Points(tuple(called(definitions.kpis, kpi, language) for kpi in process.kpis)),)),
        ),
        source=str(process.where),
    )  # fmt: skip


def _artefacts(definitions: Definitions, artefacts: tuple[Artefact, ...], other: str, language: Language) -> Grid:
    rows = tuple(
        (
            artefact.title.in_(language) or artefact.id,
            tr(", ", language).join(
                tr("outside", language) if p == OUTSIDE else called(definitions.processes, p, language)
                for p in artefact.processes
            ),
        )
        for artefact in artefacts
    )
    return Grid((tr("what", language), other), rows)


def _procedures(definitions: Definitions, process: Process, language: Language) -> Grid:
    rows = tuple(
        (activity.id, called(definitions.procedures, procedure, language))
        for activity in process.activities
        for procedure in activity.procedures
    )
    return Grid((tr("at", language), tr("procedure", language)), rows)


def _activities(process: Process, language: Language) -> Grid:
    lanes = {lane.id: lane.title.in_(language) for lane in process.lanes}
    columns = ("", tr("activity", language), tr("lane", language), tr("then", language))
    rows = tuple(
        (a.id, a.title.in_(language), lanes.get(a.lane, a.lane), _then(a, language)) for a in process.activities
    )
    return Grid(columns, rows)


def _then(activity: Activity, language: Language) -> str:
    ways = []
    for flow in activity.flows:
        to = tr("end", language) if flow.to == END else flow.to
        when = flow.when.in_(language)
        ways.append(f"→ {to}" + (f" ({when})" if when else ""))
    return tr("; ", language).join(ways) or "→ " + tr("end", language)


def _states(process: Process, language: Language) -> Grid:
    titles = {state.id: state.title.in_(language) or state.id for state in process.states}
    rows = []
    for state in process.states:
        onward = tr(", ", language).join(titles[to] for to in process.transitions.get(state.id, ()) if to in titles)
        mark = "● " if state.initial else "  "
        rows.append((mark + titles[state.id], onward and "→ " + onward))
    return Grid((tr("state", language), tr("leads to", language)), tuple(rows))


def _principles(process: Process, language: Language) -> tuple[Section, ...]:
    return tuple(
        Section(
            tr(PRINCIPLES.get(name, name), language),
            (Points(tuple(p.text.in_(language) + (f" [{', '.join(p.rules)}]" if p.rules else "") for p in some)),),
        )
        for name, some in process.principles.items()
    )


def _form(process: Process, language: Language) -> Grid:
    titles = {state.id: state.title.in_(language) or state.id for state in process.states}
    columns = (tr("field", language), tr("column", language), tr("needed from", language), tr("codes", language))
    rows = tuple(
        (f.title.in_(language), f.column or f.attribute, titles.get(f.required_in, f.required_in), f.codes)
        for f in process.form
    )
    return Grid(columns, rows)


def _interfaces(definitions: Definitions, process: Process, language: Language) -> Grid:
    columns = (tr("at", language), "", tr("process", language), tr("what", language))
    rows = tuple(
        (
            i.activity,
            tr(SIGNS[i.direction], language),
            called(definitions.processes, i.process, language),
            i.what.in_(language),
        )
        for i in process.interfaces
    )
    return Grid(columns, rows)


def data(process: Process) -> Mapping[str, object]:
    """The process for a program."""
    return {
        "id": process.id,
        "title": {"en": process.title.en, "zh": process.title.zh},
        "version": process.version,
        "owner": process.owner,
        "manager": process.manager,
        "activities": [
            {
                "id": a.id,
                "title": {"en": a.title.en, "zh": a.title.zh},
                "lane": a.lane,
                "next": [{"to": flow.to, "when": flow.when.en or None} for flow in a.flows],
            }
            for a in process.activities
        ],
        "inputs": [{"artefact": a.id, "from": list(a.processes)} for a in process.inputs],
        "outputs": [{"artefact": a.id, "to": list(a.processes)} for a in process.outputs],
        "kpis": list(process.kpis),
        "states": [{"id": s.id, "phase": s.phase, "initial": s.initial} for s in process.states],
        "transitions": {state: list(to) for state, to in process.transitions.items()},
        "interfaces": [
            {"activity": i.activity, "direction": i.direction, "process": i.process, "what": i.what.en}
            for i in process.interfaces
        ],
        "source": str(process.where),
    }
