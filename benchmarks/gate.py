"""Measure `itsmctl gate` on a change of one line in one agreement, over a million imported records.

    python benchmarks/gate.py [--records N] [--copies N] [--runs N]

So many incidents are generated and imported once; the dataset is then laid out in copies under other numbers, as making a
million tickets one by one would take an hour and change nothing for the gate.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from many import multiply, once
from measure import Task, median, run

from itsmctl.reference import FOLDERS, reference_root

FILE = "catalog/sla/customs-clearance.yaml"
OLD, NEW = "within: 24h}", "within: 20h}"
LIMIT = 10.0


def main(arguments: Sequence[str]) -> int:
    """Measure and print; 1 where the median is over the limit."""
    parser = argparse.ArgumentParser(description="Measure the gate on a change of one line.")
    parser.add_argument("--records", type=int, default=20_000, help="how many incidents to generate (default 20000)")
    parser.add_argument("--copies", type=int, default=35, help="how often to lay them out (default 35)")
    parser.add_argument("--runs", type=int, default=3, help="how many runs after one warm-up (default 3)")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="itsmctl-bench-") as folder:
        work = Path(folder)
        os.environ["XDG_CACHE_HOME"] = str(work / "cache")
        history = multiply(once(work, options.records), work / "many", options.copies)
        ours = repository(work / "ours")
        command = (itsmctl(), "gate", "--root", str(ours), "--base", "main", "--tickets", str(history.dataset), "-q")
        samples = [run(Task("gate", command, codes=(0, 1))) for _ in range(options.runs + 1)][1:]
    seconds = median(samples)
    processor = sorted(sample.processor for sample in samples)[len(samples) // 2]
    peak = max(sample.peak for sample in samples) / 2**20
    verdict = "pass" if seconds <= LIMIT else "FAIL"
    load = os.getloadavg()[0]
    sys.stdout.write(
        f"{verdict}  gate, one line, {history.records:,} records: {seconds:.1f} s (at most {LIMIT:g}), user and system {processor:.1f} s, "
        f"peak {peak:.0f} MiB, {os.cpu_count()} cores, load {load:.1f}\n"
    )
    return int(seconds > LIMIT)


def itsmctl() -> str:
    """The program that is installed beside this Python."""
    return str(Path(sys.executable).with_name("itsmctl"))


def repository(root: Path) -> Path:
    """The reference definitions in git, and one line changed since."""
    for folder in FOLDERS:
        shutil.copytree(reference_root() / folder, root / folder)
    who = ("-c", "user.name=Bench", "-c", "user.email=bench@example.org", "-c", "commit.gpgsign=false")
    for arguments in (("init", "-q", "-b", "main"), ("add", "-A"), ("commit", "-qm", "Begin")):
        subprocess.run(["git", *who, *arguments], cwd=root, check=True)
    text = (root / FILE).read_text("utf-8")
    assert text.count(OLD) == 1
    (root / FILE).write_text(text.replace(OLD, NEW), "utf-8")
    return root


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
