"""Definitions under `roles/`: roles, positions, assignments and RACI matrices."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from itsmctl import model
from itsmctl.definitions.build.builder import Builder, texts


def _role(b: Builder) -> model.Role:
    return model.Role(
        **b.common(), process=b.data.get("process", ""), responsibilities=texts(b.data.get("responsibilities"))
    )


def _position(b: Builder) -> model.Position:
    return model.Position(**b.common(), roles=tuple(b.data.get("roles", ())))


def _assignment(b: Builder) -> model.Assignment:
    return model.Assignment(
        **b.common(), person=b.data["person"], role=b.data.get("role", ""), position=b.data.get("position", "")
    )


def _raci(b: Builder) -> model.Raci:
    activities = {
        a: {letter: tuple(roles) for letter, roles in cells.items()} for a, cells in b.data["activities"].items()
    }
    return model.Raci(**b.common(), process=b.data["process"], activities=activities)


BUILDERS: Mapping[str, Callable[[Builder], model.Definition]] = {
    "assignment": _assignment,
    "position": _position,
    "raci": _raci,
    "role": _role,
}
