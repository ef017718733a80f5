"""Approvals and document control, on real repositories: several authors, merges, squashes, signatures, shallow and rewritten."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from itsmctl import cli
from itsmctl.change.types import Change
from itsmctl.control import approvals
from itsmctl.control.codeowners import codeowners
from itsmctl.control.record import record_of
from itsmctl.definitions import load
from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.history.acts import Identity, acts, identity_of
from itsmctl.model import Assignment, Definitions, Effective
from itsmctl.reference import reference_root

FILE = "policies/rules/incident.yaml"
ROLE = "incident-process-owner"
DAY = "2026-03-02T10:00:00 +0000"


@cache
def reference() -> Definitions:
    return load(reference_root())


def holds(person: str, role: str = ROLE, **more: object) -> Assignment:
    template = next(iter(reference().assignments.values()))
    fields: dict[str, object] = {"person": person, "role": role, "position": "", "delegations": (), "effective": Effective(),
        "also_called": (f"{person.lower()}@example.org", f"@{person.lower()}"), "id": f"{person}-{role}".lower()}  # fmt: skip
    return replace(template, **{**fields, **more})  # type: ignore[arg-type]


def system(*assignments: Assignment) -> Definitions:
    return replace(reference(), assignments={one.id: one for one in assignments}, positions={})


SYSTEM = system(holds("Ann", "service-desk"), holds("Ben"), holds("Cem", "service-desk"))
"""Ben owns the process; Ann and Cem work in it."""


def git(root: Path, *arguments: str, who: str = "Ann", committer: str = "", when: str = DAY) -> str:
    committer = committer or who
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
        "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when,
        "GIT_AUTHOR_NAME": who, "GIT_AUTHOR_EMAIL": f"{who.lower()}@example.org",
        "GIT_COMMITTER_NAME": committer, "GIT_COMMITTER_EMAIL": f"{committer.lower()}@example.org",
    }  # fmt: skip
    return subprocess.run(
        ["git", *arguments], cwd=root, env=environment, check=True, capture_output=True, encoding="utf-8"
    ).stdout.strip()


def write(
    root: Path, text: str, message: str, *more: str, who: str = "Ann", committer: str = "", when: str = DAY
) -> str:
    path = root / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", message, *more, who=who, committer=committer, when=when)
    return git(root, "rev-parse", "HEAD")


def change(roles: tuple[str, ...] = (ROLE,)) -> Change:
    where = Where(FILE, 1, 1)
    return Change("rule-check-changed", "loosened", "rule", "INC-11", "check", 1, 2, where, where, roles)


def asked(
    root: Path, head: str = "HEAD", base: str = "base", definitions: Definitions = SYSTEM, **more: tuple[str, ...]
) -> list[str]:
    """The codes of what is wrong, errors first."""
    found = approvals(root, base, head, [change()], definitions, vouched=more.get("vouched", ()))
    return [problem.code for problem in sorted(found, key=lambda problem: problem.severity)]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository with its first commit, called base."""
    folder = tmp_path / "repo"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    write(folder, "a: 1\n", "First")
    git(folder, "tag", "base")
    return folder


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key for everybody, and the file that names those of Ann and Ben."""
    folder = tmp_path_factory.mktemp("keys")
    signers = []
    for name in ("ann", "ben", "eve"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(folder / name)], check=True)
        if name != "eve":
            signers.append(f"{name}@example.org {(folder / f'{name}.pub').read_text(encoding='utf-8').strip()}\n")
    (folder / "allowed_signers").write_text("".join(signers), encoding="utf-8")
    return folder


def know(root: Path, keys: Path) -> None:
    """Commit the public keys, and begin from there."""
    (root / "roles").mkdir()
    (root / "roles/allowed_signers").write_bytes((keys / "allowed_signers").read_bytes())
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "Keys")
    git(root, "tag", "-f", "base")


def signing(keys: Path, name: str) -> tuple[str, ...]:
    return ("-c", "gpg.format=ssh", "-c", f"user.signingkey={keys / name}")


def test_a_change_that_nobody_else_looked_at_is_missing_its_approval(root: Path) -> None:
    write(root, "a: 2\n", "Loosen")
    (problem,) = approvals(root, "base", "HEAD", [change()], SYSTEM)
    assert (problem.code, problem.severity, str(problem.where)) == ("approval-missing", "error", f"{FILE}:1:1")
    assert "Ben" in problem.message
    assert asked(root, vouched=("ben@example.org",)) == []
    assert asked(root, vouched=("cem@example.org",)) == ["approval-missing"]


def test_nobody_approves_their_own_work_however_it_is_dressed_up(root: Path) -> None:
    write(root, "a: 2\n", "Loosen\n\nApproved-by: Ben <ben@example.org>", who="Ben")
    assert asked(root) == ["approval-own"]
    assert asked(root, vouched=("ben@example.org",)) == ["approval-own"]
    write(root, "a: 3\n", "Loosen\n\nCo-authored-by: Ben <ben@example.org>\nApproved-by: Ben <ben@example.org>")
    assert asked(root) == ["approval-own"]


@pytest.mark.parametrize("trailer", ["Approved-by", "Reviewed-by", "approved-by"])
def test_a_trailer_names_who_approved_but_proves_nothing(root: Path, trailer: str) -> None:
    write(root, "a: 2\n", f"Loosen\n\n{trailer}: Ben <ben@example.org>")
    assert asked(root) == ["approval-unsigned"]
    write(root, "a: 3\n", "Loosen again, after the approval")
    assert asked(root) == ["approval-missing"]


def test_the_role_is_held_on_the_day_of_the_change(root: Path) -> None:
    write(root, "a: 2\n", "Loosen\n\nApproved-by: Ben <ben@example.org>")
    for effective, code in (
        (Effective(date(2026, 3, 2), date(2026, 3, 2)), "approval-unsigned"),
        (Effective(end=date(2026, 3, 1)), "approval-missing"),
        (Effective(date(2026, 3, 3)), "approval-missing"),
    ):
        assert asked(root, definitions=system(holds("Ann", "x"), holds("Ben", effective=effective))) == [code]


def test_the_merger_accepts_what_comes_with_the_merge(root: Path) -> None:
    git(root, "checkout", "-q", "-b", "topic")
    write(root, "a: 2\n", "Loosen")
    git(root, "checkout", "-q", "main")
    git(root, "merge", "-q", "--no-ff", "topic", "-m", "Merge topic", who="Ben")
    assert asked(root) == ["approval-unsigned"]
    git(root, "checkout", "-q", "topic")
    git(root, "reset", "-q", "--hard", "HEAD~0")
    write(root, "a: 3\n", "More")
    git(root, "checkout", "-q", "main")
    git(root, "merge", "-q", "--no-ff", "topic", "-m", "Merge topic", who="Cem")
    assert asked(root) == ["approval-missing"]


def test_merging_the_main_line_into_a_topic_approves_nothing(root: Path) -> None:
    git(root, "checkout", "-q", "-b", "topic")
    write(root, "a: 2\n", "Loosen")
    git(root, "checkout", "-q", "main")
    (root / "notes").write_text("x", encoding="utf-8")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "Else")
    git(root, "checkout", "-q", "topic")
    git(root, "merge", "-q", "--no-ff", "main", "-m", "Catch up", who="Ben")
    assert asked(root, base="main") == ["approval-missing"]


def test_a_squash_by_somebody_else_is_accepted_by_them(root: Path) -> None:
    write(root, "a: 2\n", "Loosen (squashed)", committer="Ben")
    assert asked(root) == ["approval-unsigned"]


def test_two_branches_each_need_their_approval(root: Path) -> None:
    git(root, "checkout", "-q", "-b", "one")
    write(root, "a: 2\n", "One\n\nApproved-by: ben@example.org")
    git(root, "checkout", "-q", "-b", "two", "base")
    write(root, "a: 2\n", "Two", who="Cem")
    git(root, "checkout", "-q", "main")
    for topic in ("one", "two"):
        git(root, "merge", "-q", "--no-ff", topic, "-m", f"Merge {topic}", who="Cem")
    assert asked(root) == ["approval-missing"]


def test_a_signature_of_the_approver_proves_it_and_any_other_does_not(root: Path, keys: Path) -> None:
    know(root, keys)
    git(root, "checkout", "-q", "-b", "topic")
    write(root, "a: 2\n", "Loosen")
    for key, codes in (
        ("ben", []),
        ("ann", ["signature-of-another", "approval-unsigned"]),
        ("eve", ["approval-unsigned"]),
    ):
        git(root, "checkout", "-q", "-B", f"by-{key}", "base")
        git(root, *signing(keys, key), "merge", "-q", "-S", "--no-ff", "topic", "-m", "Merge topic", who="Ben")
        assert asked(root) == codes, key


def test_a_signed_tag_approves_what_it_stands_on(root: Path, keys: Path) -> None:
    know(root, keys)
    write(root, "a: 2\n", "Loosen")
    git(root, "tag", "-a", "v1", "-m", "Unsigned", who="Ben")
    assert asked(root) == ["approval-missing"]
    git(root, *signing(keys, "eve"), "tag", "-s", "v2", "-m", "By somebody", who="Ben")
    assert asked(root) == ["approval-missing"]
    git(root, *signing(keys, "ben"), "tag", "-s", "v3", "-m", "Approved", who="Ben")
    assert asked(root) == []
    write(root, "a: 3\n", "After the tag")
    assert asked(root) == ["approval-missing"]


def test_nobody_adds_their_own_key_in_the_change_that_it_approves(root: Path, keys: Path) -> None:
    know(root, keys)
    with (root / "roles/allowed_signers").open("a", encoding="utf-8") as file:
        file.write(f"ben@example.org {(keys / 'eve.pub').read_text(encoding='utf-8').strip()}\n")
    write(root, "a: 2\n", "Loosen")
    git(root, *signing(keys, "eve"), "tag", "-s", "v1", "-m", "Approved", who="Ben")
    assert asked(root) == ["approval-missing", "approval-missing", "keys-changed"]


def test_other_keys_need_an_approval_of_the_management_system(root: Path, keys: Path) -> None:
    """Else whoever adds a key in one change, where nobody looks, approves the next one in the name of somebody else."""
    know(root, keys)
    definitions = system(holds("Ann", "service-desk"), holds("Ben"), holds("Tom", "top-management"))

    def found(*vouched: str, base: str = "base") -> list[Problem]:
        return approvals(root, base, "HEAD", [], definitions, vouched=vouched)

    assert found() == []
    file = root / "roles/allowed_signers"
    with file.open("a", encoding="utf-8") as lines:
        lines.write(f"# a note\nben@example.org {(keys / 'eve.pub').read_text(encoding='utf-8').strip()}\n")
    git(root, "commit", "-q", "-am", "A key more")
    missing, other = found()
    assert (missing.code, missing.severity, missing.values["id"]) == (
        "approval-missing",
        "error",
        "roles/allowed_signers",
    )
    assert (missing.values["role"], missing.values["people"]) == ("top-management", "Tom")
    assert (other.code, other.severity, other.values["people"]) == ("keys-changed", "warning", "ben@example.org")
    assert {missing.where.file, other.where.file} == {"roles/allowed_signers"}
    assert [problem.code for problem in found("Ben <ben@example.org>")] == ["approval-missing", "keys-changed"]
    assert [problem.code for problem in found("Tom <tom@example.org>")] == ["keys-changed"]
    git(root, "revert", "--no-edit", "HEAD")
    assert found() == [], "as it was"
    git(root, "rm", "-q", "roles/allowed_signers")
    git(root, "commit", "-q", "-m", "No keys")
    assert [problem.code for problem in found()] == ["approval-missing", "keys-changed"]
    assert found()[1].values["people"] == "ann@example.org, ben@example.org"


def test_keys_that_only_the_base_has_are_no_change(root: Path, keys: Path) -> None:
    know(root, keys)
    git(root, "checkout", "-q", "-b", "ours")
    write(root, "a: 2\n", "Loosen")
    git(root, "checkout", "-q", "main")
    (root / "roles/allowed_signers").write_text("", encoding="utf-8")
    git(root, "commit", "-q", "-am", "No keys")
    assert [p.code for p in approvals(root, "main", "ours", [], SYSTEM)] == ["base-ahead"]


def test_a_commit_changed_after_it_was_signed_is_told(root: Path, keys: Path) -> None:
    know(root, keys)
    path = root / FILE
    path.write_text("a: 2\n", encoding="utf-8")
    git(root, "add", "-A")
    git(root, *signing(keys, "ann"), "commit", "-q", "-S", "-m", "Loosen")
    assert [act.signature.proof for act in acts(root, "base")] == ["good"]
    raw = git(root, "cat-file", "commit", "HEAD").replace("Loosen", "Tighten")
    forged = subprocess.run(
        ["git", "hash-object", "-t", "commit", "-w", "--stdin"], cwd=root, input=raw + "\n", encoding="utf-8", check=True, capture_output=True
    ).stdout.strip()  # fmt: skip
    assert "signature-bad" in asked(root, head=forged)


def test_people_whom_nobody_knows_are_told(root: Path) -> None:
    write(root, "a: 2\n", "Loosen\n\nApproved-by: Ben <ben@elsewhere.org>", who="Mallory")
    # The name is one that somebody has; the address is nobody's. Names count, as tools write them, but prove nothing.
    assert asked(root) == ["approval-unsigned", "identity-unknown"]


def test_what_is_not_committed_cannot_have_been_approved(root: Path) -> None:
    assert asked(root) == ["approval-uncommitted"]


def test_after_a_rebase_the_fork_is_where_they_part(root: Path) -> None:
    write(root, "a: 2\n", "Loosen\n\nApproved-by: Ben <ben@example.org>")
    git(root, "tag", "pushed")
    git(root, "reset", "-q", "--hard", "base")
    write(root, "a: 2\n", "Loosen, reworded")
    assert asked(root, base="pushed") == ["approval-missing"]
    git(root, "checkout", "-q", "--orphan", "anew")
    git(root, "commit", "-q", "-m", "As if nothing had been")
    with pytest.raises(ItsmctlError) as caught:
        asked(root, base=str(git(root, "rev-parse", "base")).strip())
    (problem,) = caught.value.problems
    assert problem.code == "unrelated-histories"
    assert not re.search("[0-9a-f]{13}", problem.message + str(problem.where)), "nobody reads forty letters"


def test_a_shallow_clone_is_refused_with_the_command_that_helps(root: Path, tmp_path: Path) -> None:
    for number in range(3):
        write(root, f"a: {number + 2}\n", f"Change {number}")
    shallow = tmp_path / "shallow"
    git(tmp_path, "clone", "-q", "--depth=2", f"file://{root}", "shallow")
    assert asked(shallow, base="HEAD~1") == ["approval-missing"], "what is asked about is all there"
    for base in ("base", git(root, "rev-parse", "base")):
        with pytest.raises(ItsmctlError, match="git fetch --unshallow"):
            asked(shallow, base=base)
    with pytest.raises(ItsmctlError, match="git fetch --unshallow"):
        record_of(shallow, SYSTEM, replace(reference().rules["INC-11"], where=Where(FILE)))
    with pytest.raises(ItsmctlError, match="there is no revision nowhere"):
        asked(root, base="nowhere")


def test_a_name_is_read_as_people_write_it() -> None:
    assert identity_of("Ben <ben@example.org>") == Identity("Ben", "ben@example.org")
    assert identity_of("ben@example.org") == Identity("", "ben@example.org")
    assert identity_of("Ben") == Identity("Ben", "")


RULE = "kind: rule\nid: {id}\nversion: {version}\nseverity: {severity}\n"


@pytest.fixture
def documented(tmp_path: Path) -> Iterator[Path]:
    """A rule through an edit, a merge, a rename of its file and of itself, and an edit of its neighbour."""
    root = tmp_path / "repo"
    root.mkdir()
    git(root, "init", "-q", "-b", "main")
    neighbour = "---\n" + RULE.format(id="INC-99", version=1, severity="minor")
    write(
        root,
        RULE.format(id="OLD-1", version=1, severity="major") + neighbour,
        "Write it",
        when="2026-01-05T10:00:00 +0000",
    )
    write(root, RULE.format(id="OLD-1", version=1, severity="major") + neighbour.replace("minor", "major"), "Neighbour")
    git(root, "checkout", "-q", "-b", "topic")
    write(
        root,
        RULE.format(id="OLD-1", version=2, severity="minor") + neighbour,
        "Milder",
        when="2026-02-05T10:00:00 +0000",
    )
    git(root, "checkout", "-q", "main")
    git(root, "merge", "-q", "--no-ff", "topic", "-m", "Merge", who="Ben", when="2026-02-06T10:00:00 +0000")
    git(root, "mv", FILE, "policies/rules/renamed.yaml")
    git(root, "commit", "-q", "-m", "Rename the file")
    path = root / "policies/rules/renamed.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("OLD-1", "INC-11"), encoding="utf-8")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "Rename the rule\n\nReviewed-by: Cem <cem@example.org>")
    yield root


def test_the_record_of_a_document_has_its_versions_authors_and_approvers(documented: Path) -> None:
    rule = replace(reference().rules["INC-11"], where=Where("policies/rules/renamed.yaml"), aliases=("OLD-1",))
    rules = {**reference().rules, "INC-11": rule}
    record = record_of(documented, replace(SYSTEM, rules=rules), rule)
    assert not record.uncommitted
    told = [
        (
            v.number,
            v.file.rpartition("/")[2],
            [person for _, person in v.authors],
            [(r.person, r.how, ok) for r, ok in v.reviews],
        )
        for v in record.versions
    ]
    assert told == [
        (3, "renamed.yaml", ["Ann"], [("Cem", "trailer", False)]),
        (2, "incident.yaml", ["Ann"], [("Ben", "merge", True)]),
        (1, "incident.yaml", ["Ann"], []),
    ]
    assert {path: effect for effect, path in record.versions[1].changes} == {
        "severity": "loosened",
        "version": "structural",
    }
    assert record.versions[0].changes == ()


def test_codeowners_name_whoever_holds_the_roles_of_a_file_that_day() -> None:
    owner = reference().processes["incident"].owner
    definitions = system(
        holds("Ben", owner),
        holds("Dee", owner, also_called=()),
        holds("Cem", owner, effective=Effective(end=date(2026, 3, 1))),
    )
    text = codeowners(definitions, date(2026, 3, 2), "system/")
    block = text[: text.index("/system/policies/rules/incident.yaml")].splitlines()
    assert "# no account known: Dee" in block[-1]
    (line,) = [line for line in text.splitlines() if line.startswith("/system/policies/rules/incident.yaml")]
    assert "@ben" in line.split() and "@cem" not in line.split()
    before = codeowners(definitions, date(2026, 3, 1), "system/")
    (line,) = [line for line in before.splitlines() if line.startswith("/system/policies/rules/incident.yaml")]
    assert {"@ben", "@cem"} <= set(line.split())


def test_both_are_shown_and_a_stale_file_is_a_finding(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "repo/system"
    assert cli.run(["init", str(folder), "--yes"]) == 0
    git(tmp_path / "repo", "init", "-q", "-b", "main")
    git(tmp_path / "repo", "add", "-A")
    git(tmp_path / "repo", "commit", "-q", "-m", "Begin")
    capsys.readouterr()
    show = ("show", "--root", str(folder))
    assert cli.run([*show, "history", "process", "incident", "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [(v["number"], v["file"], v["authors"]) for v in told["versions"]] == [
        (1, "policies/processes/incident.yaml", [{"identity": "Ann <ann@example.org>", "person": ""}])
    ]
    assert cli.run([*show, "history", "process", "incident"]) == 0
    assert "Version 1 of 2026-03-02" in capsys.readouterr().out
    assert cli.run([*show, "history", "process", "incident", "--lang", "zh"]) == 0
    assert "2026-03-02" in capsys.readouterr().out
    for wrong in (
        ["history", "process"],
        ["history", "proces", "incident"],
        ["history", "process", "x"],
        ["codeowners", "x"],
    ):
        assert cli.run([*show, *wrong]) == 2

    owners = tmp_path / "CODEOWNERS"
    assert cli.run([*show, "codeowners", "-o", str(owners)]) == 0
    assert "/system/policies/processes/incident.yaml" in owners.read_text(encoding="utf-8")
    assert cli.run([*show, "codeowners", "--check", str(owners)]) == 0
    owners.write_text(owners.read_text(encoding="utf-8").replace("/system/roles", "/roles"), encoding="utf-8")
    capsys.readouterr()
    assert cli.run([*show, "codeowners", "--check", str(owners)]) == 1
    assert "[codeowners-stale]" in capsys.readouterr().out
    assert cli.run([*show, "codeowners", "--check", str(tmp_path / "none")]) == 2
