"""What workbooks take in memory while they are read, by python-calamine and by openpyxl, beside what itsmctl foresees."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from reading import table

from itsmctl.importers.container import Plain, digest_of
from itsmctl.importers.excel import memory_needed

COLUMNS = 8
SHARED, LONG = "one long text in every cell", 20_000
READERS = {
    "python-calamine": (
        "import python_calamine",
        "for row in python_calamine.load_workbook(sys.argv[1]).get_sheet_by_index(0).iter_rows(): pass",
    ),
    "openpyxl, read-only": (
        "import openpyxl",
        "for row in openpyxl.load_workbook(sys.argv[1], read_only=True).active.iter_rows(values_only=True): pass",
    ),
}
TELL = 'import re, time; print(re.search("VmHWM:[^0-9]*([0-9]+)", open("/proc/self/status").read())[1], time.process_time())'


def workbooks(folder: Path, rows: int) -> str:
    """The table in Markdown."""
    sorts = (("ticket list", rows // 4), ("ticket list", rows), (SHARED, max(1, rows // 250)))
    lines = [line for sort, many in sorts for line in _measured(folder / "cells.xlsx", sort, many)]
    return table(["", "rows", "MB", "bytes a cell", "seconds"], lines)


def _measured(file: Path, sort: str, rows: int) -> Iterator[list[str]]:
    # Written elsewhere: what a process held when it starts another counts for that one too.
    subprocess.run([sys.executable, __file__, str(file), str(rows), sort], check=True)
    cells = (rows + 1) * COLUMNS
    plain = Plain(file, file.name, file.name, "", digest_of(file, file.name), file.stat().st_size)
    yield _row(f"{sort} ({plain.bytes / 1e3:,.0f} KB): foreseen by itsmctl", rows, memory_needed(plain), cells, "")
    for name, (load, read) in READERS.items():
        if importlib.util.find_spec(load.split()[1]) is None:
            yield [name, f"{rows:,}", "not installed", "", ""]
            continue
        (before, start), (after, end) = (_python(f"import sys; {load}\n{more}", file) for more in ("", read))
        yield _row(name, rows, after - before, cells, f"{end - start:.1f}")
    file.unlink()


def _row(name: str, rows: int, taken: int, cells: int, seconds: str) -> list[str]:
    return [name, f"{rows:,}", f"{taken / 1e6:.0f}", f"{taken / cells:.0f}", seconds]


def _python(code: str, file: Path) -> tuple[int, float]:
    """The peak and the seconds of the processor, as the process itself knows them: it may hold less than its parent."""
    told = subprocess.run(
        [sys.executable, "-c", f"{code}\n{TELL}", str(file)], capture_output=True, text=True, check=True
    )
    peak, seconds = told.stdout.split()
    return int(peak) * 1024, float(seconds)


def write(file: Path, rows: int, sort: str = "ticket list") -> None:
    """A ticket list of eight columns, some of which repeat what other rows say; or one text in every cell of it."""
    import xlsxwriter

    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet("Page 1")
        sheet.write_row(0, 0, ["number", "opened", "closed", "state", "group", "assignee", "priority", "title"])
        for n in range(1, rows + 1):
            if sort == SHARED:
                sheet.write_row(n, 0, ["x" * LONG] * COLUMNS)
                continue
            day = f"2026-{1 + n % 12:02}-{1 + n % 28:02}"
            text = [f"INC{n:07}", f"{day} {n % 24:02}:{n % 60:02}:00", f"{day} 23:59:59", "Closed", f"Group {n % 40}", f"Person {n % 200}"]  # fmt: skip
            sheet.write_row(n, 0, [*text, 1 + n % 5, f"Printer {n} jams on floor {n % 90}"])


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:])
