"""Where the reference definitions and the schemas lie: inside the wheel, or beside the package in a checkout."""

from __future__ import annotations

from pathlib import Path

FOLDERS = ("catalog", "roles", "policies", "audits")
"""The folders of a management system, in the order in which people read them."""
SUFFIXES = (".yaml", ".yml")
"""How the names of files of definitions end."""

_PACKAGE = Path(__file__).resolve().parent


def reference_root() -> Path:
    """The folder that holds `catalog/`, `roles/`, `policies/`, `audits/` and `schemas/` of the reference set."""
    inside = _PACKAGE / "_reference"
    return inside if inside.is_dir() else _PACKAGE.parent


def schema_folder() -> Path:
    """The folder of the JSON Schemas that this version of itsmctl validates with."""
    return reference_root() / "schemas"


def example_folder() -> Path:
    """The folder of the cases that test the reference rules: they serve as examples."""
    inside = _PACKAGE / "_reference" / "examples"
    return inside if inside.is_dir() else _PACKAGE.parent / "tests" / "cases" / "rules"


def is_management_system(folder: Path) -> bool:
    """Whether a folder looks like the root of a management system: at least one of its folders holds YAML."""
    return any(any((folder / part).rglob("*.y*ml")) for part in FOLDERS if (folder / part).is_dir())
