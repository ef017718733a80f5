"""What is damaged or only half there: every command that reads it says which file, with exit code 2, and writes nothing."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from itsmctl import cli
from itsmctl.audit import AuditOptions
from itsmctl.definitions import load
from itsmctl.errors import ItsmctlError
from itsmctl.importers import receipt
from itsmctl.reference import reference_root
from itsmctl.reports.folder import audit_to_folder

ROOT = ("--root", reference_root())
READING: dict[str, tuple[object, ...]] = {
    "audit": ("audit", *ROOT, "-q", "-o", "written", "--tickets", "dataset"),
    "explain": ("explain", "INC0010101", *ROOT, "--tickets", "dataset"),
    "export": ("export", "dataset", "-q", "-o", "written"),
    "sample": ("sample", "draw", "written", *ROOT, "--rule", "INC-16", "--tickets", "dataset"),
    "scorecard": ("scorecard", *ROOT, "--tickets", "dataset"),
    "replay": ("replay", *ROOT, "--base", reference_root(), "--every-rule", "--tickets", "dataset"),
    "report": ("report", "service", *ROOT, "--period", "2026-03", "--tickets", "dataset"),
}


def run(*arguments: object) -> int:
    return cli.run([str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    assert run("generate", "--records", 150, "--seed", 5, "-o", folder / "export", "-q") == 0
    assert run("import", folder / "export", "--zone", "Asia/Shanghai", "-o", folder / "dataset", "-q") == 0
    return folder / "dataset"


@pytest.fixture(scope="module")
def others(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An export of other tickets."""
    folder = tmp_path_factory.mktemp("others") / "export"
    assert run("generate", "--records", 100, "--seed", 6, "-o", folder, "-q") == 0
    return folder


def half(file: Path) -> None:
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 2])


def flipped(file: Path) -> None:
    """The end, which tells what is where, is as it was."""
    content = bytearray(file.read_bytes())
    middle = range(len(content) // 3, len(content) // 3 + 3000)
    for place in middle:
        content[place] ^= 0x5A
    file.write_bytes(content)


@pytest.mark.parametrize("damage", [half, flipped, Path.unlink])
@pytest.mark.parametrize("reader", READING)
def test_a_dataset_is_refused_by_the_name_of_its_file(
    made: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    reader: str,
    damage: Callable[[Path], None],
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("event.parquet", "record.parquet"):
        shutil.copytree(made, "dataset", dirs_exist_ok=True)
        damage(Path("dataset", name))
        code = run(*READING[reader])
        said = capsys.readouterr().err
        assert (code, name in said) == (2, True), said
        assert [path.name for path in tmp_path.iterdir()] == ["dataset"]


@pytest.mark.parametrize("reader", READING)
def test_a_receipt_cut_short_is_refused(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], reader: str
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(made, "dataset")
    half(Path("dataset", "receipt.json"))
    code = run(*READING[reader])
    said = capsys.readouterr().err
    assert (code, "receipt.json" in said) == (2, True), said


def test_a_dataset_that_another_replaces_while_it_is_judged_gives_no_result(
    made: Path, others: Path, tmp_path: Path
) -> None:
    """Tables are read one after the other: the verdicts would be of records of one and changes of the other."""
    dataset, out = tmp_path / "dataset", tmp_path / "out"
    shutil.copytree(made, dataset)

    def replace(what: str, share: float) -> None:
        if what == "clocks":
            assert run("import", others, "--zone", "Asia/Shanghai", "-o", dataset, "-q") == 0

    definitions = load(reference_root())
    with pytest.raises(ItsmctlError, match="another dataset took its place"):
        audit_to_folder(definitions, dataset, AuditOptions(), out, progress=replace)
    assert not out.exists()
    audit_to_folder(definitions, dataset, AuditOptions(), out)
    assert out.exists()


@pytest.mark.parametrize("reader", READING)
def test_whoever_reads_a_dataset_that_another_replaces_says_so(
    made: Path,
    others: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    reader: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(made, "dataset")
    read, seen = receipt.read_receipt, list[Path]()

    def replaced_behind(folder: Path) -> receipt.Receipt:
        found = read(folder)
        if not seen:
            seen.append(folder)
            assert run("import", others, "--zone", "Asia/Shanghai", "-o", "dataset", "-q") == 0
        return found

    monkeypatch.setattr(receipt, "read_receipt", replaced_behind)
    assert run(*READING[reader]) == 2
    assert "another dataset took its place" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["dataset"]
    assert run(*READING[reader]) in (0, 1)


def test_an_audit_that_is_refused_leaves_nothing_for_the_database(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert run("audit", *ROOT, "--tickets", made, "--rule", "NO-SUCH-RULE") == 2
    assert list(tmp_path.iterdir()) == []
