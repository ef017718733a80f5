"""Definitions at a git revision, in another folder or in an archive; and why they cannot be had."""

from __future__ import annotations

import io
import os
import tarfile
import zipfile
from pathlib import Path

import pytest
from evidence_case import commit, git

from itsmctl import kept
from itsmctl.errors import ItsmctlError, Problem
from itsmctl.history import at_revision

FIRST, SECOND = "kind: customer\nid: a\n", "kind: customer\nid: b\n"


@pytest.fixture(scope="module")
def repo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with a management system in a folder of it, and two commits."""
    top = tmp_path_factory.mktemp("revisions") / "repo"
    (top / "管理/catalog/data").mkdir(parents=True)
    git(top, "init", "-q", "-b", "main")
    (top / "管理/catalog/客户.yaml").write_text(FIRST, "utf-8")
    (top / "管理/catalog/data/rows.csv").write_text("id\n1\n", "utf-8")
    (top / "管理/catalog/notes.txt").write_text("not read", "utf-8")
    commit(top, "First")
    git(top, "tag", "v1")
    (top / "管理/catalog/客户.yaml").write_text(SECOND, "utf-8")
    commit(top, "Second")
    return top


def _files(root: Path, source: str) -> dict[str, str]:
    with at_revision(root, source) as found:
        paths = (path for path in found.folder.rglob("*") if path.is_file())
        return {path.relative_to(found.folder).as_posix(): path.read_text("utf-8") for path in paths}


def _problem(root: Path, source: str) -> Problem:
    with pytest.raises(ItsmctlError) as caught, at_revision(root, source):
        pass
    return caught.value.problems[0]


def test_a_revision_is_read_without_a_checkout(repo: Path) -> None:
    expected = {"catalog/客户.yaml": FIRST, "catalog/data/rows.csv": "id\n1\n"}
    before = git(repo, "status", "--porcelain"), (repo / ".git/index").read_bytes(), (repo / ".git/HEAD").read_bytes()
    for word in ("v1", "main~1", "HEAD^", git(repo, "rev-parse", "v1"), "refs/tags/v1", "v1:管理"):
        assert _files(repo / "管理", word) == expected, word
    assert _files(repo / "管理", "main")["catalog/客户.yaml"] == SECOND
    after = git(repo, "status", "--porcelain"), (repo / ".git/index").read_bytes(), (repo / ".git/HEAD").read_bytes()
    assert before == after


def test_the_same_content_is_kept_under_the_same_name(repo: Path) -> None:
    with at_revision(repo / "管理", "main") as one, at_revision(repo / "管理", "HEAD") as other:
        assert one.kept_as == other.kept_as
        assert one.folder != other.folder
        assert one.commit == other.commit == git(repo, "rev-parse", "HEAD")
    assert not one.folder.exists()


def test_an_unknown_revision_names_the_nearest(repo: Path) -> None:
    problem = _problem(repo / "管理", "mian")
    assert (problem.code, problem.suggestion) == ("unknown-revision", "main")
    assert "git fetch origin mian:refs/heads/mian" in problem.message
    assert _problem(repo / "管理", "--output=x").code == "unknown-revision"
    assert _problem(repo / "管理", "").code == "unknown-revision"
    assert _problem(repo, "main:nowhere").code == "no-definitions"
    assert _problem(repo, "main").code == "no-definitions", "the definitions lie in a folder of this repository"


def test_what_to_fetch_leaves_a_whole_clone_whole(repo: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--single-branch", "-b", "main", f"file://{repo}", "clone")
    git(repo, "branch", "later")
    clone = tmp_path / "clone/管理"
    first = git(repo, "rev-parse", "v1")
    for word, command in (
        ("later", "git fetch origin later:refs/heads/later"),
        ("origin/later", "git fetch origin later:refs/remotes/origin/later"),
        ("0" * 40, f"git fetch origin {'0' * 40}"),
        ("main~99x", "git fetch --all"),
    ):
        problem = _problem(clone, word)
        assert (problem.code, problem.values["command"]) == ("unknown-revision", command)
    commits = git(clone, "rev-list", "--count", "main")
    git(clone, *["fetch", "-q", "origin", "later:refs/heads/later"])
    assert (git(clone, "rev-list", "--count", "main"), git(clone, "rev-parse", "--is-shallow-repository")) == (
        commits,
        "false",
    )
    assert _files(clone, first)["catalog/客户.yaml"] == FIRST


def test_the_branch_of_another_remote_is_fetched_from_there_and_of_an_unknown_one_the_near_one_named(
    repo: Path, tmp_path: Path
) -> None:
    git(tmp_path, "clone", "-q", f"file://{repo}", "clone")
    clone = tmp_path / "clone/管理"
    assert _problem(clone, "upstream/main").suggestion == "origin/main"
    git(clone, "remote", "add", "upstream", f"file://{repo}")
    command = _problem(clone, "upstream/main").values["command"]
    assert command == "git fetch upstream main:refs/remotes/upstream/main"
    git(clone, *str(command).split()[1:])
    assert _files(clone, "upstream/main")


def test_a_shallow_clone_says_what_to_fetch(repo: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{repo}", "clone")
    clone = tmp_path / "clone/管理"
    first = git(repo, "rev-parse", "v1")
    for word, command in (
        ("main~1", "git fetch --unshallow"),
        ("v1", "git fetch --depth=1 origin v1:refs/heads/v1"),
        (first, f"git fetch --depth=1 origin {first}"),
    ):
        problem = _problem(clone, word)
        assert (problem.code, problem.values["command"], problem.suggestion) == ("shallow-clone", command, "")
    git(clone, *f"fetch -q --depth=1 origin {first}".split())
    assert _files(clone, first)["catalog/客户.yaml"] == FIRST


def test_outside_of_git_only_paths_are_known(tmp_path: Path) -> None:
    problem = _problem(tmp_path, "main")
    assert problem.code == "not-a-repository"
    assert str(tmp_path) in problem.message


def test_links_in_a_tree_are_refused(tmp_path: Path) -> None:
    (tmp_path / "catalog").mkdir()
    (tmp_path / "catalog/a.yaml").symlink_to("/etc/passwd")
    git(tmp_path, "init", "-q", "-b", "main")
    commit(tmp_path, "Link")
    problem = _problem(tmp_path, "main")
    assert (problem.code, problem.where.file) == ("not-a-file", "main:catalog/a.yaml")


def test_what_is_refused_in_a_folder_is_there_in_a_revision_too(tmp_path: Path) -> None:
    """A rule whose file ends in other capitals is not a rule that is gone."""
    (tmp_path / "catalog").mkdir()
    (tmp_path / "catalog/a.YAML").write_text(FIRST, "utf-8")
    (tmp_path / "catalog/b.yaml").write_text(SECOND, "utf-8")
    git(tmp_path, "init", "-q", "-b", "main")
    commit(tmp_path, "Capitals")
    assert _files(tmp_path, "main") == {"catalog/a.YAML": FIRST, "catalog/b.yaml": SECOND}


def test_a_word_that_is_a_folder_and_a_branch_is_refused(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git(repo, "branch", "管理")
    monkeypatch.chdir(repo)
    try:
        assert _problem(repo / "管理", "管理").code == "ambiguous-revision"
        assert _files(repo / "管理", "./管理")["catalog/客户.yaml"] == SECOND
        assert _files(repo / "管理", "refs/heads/管理")["catalog/客户.yaml"] == SECOND
    finally:
        git(repo, "branch", "-D", "管理")


@pytest.mark.parametrize("form", ["zip", "tar", "tar.gz"])
def test_an_archive_as_forges_make_them(repo: Path, tmp_path: Path, form: str) -> None:
    archive = tmp_path / f"v1.{form}"
    git(repo, "archive", f"--format={form}", "--prefix=system-1.0/", "-o", str(archive), "v1:管理")
    assert _files(tmp_path, str(archive)) == {"catalog/客户.yaml": FIRST, "catalog/data/rows.csv": "id\n1\n"}


def _zip(path: Path, **members: str) -> str:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/"), content)
    return str(path)


def test_what_is_wrong_with_an_archive(tmp_path: Path) -> None:
    assert _problem(tmp_path, _zip(tmp_path / "a.zip", **{"../catalog/a.yaml": FIRST})).code == "unsafe-path"
    assert _problem(tmp_path, _zip(tmp_path / "b.zip", **{"/catalog/a.yaml": FIRST})).code == "unsafe-path"
    assert _problem(tmp_path, _zip(tmp_path / "c.zip", **{"x.txt": ""})).code == "no-definitions"
    two = _zip(tmp_path / "d.zip", **{"a/catalog/a.yaml": FIRST, "b/catalog/a.yaml": FIRST})
    assert "a/, b/" in _problem(tmp_path, two).message
    with tarfile.open(tmp_path / "e.tar", "w") as tar:
        link = tarfile.TarInfo("catalog/b.yaml")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
        plain = tarfile.TarInfo("catalog/a.yaml")
        plain.size = len(FIRST)
        tar.addfile(plain, io.BytesIO(FIRST.encode()))
    assert _problem(tmp_path, str(tmp_path / "e.tar")).code == "not-a-file"
    broken = tmp_path / "f.zip"
    whole = Path(_zip(tmp_path / "g.zip", **{"catalog/a.yaml": FIRST * 100})).read_bytes()
    broken.write_bytes(whole.replace(b"customer", b"custome!", 1))
    assert _problem(tmp_path, str(broken)).code == "unreadable-archive"


def test_a_folder_is_read_where_it_lies(repo: Path, tmp_path: Path) -> None:
    with at_revision(tmp_path, str(repo / "管理")) as found:
        assert found.folder == repo / "管理"
    (tmp_path / "empty").mkdir()
    assert _problem(repo, str(tmp_path / "empty")).code == "no-definitions"


def test_what_revisions_keep_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "folder", lambda: tmp_path)
    for number in range(kept.MOST + 5):
        kept.write(f"definitions-{number}.bin", b"x")
        os.utime(tmp_path / f"definitions-{number}.bin", (number, number))
    kept.write("other.bin", b"y")
    assert len(list(tmp_path.glob("definitions-*"))) == kept.MOST
    assert kept.read("other.bin") == b"y"
    assert kept.read("definitions-0.bin") == b""


def test_what_is_in_use_is_not_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "folder", lambda: tmp_path)
    for number in range(kept.MOST):
        kept.write(f"definitions-{number}.bin", b"x")
        os.utime(tmp_path / f"definitions-{number}.bin", (number, number))
    assert kept.read("definitions-0.bin") == b"x"
    kept.write("definitions-new.bin", b"x")
    assert kept.read("definitions-0.bin") == b"x"
    assert kept.read("definitions-1.bin") == b""
