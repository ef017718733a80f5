"""Audit a history that does not fit into the memory allowed, and see that the verdicts are those of an audit without a limit.

    python benchmarks/limited.py [--records N] [--memory-limit SIZE] [--rule ID]... [--once N] [--alone] [--work DIR]

Prints what each of the two runs took. The exit code is 1 where the limited one held more than the limit, or where one byte of
the verdicts differs. `--once` incidents are generated, reduced to their changes and laid out in copies (`many.py`), as Parquet
alone; `--alone` leaves out the run without a limit.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from many import Many, apart, lay_out, lean, once, read
from measure import Sample, Task, run
from run import itsmctl

from itsmctl.engine.session import memory_bytes

EVERY = 0.5
"""Seconds from one look at the spilled files to the next."""


@dataclass(frozen=True)
class Audited:
    """What one audit took, what it spilled at most, and the digest of its verdicts."""

    what: str
    sample: Sample
    spilled: int
    verdicts: str

    def line(self) -> str:
        return (
            f"{self.what}: {self.sample.seconds:,.0f} s, {self.sample.processor:,.0f} s of the processor, "
            f"{self.sample.peak / 2**20:,.0f} MiB, {self.spilled / 2**20:,.0f} MiB spilled, verdicts {self.verdicts[:16]}"
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Lay out, audit, compare; 1 where the limit is not kept or the verdicts differ."""
    asked = options(arguments)
    if asked.work:
        asked.work.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="itsmctl-bench-", dir=asked.work) as folder:
        work = Path(folder)
        os.environ["XDG_CACHE_HOME"] = str(work / "cache")
        history = laid_out(work, asked.once, asked.records)
        say(f"{history.records:,} records, {history.events:,} events")
        limited = audited(history, work, asked.rule, asked.memory_limit)
        say(limited.line())
        kept = limited.sample.peak <= memory_bytes(asked.memory_limit)
        say(f"{'pass' if kept else 'FAIL'}  at most {asked.memory_limit}")
        if asked.alone:
            return int(not kept)
        free = audited(history, work, asked.rule, "")
        say(free.line())
        same = free.verdicts == limited.verdicts
        say(f"{'pass' if same else 'FAIL'}  the same verdicts")
    return int(not kept or not same)


def options(arguments: Sequence[str] | None) -> argparse.Namespace:
    """What is asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--records", type=int, default=5_000_000, help="about how many records (default 5000000)")
    parser.add_argument("--memory-limit", default="2GiB", help="what the audit may hold (default 2GiB)")
    parser.add_argument("--rule", action="append", default=[], help="only these rules (repeatable; default: all)")
    parser.add_argument(
        "--once", type=int, default=10_000, help="incidents that are generated and copied (default 10000)"
    )
    parser.add_argument("--alone", action="store_true", help="without the audit that has no limit")
    parser.add_argument("--work", type=Path, help="folder for the large files (default: the system's)")
    return parser.parse_args(arguments)


def laid_out(work: Path, incidents: int, records: int) -> Many:
    """So many records, each with its changes alone, as a dataset."""
    source = apart(lean, once(work, incidents), work / "lean")
    copies = max(1, round(records / read(source, source).records))
    apart(lay_out, source, work / "dataset", copies)
    return read(work / "dataset", work)


def audited(history: Many, work: Path, rules: Sequence[str], limit: str) -> Audited:
    """One audit, with so much memory or as much as it wants."""
    result, spill = work / "result", work / "spill"
    spill.mkdir(exist_ok=True)
    chosen = [word for rule in rules for word in ("--rule", rule)]
    allowed = ["--memory-limit", limit] if limit else []
    command = (*itsmctl(), "audit", "--tickets", str(history.dataset), *chosen, *allowed)
    what = limit or "no limit"
    with watched(spill) as seen:
        sample = run(Task(what, (*command, "--spill", str(spill), "-q", "-o", str(result)), codes=(0, 1)))
    with (result / "verdicts.parquet").open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Audited(what, sample, max(seen), digest)


@contextmanager
def watched(folder: Path) -> Iterator[list[int]]:
    """The bytes on disk of the files in a folder, at any depth, looked at again and again while the block runs."""
    seen, over = [0], threading.Event()

    def watch() -> None:
        while not over.wait(EVERY):
            seen.append(sum(map(_on_disk, files_in(folder))))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield seen
    finally:
        over.set()
        watcher.join()


def files_in(folder: Path) -> list[Path]:
    """The files in a folder at any depth, of those that come and go meanwhile too."""
    return [Path(place, name) for place, _, names in os.walk(folder) for name in names]


def _on_disk(file: Path) -> int:
    """What a file occupies; nothing where it has gone meanwhile."""
    try:
        return file.stat().st_blocks * 512
    except FileNotFoundError:
        return 0


def say(line: str) -> None:
    """A line at once: what follows may take long."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
