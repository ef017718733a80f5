"""The clocks of an agreement: when they run, what they do when something changes, and what is promised."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from itsmctl import model
from itsmctl.definitions.build.builder import Builder, conditions, text
from itsmctl.source import Path_

_STATE_ROLES: tuple[model.ClockRole, ...] = ("pause", "stop", "cancel")
_ROLES: tuple[model.ConditionRole, ...] = ("start", "pause", "stop", "cancel", "reset")


def clock(b: Builder, name: str, body: Mapping[str, Any]) -> model.ClockDefinition:
    """One clock of an agreement."""
    path: Path_ = ("clocks", name)
    parts = list(_parts(body))
    policy = _policy(b, name, body)
    if body.get("reopens") is False and "on-reopen" in {**b.data.get("policy", {}), **body.get("policy", {})}:
        b.report(
            "final-and-reopened",
            "where the first stop is final (`reopens: false`), `on-reopen` has nothing to say",
            (*path, "reopens"),
        )
    return model.ClockDefinition(
        name=name,
        title=text(body.get("title", name)),
        starts_at=body.get("starts-at", "opened_at"),
        stops_at=body.get("stops-at", "resolved_at"),
        states=_states(b, name, body),
        reopens=body.get("reopens", True),
        targets=targets(b, name, body["targets"]),
        policy=policy,
        conditions=tuple(
            model.ClockCondition(role, conditions(part["where"]), label)
            for role, _, part, label in parts
            if "where" in part
        ),
        limits=_limits(b, name, parts),
    )


_Part = tuple[model.ConditionRole, int, Mapping[str, Any], str]
"""Role, position, what is written, and what the ledger calls it."""


def _parts(body: Mapping[str, Any]) -> Iterator[_Part]:
    """What a clock does, where more than a state is written."""
    for role in _ROLES:
        for position, part in enumerate(body.get(role, ())):
            if isinstance(part, dict):
                yield role, position, part, str(part.get("name") or part.get("state") or f"{role}-{position + 1}")


def _states(b: Builder, name: str, body: Mapping[str, Any]) -> dict[str, model.ClockRole]:
    """The parts that states play, each state at most one."""
    states: dict[str, model.ClockRole] = {}
    for role in _STATE_ROLES:
        for position, part in enumerate(body.get(role, ())):
            path: Path_ = ("clocks", name, role, position)
            state = part.get("state") if isinstance(part, dict) else part
            if isinstance(part, dict) and ("state" in part) == ("where" in part):
                b.report("state-or-where", "write a state or conditions, one of the two", path)
            if state is None:
                continue
            if state in states:
                template = "state {state!r} already has the part {role!r} in this clock"
                b.report("state-twice", template, path, state=state, role=states[state])
            states.setdefault(state, role)
    return states


def _limits(b: Builder, name: str, parts: Sequence[_Part]) -> dict[str, model.PauseLimit]:
    limits: dict[str, model.PauseLimit] = {}
    for role, position, part, label in parts:
        if "at-most" in part:
            duration = b.duration(part["at-most"], ("clocks", name, role, position, "at-most"))
            limits[label] = model.PauseLimit(duration.seconds, duration.business_days)
    return limits


def _policy(b: Builder, name: str, body: Mapping[str, Any]) -> model.ClockPolicy:
    """The switches of the agreement, and over them those of the clock."""
    own: Mapping[str, Any] = body.get("policy", {})
    written = {**b.data.get("policy", {}), **own}
    for base, switches in ((("policy",), b.data.get("policy", {})), (("clocks", name, "policy"), own)):
        for value, zone in switches.get("zones", {}).items():
            b.zone(zone, (*base, "zones", value))
    if not written:
        return model.DEFAULT_POLICY
    return model.ClockPolicy(**{switch.replace("-", "_"): value for switch, value in written.items()})


def targets(b: Builder, clock: str, written: Sequence[Mapping[str, Any]]) -> tuple[model.Target, ...]:
    """The promises of a clock, from special to general."""
    found = []
    for position, target in enumerate(written):
        path: Path_ = ("clocks", clock, "targets", position)
        duration = b.duration(target["within"], (*path, "within"))
        found.append(
            model.Target(
                conditions(target.get("where")),
                duration.seconds,
                duration.business_days,
                str(target["within"]),
                b.document.where((*path, "within")),
            )
        )
        if not target.get("where") and position < len(written) - 1:
            b.report(
                "target-unreachable",
                "a target without `where` matches everything, so those after it are never used",
                path,
            )
    return tuple(found)
