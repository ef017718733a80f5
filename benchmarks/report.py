"""Measure what the report takes of a large audit, in time and in bytes, and write docs/benchmarks-report.md and .zh.md.

    python benchmarks/report.py [--records N] [--dataset DIR] [--once N] [--memory-limit SIZE] [--output FILE]

The report is what an audit does beside judging: the facts of the tickets, attainment, the figures of the charts, the
records explained with their grounds, and the pages in both languages. Each part is timed while the audit runs.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from many import lay_out, once, read
from pages import Page
from run import ROOT, Limit, busy, machine, versions

from itsmctl import audit, explanation
from itsmctl.audit.people import key_of_tickets
from itsmctl.definitions import load
from itsmctl.reports import folder

PAGE = ROOT / "docs" / "benchmarks-report.md"
PARTS: Mapping[str, tuple[tuple[Any, str], ...]] = {
    "facts of the tickets": ((audit.facts, "dataset_facts"), (audit.facts, "states"), (audit.facts, "months")),
    "attainment by service and month": ((audit.facts, "attainment"),),
    "definitions used": ((audit, "used_definitions"),),
    "figures of the charts": ((audit, "count_figures"),),
    "records explained, with their grounds": ((explanation, "explain"),),
    "pages in English and Chinese": ((folder, "_write_pages"),),
}
"""The functions that only the report needs, by what they are for."""
MOST_SECONDS, MOST_BYTES = 60, 5_000_000


@dataclass
class Spent:
    """Seconds on the clock and of the processor that a part took; it grows while the audit runs."""

    seconds: float = 0.0
    processor: float = 0.0


@dataclass(frozen=True)
class Reported:
    """One audit: how large, what each part took, the whole audit, the peak of memory, the bytes of each page."""

    records: int
    events: int
    parts: Mapping[str, Spent]
    whole: float
    peak: int
    pages: Mapping[str, int]

    def limits(self) -> tuple[Limit, ...]:
        """What a report of a million records has to keep."""
        total = sum(part.seconds for part in self.parts.values())
        sizes = (Limit(name, size / 1e6, MOST_BYTES / 1e6, "MB") for name, size in self.pages.items())
        return (Limit("the report", total, MOST_SECONDS, "s"), *sizes)


def main(arguments: Sequence[str]) -> int:
    """Measure, print, write the page; 1 where a limit is not kept."""
    parser = argparse.ArgumentParser(description="Measure the report of a large audit.")
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--dataset", type=Path, help="an imported dataset, instead of a generated one")
    parser.add_argument("--once", type=int, default=10_000, help="incidents that are generated, and then copied")
    parser.add_argument("--memory-limit", default="4GiB")
    parser.add_argument("--output", type=Path, default=PAGE)
    asked = parser.parse_args(arguments)
    load_before = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="itsmctl-bench-") as place:
        dataset = asked.dataset or large(Path(place), asked.once, asked.records)
        found = reported(dataset, Path(place) / "result", asked.memory_limit)
    for limit in found.limits():
        word = "pass" if limit.kept else "FAIL"
        sys.stdout.write(f"{word}  {limit.what}: {limit.measured:.2f} {limit.unit}, at most {limit.most:g}\n")
    BOTH.write(told(found, asked.memory_limit, load_before), asked.output)
    return int(not all(limit.kept for limit in found.limits()))


def large(place: Path, incidents: int, records: int) -> Path:
    """A generated history in so many copies that it has the records asked for."""
    source = once(place, incidents)
    lay_out(source, place / "dataset", max(1, round(records / read(source, source).records)))
    return place / "dataset"


def reported(dataset: Path, result: Path, memory_limit: str) -> Reported:
    """Audit a dataset by the library, and say what the report took of it."""
    parts = {name: Spent() for name in PARTS}
    for name, functions in PARTS.items():
        for module, function in functions:
            setattr(module, function, timed(getattr(module, function), parts[name]))
    options = audit.AuditOptions(people=key_of_tickets(dataset), memory_limit=memory_limit)
    begin = time.perf_counter()
    found = folder.audit_to_folder(load(), dataset, options, result)
    whole = time.perf_counter() - begin
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    pages = {name: (result / name).stat().st_size for name in ("report.html", "report.zh.html")}
    return Reported(found.dataset.records, found.dataset.events, parts, whole, peak, pages)


def timed(function: Callable[..., Any], spent: Spent) -> Callable[..., Any]:
    """The function, adding what it takes."""

    def call(*arguments: Any, **options: Any) -> Any:
        begin, used = time.perf_counter(), time.process_time()
        try:
            return function(*arguments, **options)
        finally:
            spent.seconds += time.perf_counter() - begin
            spent.processor += time.process_time() - used

    return call


def told(found: Reported, memory_limit: str, load_before: float) -> dict[str, str]:
    """What fills the page."""
    rows = [f"| {name} | {part.seconds:.1f} | {part.processor:.1f} |" for name, part in found.parts.items()]
    total = Spent(
        *(sum(values) for values in zip(*((p.seconds, p.processor) for p in found.parts.values()), strict=True))
    )
    limits = [
        f"| {one.what} | {one.measured:.2f} {one.unit} | {one.most:g} {one.unit} | {'pass' if one.kept else '**fail**'} |"
        for one in found.limits()
    ]
    return {
        "records": f"{found.records:,}",
        "events": f"{found.events:,}",
        "explained": str(audit.MOST_EXPLAINED),
        "limits": "\n".join(limits),
        "parts": "\n".join([*rows, f"| together | {total.seconds:.1f} | {total.processor:.1f} |"]),
        "whole": f"{found.whole:.0f}",
        "peak": f"{found.peak / 2**30:.1f}",
        "limit": memory_limit,
        "machine": machine(),
        "load": busy(load_before),
        "versions": versions(),
    }


ENGLISH = """<!-- Written by benchmarks/report.py: run `make bench-report`. -->

# The report of a large audit

What an audit of {records} records and {events} events does for its report, beside judging. The report aggregates and
pages: it draws the services with most tickets, names the values that fail most, explains at most {explained} records and of each the
first 200 steps and 40 verdicts, and says wherever something is left out which file or command has it.

## Limits

| | measured | at most | |
|---|---|---|---|
{limits}

## What it consists of

| | s | processor s |
|---|---|---|
{parts}

The processor column counts the whole process: the verdicts are written beside the report, and weigh in it. The whole audit took {whole} s and
{peak} GiB at its peak, with `--memory-limit {limit}`.

{machine} {load}

{versions}

```sh
python benchmarks/report.py --records 1000000
```
"""

CHINESE = """<!-- Written by benchmarks/report.py: run `make bench-report`. -->

# 大型审核的报告

一次审核 {records} 张工单、{events} 个事态时，除判定之外为报告所做的工作。报告既汇总又分页：画出工单最多的服务，列出最常未通过的值，
至多解释 {explained} 条记录，每条至多列出前 200 步和 40 个判定；凡有省略之处，都写明在哪个文件或用哪条命令可以看到。

## 上限

| | 实测 | 上限 | |
|---|---|---|---|
{limits}

## 组成

| | 秒 | 处理器秒数 |
|---|---|---|
{parts}

处理器一列计入整个进程：判定与报告同时写出，也算在内。整个审核用时 {whole} 秒，内存峰值 {peak} GiB，带 `--memory-limit {limit}`。

{machine}{load}

{versions}

```sh
python benchmarks/report.py --records 1000000
```
"""
WORDS = (
    (r"the report", "报告"),
    (r"report(\.zh)?\.html", r"\0"),
    (r"facts of the tickets", "工单概况"),
    (r"attainment by service and month", "按服务和月份的达成率"),
    (r"definitions used", "所用的定义"),
    (r"figures of the charts", "图表的数据"),
    (r"records explained, with their grounds", "记录的解释及其依据"),
    (r"pages in English and Chinese", "中英文页面"),
    (r"together", "合计"),
)
BOTH = Page(PAGE, ENGLISH, CHINESE, WORDS)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
