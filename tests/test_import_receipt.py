"""The dataset folder appears whole or not at all, and its receipt says the same on every machine."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from importing.mappings import mapping, updates

from itsmctl.definitions import load
from itsmctl.errors import ItsmctlError
from itsmctl.importers.dataset import FILES, mapping_digest
from itsmctl.importers.importing import import_files
from itsmctl.importers.receipt import Receipt, read_receipt
from itsmctl.reference import reference_root
from itsmctl.reports.imported import summary

TICKETS = "Number,Opened,State\n" + "".join(
    f"INC{n},{n % 28 + 1}/3/2026 {n % 24}:30,State {n % 7}\n" for n in range(300)
)


def bring(folder: Path, out: Path, text: str = TICKETS) -> Receipt:
    folder.mkdir(exist_ok=True)
    (folder / "tickets.csv").write_text(text, encoding="utf-8")
    return import_files([folder / "tickets.csv"], mapping(), {}, "Europe/Berlin", out)


def test_a_receipt_survives_its_own_text(tmp_path: Path) -> None:
    receipt = bring(tmp_path / "in", tmp_path / "out")
    assert read_receipt(tmp_path / "out") == receipt
    assert (tmp_path / "out" / "receipt.json").read_text(encoding="utf-8") == read_receipt(tmp_path / "out").to_json()
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(FILES)


def test_rejects_are_told_by_kind_with_the_place_of_the_first(tmp_path: Path) -> None:
    rows = [
        "INC1,1/3/2026 9:00,x",
        "INC2,99/3/2026 9:00,x",
        "INC3,98/3/2026 9:00,x",
        "secret name,2/3/2026 9:00,x,y",
        ",3/3/2026 9:00,x",
    ]
    receipt = bring(tmp_path / "in", tmp_path / "out", "\n".join(["Number,Opened,State", *rows, ""]))
    text = summary(receipt, tmp_path / "out", "en")
    assert receipt.rejects == 4
    assert (
        "  - Opened: no time in a form that the mapping names: 2, first '99/3/2026 9:00' in tickets.csv, row 2\n"
        in text
    )
    assert "  - more cells than the header has: 1, first in tickets.csv, row 4\n" in text
    assert "secret name" not in text, "of a whole row only its place is told"
    assert "不符合映射所列格式的时间：2 处" in summary(receipt, tmp_path / "out", "zh")


def test_what_is_no_dataset_is_said_so(tmp_path: Path) -> None:
    cases = {
        "absent": None,
        "junk": "junk",
        "empty": "{}",
        "list": "[]",
        "later": '{"format": "itsmctl/receipt/v9"}',
        "earlier": '{"format": "itsmctl/receipt/v1"}',
    }
    for name, text in cases.items():
        folder = tmp_path / name
        if text is not None:
            folder.mkdir()
            (folder / "receipt.json").write_text(text, encoding="utf-8")
        with pytest.raises(ItsmctlError) as caught:
            read_receipt(folder)
        (one,) = caught.value.problems
        assert (one.code, one.where.file) == ("dataset-version" if name == "later" else "not-a-dataset", str(folder))
        assert ("import the export again" in one.message) == (name in ("later", "earlier"))


def test_an_older_dataset_is_replaced_and_anything_else_is_not(tmp_path: Path) -> None:
    out = tmp_path / "out"
    bring(tmp_path / "in", out)
    assert bring(tmp_path / "in", out, TICKETS[:100]).records == read_receipt(out).records
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "out"]
    (out / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(ItsmctlError, match=r"something else \(notes\.txt\).*\[output-exists\]"):
        bring(tmp_path / "in", out)
    assert (out / "notes.txt").read_text(encoding="utf-8") == "mine"
    with pytest.raises(ItsmctlError, match="output-exists"):
        bring(tmp_path / "in", tmp_path / "in" / "tickets.csv")
    (tmp_path / "empty").mkdir()
    assert bring(tmp_path / "in", tmp_path / "empty").records == 300
    assert bring(tmp_path / "in", tmp_path / "new" / "folder" / "out").records == 300


def test_a_failed_import_leaves_the_older_dataset_alone(tmp_path: Path) -> None:
    out = tmp_path / "out"
    before = bring(tmp_path / "in", out)
    with pytest.raises(ItsmctlError, match="no-rows"):
        bring(tmp_path / "in", out, "Number,Opened\n")
    assert read_receipt(out) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "out"]


def test_a_place_that_cannot_be_written_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(ItsmctlError, match=r"file/out: cannot write here: .* \[cannot-write\]"):
        bring(tmp_path / "in", tmp_path / "file" / "out")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the administrator may write anywhere")
def test_a_read_only_folder_is_said_so(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o555)
    with pytest.raises(ItsmctlError, match="cannot-write"):
        bring(tmp_path / "in", closed / "out")


PROGRAM = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from importing.mappings import updates
from itsmctl.importers.importing import import_files
import_files([Path(sys.argv[2])], updates(), {}, "Europe/Berlin", Path(sys.argv[3]))
"""


def test_bytes_are_the_same_whatever_the_machine_says(tmp_path: Path) -> None:
    rows = "".join(
        f"INC{n // 3 % 997},{n % 3},{n % 28 + 1}/3/2026 {n % 24}:30,State {n % 7},Group {n % 5},{n}\n"
        for n in range(30_000)
    )
    kept = []
    for n, (zone, language) in enumerate(
        (("UTC", "C.UTF-8"), ("Asia/Shanghai", "zh_CN.UTF-8"), ("America/New_York", "C"))
    ):
        folder = tmp_path / f"folder {n}"
        folder.mkdir()
        (folder / "tickets.csv").write_text("Number,Count,Updated,State,Group,Note\n" + rows, encoding="utf-8")
        environment = {**os.environ, "TZ": zone, "LANG": language, "LC_ALL": language, "PYTHONHASHSEED": str(n)}
        command = [
            sys.executable,
            "-c",
            PROGRAM,
            str(Path(__file__).parent),
            str(folder / "tickets.csv"),
            str(folder / "out"),
        ]
        subprocess.run(command, check=True, env=environment, cwd=folder)
        kept.append({path.name: path.read_bytes() for path in (folder / "out").iterdir()})
    assert set(kept[0]) == set(FILES)
    for other in kept[1:]:
        assert {name for name in FILES if kept[0][name] != other[name]} == set()


def test_the_digest_follows_what_decides_the_dataset(tmp_path: Path) -> None:
    first = bring(tmp_path / "a", tmp_path / "1")
    again = bring(tmp_path / "b", tmp_path / "2")
    assert first == again
    other = bring(tmp_path / "a", tmp_path / "3", TICKETS.replace("State 1", "State 9"))
    file = tmp_path / "b" / "tickets.csv"
    zone = import_files([file], mapping(), {}, "UTC", tmp_path / "4")
    definition = import_files([file], mapping(missing=("", "State 3")), {}, "Europe/Berlin", tmp_path / "5")
    assert len({one.digest for one in (first, other, zone, definition)}) == 4
    assert mapping_digest(mapping()) != mapping_digest(updates())


def test_the_times_of_several_files_are_as_exact_as_the_coarsest(tmp_path: Path) -> None:
    """What minutes alone decide is not told by the seconds of another file."""
    files = [tmp_path / "incidents.csv", tmp_path / "changes.csv"]
    files[0].write_text("Number,Caller,Opened,State\nT-1,Ann,2026-01-05 09:07:00,Closed\n", encoding="utf-8")
    head = "Number,Type,Planned start date,Opened,State\n"
    files[1].write_text(f"{head}T-2,Normal,2026-01-07 09:00:00,2026-01-06 10:11:12,Closed\n", encoding="utf-8")
    mappings = load(reference_root()).mappings
    apart = [import_files([file], None, mappings, "UTC", tmp_path / file.stem).precision_seconds for file in files]
    assert apart == [60, 1]
    assert import_files(files, None, mappings, "UTC", tmp_path / "both").precision_seconds == 60
