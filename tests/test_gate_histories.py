"""The gate over histories as forges and people make them: a true answer, or an error that says what to do."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from change_case import copy_to, edited
from click.testing import CliRunner
from gate_case import AFTER, BEFORE, FILE, git

from itsmctl.cli import group, run
from itsmctl.definitions import validate

SHORTER = "within: 20m"
CUSTOMERS = "catalog/customers.yaml"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """`main` with the reference definitions, and a branch at the same commit, checked out."""
    place = tmp_path / "ours"
    place.mkdir()
    return begun(copy_to(place))


def begun(root: Path) -> Path:
    git(root, "init", "-q", "-b", "main")
    committed(root, "Begin")
    git(root, "checkout", "-qb", "branch")
    return root


def committed(root: Path, message: str) -> str:
    git(root, "add", "-A")
    git(root, "commit", "-qm", message)
    return git(root, "rev-parse", "HEAD").strip()


def on(root: Path, old: str, new: str, message: str) -> None:
    """One target of the file, changed and committed."""
    text = (root / FILE).read_text("utf-8")
    assert old in text
    (root / FILE).write_text(text.replace(old, new, 1), "utf-8")
    committed(root, message)


def gate(root: Path, *arguments: str, base: str = "main") -> tuple[int, dict[str, Any]]:
    """The exit code, and what is told."""
    every = ["gate", "--root", str(root), "--base", base, "--format", "json", "-q", *arguments]
    result = CliRunner().invoke(group, every, standalone_mode=False)
    assert result.exception is None, result.exception
    return int(result.return_value), json.loads(result.stdout)


def codes(told: dict[str, Any], severity: str = "error") -> list[str]:
    return sorted({one["code"] for one in told["findings"] if one["severity"] == severity})


def refused(root: Path, capsys: pytest.CaptureFixture[str], base: str = "main", *arguments: str) -> str:
    """What is said where there is no answer."""
    assert run(["gate", "--root", str(root), "--base", base, "-q", *arguments]) == 2
    return capsys.readouterr().err


def commented(root: Path) -> None:
    (root / FILE).write_text("# Why\n" + (root / FILE).read_text("utf-8").replace("\n", "  # so\n", 1), "utf-8")


def with_line_ends_of_windows(root: Path) -> None:
    (root / FILE).write_bytes((root / FILE).read_bytes().replace(b"\n", b"\r\n"))


def under_a_chinese_name(root: Path) -> None:
    (root / FILE).rename(root / FILE.replace("email-collaboration", "邮件 与“协作”"))


def split(root: Path) -> None:
    rules = root / "policies/rules/incident.yaml"
    parts = rules.read_text("utf-8").split("\n---\n")
    rules.write_text("\n---\n".join(parts[:5]) + "\n", "utf-8")
    (root / "policies/rules/事件.yaml").write_text("\n---\n".join(parts[5:]), "utf-8")


@pytest.mark.parametrize("edit", [commented, with_line_ends_of_windows, under_a_chinese_name, split])
def test_what_only_looks_otherwise_is_no_change(root: Path, edit: Callable[[Path], None]) -> None:
    edit(root)
    for head in ((), ("--head", "branch")):
        committed(root, "Look otherwise") if head else None
        code, told = gate(root, *head)
        assert (code, told["changes"], told["findings"]) == (0, [], [])


def test_a_file_that_moved_is_told_where_it_stands(root: Path) -> None:
    under_a_chinese_name(root)
    name = FILE.replace("email-collaboration", "邮件 与“协作”")
    edited(root, name, (BEFORE, AFTER))
    committed(root, "Move, and loosen")
    code, told = gate(root)
    assert (code, codes(told)) == (1, ["approval-missing"])
    assert {one["file"] for one in told["findings"]} == {name}


def test_what_the_base_got_since_is_not_taken_for_the_work_of_the_branch(root: Path) -> None:
    commented(root)
    committed(root, "Explain")
    fork = git(root, "merge-base", "main", "branch").strip()
    git(root, "checkout", "-q", "main")
    on(root, BEFORE, SHORTER, "Answer sooner")
    git(root, "checkout", "-q", "branch")
    code, told = gate(root)
    assert codes(told, "warning").count("base-ahead") == 1 and "approval-uncommitted" not in codes(told)
    (ahead,) = [one for one in told["findings"] if one["code"] == "base-ahead"]
    assert f"--base {fork[:12]}" in ahead["message"]
    code, told = gate(root, base=fork[:12])
    assert (code, told["changes"], told["findings"]) == (0, [], [])
    # Notes beside the definitions are nothing that the branch could lack.
    git(root, "checkout", "-q", "main")
    git(root, "reset", "-q", "--hard", "HEAD~1")
    (root / "notes.txt").write_text("x", "utf-8")
    committed(root, "Note")
    assert gate(root, "--head", "branch")[1]["findings"] == []


def test_a_merge_that_takes_back_what_the_base_demanded_needs_its_approval(root: Path) -> None:
    """`git merge -s ours` leaves a file as the branch had it: git shows no commit that changed it."""
    (root / "notes.txt").write_text("x", "utf-8")
    committed(root, "Note")
    git(root, "checkout", "-q", "main")
    on(root, BEFORE, SHORTER, "Answer sooner")
    git(root, "checkout", "-q", "branch")
    git(root, "merge", "-q", "-s", "ours", "-m", "Merge main", "main")
    for head in ((), ("--head", "branch")):
        code, told = gate(root, *head)
        assert [one["class"] for one in told["changes"]] == ["loosened"]
        assert (code, codes(told)) == (1, ["approval-missing"])


def test_a_merge_that_keeps_both_sides_needs_nobody_again(root: Path) -> None:
    on(root, BEFORE, AFTER, "Answer later\n\nApproved-by: Zhang Min 张敏 <x@example.org>")
    git(root, "checkout", "-q", "main")
    edited(root, "policies/rules/incident.yaml", ("most: 720h", "most: 480h"))
    committed(root, "Solve sooner")
    git(root, "checkout", "-q", "branch")
    git(root, "merge", "-q", "-m", "Merge main", "main")
    code, told = gate(root)
    assert [(one["id"], one["class"]) for one in told["changes"]] == [("sla-email-collaboration", "loosened")]
    assert {one["file"] for one in told["findings"] if one["part"] == "approvals" and one["severity"] == "error"} == {FILE}  # fmt: skip
    assert not [one for one in told["findings"] if "INC-16" in one["message"]]
    # As forges merge a pull request to try it: the head of the base, with the branch as second parent, nowhere on a branch.
    git(root, "checkout", "-q", "--detach", "main")
    git(root, "merge", "-q", "--no-ff", "-m", "Merge branch", "branch")
    assert gate(root)[1]["changes"] == told["changes"]


def linked(root: Path) -> None:
    (root / CUSTOMERS).rename(root / "customers.yaml")
    (root / CUSTOMERS).symlink_to("../customers.yaml")


def linked_folder(root: Path) -> None:
    (root / "catalog").rename(root / "elsewhere")
    (root / "catalog").symlink_to("elsewhere")


def turned_on_checkout(root: Path) -> None:
    (root / ".gitattributes").write_text(f"{CUSTOMERS} ident\n", "utf-8")
    (root / CUSTOMERS).write_text("# $Id$\n" + (root / CUSTOMERS).read_text("utf-8"), "utf-8")


def another_customer(root: Path, file: str) -> None:
    text = (root / CUSTOMERS).read_text("utf-8").split("\n---\n")[-1]
    for old, new in (
        ("id: shippers", "id: new-customer"),
        ("Shippers 货主", "New 新"),
        ("{en: Shippers, zh: 货主}", "New"),
    ):
        assert old in text
        text = text.replace(old, new)
    (root / file).write_text(text, "utf-8")


def ignored(root: Path) -> None:
    (root / ".gitignore").write_text("hidden.yaml\n", "utf-8")
    another_customer(root, "catalog/hidden.yaml")


@pytest.mark.parametrize("edit", [linked, linked_folder, turned_on_checkout, ignored])
def test_what_is_committed_and_yet_not_what_the_commit_holds_does_not_spare_the_approvals(
    root: Path, edit: Callable[[Path], None]
) -> None:
    edit(root)
    on(root, BEFORE, AFTER, "Answer later")
    if edit is turned_on_checkout:
        (root / CUSTOMERS).unlink()
        git(root, "checkout", "-q", "--", CUSTOMERS)
    code, told = gate(root)
    assert (code, codes(told)) == (1, ["not-as-committed"])
    assert told["looked_at"]["approvals"]


def test_a_linked_folder_of_definitions_is_not_taken_for_an_empty_one(root: Path) -> None:
    (root / "policies/procedures").rename(root / "procedures")
    (root / "policies/procedures").symlink_to("../procedures")
    (root / "audits/exports").symlink_to("../docs")  # no definitions: nobody misses them
    found = [problem for problem in validate(root) if problem.code == "linked-folder"]
    assert [problem.where.file for problem in found] == ["policies/procedures"]
    assert [p.code for p in validate(root, [root / FILE])] == ["linked-folder"]


def test_links_and_submodules_of_a_revision_are_refused(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    linked(root)
    committed(root, "Link")
    assert "is a symbolic link, a submodule or the like" in refused(root, capsys, "main", "--head", "branch")


def test_each_file_of_rows_is_approved_by_itself(root: Path) -> None:
    """The rows of a register stand in several files: whoever changes the second one is asked, too."""
    register, data = "audits/registers/customers.yaml", root / "audits/registers/data"
    edited(root, register, ("files: [data/complaints.csv]", "files: [data/complaints.csv, data/more.csv]"))
    head, *rows = (data / "complaints.csv").read_text("utf-8").splitlines(keepends=True)
    (data / "complaints.csv").write_text(head + "".join(rows[:-2]), "utf-8")
    (data / "more.csv").write_text(head + "".join(rows[-2:]), "utf-8")
    committed(root, "Split the complaints")
    assert [one["code"] for one in gate(root)[1]["changes"]] == ["register-files-changed"]
    git(root, "branch", "-f", "main", "HEAD")
    (data / "more.csv").write_text(head + rows[-1], "utf-8")
    committed(root, "Drop a complaint")
    code, told = gate(root)
    (change,) = told["changes"]
    assert (change["code"], change["head_location"]) == ("register-rows-changed", "audits/registers/data/more.csv:1:1")  # fmt: skip
    assert (code, codes(told)) == (1, ["approval-missing"])


def test_a_folder_that_moved_is_compared_where_it_lay(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "old").mkdir()
    copy_to(tmp_path / "old")
    begun(tmp_path)
    on(tmp_path / "old", BEFORE, AFTER, "Answer later")
    git(tmp_path, "mv", "old", "管理体系")
    committed(tmp_path, "Move")
    root = tmp_path / "管理体系"
    assert "write REVISION:FOLDER" in refused(root, capsys)
    code, told = gate(root, base="main:old")
    assert [one["class"] for one in told["changes"]] == ["loosened"]
    assert (code, codes(told)) == (1, ["approval-missing"])


def test_a_clone_without_history_says_what_to_fetch(root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    on(root, BEFORE, AFTER, "Answer later")
    git(tmp_path, "clone", "-q", "--depth=1", "-b", "branch", f"file://{root}", "clone")
    clone = tmp_path / "clone"
    assert "git fetch --depth=1 origin main:refs/remotes/origin/main" in refused(clone, capsys, "origin/main")
    git(clone, "fetch", "-q", "--depth=1", "origin", "main:refs/remotes/origin/main")
    assert "git fetch --unshallow" in refused(clone, capsys, "origin/main")
    git(clone, "fetch", "-q", "--unshallow")
    code, told = gate(clone, base="origin/main")
    assert (code, codes(told), len(told["changes"])) == (1, ["approval-missing"], 1)


def test_the_first_commit_has_nothing_before_it(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for base in ("main~1", "HEAD^"):
        assert "`itsmctl validate` judges the definitions as they are" in refused(root, capsys, base)
    shutil.rmtree(root / ".git")
    git(root, "init", "-q", "-b", "main")
    for base in ("main", "HEAD"):
        assert "this repository has no commit yet" in refused(root, capsys, base)


def test_two_branches_that_are_fine_alone_fail_together(root: Path) -> None:
    """One takes a definition away, the other begins to name it; git merges both without a word."""
    another_customer(root, "catalog/new-customer.yaml")
    base = committed(root, "A customer")
    git(root, "checkout", "-qb", "gone")
    (root / "catalog/new-customer.yaml").unlink()
    committed(root, "The customer is gone")
    git(root, "checkout", "-qb", "named", base)
    agreement = next(line for line in (root / FILE).read_text("utf-8").splitlines() if line.startswith("services:"))
    edited(root, FILE, (agreement, f"{agreement}\ncustomers: [new-customer]"))
    committed(root, "An agreement with the customer")
    for branch in ("gone", "named"):
        assert "unknown-customer" not in codes(gate(root, "--head", branch, base=base)[1])
    git(root, "merge", "-q", "-m", "Both", "gone")
    code, told = gate(root, base="gone")
    assert code == 1 and "unknown-customer" in codes(told)
