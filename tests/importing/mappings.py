"""Mappings for the tests: the shipped ones, and one made by hand for tickets with one row each."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from itsmctl.definitions import load
from itsmctl.errors import Where
from itsmctl.model import Effective, MappingDefinition, Text

ROOT = Path(__file__).resolve().parents[2]


def mapping(**values: Any) -> MappingDefinition:
    """A mapping of one row per ticket, with whatever a test wants to be different."""
    defaults: dict[str, Any] = {
        "kind": "mapping",
        "id": "tickets",
        "title": Text("Tickets", "工单"),
        "effective": Effective(),
        "where": Where("audits/mappings.yaml", 2),
        "aliases": (),
        "tool": "Desk",
        "format": "csv",
        "shape": "records",
        "process": "incident",
        "recognise": ("Number", "Opened"),
        "missing": ("", "?"),
        "time_formats": ("yyyy-MM-dd HH:mm:ss", "d/M/yyyy HH:mm", "iso"),
        "zone": "",
        "columns": {
            "record_id": ("Number",),
            "number": ("Number",),
            "state": ("State",),
            "group": ("Group", "Team"),
            "opened_at": ("Opened",),
            "closed_at": ("Closed",),
            "reopen_count": ("Reopened",),
            "reported_sla_met": ("SLA met",),
            "problem": ("Problem",),
        },
        "joined": {},
        "order_by": (),
        "at": "",
        "actor": "",
        "actor_group": "",
        "history": (),
        "codes": {},
    }
    wanted = {**defaults, **values}
    names = ((name,) if isinstance(name, str) else name for name in wanted["recognise"])
    return MappingDefinition(**{**wanted, "recognise": tuple(names)})


def updates(**values: Any) -> MappingDefinition:
    """A mapping of one row per update."""
    defaults: dict[str, Any] = {
        "id": "updates",
        "shape": "updates",
        "recognise": ("Number", "Updated"),
        "order_by": ("Count", "Updated"),
        "at": "Updated",
        "actor": "By",
        "history": ("state", "group"),
    }
    return mapping(**{**defaults, **values})


@cache
def shipped() -> Mapping[str, MappingDefinition]:
    """The mappings of audits/mappings.yaml, by id."""
    return load(ROOT).mappings
