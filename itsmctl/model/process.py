"""A process with its sections, and the codes that its records use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from itsmctl.model.definition import Definition, Effective, Phase, Text
from itsmctl.values import value


@value
class PriorityMatrix(Definition):
    """Priority by impact and urgency."""

    process: str
    cells: Mapping[tuple[str, str], str]


@value
class Code:
    """One value of a code list."""

    id: str
    title: Text
    effective: Effective


@value
class CodeList(Definition):
    """The allowed values of one field: a column of the record, or an attribute that has no column."""

    column: str
    attribute: str
    codes: tuple[Code, ...]


@value
class State:
    """A state of a process, and the phase of life that it belongs to."""

    id: str
    title: Text
    phase: Phase
    initial: bool


@value
class Lane:
    """Who acts: a horizontal lane of the process drawing, with the roles that stand in it."""

    id: str
    title: Text
    roles: tuple[str, ...]


END = "end"
"""Where a flow leads that ends the process."""


@value
class Flow:
    """An arrow from one activity to the next or to END, with the condition written on it."""

    to: str
    when: Text


OUTSIDE = "outside"
"""Where artefacts come from and go to that no process makes or takes: users, customers, suppliers, authorities."""


@value
class Artefact:
    """What passes between processes, by the same id on both sides; `processes` are those at the other end."""

    id: str
    title: Text
    processes: tuple[str, ...]


@value
class WorkProduct:
    """What an activity takes or makes; `artefact` is empty for what stays inside the process."""

    title: Text
    artefact: str


@value
class Activity:
    """A step of a process in one lane, with what comes in, what goes out, and where it goes on."""

    id: str
    title: Text
    lane: str
    description: Text
    inputs: tuple[WorkProduct, ...]
    outputs: tuple[WorkProduct, ...]
    states: tuple[str, ...]
    procedures: tuple[str, ...]
    flows: tuple[Flow, ...]


@value
class Principle:
    """A sentence of the process policy, and the rules that test it."""

    text: Text
    rules: tuple[str, ...]


@value
class FormField:
    """A field of the record form, and the state from which it must be filled; a column, or an attribute without one."""

    column: str
    attribute: str
    title: Text
    required_in: str
    codes: str


@value
class Interface:
    """A hand-over between this process and another at one activity."""

    process: str
    activity: str
    direction: Literal["gives", "takes", "consults"]
    what: Text


@value
class Process(Definition):
    """A process with its sections: people, purpose, flow, states, principles, codes, form, interfaces, indicators."""

    version: str
    owner: str
    manager: str
    purpose: Text
    scope: Text
    inputs: tuple[Artefact, ...]
    outputs: tuple[Artefact, ...]
    lanes: tuple[Lane, ...]
    activities: tuple[Activity, ...]
    states: tuple[State, ...]
    transitions: Mapping[str, tuple[str, ...]]
    principles: Mapping[str, tuple[Principle, ...]]
    codes: Mapping[str, str]
    form: tuple[FormField, ...]
    interfaces: tuple[Interface, ...]
    kpis: tuple[str, ...]
