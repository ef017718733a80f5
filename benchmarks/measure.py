"""Run commands as whole processes and say how long each took and how much memory it held at its peak."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Task:
    """One command to measure; `fresh` are files and folders removed before every run, `change` a file that gets a line."""

    name: str
    arguments: tuple[str, ...]
    fresh: tuple[Path, ...] = ()
    change: Path | None = None
    codes: tuple[int, ...] = (0,)
    """Exit codes that count as success: an audit with findings ends in 1."""


@dataclass(frozen=True)
class Sample:
    """One run: wall-clock seconds, processor seconds (user and system), peak resident bytes."""

    seconds: float
    processor: float
    peak: int


def interleaved(tasks: Sequence[Task], runs: int, warm_up: int = 1) -> Mapping[str, list[Sample]]:
    """Run all tasks in turn, first to warm up and then `runs` times, so that a slow minute hits every one alike.

    Raises RuntimeError with its output where a command fails.
    """
    samples: dict[str, list[Sample]] = {task.name: [] for task in tasks}
    for number in range(warm_up + runs):
        for task in tasks:
            for path in task.fresh:
                _remove(path)
            if task.change is not None:
                task.change.write_text(task.change.read_text("utf-8") + "# one more line\n", "utf-8")
            sample = run(task)
            if number >= warm_up:
                samples[task.name].append(sample)
    return samples


def run(task: Task) -> Sample:
    """Run one command to its end; the peak is that of this process alone, as the kernel kept it."""
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "", "NO_COLOR": "1"}
    begin = time.perf_counter()
    process = subprocess.Popen(task.arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment)
    assert process.stdout is not None
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begin
    process.stdout.close()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in task.codes:
        raise RuntimeError(f"{' '.join(task.arguments)} ended with {process.returncode}:\n{output.decode()[-2000:]}")
    return Sample(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


def median(samples: Sequence[Sample]) -> float:
    """The middle of the seconds."""
    return statistics.median(sample.seconds for sample in samples)


def peak(samples: Sequence[Sample]) -> int:
    """The most memory that any run held."""
    return max(sample.peak for sample in samples)


def ratio(above: Sequence[Sequence[Sample]], below: Sequence[Sample]) -> float:
    """The middle of the ratios round by round: the sum of some tasks over another, each pair measured minutes apart at most."""
    rounds = zip(*above, strict=True)
    pairs = zip(rounds, below, strict=True)
    return statistics.median(sum(sample.seconds for sample in some) / one.seconds for some, one in pairs)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
