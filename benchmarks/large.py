"""Measure itsmctl and its peers side by side on a large history, see that they agree, and write docs/benchmarks-large.md and .zh.md.

    python benchmarks/large.py [--records N]... [--history whole|lean]... [--runs N] [--peers NAME]... [--once N] [--output FILE]

`--once` incidents are generated and imported one time, then laid out in copies (`many.py`) until there are as many
records as asked: with all that their histories tell, or with the changes alone. Every program is a whole process that reads the same tables; they run in turn. Where a peer and itsmctl
disagree on one record, the rows are printed and the exit code is 1. Peers that need a package which is not installed are
left out, and the page says so: `pip install 'itsmctl[bench]'`.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from agreeing import Difference, compare
from many import ZONE, Many, apart, generate, lean, multiply, once
from measure import Sample, Task, interleaved, median, peak, ratio
from pages import Page
from peering import PEERS, Peer
from run import CORE, ROOT, Limit, busy, itsmctl, machine, only, versions

PAGE = ROOT / "docs" / "benchmarks-large.md"
DEFINITIONS = ROOT / "benchmarks" / "definitions"
TEN_MORE = ("DQ-15", "INC-13", "INC-17", "INC-18", "INC-23", "CFG-03", "KNW-03", "PRB-09", "SLM-05", "SLM-13")
"""Rules about incidents whose types of check the core has already: what one of them alone adds is less than what two runs differ by."""
SMALL = 10_000
FLOOR, LIBRARY, VERDICTS, THIRTY_RULES, TWENTY_RULES, SHARED = (
    "floor",
    "audit by the library",
    "audit by the rules with a verdict",
    "audit by the core and ten rules",
    "audit by the core",
    "audit by the shared rules",
)
EXPORTS = "audit of the exports"
SHARE_OF_INCIDENTS = 0.6716
"""How many of the records of a generated history are incidents."""
WHOLE, LEAN = "whole", "lean"


@dataclass(frozen=True)
class Measured:
    """One size: the history and whether it is whole or lean, the samples, and where peers differ."""

    kind: str
    history: Many
    samples: Mapping[str, Sequence[Sample]]
    differences: Sequence[Difference]


def main(arguments: Sequence[str]) -> int:
    """Measure, print, write the page; 1 where a limit is not kept or a peer disagrees."""
    asked = options(arguments)
    load = os.getloadavg()[0]
    peers = [peer for peer in PEERS if not asked.peers or peer.name in asked.peers]
    present = [peer for peer in peers if not peer.missing]
    with tempfile.TemporaryDirectory(prefix="itsmctl-bench-", dir=asked.work) as folder:
        os.environ["XDG_CACHE_HOME"] = str(Path(folder) / "cache")
        source = once(Path(folder), asked.once)
        sources = {WHOLE: source, LEAN: apart(lean, source, Path(folder) / LEAN)}
        sizes = [
            measured(kind, sources[kind], Path(folder), size, present, asked.runs)
            for size in asked.records or [100_000]
            for kind in asked.history or (WHOLE, LEAN)
        ]
        start = small(Path(folder), asked.runs)
    differences = [line for size in sizes for difference in size.differences for line in difference.lines()]
    sys.stdout.write("".join(f"{line}\n" for line in differences))
    found = limits(sizes, start)
    for limit in found:
        sys.stdout.write(
            f"{'pass' if limit.kept else 'FAIL'}  {limit.what}: {limit.measured:.2f} {limit.unit}, at most {limit.most:g}\n"
        )
    BOTH.write(told(sizes, start, found, peers, asked, load), asked.output)
    return int(bool(differences) or (not asked.lenient and not all(limit.kept for limit in found)))


def options(arguments: Sequence[str]) -> argparse.Namespace:
    """What is asked for."""
    parser = argparse.ArgumentParser(description="Measure itsmctl and its peers on a large history.")
    parser.add_argument(
        "--records", type=int, action="append", help="about how many records (repeatable; default 100000)"
    )
    parser.add_argument(
        "--history",
        action="append",
        choices=(WHOLE, LEAN),
        help="all that each record was, or its changes alone (repeatable; default both, the lean last)",
    )
    parser.add_argument(
        "--once", type=int, default=SMALL, help="how many incidents to generate and copy (default 10000)"
    )
    parser.add_argument("--runs", type=int, default=3, help="how many runs after one warm-up (default 3)")
    parser.add_argument(
        "--peers", action="append", choices=[peer.name for peer in PEERS], help="only these (repeatable)"
    )
    parser.add_argument(
        "--lenient", action="store_true", help="exit with 0 though a limit is not kept; peers must agree all the same"
    )
    parser.add_argument("--work", type=Path, help="folder for the large files (default: the system's)")
    parser.add_argument("--output", type=Path, default=PAGE, help="the English page; the Chinese lies beside it")
    return parser.parse_args(arguments)


def measured(kind: str, source: Path, work: Path, records: int, peers: Sequence[Peer], runs: int) -> Measured:
    """One size: laid out, measured, compared, and taken away again; without the peers for which it is too large."""
    with tempfile.TemporaryDirectory(dir=work) as folder:
        place = Path(folder)
        each = json.loads((source / "receipt.json").read_text("utf-8"))["records"]
        history = multiply(source, place / "many", max(1, round(records / each)))
        able = [peer for peer in peers if history.records <= peer.most]
        samples = interleaved(tasks(history, place, able), runs)
        shared = place / SHARED
        differences = [compare(peer.name, peer.rules, shared, place / f"{peer.script}.csv") for peer in able]
    return Measured(kind, history, samples, differences)


def tasks(history: Many, work: Path, peers: Sequence[Peer]) -> tuple[Task, ...]:
    """What is measured, in the order in which it runs."""
    floor = (sys.executable, str(ROOT / "benchmarks" / "floor_tables.py"), str(history.dataset), str(history.tables))
    core = only(CORE)
    return (
        Task(FLOOR, floor),
        audit(LIBRARY, history, work),
        audit(VERDICTS, history, work, *only(with_a_verdict())),
        audit(TWENTY_RULES, history, work, *core),
        audit(THIRTY_RULES, history, work, *only((*CORE, *TEN_MORE))),
        audit(
            SHARED,
            history,
            work,
            "--root",
            str(DEFINITIONS),
            "--rule",
            "BEN-0*",
            "--rule",
            "BEN-1*",
            "--rule",
            "BEN-20",
        ),
        *(Task(peer.name, peer.command(history.tables, work / f"{peer.script}.csv", history.as_of)) for peer in peers),
    )


@cache
def with_a_verdict() -> tuple[str, ...]:
    """The rules of the library but for its enquiries, which ask and do not judge."""
    listed = subprocess.run(
        [*itsmctl(), "rules", "list", "--format", "json"], cwd=ROOT, capture_output=True, check=True
    )
    return tuple(rule["id"] for rule in json.loads(listed.stdout)["rules"] if not rule["enquiry"])


def audit(name: str, history: Many, work: Path, *more: str) -> Task:
    """An audit of the imported history."""
    result = work / name
    command = (*itsmctl(), "audit", "--tickets", str(history.dataset), *more, "-q", "-o", str(result))
    return Task(name, command, (result,), codes=(0, 1))


def small(work: Path, runs: int) -> Mapping[str, Sequence[Sample]]:
    """The audit of SMALL records of all processes, straight from their generated exports, by one process that imports them."""
    export, result = work / "small", work / "small-result"
    generate(round(SMALL * SHARE_OF_INCIDENTS), export)
    command = (*itsmctl(), "audit", "--tickets", str(export), "--zone", ZONE, "-q", "-o", str(result))
    return interleaved((Task(EXPORTS, command, (result,), codes=(0, 1)),), runs)


def limits(sizes: Sequence[Measured], start: Mapping[str, Sequence[Sample]]) -> tuple[Limit, ...]:
    """Everything that was promised, of the last size; a peer must take so many times as long as the shared rules, where it
    was measured last.
    """
    samples = sizes[-1].samples
    promised = {"plain Python loop": 12, "pandas": 3, "PM4Py token replay": 7}
    last = {name: size for size in sizes for name in size.samples}
    faster = [
        Limit(
            f"shared rules against {name}, {last[name].history.records:,} records",
            ratio((last[name].samples[SHARED],), last[name].samples[name]),
            1 / least,
            f"x its time (1/{least})",
        )
        for name, least in promised.items()
        if name in last
    ]
    return (
        Limit(VERDICTS, ratio((samples[VERDICTS],), samples[FLOOR]), 6, "x floor"),
        Limit("audit by the core", ratio((samples[TWENTY_RULES],), samples[FLOOR]), 2.5, "x floor"),
        Limit("one more rule, processor time", 100 * one_more(samples), 2, "%"),
        *faster,
        Limit(f"audit of the exports of {SMALL:,} records", median(start[EXPORTS]), 3, "s"),
    )


def one_more(samples: Mapping[str, Sequence[Sample]]) -> float:
    """What a rule adds to the core: a tenth of the share of the processor seconds that ten add, middle against middle."""
    with_them, without = (
        statistics.median(sample.processor for sample in samples[name]) for name in (THIRTY_RULES, TWENTY_RULES)
    )
    return (with_them / without - 1) / len(TEN_MORE)


def told(
    sizes: Sequence[Measured],
    start: Mapping[str, Sequence[Sample]],
    found: Sequence[Limit],
    peers: Sequence[Peer],
    asked: argparse.Namespace,
    load: float,
) -> dict[str, str]:
    """What fills the page."""
    return {
        "limits": "".join(
            f"| {one.what} | {one.measured:.2f} {one.unit} | {one.most:.3g} | {'pass' if one.kept else '**fail**'} |\n"
            for one in found
        ),
        "sizes": "\n".join(section(size) for size in sizes),
        "start": table(start, EXPORTS),
        "small": f"{SMALL:,}",
        "missing": "".join(
            f"- {peer.name}: not measured, as {', '.join(peer.missing)} is not installed.\n"
            for peer in peers
            if peer.missing
        )
        + "".join(
            f"- {peer.name}: measured up to {peer.most:,} records.\n"
            for peer in peers
            if any(size.history.records > peer.most for size in sizes)
        ),
        "once": f"{asked.once:,}",
        "runs": str(asked.runs),
        "core": ", ".join(CORE),
        "verdicts": str(len(with_a_verdict())),
        "more": ", ".join(TEN_MORE),
        "machine": machine(),
        "load": busy(load),
        "versions": versions(),
        "commit": subprocess.run(
            ["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True
        ).stdout.strip()
        or "unknown",
    }


def section(size: Measured) -> str:
    """What was measured at one size, and who agrees."""
    history = size.history
    agreed = "".join(
        f"- {difference.peer}: {difference.shared:,} failures in common, "
        f"{len(difference.only_ours) + len(difference.only_theirs):,} different.\n"
        for difference in size.differences
    )
    each = history.events / history.records
    title = f"## {history.records:,} records, {history.events:,} events: {each:.1f} each, {size.kind}"
    return f"{title}\n\n{table(size.samples, FLOOR)}\n{agreed}"


def table(samples: Mapping[str, Sequence[Sample]], floor: str) -> str:
    """One row per task: seconds, processor seconds, memory, and the ratio to the first."""
    lines = [f"| | median s | processor s | peak MiB | x {floor} |", "|---|---|---|---|---|"]
    for name, some in samples.items():
        processor = statistics.median(sample.processor for sample in some)
        times = ratio((some,), samples[floor])
        lines.append(f"| {name} | {median(some):.2f} | {processor:.2f} | {peak(some) / 2**20:.0f} | {times:.2f} |")
    return "\n".join(lines) + "\n"


ENGLISH = """<!-- Written by benchmarks/large.py: run `make bench-large`. -->

# Large histories, and other programs

The same tables read by itsmctl, by the floor (DuckDB, told every type, reads the CSV into typed tables and stops) and by
programs that somebody could write instead. Every row is a whole process; none of them starts others. The programs ran in
turn, so that a slow minute hits all alike; medians of {runs} runs after one warm-up, ratios are medians of the ratios
within each round.

## Limits

At the last size below; they are meant for a million records and more, where starting up no longer weighs. A peer's row says how much of its time the shared rules take itsmctl.

| | measured | at most | |
|---|---|---|---|
{limits}
{sizes}
## The exports of {small} records

One process reads the CSV files of all processes, and judges by the whole library.

{start}
## What was run

The tickets are {once} generated incidents with their requests, changes, problems and releases, laid out in copies that each
have ids of their own (`benchmarks/many.py`). A *whole* history tells what every field held at the opening, a *lean* one only
the state and the priority, and of the others their changes, as tools do that log nothing else. itsmctl reads the imported dataset in Parquet, the others the same tables in CSV with
the codes already translated. *The rules with a verdict*
are {verdicts}; the library has enquiries too, which ask and do not judge. *The core* are twenty of them: {core}. What one more rule adds is
measured by ten, each about incidents and of a type of check that the core has: {more}; the limit is held by a tenth of
the processor seconds that they add, as one alone would vanish in what two runs differ by. *The shared
rules* are the twenty of `benchmarks/definitions`: one process, one calendar with holidays and daylight saving, one agreement.
The peers in `benchmarks/peers` judge them too, and every record that fails must be the same.

{missing}
{machine} {load}

{versions} Commit {commit}.

```sh
pip install 'itsmctl[bench]'
python benchmarks/large.py --records 100000 --records 1000000
```
"""

CHINESE = """<!-- Written by benchmarks/large.py: run `make bench-large`. -->

# 大规模历史与其他程序

同样的表，由 itsmctl、基准（DuckDB 预先知道每列的类型，把 CSV 读成带类型的表就停下）以及可以替代它自行编写的程序来读。每一行都是一个完整的进程，
都不再启动其他进程。各程序轮流运行，某一分钟变慢时各项同样受影响；取预热一次之后 {runs} 次运行的中位值，倍数是各轮之内倍数的中位值。

## 上限

以下面最后一种规模为准；这些上限针对一百万张工单以上，此时启动所占的时间已无足轻重。其他程序的各行，是 itsmctl 按共用规则判定所用的时间占其用时的多少。

| | 实测 | 上限 | |
|---|---|---|---|
{limits}
{sizes}
## {small} 张工单的导出文件

一个进程读取所有流程的 CSV 文件，并按整个规则库判定。

{start}
## 测了什么

工单是生成的 {once} 个事件及其请求、变更、问题和发布，复制成多份，每份有自己的编号（`benchmarks/many.py`）。“完整”的历史写明每个字段在受理时的值；
“精简”的只写状态和优先级，其余字段只有改变，如同只记改变的工具。itsmctl 读取已导入的 Parquet 数据集，其他程序读取同样的表，为 CSV，代码已经译好。
“作出判定的规则”有 {verdicts} 条；规则库另有问询，只提问、不判定。“核心”是其中二十条：{core}。多一条规则增加多少，以十条来测，
它们都关于事件，检查类型都是核心已有的：{more}；上限针对它们所增加的处理器秒数的十分之一，因为单独一条会淹没在两次运行的差异之中。
“共用规则”是 `benchmarks/definitions` 中的二十条：一个流程、一个含节假日和夏令时的日历、一份协议。`benchmarks/peers` 中的其他程序也按它们判定，
未通过的每一条记录都须相同。

{missing}
{machine}{load}

{versions} 提交 {commit}。

```sh
pip install 'itsmctl[bench]'
python benchmarks/large.py --records 100000 --records 1000000
```
"""
WORDS = (
    (r"## ([\d,]+) records, ([\d,]+) events: ([\d.]+) each, (\w+)", r"## \1 张工单，\2 个事态：每张 \3 个，\4"),
    (WHOLE, "完整"),
    (LEAN, "精简"),
    (r"audit by the library", "按整个规则库审核"),
    (r"audit by the rules with a verdict", "按作出判定的规则审核"),
    (r"audit by the core", "按核心审核"),
    (r"audit by the core and ten rules", "按核心加十条规则审核"),
    (r"audit by the shared rules", "按共用规则审核"),
    (r"one more rule, processor time", "多一条规则的处理器时间"),
    (r"shared rules against (.+), ([\d,]+) records", r"共用规则与“\1”相比，\2 张工单"),
    (r"([\d.]+) x its time \((.+)\)", r"其用时的 \1 倍（\2）"),
    (r"1/\d+", r"\0"),
    (r"audit of the exports of ([\d,]+) records", r"审核 \1 张工单的导出文件"),
    (r"audit of the exports", "审核导出文件"),
    (r"plain Python loop", "普通 Python 循环"),
    (r"plain Python loop with businesstimedelta", "普通 Python 循环加 businesstimedelta"),
    (r"pandas", "pandas"),
    (r"rule-engine, record by record", "rule-engine，逐条记录"),
    (r"PM4Py token replay", "PM4Py 令牌回放"),
    (r"PM4Py directly-follows graph", "PM4Py 直接跟随图"),
    (r"- (.+): ([\d,]+) failures in common, ([\d,]+) different\.", r"- \1：共同未通过 \2 条，不同 \3 条。"),
    (r"- (.+): not measured, as (.+) is not installed\.", r"- \1：未测，因为没有安装 \2。"),
    (r"- (.+): measured up to ([\d,]+) records\.", r"- \1：测至 \2 张工单。"),
    (r"[0-9a-f]{7,}(-dirty)?|unknown", r"\0"),
)
BOTH = Page(PAGE, ENGLISH, CHINESE, WORDS)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
