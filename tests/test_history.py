"""What git says about definitions, and what is said where git has nothing to say."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from evidence_case import commit, git

from itsmctl.audit.facts import definition_facts
from itsmctl.definitions import load
from itsmctl.errors import ItsmctlError
from itsmctl.history import Commit, DocumentLog, commit_of, log_of
from itsmctl.history.acts import acts
from itsmctl.history.asking import why_silent
from itsmctl.history.log import place_in_repository
from itsmctl.history.trees import tree_of
from itsmctl.reference import FOLDERS, reference_root
from itsmctl.reports.tally import judged_by_text


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A management system in a sub-folder of a repository, at its first commit."""
    folder = tmp_path / "repo/管理/system"
    (folder / "catalog").mkdir(parents=True)
    (folder / "catalog/a.yaml").write_bytes(b"a: 1\nb: 2\nc: 3\n")
    git(tmp_path / "repo", "init", "-q", "-b", "main")
    commit(tmp_path / "repo", "First")
    return folder


def _log(root: Path, *paths: str) -> list[tuple[str, str, str, str, bool]]:
    return [(e.path, e.path_then, e.author, e.subject, e.merge) for e in log_of(root, paths).entries]


def test_rows_that_definitions_name_are_part_of_the_commit(root: Path) -> None:
    rows = root / "catalog/data/rows.csv"
    rows.parent.mkdir()

    def dirty(files: tuple[str, ...]) -> bool:
        found = commit_of(root, files)
        assert found is not None
        return found.dirty

    named = ("catalog/a.yaml", "catalog/data/rows.csv")
    assert dirty(named), "it is not there"
    rows.write_bytes(b"id\n1\n")
    assert dirty(named) and not dirty(("catalog/a.yaml",)), "a file that nobody names may lie there"
    commit(root, "Rows")
    assert not dirty(named)
    rows.write_bytes(b"id\r\n1\r\n")
    assert not dirty(named), "only the line ends of a checkout on Windows"
    rows.write_bytes(b"id\n2\n")
    assert dirty(named)


def test_the_commit_is_told_in_full(root: Path) -> None:
    found = commit_of(root, ())
    assert found == Commit(git(root, "rev-parse", "HEAD"), "Ann", 1767603600, "First")
    assert not found.dirty


def test_every_way_to_differ_from_the_commit_is_dirty(root: Path) -> None:
    def dirty() -> bool:
        found = commit_of(root, ())
        assert found is not None
        return found.dirty

    (root / "notes.txt").write_text("not a definition", encoding="utf-8")
    (root / "catalog/.DS_Store").write_text("not a definition", encoding="utf-8")
    assert not dirty()
    (root / "catalog/a.yaml").write_bytes(b"a: 1\r\nb: 2\r\nc: 3\r\n")
    assert not dirty(), "only the line ends of a checkout on Windows"
    (root / "catalog/a.yaml").write_bytes(b"a: 2\nb: 2\nc: 3\n")
    assert dirty()
    git(root, "update-index", "--assume-unchanged", "catalog/a.yaml")
    assert dirty(), "git itself was told to look away"
    git(root, "update-index", "--no-assume-unchanged", "catalog/a.yaml")
    git(root, "checkout", "-q", "catalog/a.yaml")
    (root / ".gitignore").write_text("*.yaml", encoding="utf-8")
    (root / "policies").mkdir()
    (root / "policies/hidden.yaml").write_text("x: 1", encoding="utf-8")
    assert dirty(), "ignored by git, yet read by itsmctl"
    (root / "policies/hidden.yaml").unlink()
    assert not dirty()
    (root / "catalog/a.yaml").unlink()
    assert dirty()


def test_without_git_there_is_no_commit(tmp_path: Path) -> None:
    (tmp_path / "catalog").mkdir()
    (tmp_path / "catalog/a.yaml").write_text("a: 1", encoding="utf-8")
    assert commit_of(tmp_path, ()) is None
    assert commit_of(tmp_path / "missing", ()) is None
    assert log_of(tmp_path, ["catalog/a.yaml"]) == DocumentLog("unavailable")
    git(tmp_path, "init", "-q")
    assert commit_of(tmp_path, ()) is None, "a repository without a commit"
    assert log_of(tmp_path, ["catalog/a.yaml"]) == DocumentLog("unavailable")


def test_definitions_that_lie_untracked_in_a_repository_are_at_no_commit(root: Path, tmp_path: Path) -> None:
    installed = tmp_path / "repo/venv/reference"
    (installed / "policies").mkdir(parents=True)
    (installed / "policies/p.yaml").write_text("p: 1", encoding="utf-8")
    assert commit_of(installed, ()) is None


def test_the_log_follows_renames_and_tells_who_merged(root: Path) -> None:
    git(root, "mv", "catalog/a.yaml", "catalog/乙.yaml")
    commit(root, "Rename")
    git(root, "checkout", "-q", "-b", "proposal")
    (root / "catalog/乙.yaml").write_bytes(b"a: 9\nb: 2\nc: 3\n")
    commit(root, "Propose", author="Bo")
    git(root, "checkout", "-q", "main")
    (root / "other.txt").write_text("x", encoding="utf-8")
    commit(root, "Something else")
    git(root, "merge", "-q", "--no-ff", "-m", "Accept", "proposal", author="Cy")
    assert _log(root, "catalog/乙.yaml") == [
        ("catalog/乙.yaml", "catalog/乙.yaml", "Cy", "Accept", True),
        ("catalog/乙.yaml", "catalog/乙.yaml", "Bo", "Propose", False),
        ("catalog/乙.yaml", "catalog/乙.yaml", "Ann", "Rename", False),
        ("catalog/乙.yaml", "catalog/a.yaml", "Ann", "First", False),
    ]
    assert _log(root, "catalog/nothing.yaml") == []
    assert log_of(root, []).entries == ()


def test_the_log_ends_at_the_revision_asked_for(root: Path) -> None:
    first = git(root, "rev-parse", "HEAD")
    (root / "catalog/a.yaml").write_bytes(b"a: 2\n")
    commit(root, "Second")
    assert [e.subject for e in log_of(root, ["catalog/a.yaml"]).entries] == ["Second", "First"]
    assert [e.subject for e in log_of(root, ["catalog/a.yaml"], revision=first).entries] == ["First"]
    assert log_of(root, ["catalog/a.yaml"], revision="0" * 40).state == "unavailable"
    assert log_of(root, ["catalog/a.yaml"], revision=f"--output={root}/evil").state == "unavailable"
    assert not (root / "evil").exists()


def test_a_shallow_clone_says_so_and_claims_nothing_about_its_edge(root: Path, tmp_path: Path) -> None:
    (root / "catalog/a.yaml").write_bytes(b"a: 2\n")
    commit(root, "Second")
    (root / "catalog/b.yaml").write_bytes(b"b: 1\n")
    commit(root, "Third")
    git(tmp_path, "clone", "-q", "--depth", "2", f"file://{tmp_path}/repo", "shallow")
    log = log_of(tmp_path / "shallow/管理/system", ["catalog/a.yaml", "catalog/b.yaml"])
    assert log.state == "shallow"
    assert [(e.path, e.subject) for e in log.entries] == [("catalog/b.yaml", "Third")]
    assert log_of(root, ["catalog/a.yaml"]).state == "complete"


def test_a_signature_is_seen_without_any_key(root: Path) -> None:
    unsigned = git(root, "cat-file", "commit", "HEAD")
    head, _, message = unsigned.partition("\n\n")
    signature = "gpgsig -----BEGIN SSH SIGNATURE-----\n abc\n -----END SSH SIGNATURE-----"
    (root / "signed").write_text(f"{head}\n{signature}\n\n{message}\n", encoding="utf-8", newline="\n")
    signed = git(root, "hash-object", "-t", "commit", "-w", "signed")
    (root / "signed").unlink()
    assert [e.signed for e in log_of(root, ["catalog/a.yaml"]).entries] == [False]
    git(root, "reset", "-q", "--hard", signed)
    assert [(e.hash, e.signed, e.subject) for e in log_of(root, ["catalog/a.yaml"]).entries] == [
        (signed, True, "First")
    ]


def test_a_hook_of_another_repository_does_not_mislead(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "hooked").mkdir()
    git(tmp_path / "hooked", "init", "-q")
    expected = commit_of(root, ())
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "hooked/.git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "hooked/.git/index"))
    assert commit_of(root, ()) == expected
    assert [e.subject for e in log_of(root, ["catalog/a.yaml"]).entries] == ["First"]


def test_the_machines_git_configuration_changes_nothing(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = log_of(root, ["catalog/a.yaml"])
    (tmp_path / "gitconfig").write_text(
        "[log]\nshowSignature=true\nfollow=true\ndecorate=full\n[core]\nquotePath=true\n[color]\nui=always\n"
        "[diff]\nnoprefix=true\nrenames=copies\n[i18n]\nlogOutputEncoding=GBK\n[pager]\nlog=cat\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    monkeypatch.setenv("LC_ALL", "C" if os.name == "posix" else "")
    assert log_of(root, ["catalog/a.yaml"]) == expected


def test_git_that_cannot_be_asked_is_no_lack_of_a_repository(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files in a repository were said to be outside of version control where git was missing, or refused to look."""
    repository = tmp_path / "repo"
    assert why_silent(root) == ""
    assert why_silent(tmp_path) == "", "no repository, so nothing to ask about"
    for name, value in (
        ("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1"),
        ("GIT_CONFIG_NOSYSTEM", "1"),
        ("GIT_CONFIG_GLOBAL", os.devnull),
    ):
        monkeypatch.setenv(name, value)
    assert why_silent(root).startswith("detected dubious ownership in repository at")
    assert why_silent(root).endswith(f"; git config --global --add safe.directory {repository}")
    assert log_of(root, ["catalog/a.yaml"]).state == "unavailable"
    with pytest.raises(ItsmctlError, match="git cannot be asked about it: detected dubious ownership"):
        commit_of(root, ())
    monkeypatch.setenv("PATH", str(root))
    assert why_silent(root) == "git is not installed"
    for ask in (
        lambda: commit_of(root, ()),
        lambda: tree_of(root, "HEAD"),
        lambda: place_in_repository(root),
        lambda: acts(root, "HEAD"),
    ):
        with pytest.raises(ItsmctlError, match="git is not installed") as refused:
            ask()
        assert refused.value.problems[0].code == "git-cannot-tell"
    assert log_of(root, ["catalog/a.yaml"]).state == "unavailable"


def test_a_broken_repository_is_told(root: Path, tmp_path: Path) -> None:
    (tmp_path / "repo/.git/HEAD").write_text("nonsense", encoding="utf-8")
    with pytest.raises(ItsmctlError, match="git cannot be asked about it: not a git repository"):
        commit_of(root, ())


def test_an_audit_says_why_it_does_not_know_the_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = tmp_path / "repo"
    for folder in FOLDERS:
        shutil.copytree(reference_root() / folder, repository / folder)
    git(repository, "init", "-q", "-b", "main")
    commit(repository, "First")
    definitions = load(repository)
    known = definition_facts(definitions)
    assert (len(known.commit), known.commit_unknown) == (40, "")
    monkeypatch.setenv("PATH", str(tmp_path))
    facts = definition_facts(definitions)
    assert (facts.commit, facts.commit_unknown) == ("", "git is not installed")
    assert judged_by_text(facts, "en") == "commit unknown: git is not installed"
    assert judged_by_text(facts, "zh") == "提交未知：未安装 git"
