"""Outputs go where -o says, in the form that its suffix or --format names."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from itsmctl.cli import group

COMMANDS = (
    ("assess", "show", "maturity"), ("assess", "next"), ("assess", "experience"), ("assess", "complaints", "--as-of", "2026-06-30"),
    ("scorecard", "positions", "--as-of", "2026-06-30"), ("scorecard", "--as-of", "2026-06-30"),
    ("coverage",), ("show", "process", "incident"),
)  # fmt: skip


def run(*arguments: object) -> Result:
    return CliRunner().invoke(group, [str(one) for one in arguments])


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_file_holds_what_would_be_printed_and_its_suffix_names_the_form(
    command: tuple[str, ...], tmp_path: Path
) -> None:
    printed = run(*command, "--format", "json")
    assert printed.exit_code == 0, printed.output
    written = run(*command, "-o", tmp_path / "told.json")
    assert (written.exit_code, written.stdout) == (0, "")
    assert (tmp_path / "told.json").read_text(encoding="utf-8") == printed.stdout
    assert run(*command, "--output", tmp_path / "told", "--format", "json").exit_code == 0
    assert (tmp_path / "told").read_bytes() == (tmp_path / "told.json").read_bytes()


@pytest.mark.parametrize("command", [one for one in COMMANDS if one[1:2] != ("show",)], ids=" ".join)
def test_each_has_a_form_for_a_wiki_or_says_which_it_has(command: tuple[str, ...], tmp_path: Path) -> None:
    written = run(*command, "-o", tmp_path / "told.md")
    assert written.exit_code == 0, written.output
    assert (tmp_path / "told.md").read_text(encoding="utf-8").startswith("#")
    refused = run(*command, "-o", tmp_path / "told.pdf")
    assert refused.exit_code == 2
    assert ".json" in refused.stderr
    assert not (tmp_path / "told.pdf").exists()


@pytest.mark.parametrize("view", ["audit", "service"])
def test_a_workbook_needs_a_file(view: str) -> None:
    refused = run("report", view, "--format", "xlsx", "--period", "2026-05")
    assert refused.exit_code == 2


def test_a_suffix_misspelt_is_told(tmp_path: Path) -> None:
    assert "did you mean .html?" in run("assess", "next", "-o", tmp_path / "next.htm").stderr
