"""Memory does not grow with the export: beyond a limit rows lie on disk beside the output, and nothing else changes."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from importing.mappings import mapping

from itsmctl.engine.session import Session
from itsmctl.errors import ItsmctlError
from itsmctl.importers.importing import import_files
from itsmctl.importers.opening import MEMORY, ImportOptions

ROWS = 150_000
LIMIT = "160MiB"
OWN = 80
"""MB that Python and the compiled libraries hold before a row is read, with what DuckDB keeps outside of its limit."""

PEAK = f"""
import re, sys
from pathlib import Path
sys.path.insert(0, {str(Path(__file__).parent)!r})
from importing.mappings import mapping
from itsmctl.importers.importing import import_files
from itsmctl.importers.opening import ImportOptions
known = mapping()
import_files([Path(sys.argv[1])], None, {{known.id: known}}, "UTC", Path(sys.argv[2]), options=ImportOptions(memory_limit=sys.argv[3]))
print(int(re.search("VmHWM:[^0-9]*([0-9]+)", Path("/proc/self/status").read_text()).group(1)) // 1024)
"""
"""The peak is that of the program itself: what getrusage tells begins with that of the process that started it."""


def write(file: Path, rows: int) -> Path:
    """So many tickets in no order of their names, of some 270 bytes each."""
    with file.open("w", encoding="utf-8") as stream:
        stream.write("Number,Opened,State,Group,Closed,Reopened,SLA met,Note\n")
        for i in range(rows):
            moment = f"2026-03-{1 + i % 28:02} {i % 24:02}:{i % 60:02}:00"
            stream.write(
                f"T{i * 7919 % rows:07},{moment},New,Group {i % 90},,{i % 3},true,{f'printer {i} jams ' * 12}\n"
            )
    return file


@pytest.mark.skipif(sys.platform != "linux", reason="the peak is read from /proc")
def test_a_large_export_stays_within_the_limit(tmp_path: Path) -> None:
    file = write(tmp_path / "tickets.csv", ROWS)
    assert file.stat().st_size > 30_000_000
    command = [sys.executable, "-c", PEAK, str(file), str(tmp_path / "out"), LIMIT]
    told = subprocess.run(command, check=True, capture_output=True, text=True)
    assert int(told.stdout) < int(LIMIT.removesuffix("MiB")) + OWN
    with Session() as session:
        rows, kinds = session.one(
            f"SELECT count(*), count(DISTINCT record_id) FROM read_parquet('{tmp_path / 'out' / 'record.parquet'}')"
        )
    assert (rows, kinds) == (ROWS, ROWS)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "tickets.csv"]


def test_a_limit_changes_no_byte_of_the_dataset(tmp_path: Path) -> None:
    file = write(tmp_path / "tickets.csv", 3000)
    known = mapping()
    for name, limit in (("much", "1GiB"), ("little", "60MiB")):
        options = ImportOptions(memory_limit=limit)
        import_files([file], None, {known.id: known}, "UTC", tmp_path / name, options=options)
    for part in sorted((tmp_path / "much").iterdir()):
        assert part.read_bytes() == (tmp_path / "little" / part.name).read_bytes(), part.name


def test_too_little_memory_is_one_clear_message_and_leaves_nothing_behind(tmp_path: Path) -> None:
    file = write(tmp_path / "tickets.csv", 3000)
    known = mapping()
    with pytest.raises(ItsmctlError, match=r"raise --memory-limit \[out-of-memory\]"):
        import_files(
            [file], None, {known.id: known}, "UTC", tmp_path / "out", options=ImportOptions(memory_limit="1MB")
        )
    assert [path.name for path in tmp_path.iterdir()] == ["tickets.csv"]


def test_an_import_has_a_limit_unless_told_otherwise() -> None:
    assert ImportOptions().memory_limit == MEMORY
    assert re.fullmatch(r"\d+MiB", MEMORY)
