"""The model's names are where the package says, and nothing is loaded that nobody asked for."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from itsmctl import model, worktime
from itsmctl.definitions.build import MODULES
from itsmctl.definitions.schema import kinds


@pytest.mark.parametrize("package", [model, worktime])
def test_what_type_checkers_see_is_what_can_be_imported(package: ModuleType) -> None:
    tree = ast.parse(Path(str(package.__file__)).read_text("utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    seen = {
        (alias.name, (node.module or "").rpartition(".")[2])
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert seen == set(package._HOME.items())
    assert not set(package._HOME) & set(package._MODULES), "importing a module would put it in the place of its name"
    for name in package.__all__:
        assert getattr(package, name) is not None


def test_an_unknown_name_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="nothing_like_it"):
        _ = model.nothing_like_it


def test_every_kind_has_a_builder() -> None:
    assert sorted(MODULES) == sorted(kinds())


@pytest.mark.parametrize(
    ("command", "not_needed"),
    [
        ("itsmctl.cli", ["duckdb", "yaml", "jinja2", "git", "itsmctl.definitions"]),
        ("itsmctl.cli.audit", ["yaml", "jsonschema", "itsmctl.definitions.reading", "itsmctl.importers.csv"]),
        (
            "itsmctl.cli.import_",
            ["yaml", "jsonschema", "itsmctl.definitions.reading", "jinja2", "git", "itsmctl.result"],
        ),
    ],
)
def test_commands_load_only_what_they_need(command: str, not_needed: list[str]) -> None:
    code = f"import sys, {command}; print(*sorted(set(sys.modules) & set({not_needed!r})))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert loaded == []
