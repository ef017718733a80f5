"""`itsmctl diff` on git revisions, folders and archives."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from change_case import copy_to, edited
from click.testing import CliRunner, Result
from evidence_case import commit, git

from itsmctl.cli import group
from itsmctl.errors import ItsmctlError
from itsmctl.reports.changes.data import diff_schema

SLA = "catalog/sla/finance-erp.yaml"
LONGER = ("{where: {priority: [P1]}, within: 4h}", "{where: {priority: [P1]}, within: 8h}")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with the reference set at `main`, a longer target at `longer`, and a new phone in the files."""
    folder = copy_to(tmp_path_factory.mktemp("diff"))
    git(folder, "init", "-q", "-b", "main")
    commit(folder, "First")
    edited(folder, SLA, LONGER)
    git(folder, "checkout", "-q", "-b", "longer")
    commit(folder, "Longer")
    return folder


def _run(root: Path, *arguments: str) -> Result:
    return CliRunner().invoke(group, ["diff", *arguments, "--root", str(root)], standalone_mode=False)


def test_a_loosening_is_told_in_words_and_ends_with_one(root: Path) -> None:
    result = _run(root, "main", "longer")
    assert result.return_value == 1
    assert "1 change from main to longer: 1 loosened" in result.output
    assert "sla sla-finance-erp: target (resolution, P1): 4h → 8h" in result.output
    assert f"{SLA}:28:43" in result.output
    assert "approval: finance-service-owner, service-level-manager" in result.output
    assert max(len(line) for line in result.output.splitlines()) <= 80
    assert _run(root, "main", "longer", "--fail-on", "never").return_value == 0
    assert _run(root, "longer", "main", "--fail-on", "review").return_value == 0


def test_chinese(root: Path) -> None:
    result = _run(root, "main", "longer", "--lang", "zh")
    assert "从 main 到 longer 有 1 处变更：放宽 1 项" in result.output
    assert "目标（resolution、P1）：4h → 8h" in result.output


def test_without_head_the_files_are_compared(root: Path) -> None:
    assert _run(root, "longer").output == "No change of meaning from longer to the files here.\n"
    result = _run(root, "main")
    assert result.return_value == 1
    assert "1 change from main to the files here" in result.output


def test_the_json_fits_its_schema(root: Path, tmp_path: Path) -> None:
    git(root, "archive", "--format=zip", "-o", str(tmp_path / "main.zip"), "main")
    result = _run(root, str(tmp_path / "main.zip"), "longer", "--format", "json")
    document = json.loads(result.output)
    jsonschema.validate(document, diff_schema())
    assert document["summary"]["loosened"] == len(document["changes"]) == 1
    assert document["head"]["commit"] == git(root, "rev-parse", "longer")
    (change,) = document["changes"]
    assert (change["base_location"], change["old"], change["new"]) == (f"{SLA}:28:43", "4h", "8h")
    schema = CliRunner().invoke(group, ["schema", "diff"], standalone_mode=False)
    assert json.loads(schema.output) == diff_schema()


def test_markdown_keeps_a_table_whole(root: Path, tmp_path: Path) -> None:
    result = _run(root, "main", "longer", "--format", "markdown", "-o", str(tmp_path / "out.md"))
    assert result.output == ""
    lines = (tmp_path / "out.md").read_text("utf-8").splitlines()
    assert {line.count("|") for line in lines if line.startswith("|")} == {7}
    assert any("4h → 8h" in line for line in lines)


def test_errors_of_a_revision_name_it(root: Path) -> None:
    git(root, "checkout", "-q", "-b", "broken", "main")
    edited(root, SLA, ("calendar: cn-office", "calendar: cn-ofice"))
    commit(root, "Broken")
    git(root, "checkout", "-q", "longer")
    result = _run(root, "broken")
    assert isinstance(result.exception, ItsmctlError)
    (problem,) = result.exception.problems
    assert (str(problem.where), problem.suggestion) == (f"broken:{SLA}:8:11", "cn-office")
