"""Verifying a pack: every change is found and named, nothing outside is touched, and no pack exhausts the machine."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from evidence_case import make_case, reseal

from itsmctl.cli import run
from itsmctl.errors import ItsmctlError
from itsmctl.evidence import archive, container
from itsmctl.evidence.pack import build
from itsmctl.evidence.verify import verify
from itsmctl.evidence.wording import difference_text

ALGORITHMS = ("sha256", "sha512")
REPORT = "data/result/report.html"


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds `pack` and `pack.zip`."""
    folder = tmp_path_factory.mktemp("证据")
    result, root = make_case(folder / "case")
    build(result, folder / "pack", root=root)
    build(result, folder / "pack.zip", root=root)
    return folder


@pytest.fixture
def pack(original: Path, tmp_path: Path) -> Path:
    shutil.copytree(original / "pack", tmp_path / "pack")
    return tmp_path / "pack"


@pytest.fixture
def zipped(original: Path, tmp_path: Path) -> Path:
    shutil.copy(original / "pack.zip", tmp_path / "pack.zip")
    return tmp_path / "pack.zip"


def _files(pack: Path) -> list[str]:
    return sorted(path.relative_to(pack).as_posix() for path in pack.rglob("*") if path.is_file())


def _hash(path: Path, algorithm: str) -> str:
    return hashlib.new(algorithm, path.read_bytes()).hexdigest()


def _faults(pack: Path) -> set[tuple[str, str]]:
    return {(difference.file, difference.fault) for difference in verify(pack).differences}


def test_an_untouched_pack_is_intact(original: Path) -> None:
    folder, zipped = verify(original / "pack"), verify(original / "pack.zip")
    assert folder.intact
    assert zipped.intact
    assert folder.digest == zipped.digest == _hash(original / "pack/tagmanifest-sha256.txt", "sha256")
    assert zipped.archive_sha256 == _hash(original / "pack.zip", "sha256")
    assert folder.files == zipped.files == len(_files(original / "pack"))


def test_one_byte_of_any_file_names_exactly_that_file(pack: Path) -> None:
    dice = random.Random(2)
    for name in _files(pack):
        path = pack / name
        content = path.read_bytes()
        places = {0, len(content) - 1, len(content) // 2, *(dice.randrange(len(content)) for _ in range(3))}
        for place in sorted(places):
            changed = bytearray(content)
            changed[place] ^= 1 << dice.randrange(8)
            path.write_bytes(changed)
            report = verify(pack)
            assert report.files_that_differ == (name,), (name, place)
        path.write_bytes(content)
    assert verify(pack).intact


@pytest.mark.parametrize(
    "name", ["tagmanifest-sha256.txt", "tagmanifest-sha512.txt", "manifest-sha256.txt", "bag-info.txt"]
)
def test_every_byte_of_a_tag_file_counts(pack: Path, name: str) -> None:
    content = (pack / name).read_bytes()
    for place in range(0, min(len(content), 250)):
        changed = bytearray(content)
        changed[place] ^= 0x20  # turns a letter into its capital: still the same hexadecimal number
        (pack / name).write_bytes(changed)
        assert verify(pack).files_that_differ == (name,), place


def test_an_altered_file_comes_with_what_was_expected_and_found(pack: Path) -> None:
    expected = {algorithm: _hash(pack / REPORT, algorithm) for algorithm in ALGORITHMS}
    with (pack / REPORT).open("ab") as file:
        file.write(b" ")
    found = {d.algorithm: (d.file, d.expected, d.found) for d in verify(pack).differences}
    assert found == {a: (REPORT, expected[a], _hash(pack / REPORT, a)) for a in ALGORITHMS}


def test_removed_files_are_named_each(pack: Path) -> None:
    for name in _files(pack):
        content = (pack / name).read_bytes()
        (pack / name).unlink()
        assert _faults(pack) == {(name, "missing")}
        (pack / name).write_bytes(content)


def test_added_and_renamed_files_are_named(pack: Path) -> None:
    (pack / "data/new.txt").write_text("added", encoding="utf-8")
    (pack / "note.txt").write_text("added", encoding="utf-8")
    (pack / REPORT).rename(pack / "data/result/Report.html")
    assert _faults(pack) == {
        ("data/new.txt", "added"),
        ("note.txt", "added"),
        ("data/result/Report.html", "added"),
        (REPORT, "missing"),
    }


def test_a_file_changed_together_with_its_manifests_shows_in_the_tag_manifests(pack: Path) -> None:
    (pack / REPORT).write_text("nothing wrong here", encoding="utf-8")
    reseal(pack, tags=False)
    assert _faults(pack) == {
        ("manifest-sha256.txt", "altered"),
        ("manifest-sha512.txt", "altered"),
        ("bag-info.txt", "oxum"),
    }


def test_a_pack_sealed_anew_is_told_by_its_digest_alone(pack: Path) -> None:
    """What the README says that manifests cannot show: this is what a signature is for."""
    before = verify(pack).digest
    text = (pack / REPORT).read_bytes()
    (pack / REPORT).write_bytes(text.swapcase())
    reseal(pack, tags=True)
    after = verify(pack)
    assert after.intact
    assert after.digest != before


def test_one_algorithm_alone_is_not_believed(pack: Path) -> None:
    """A forger who knows how to make one hash agree still fails by the other."""
    (pack / REPORT).write_text("forged", encoding="utf-8")
    kept = {name: (pack / name).read_bytes() for name in ("manifest-sha512.txt", "tagmanifest-sha512.txt")}
    reseal(pack, tags=True)
    for name, content in kept.items():
        (pack / name).write_bytes(content)
    report = verify(pack)
    assert not report.intact
    assert any(d.algorithm == "sha512" for d in report.differences)


@pytest.mark.parametrize(
    "path",
    ["data/../../etc/passwd", "/etc/passwd", "../x", "data/a\\b", "data//x", "data/./x", "C:/x", "~/x", "bagit.txt"],
)
def test_unsafe_paths_in_a_manifest_are_refused_unread(pack: Path, path: str) -> None:
    for algorithm, length in (("sha256", 64), ("sha512", 128)):
        with (pack / f"manifest-{algorithm}.txt").open("a", encoding="utf-8") as file:
            file.write(f"{'0' * length}  {path}\n")
    report = verify(pack)
    assert {d.about for d in report.differences if d.fault == "unsafe"} == {path}
    assert report.files_that_differ == ("manifest-sha256.txt", "manifest-sha512.txt")


@pytest.mark.parametrize("kind", ["manifest", "tagmanifest"])
def test_lines_that_end_as_on_windows_are_told_once(pack: Path, kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A copy that went through git or an editor must not look like a pack whose paths lead outside."""
    name = f"{kind}-sha256.txt"
    (pack / name).write_bytes((pack / name).read_bytes().replace(b"\n", b"\r\n"))
    faults = _faults(pack)
    assert (name, "malformed") in faults
    assert {file for file, _ in faults} == {name}
    assert {fault for _, fault in faults} <= {"malformed", "altered"}
    assert run(["evidence", "verify", str(pack), "--lang", "zh"]) == 1
    assert f"{name}：格式错误：行尾被转换成了 Windows 的形式" in capsys.readouterr().out


def test_a_file_listed_twice_is_named(pack: Path) -> None:
    name = "manifest-sha256.txt"
    lines = (pack / name).read_text("utf-8").splitlines(keepends=True)
    (pack / name).write_text("".join([lines[0], *lines]), encoding="utf-8")
    assert (name, "duplicate") in _faults(pack)
    assert verify(pack).files_that_differ == (name,)


def test_links_are_named_and_not_followed(pack: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes((pack / REPORT).read_bytes())
    (pack / REPORT).unlink()
    (pack / REPORT).symlink_to(secret)
    (pack / "data/elsewhere").symlink_to(tmp_path)
    os.mkfifo(pack / "data/pipe")
    assert _faults(pack) == {
        (REPORT, "not-a-file"),
        ("data/elsewhere", "not-a-file"),
        ("data/pipe", "not-a-file"),
    }


def test_a_wrong_payload_size_is_named_though_sealed(pack: Path) -> None:
    info = (pack / "bag-info.txt").read_text("utf-8")
    (pack / "bag-info.txt").write_text(info.replace("Payload-Oxum: ", "Payload-Oxum: 1"), encoding="utf-8")
    reseal(pack, tags=True)
    assert _faults(pack) == {("bag-info.txt", "oxum")}


def _unreadable(path: Path) -> str:
    with pytest.raises(ItsmctlError) as problem:
        verify(path)
    assert [found.code for found in problem.value.problems] == ["unreadable-pack"]
    return str(problem.value)


def test_what_is_no_pack_is_unreadable(tmp_path: Path, original: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty.zip").write_bytes(b"")
    (tmp_path / "text.zip").write_text("not a zip", encoding="utf-8")
    (tmp_path / "half.zip").write_bytes((original / "pack.zip").read_bytes()[:5000])
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as other:
        other.writestr("hello.txt", "hello")
    for name in ("empty", "empty.zip", "text.zip", "half.zip", "other.zip", "nothing", "nothing.zip"):
        assert name in _unreadable(tmp_path / name)


def test_limits_hold(pack: Path, zipped: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(container, "MOST_FILES", 5)
        assert "more files" in _unreadable(pack)
    with monkeypatch.context() as patch:
        patch.setattr(container, "MOST_TAG_BYTES", 100)
        assert "larger than" in _unreadable(pack)
    with monkeypatch.context() as patch:
        patch.setattr(archive, "MOST_DIRECTORY_BYTES", 100)
        assert "too large" in _unreadable(zipped)


def test_a_zip_written_by_another_program_is_not_unpacked(pack: Path, tmp_path: Path) -> None:
    shutil.make_archive(str(tmp_path / "again"), "zip", pack.parent, pack.name)
    assert "unpack it and verify the folder" in _unreadable(tmp_path / "again.zip")


def _headers(path: Path) -> list[int]:
    """Every place in a zip that is not content."""
    with path.open("rb") as file:
        structure = archive.read_structure(file, "")
        size = file.seek(0, 2)
    content = {place for member in structure.members for place in range(member.data_offset, member.end)}
    return [place for place in range(size) if place not in content]


def test_one_bit_anywhere_in_the_zip_is_found(zipped: Path) -> None:
    dice = random.Random(3)
    content = zipped.read_bytes()
    headers = _headers(zipped)
    places = [*dice.sample(headers, 600), *(dice.randrange(len(content)) for _ in range(200)), *headers[-22:]]
    unreadable = 0
    for place in places:
        changed = bytearray(content)
        changed[place] ^= 1 << dice.randrange(8)
        zipped.write_bytes(changed)
        try:
            assert not verify(zipped).intact, place
        except ItsmctlError:
            unreadable += 1
    assert unreadable < len(places) / 4


def test_one_bit_of_a_members_content_names_that_member(zipped: Path) -> None:
    content = zipped.read_bytes()
    with zipped.open("rb") as file:
        members = archive.read_structure(file, "").members
    for member in members:
        changed = bytearray(content)
        changed[member.data_offset + member.size // 2] ^= 1
        zipped.write_bytes(changed)
        assert verify(zipped).files_that_differ == (member.name.split("/", 1)[1],)


def _prepend(content: bytes) -> bytes:
    return b"#!/bin/sh\n" + content


def _append(content: bytes) -> bytes:
    return content + b"\0"


def _comment(content: bytes) -> bytes:
    return content[:-2] + b"\5\0hello"


@pytest.mark.parametrize(
    ("tamper", "about"),
    [
        (_prepend, "bytes before the archive"),
        (_append, "bytes after the archive"),
        (_comment, "bytes after the archive"),
    ],
)
def test_bytes_around_the_archive_are_found(zipped: Path, tamper: Callable[[bytes], bytes], about: str) -> None:
    zipped.write_bytes(tamper(zipped.read_bytes()))
    report = verify(zipped)
    assert ("", "archive", about) in {(d.file, d.fault, d.about) for d in report.differences}
    told = [difference_text(difference, "zh") for difference in report.differences]
    assert [line for line in told if line.startswith("zip 文件本身：在 zip 文件中被改动：") and about not in line]


def test_an_entry_that_stands_twice_is_named(zipped: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(zipped, "a") as file:
        file.writestr(f"itsmctl-evidence-2026-06-30/{REPORT}", "forged")
    assert REPORT in verify(zipped).files_that_differ


@pytest.mark.parametrize("name", ["../../evil.txt", "/evil.txt", "itsmctl-evidence-2026-06-30/../evil.txt"])
def test_an_entry_that_leads_outside_is_named_and_goes_nowhere(zipped: Path, name: str) -> None:
    with zipfile.ZipFile(zipped, "a") as file:
        file.writestr(name, "evil")
    report = verify(zipped)
    assert any("evil.txt" in found for found in report.files_that_differ)
    assert [path.name for path in zipped.parent.iterdir()] == ["pack.zip"]


def test_verify_changes_nothing(pack: Path) -> None:
    for path in pack.rglob("*"):
        path.chmod(stat.S_IRUSR | (stat.S_IXUSR if path.is_dir() else 0))
    before = {path: path.stat().st_mtime_ns for path in pack.rglob("*")}
    assert verify(pack).intact
    assert {path: path.stat().st_mtime_ns for path in pack.rglob("*")} == before


def test_the_command_tells_intact_from_altered_from_unreadable(pack: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["evidence", "verify", str(pack)]) == 0
    shown = capsys.readouterr().out
    assert "intact" in shown
    assert verify(pack).digest in shown
    (pack / REPORT).write_text("forged", encoding="utf-8")
    assert run(["evidence", "verify", str(pack)]) == 1
    assert f"{REPORT}: altered" in capsys.readouterr().out
    assert run(["evidence", "verify", str(pack), "--format", "json"]) == 1
    assert {d["file"] for d in json.loads(capsys.readouterr().out)["differences"]} == {REPORT}
    assert run(["evidence", "verify", str(pack.parent / "nothing")]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "unreadable-pack" in captured.err


def test_the_command_builds_and_shows_the_digest(
    original: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    result, root, out = original / "case/result", original / "case/系统", tmp_path / "p.zip"
    assert run(["evidence", "build", str(result), "-o", str(out), "--root", str(root)]) == 0
    assert verify(original / "pack").digest in capsys.readouterr().out
    assert out.read_bytes() == (original / "pack.zip").read_bytes()
    assert run(["evidence", "build", str(tmp_path), "-o", str(out), "--root", str(root)]) == 2


def test_a_name_from_a_pack_cannot_steer_the_terminal(pack: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (pack / "data/\x1b[2Jevil").write_text("x", encoding="utf-8")
    run(["evidence", "verify", str(pack)])
    shown = capsys.readouterr().out
    assert "\x1b" not in shown
    assert "evil: added" in shown
