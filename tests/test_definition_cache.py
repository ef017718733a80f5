"""What was read before is not read again, and nobody can tell but by the time it takes."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import pytest

from itsmctl.definitions import cache, definition_files, load, reading, validate
from itsmctl.definitions.reading import read
from itsmctl.errors import ItsmctlError
from itsmctl.model import Definitions
from itsmctl.reference import FOLDERS, reference_root
from itsmctl.source import Document, parse_documents

ROOT = reference_root()


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the reference set, and an empty cache of its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for part in FOLDERS:
        shutil.copytree(ROOT / part, tmp_path / "system" / part)
    return tmp_path / "system"


def kept(system: Path) -> Path:
    (path,) = (system.parent / "cache" / "itsmctl").glob("definitions-*")
    return path


def test_definitions_from_the_cache_are_those_from_the_files(system: Path) -> None:
    fresh, again = load(system), load(system)
    assert kept(system).stat().st_mode & 0o077 == 0, "nobody else may read or change it"
    for field in fields(Definitions):
        assert getattr(again, field.name) == getattr(fresh, field.name), field.name


def test_a_copy_of_the_reference_set_is_not_read_anew(system: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load(ROOT)
    seen: list[str] = []

    def watched(text: str, shown: str) -> list[Document]:
        seen.append(shown)
        return parse_documents(text, shown)

    monkeypatch.setattr(reading, "parse_documents", watched)
    roles = system / "roles" / "roles.yaml"
    roles.write_text(roles.read_text("utf-8") + "# ours\n", "utf-8")
    assert load(system).roles == load(ROOT).roles
    assert seen == ["roles/roles.yaml"]


def test_places_move_with_the_file(system: Path) -> None:
    load(system)
    path = system / "roles" / "roles.yaml"
    moved = path.with_name("moved.yaml")
    path.rename(moved)
    assert load(system).roles["user"].where.file == "roles/moved.yaml"
    moved.write_text("# one more line\n" + moved.read_text("utf-8"), "utf-8")
    assert load(system).roles["user"].where.line == load(ROOT).roles["user"].where.line + 1


def test_a_file_with_a_mistake_is_never_kept(system: Path) -> None:
    path = system / "roles" / "roles.yaml"
    path.write_text(path.read_text("utf-8").replace("kind: role", "kind: roll", 1), "utf-8")
    first = [str(problem) for problem in validate(system)]
    assert any("unknown-kind" in problem for problem in first)
    assert [str(problem) for problem in validate(system)] == first


def flip(raw: bytes) -> bytes:
    return raw[:200] + bytes([raw[200] ^ 1]) + raw[201:]


@pytest.mark.parametrize(
    "damage", [flip, lambda raw: raw[:100], lambda raw: b"", lambda raw: b"x" * 500], ids=["byte", "short", "empty", "other"]
)  # fmt: skip
def test_a_damaged_cache_is_as_good_as_none(system: Path, damage: Callable[[bytes], bytes]) -> None:
    before = load(system).roles
    whole = kept(system).read_bytes()
    kept(system).write_bytes(damage(whole))
    assert load(system).roles == before
    assert kept(system).stat().st_size >= len(whole), "and it is written anew"


def test_another_schema_forgets_everything(system: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    load(system)
    schemas = tmp_path / "schemas"
    shutil.copytree(ROOT / "schemas", schemas)
    (schemas / "role.schema.json").write_text("{}", "utf-8")
    monkeypatch.setattr(cache, "schema_folder", lambda: schemas)
    raw = (system / "roles" / "roles.yaml").read_bytes()
    assert cache.Cache(system).sheets(raw) is None


@pytest.mark.parametrize("home", ["relative/path", "/proc/nowhere"])
def test_without_a_place_for_it_everything_works(system: Path, home: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", home)
    assert load(system).roles.keys() == load(ROOT).roles.keys()
    assert not Path("relative").exists()


def test_no_definition_stands_in_two_documents_of_the_cache(system: Path) -> None:
    load(system)
    files = [(path, path.name) for path in definition_files(system)]
    known = {(e.definition.kind, e.definition.id) for e in read(files)[0]}
    sheets = [s for path, _ in files for s in cache.Cache(system).sheets(path.read_bytes()) or ()]
    assert {(sheet.kind, sheet.id) for sheet in sheets} == known and len(sheets) == len(known)


def test_a_sound_system_is_known_by_all_of_its_files(system: Path) -> None:
    load(system)
    path = system / "roles" / "raci" / "incident.yaml"
    text = path.read_text("utf-8")
    path.write_text(text.replace("A: [incident-process-manager]", "A: [incident-process-manager, user]", 1), "utf-8")
    for _ in range(2):
        with pytest.raises(ItsmctlError, match="one-accountable"):
            load(system)
    path.write_text(text, "utf-8")
    assert load(system).racis == load(system).racis
    (system / "roles" / "raci" / "more.yaml").write_text(text, "utf-8")
    with pytest.raises(ItsmctlError, match="duplicate-id"):
        load(system)


def test_earlier_ids_are_resolved_whether_kept_or_not(system: Path) -> None:
    path = system / "roles" / "roles.yaml"
    text = path.read_text("utf-8").replace("id: user\n", "id: employee\naliases: [user]\n", 1)
    path.write_text(text, "utf-8")
    for _ in range(2):
        informed = {role for cells in load(system).racis["raci-incident"].activities.values() for role in cells["I"]}
        assert "employee" in informed and "user" not in informed


@pytest.mark.parametrize("path", [".", "roles/..", "roles", "roles/raci/incident.yaml"])
def test_a_path_means_what_lies_under_it(system: Path, path: str) -> None:
    raci = system / "roles" / "raci" / "incident.yaml"
    text = raci.read_text("utf-8")
    raci.write_text(text.replace("A: [incident-process-manager]", "A: [incident-process-manager, user]", 1), "utf-8")
    assert "one-accountable" in {problem.code for problem in validate(system, [system / path])}


def test_a_path_that_means_no_definition_is_refused(system: Path, tmp_path: Path) -> None:
    (system / "notes.yaml").write_text("a: 1\n", "utf-8")
    for path in (system / "notes.yaml", tmp_path):
        with pytest.raises(ItsmctlError, match="no-definitions"):
            validate(system, [path])


def test_what_others_keep_from_being_judged_is_said(system: Path) -> None:
    (system / "catalog" / "customers.yaml").write_text("kind: [\n", "utf-8")
    raci = system / "roles" / "raci" / "incident.yaml"
    (problem,) = validate(system, [raci])
    assert (problem.code, problem.where.file) == ("not-judged", "roles/raci/incident.yaml")
    assert "catalog/customers.yaml" in problem.message


def test_earlier_ids_of_a_process_hide_nothing(system: Path) -> None:
    process = system / "policies" / "processes" / "problem.yaml"
    process.write_text(
        process.read_text("utf-8").replace("id: problem\n", "id: problem\naliases: [old-problem]\n", 1), "utf-8"
    )
    raci = system / "roles" / "raci" / "problem.yaml"
    text = raci.read_text("utf-8").replace("process: problem\n", "process: old-problem\n", 1)
    raci.write_text(
        text.replace("  PM1:\n", "  PM99:\n    R: [problem-manager]\n    A: [problem-manager]\n  PM1:\n", 1), "utf-8"
    )
    assert [problem.code for problem in validate(system)] == ["unknown-activity"]


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_a_day_that_no_calendar_knows_is_refused(system: Path, day: str) -> None:
    path = system / "catalog" / "calendars" / "cn-office.yaml"
    path.write_text(path.read_text("utf-8").replace("date: 2025-01-01", f"date: {day}", 1), "utf-8")
    assert "no-such-day" in {problem.code for problem in validate(system)}
