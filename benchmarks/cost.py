"""How the cost of an audit grows: with records, changes per record, rules, calendars; writes docs/benchmarks-cost.md and .zh.md.

    python benchmarks/cost.py [--once N] [--copies N]... [--runs N] [--output FILE]

One thing is changed at a time, and seconds of the processor are told: they depend less on who else uses the machine. A line
through the smaller sizes is put beside what the largest one took.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import statistics
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
from many import Many, apart, lay_out, once, read
from measure import Task, interleaved, peak
from pages import Page
from reading import table
from run import ROOT, busy, machine, versions

from itsmctl.definitions import load
from itsmctl.reference import FOLDERS, reference_root

PAGE = ROOT / "docs" / "benchmarks-cost.md"
COPIES = (1, 4, 16, 64)
RULES = (1, 20, 80)
CALENDARS = (20, 80)
MORE = 12
"""Changes that each record gets on top of its own where histories are long."""
LITTLE = "1GiB"


@dataclass(frozen=True)
class Cost:
    """What one audit took."""

    what: str
    records: int
    events: int
    processor: float
    peak: int

    def row(self) -> list[str]:
        return [
            self.what,
            f"{self.records:,}",
            f"{self.events:,}",
            f"{self.processor:.2f}",
            f"{self.peak / 2**20:,.0f}",
        ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and write the page in both languages."""
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument(
        "--once", type=int, default=1_500, help="incidents that are generated and copied (default 1500)"
    )
    options.add_argument("--copies", type=int, action="append", help=f"sizes (repeatable; default {COPIES})")
    options.add_argument("--runs", type=int, default=1, help="runs of each, of which the middle counts (default 1)")
    options.add_argument("--output", type=Path, default=PAGE, help="the English page; the Chinese lies beside it")
    asked = options.parse_args(arguments)
    load_before = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="itsmctl-bench-") as folder:
        os.environ["XDG_CACHE_HOME"] = str(Path(folder) / "cache")
        found = measured(Path(folder), asked.once, asked.copies or COPIES, asked.runs)
    values = told(found) | {
        "limit": LITTLE,
        "machine": machine(),
        "load": busy(load_before),
        "versions": versions(),
    }
    BOTH.write(values, asked.output)
    sys.stdout.write(table(HEAD, (cost.row() for some in found.values() for cost in some)))
    return 0


def measured(work: Path, records: int, copies: Sequence[int], runs: int) -> Mapping[str, Sequence[Cost]]:
    """The costs by what grows; the middle size stands for the others where something else grows."""
    source = once(work, records)
    sizes = {n: laid_out(source, work / f"copies-{n}", n) for n in sorted(copies)}
    smallest, *_, middle, largest = sizes.values()
    cost("warm-up", smallest, work, 1)
    every = sorted(load(reference_root()).rules)
    roots = {n: with_calendars(work / f"calendars-{n}", n) for n in CALENDARS}
    few, many = (changed(middle, work / name, how) for name, how in (("few", _FEW), ("many", _MANY)))
    return {
        "records": [cost(f"{history.records:,} records", history, work, runs) for history in sizes.values()],
        "history": [cost(what, history, work, runs) for what, history in (("states alone", few), ("as it is", middle), (f"{MORE} more each", many))],
        "rules": [cost("1 rule" if n == 1 else f"{n} rules", middle, work, runs, rules=spread(every, n)) for n in RULES] + [cost(f"{len(every)} rules", middle, work, runs)],
        "calendars": [cost("as shipped", middle, work, runs)] + [cost(f"{n} more", middle, work, runs, root=root) for n, root in roots.items()],
        "memory": [cost("no limit", largest, work, runs), cost(LITTLE, largest, work, runs, memory=LITTLE)],
    }  # fmt: skip


def cost(what: str, history: Many, work: Path, runs: int, *, rules: Sequence[str] = (), root: Path | None = None, memory: str = "") -> Cost:  # fmt: skip
    """One audit of a history, by all rules or some, by the reference set or another, with as much memory as it wants or less."""
    result = work / "result"
    chosen = [word for rule in rules for word in ("--rule", rule)]
    more = [*(("--root", str(root)) if root else ()), *(("--memory-limit", memory) if memory else ())]
    program = str(Path(sys.executable).with_name("itsmctl"))
    arguments = (program, "audit", "--tickets", str(history.dataset), *chosen, *more, "-q", "-o", str(result))
    samples = interleaved([Task(what, arguments, (result,), codes=(0, 1))], runs, warm_up=0)[what]
    return Cost(what, history.records, history.events, statistics.median(s.processor for s in samples), peak(samples))


def laid_out(source: Path, folder: Path, copies: int) -> Many:
    """So many copies of a dataset."""
    apart(lay_out, source, folder / "dataset", copies)
    return read(folder / "dataset", folder)


def spread(rules: Sequence[str], n: int) -> list[str]:
    """So many rules from all over the library."""
    return [rules[place * len(rules) // n] for place in range(n)]


_FEW = "SELECT * FROM read_parquet('{path}') WHERE field = 'state'"
_MANY = f"""SELECT * FROM (
    SELECT * FROM read_parquet('{{path}}') UNION ALL
    SELECT l.* REPLACE (l.seq + n.range + 1 AS seq, 'work_note' AS field, NULL AS old, NULL AS new) FROM (
        SELECT * FROM read_parquet('{{path}}') QUALIFY row_number() OVER (PARTITION BY record_id ORDER BY seq DESC) = 1
    ) AS l, range({MORE}) AS n
) ORDER BY record_id, seq"""
"""More changes of a field that no rule asks about, at the end of each history."""


def changed(history: Many, folder: Path, query: str) -> Many:
    """The history with other changes, all else being equal."""
    shutil.copytree(history.dataset, folder / "dataset")
    path = history.dataset / "event.parquet"
    to = folder / "dataset" / "event.parquet"
    return Many(folder / "dataset", folder, history.records, apart(_write, query.format(path=path), to), history.as_of)


def _write(query: str, to: Path) -> int:
    """Write the rows of a query as Parquet, and return how many there are."""
    with duckdb.connect() as connection:
        written = connection.execute(f"COPY ({query}) TO '{to}' (FORMAT parquet, ROW_GROUP_SIZE 20480)").fetchone()
    assert written is not None
    return int(written[0])


def with_calendars(folder: Path, more: int) -> Path:
    """The reference set with so many services more, each with an agreement and a calendar of its own."""
    for part in FOLDERS:
        shutil.copytree(reference_root() / part, folder / part)
    shipped = [(folder / "catalog" / path).read_text(encoding="utf-8") for path in ("services/fax-gateway.yaml", "sla/network-vpn.yaml", "calendars/eu-office.yaml")]  # fmt: skip
    for n in range(more):
        own = f"more-{n:03}"
        said = (
            {"id": own, "also-called": f"[More {n}]", "hours": f"hours-{own}"},
            {"id": f"sla-{own}", "services": f"[{own}]", "calendar": f"hours-{own}"},
            {"id": f"hours-{own}"},
        )
        made = (_with(text, keys) for text, keys in zip(shipped, said, strict=True))
        (folder / "catalog" / f"{own}.yaml").write_text("---\n".join(made), encoding="utf-8", newline="\n")
    return folder


def _with(text: str, said: Mapping[str, str]) -> str:
    """A definition with other values for some of its keys, each on one line."""
    for key, value in said.items():
        text, found = re.subn(rf"(?m)^{key}: .*$", f"{key}: {value}", text)
        assert found == 1, key
    return text


NIGHT = 8 * 3600
HEAD = ("", "records", "changes", "processor s", "peak MiB")


def told(found: Mapping[str, Sequence[Cost]]) -> dict[str, str]:
    """The tables and the figures of the page: what the smaller sizes foresee of the largest, and what each thing adds."""
    *smaller, largest = found["records"]
    slope, start = statistics.linear_regression([c.records for c in smaller], [c.processor for c in smaller])
    foreseen = start + slope * largest.records
    change, _ = statistics.linear_regression(
        [c.events for c in found["history"]], [c.processor for c in found["history"]]
    )
    one, *_, every = found["rules"]
    shipped, *_, most = found["calendars"]
    rules = int(every.what.split()[0]) - 1
    calendars = int(most.what.split()[0])
    free, little = found["memory"]
    per_record = largest.events / largest.records
    told = {f"{name}_table": table(HEAD, (c.row() for c in some)) for name, some in found.items()}
    return told | {
        "start": f"{start:.1f}",
        "million": f"{slope * 1e6:.0f}",
        "each": f"{per_record:.0f}",
        "foreseen": f"{foreseen:.1f}",
        "took": f"{largest.processor:.1f}",
        "off": f"{100 * (foreseen / largest.processor - 1):+.0f}",
        "changes": f"{change * 1e6:.1f}",
        "share": f"{100 * change * per_record / slope:.0f}",
        "rule": f"{1000 * (every.processor - one.processor) / rules:.0f}",
        "rule_share": f"{100 * (every.processor - one.processor) / rules / every.processor:.1f}",
        "calendar": f"{1000 * (most.processor - shipped.processor) / calendars:.0f}",
        "free": f"{free.peak / 2**20:,.0f}",
        "little": f"{little.peak / 2**20:,.0f}",
        "dearer": f"{100 * (little.processor / free.processor - 1):+.0f}",
        "most": f"{largest.records:,}",
        "night": f"{NIGHT / slope / 1e6:.0f} million",
    }


ENGLISH = """<!-- Written by benchmarks/cost.py: run `make bench-cost`. -->

# How cost grows

What an audit costs as one thing grows and all else stays: seconds of the processor of the whole process, from starting
Python to the reports written, and the most memory that it held. The tickets are generated ones in copies, of all processes.

The short of it, on the machine below:

- an audit by the whole library costs {start} s to begin with, and **{million} s of the processor for a million records** with {each}
  changes each. By the smaller sizes the largest should take {foreseen} s, and took {took} s ({off} %): cost grows in a line.
- a million changes more cost {changes} s; of what a record costs, its history is {share} %;
- a rule more costs {rule} ms at the middle size, {rule_share} % of the whole; a calendar with an agreement more costs {calendar} ms, whatever the
  tickets are;
- memory is what it is allowed: the largest size took {free} MiB without a limit and {little} MiB with `--memory-limit {limit}`,
  which costs {dearer} % of processor time.

If it goes on in that line (measured is up to {most} records here), one core judges about {night} records in a night of
eight hours. Memory does not end it, as what does not fit is spilled to disk; the disk does. A cluster (`--engine spark`) is
worth it where tickets lie there already, or where a night is not long enough; it has to start its executors and to move rows
between them, and on one machine it is slower than the engine that is built in.

## Records

{records_table}
## Changes per record

{history_table}
## Rules

Taken from all over the library. A rule brings those that it rests on.

{rules_table}
## Calendars

Each with a service and an agreement of its own, which no ticket names.

{calendars_table}
## Memory

{memory_table}
## Machine and versions

{machine} {load}

{versions}

## Again

```sh
make bench-cost
```
"""
CHINESE = """<!-- Written by benchmarks/cost.py: run `make bench-cost`. -->

# 成本如何增长

每次只让一项增长、其余不变，看一次审核的成本：整个进程（从启动 Python 到写完报告）的处理器秒数，以及占用内存的峰值。
工单为生成的全部流程的工单，按份复制。

在下述机器上，简言之：

- 用整个规则库审核，起步 {start} 秒，此后**每百万张工单 {million} 处理器秒**（每张 {each} 条变更）。按较小规模推算，最大规模应需
  {foreseen} 秒，实测 {took} 秒（{off} %）：成本线性增长。
- 每多一百万条变更，多 {changes} 秒；一张工单的成本中，历史占 {share} %；
- 在中等规模下，每多一条规则多 {rule} 毫秒，占总成本的 {rule_share} %；每多一个日历及其协议多 {calendar} 毫秒，与工单多少无关；
- 内存以所允许的为限：最大规模不设上限时占 {free} MiB，`--memory-limit {limit}` 时占 {little} MiB，处理器时间 {dearer} %。

若照此增长（此处实测至 {most} 张工单），一个核心在八小时的夜间可判定约 {night}张工单。限制不在内存：放不下的会写到磁盘；磁盘才是限制。
当工单本来就在集群上，或者一夜不够用时，才值得用集群（`--engine spark`）：它要启动执行器、在其间搬运数据，在单机上比内置引擎慢。

## 工单数

{records_table}
## 每张工单的变更数

{history_table}
## 规则数

取自规则库各处。每条规则会带上它所依据的规则。

{rules_table}
## 日历数

每个日历各有一项服务和一份协议，但没有工单提到它们。

{calendars_table}
## 内存

{memory_table}
## 机器与版本

{machine}{load}

{versions}

## 重新测量

```sh
make bench-cost
```
"""
WORDS = (
    (r"changes", "变更"),
    (r"([\d,]+) records", r"\1 张工单"),
    (r"states alone", "仅状态"),
    (r"as it is", "原样"),
    (r"(\d+) more each", r"每张再加 \1 条"),
    (r"(\d+) rules?", r"\1 条规则"),
    (r"as shipped", "随附定义"),
    (r"(\d+) more", r"再加 \1 个"),
    (r"no limit", "不设上限"),
    (r"(\d+)(\d\d) million", r"\1.\2 亿"),
    (r"(\d\d?) million", r"\100 万"),
)
BOTH = Page(PAGE, ENGLISH, CHINESE, WORDS)

if __name__ == "__main__":
    sys.exit(main())
