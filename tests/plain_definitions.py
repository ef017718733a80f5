"""The reference definitions as they stand in their files, read without the program: for figures computed a second time."""

from __future__ import annotations

import csv
from functools import cache
from typing import Any

import yaml

from itsmctl.reference import reference_root

ROOT = reference_root()


@cache
def every_document(folder: str) -> list[dict[str, Any]]:
    """All definitions below a folder."""
    texts = (path.read_text(encoding="utf-8") for path in sorted((ROOT / folder).rglob("*.yaml")))
    read = (one for text in texts for one in yaml.load_all(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
    return [one for one in read if one]


def documents(folder: str, kind: str) -> list[dict[str, Any]]:
    """The definitions of a kind below a folder."""
    return [one for one in every_document(folder) if one["kind"] == kind]


def table(register: str) -> list[dict[str, str]]:
    """The rows of a register that keeps them in one CSV file."""
    path = ROOT / "audits/registers/data" / f"{register}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def holders() -> list[tuple[str, str, str, str, str]]:
    """Who held what when: (name as compared, role, position, first day, last day); a position brings its roles."""
    positions = {one["id"]: one for one in documents("roles", "position")}
    found = []
    for one in documents("roles", "assignment"):
        days = one.get("effective", {})
        span = (str(days.get("from", "0000")), str(days.get("to", "9999")))
        names = [one["person"], *one.get("also-called", ())]
        position = one.get("position", "")
        roles = [one["role"]] if "role" in one else positions[position].get("roles", [])
        terms = [(names, span)]
        terms += [([d["person"]], (str(d["from"]), str(d["to"]))) for d in one.get("delegations", ())]
        found += [(n.strip().lower(), r, position, *term) for some, term in terms for n in some for r in roles]
    return found
