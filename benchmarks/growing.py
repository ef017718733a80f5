"""Whether memory stays flat as files grow, and what workbooks take; writes docs/benchmarks-memory.md and .zh.md.

    python benchmarks/growing.py [--rows N] [--memory-limit SIZE] [--kind NAME]... [--output FILE]

Every form of N, 4 N and 16 N rows, each imported in a process of its own under a limit; the same rows from databases that
are started for the purpose, where their programs are here; and workbooks as python-calamine and openpyxl read them.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from growing_files import WRITERS, written
from growing_servers import SERVED, Fill
from measure import Task, interleaved
from pages import Page
from reading import itsmctl, table
from run import ROOT, busy, machine, versions
from workbooks import workbooks

GROWTH = (1, 4, 16)
LIMIT = "128MiB"
PAGE = ROOT / "docs" / "benchmarks-memory.md"
KINDS = (*WRITERS, *SERVED, "workbooks")
MAPPING = """kind: mapping
id: growing
title: {en: Growing, zh: 增长}
tool: Benchmark
format: FORMAT
process: incident
recognise: [number, opened_at, state]
missing: [""]
time-formats: [iso]
columns: {record_id: number, number: number, state: state, title: title, opened_at: opened_at}
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and write the page where all was measured."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument(
        "--rows", type=int, default=62_500, help="of the smallest file (default 62500: a million at most)"
    )
    options.add_argument(
        "--memory-limit", default=LIMIT, help=f"as of itsmctl import (default {LIMIT}, so that it is reached)"
    )
    options.add_argument("--kind", action="append", choices=KINDS, help="only these (repeatable); no page is written")
    options.add_argument("--output", type=Path, default=PAGE, help="the English page; the Chinese lies beside it")
    asked = options.parse_args(arguments)
    load = os.getloadavg()[0]
    kinds = asked.kind or KINDS
    head = ["", *(f"{n * asked.rows:,} rows" for n in GROWTH)]
    with tempfile.TemporaryDirectory(prefix="itsmctl-bench-") as folder:
        grown = table(head, growing(kinds, asked.rows, asked.memory_limit, Path(folder)))
        sys.stdout.write(grown)
        books = workbooks(Path(folder), asked.rows) if "workbooks" in kinds else ""
        sys.stdout.write(f"\n{books}")
    if not asked.kind:
        about = {"machine": machine(), "load": busy(load), "versions": versions()}
        BOTH.write({"grown": grown, "limit": asked.memory_limit, "note": "", "books": books} | about, asked.output)
    return 0


def growing(kinds: Sequence[str], rows: int, limit: str, folder: Path) -> Iterator[list[str]]:
    """The peak of memory for each kind of source and each size."""
    for kind in kinds:
        mapping = folder / f"{kind}.yaml"
        shape = "xes\nshape: trace\nat: opened_at" if kind == "xes" else "table"
        mapping.write_text(MAPPING.replace("FORMAT", shape), encoding="utf-8")
        how = "ocel-object" if kind.startswith("ocel") else str(mapping)
        if kind in WRITERS:
            yield [kind, *(of_file(kind, n * rows, how, limit, folder) for n in GROWTH)]
        elif kind in SERVED:
            with SERVED[kind]() as fill:
                cells = [of_server(fill, n * rows, how, limit, folder) for n in GROWTH] if fill else ["not here"] * 3
            yield [kind, *cells]


def of_file(kind: str, rows: int, mapping: str, limit: str, folder: Path) -> str:
    """A file of so many rows, written, imported and taken away again."""
    file = folder / f"rows.{kind}"
    written(kind, file, rows)
    said = told((str(file),), mapping, limit, folder / "out")
    file.unlink()
    return said


def of_server(fill: Fill, rows: int, mapping: str, limit: str, folder: Path) -> str:
    """A table of so many rows in a server."""
    return told(("--from", fill(rows), "--table", "ticket"), mapping, limit, folder / "out")


def told(source: Sequence[str], mapping: str, limit: str, out: Path) -> str:
    """The peak of one import and its seconds of the processor, or that it was refused."""
    task = Task("import", (*itsmctl(source, out, mapping), "--memory-limit", limit), (out,), codes=(0, 2))
    ((sample,),) = interleaved([task], 1, 0).values()
    peak = f"{sample.peak / 1e6:.0f} MB"
    return f"{peak}, {sample.processor:.0f} s" if out.exists() else f"refused ({peak})"


ENGLISH = """<!-- Written by benchmarks/growing.py: run `make bench-memory`. -->

# Memory while importing

How much memory an import holds at its peak, and how many seconds of the processor it takes, as its source grows fourfold
and sixteenfold. Every import is a process of its own with `--memory-limit {limit}`, less than as shipped, so that it is
reached; what Python and the libraries hold comes on top, some 100 MB.

{grown}
A file is read in pieces and its rows lie on disk, so that beyond the limit next to nothing grows any more; with a higher limit
an import takes what it may, and is faster. A workbook alone is held whole while it is read: one that would take more than
the limit is refused before it is opened, with the advice to save it as CSV. Databases (here a table of four columns) are
asked within a transaction that can only read, and what they answer is written to disk as it comes. Where a limit is too
small for what was asked, one message says so, and nothing is left behind.{note}

## Workbooks

What a ticket list of eight columns takes while it is read, beside the program itself. *Foreseen* is what itsmctl
computes before it opens a workbook, and refuses where it is beyond the limit; texts that many cells share count for each
of them ([0020](decisions/0020-workbooks.md)).

{books}
## Machine and versions

{machine} {load}

{versions}

## Again

```sh
make bench-memory
```
"""

CHINESE = """<!-- Written by benchmarks/growing.py: run `make bench-memory`. -->

# 导入时的内存

来源增大到四倍、十六倍时，一次导入的内存峰值和处理器秒数。每次导入都是单独的进程，带 `--memory-limit {limit}`：低于出厂设置，好让它达到上限；
Python 和各个库本身另占约 100 MB。

{grown}
文件分段读取，其行存放在磁盘上，因此超过上限之后几乎不再增长；上限放宽，导入就用到允许的内存，也更快。只有工作簿在读取时整个放在内存中：
所需超过上限的，打开之前就拒绝，并建议另存为 CSV。数据库（这里是一个四列的表）在只读事务中查询，结果随到随写入磁盘。
上限小到不足以完成所求时，用一条消息说明，不留下任何东西。{note}

## 工作簿

读取一份八列的工单清单所占的内存，不含程序本身。“预计”是 itsmctl 打开工作簿之前算出的，超过上限就拒绝；多个单元格共用的文字按每格各计一次
（[0020](decisions/0020-workbooks.md)）。

{books}
## 机器与版本

{machine}{load}

{versions}

## 重新测量

```sh
make bench-memory
```
"""
WORDS = (
    (r"([\d,]+) rows", r"\1 行"),
    (r"([\d,]+ MB), ([\d,]+) s", r"\1，\2 秒"),
    (r"refused \((.+)\)", r"拒绝（\1）"),
    (r"not here", "此处没有"),
    (r"not installed", "未安装"),
    (r"csv in a zip", "zip 中的 csv"),
    (r"sqlite, asked", "sqlite，查询"),
    (r"(csv|json|json lines|xml unload|xes|ocel (json|xml|sqlite)|parquet|xlsx|sqlite|postgresql|mariadb)", r"\0"),
    (r"MB", "MB"),
    (r"bytes a cell", "每格字节数"),
    (r"(.+) \(([\d,]+ KB)\): foreseen by itsmctl", r"\1（\2）：itsmctl 预计"),
    (r"ticket list", "工单清单"),
    (r"one long text in every cell", "每格一段长文字"),
    (r"python-calamine", "python-calamine"),
    (r"openpyxl, read-only", "openpyxl，只读"),
    (r" The rows from csv to xlsx are of one", "csv 至 xlsx 各行出自同一次运行，"),
    (r"run; those of databases are of an earlier one\.", "数据库各行出自较早的一次。"),
)
BOTH = Page(PAGE, ENGLISH, CHINESE, WORDS)


if __name__ == "__main__":
    sys.exit(main())
