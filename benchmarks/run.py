"""Measure itsmctl against the floor, print the limits with pass or fail, and write docs/benchmarks.md and .zh.md.

    python benchmarks/run.py [--runs N] [--warm-up N] [--records N] [--output FILE]

The tickets are the public UCI incident log where it lies at ../shared/data/uci-incident-event-log beside the
repository, else (or with --records) as many generated ones.
"""

from __future__ import annotations

import argparse
import csv
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import mutations
import organisation
from measure import Sample, Task, interleaved, median, peak, ratio
from pages import Page

from itsmctl.definitions.cache import place_of

ROOT = Path(__file__).resolve().parent.parent
UCI = ROOT.parent / "shared" / "data" / "uci-incident-event-log" / "incident_event_log.zip"
PAGE = ROOT / "docs" / "benchmarks.md"
RECORDS = 24_918
"""As many incidents as the UCI log has."""
SOME = 10_000
"""The incidents that are audited by the whole library straight from their export."""
CORE = ("INC-01", "INC-02", "INC-03", "INC-04", "INC-05", "INC-06", "INC-08", "INC-11", "INC-12", "INC-14", "DQ-02", "DQ-03", "DQ-05", "DQ-06", "DQ-07", "DQ-08", "DQ-09", "DQ-10", "DQ-11", "DQ-13")  # fmt: skip
"""Twenty plain rules of the library about incidents and the quality of the data: every family, nothing chosen for speed."""
FIRST = (*CORE, "INC-23", "SLM-13")
"""The core, the transfers of a ticket, and what the tool says of its own targets: what a first audit of such a log asks, by 17 types of check."""
INCIDENTS = ("INC-*", "DQ-*", "SLM-13")
"""All rules about incidents, the quality of the data, and what the tool says of its own targets."""
PACKAGES = ("itsmctl", "duckdb", "click", "PyYAML", "jsonschema", "Jinja2")
GIB = 2**30


@dataclass(frozen=True)
class Limit:
    """A promise about speed or memory, and what was measured."""

    what: str
    measured: float
    most: float
    unit: str

    @property
    def kept(self) -> bool:
        return self.measured <= self.most


@dataclass(frozen=True)
class Counted:
    """What was tried on the definitions: how many in the large organisation, how many mistakes, kinds, and escapes."""

    definitions: int
    mistakes: int
    kinds: int
    escaped: int


@dataclass(frozen=True)
class Tickets:
    """The export that is measured: as a zip, as plain CSV, and of that the first SOME incidents with all their rows."""

    what: str
    archive: Path
    plain: Path
    some: Path
    zone: str


def main(arguments: Sequence[str]) -> int:
    """Measure, print, write the page; 1 where a limit is not kept."""
    parser = argparse.ArgumentParser(description="Measure itsmctl against the floor.")
    parser.add_argument("--runs", type=int, default=5, help="how many runs after the warm-up (default 5)")
    parser.add_argument("--warm-up", type=int, default=1, help="how many runs before them do not count (default 1)")
    parser.add_argument("--records", type=int, default=0, help="generate so many incidents instead of the UCI log")
    parser.add_argument(
        "--definitions", type=int, default=organisation.DEFINITIONS, help="size of the large organisation"
    )
    parser.add_argument("--mutants", type=int, default=mutations.COUNT, help="how many single mistakes to try")
    parser.add_argument("--output", type=Path, default=PAGE, help="the English page; the Chinese lies beside it")
    options = parser.parse_args(arguments)
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="itsmctl-bench-") as folder:
        work = Path(folder)
        os.environ["XDG_CACHE_HOME"] = str(work / "cache")
        tickets = prepare(work, options.records)
        definitions = organisation.write(work / "organisation", options.definitions)
        samples = interleaved(tasks(tickets, work), options.runs, options.warm_up)
        tried, lost = mutations.measure(options.mutants, mutations.SEED)
    found = (*limits(samples), Limit("single mistakes that escape", len(lost), 0, f"of {tried.total()}"))
    counted = Counted(definitions, tried.total(), len(tried), len(lost))
    BOTH.write(told(tickets, samples, found, options.runs, load, counted), options.output)
    sys.stdout.write(terminal(samples, found))
    return int(not all(limit.kept for limit in found))


def prepare(work: Path, records: int) -> Tickets:
    """The tickets to measure, unpacked and zipped."""
    if UCI.is_file() and not records:
        with zipfile.ZipFile(UCI) as archive:
            (name,) = archive.namelist()
            plain = Path(archive.extract(name, work))
        what = "the UCI incident log (doi:10.24432/C57S4H), 24,918 incidents in 141,712 rows"
        return Tickets(what, UCI, plain, first(SOME, plain, work / "some.csv"), "Europe/Lisbon")
    number = records or RECORDS
    made = work / "history"
    subprocess.run([*itsmctl(), "generate", "--records", str(number), "--seed", "1", "-q", "-o", str(made)], check=True)
    plain, archive_path = made / "incidents.csv", work / "incidents.zip"
    with zipfile.ZipFile(archive_path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(plain, plain.name)
    return Tickets(
        f"{number:,} generated incidents (`itsmctl generate --records {number} --seed 1`)",
        archive_path,
        plain,
        first(SOME, plain, work / "some.csv"),
        "Asia/Shanghai",
    )


def first(tickets: int, export: Path, out: Path) -> Path:
    """Write the rows of the first tickets of an export, told apart by its first column."""
    chosen: set[str] = set()
    with export.open(encoding="utf-8-sig", newline="") as read, out.open("w", encoding="utf-8", newline="") as written:
        rows, writer = csv.reader(read), csv.writer(written)
        writer.writerow(next(rows))
        for row in rows:
            if len(chosen) < tickets:
                chosen.add(row[0])
            if row[0] in chosen:
                writer.writerow(row)
    return out


def itsmctl() -> tuple[str, ...]:
    """The program that is installed beside this Python."""
    return (str(Path(sys.executable).with_name("itsmctl")),)


def tasks(tickets: Tickets, work: Path) -> tuple[Task, ...]:
    """What is measured, in the order in which one needs the other."""
    program = itsmctl()
    dataset, other, result, by_first, by_incidents, direct, at_once, of_some = (
        work / name
        for name in ("dataset", "dataset-csv", "result", "first", "incidents", "direct", "at-once", "result-some")
    )
    zone = ("--zone", tickets.zone)
    pack = work / "pack.zip"
    large = work / "organisation"
    kept = place_of(large)
    assert kept is not None
    one = sorted((large / "policies").glob("*.yaml"))[0]
    return (
        Task("floor", (sys.executable, str(ROOT / "benchmarks" / "floor.py"), str(tickets.plain))),
        Task("import csv", (*program, "import", str(tickets.plain), *zone, "-q", "-o", str(other)), (other,)),
        Task("import zip", (*program, "import", str(tickets.archive), *zone, "-q", "-o", str(dataset)), (dataset,)),
        Task("audit", (*program, "audit", "--tickets", str(dataset), "-q", "-o", str(result)), (result,), codes=(0, 1)),
        Task("audit by the first rules", (*program, "audit", *only(FIRST), "--tickets", str(dataset), "-q", "-o", str(by_first)), (by_first,), codes=(0, 1)),
        Task("audit by the rules about incidents", (*program, "audit", *only(INCIDENTS), "--tickets", str(dataset), "-q", "-o", str(by_incidents)), (by_incidents,), codes=(0, 1)),
        Task("audit of the csv by the first rules", (*program, "audit", *only(FIRST), "--tickets", str(tickets.plain), *zone, "-q", "-o", str(at_once)), (at_once,), codes=(0, 1)),
        Task("audit of the zip", (*program, "audit", "--tickets", str(tickets.archive), *zone, "-q", "-o", str(direct)), (direct,), codes=(0, 1)),
        Task("audit of 10,000 tickets of the csv", (*program, "audit", "--tickets", str(tickets.some), *zone, "-q", "-o", str(of_some)), (of_some,), codes=(0, 1)),
        Task("evidence build", (*program, "evidence", "build", str(result), "-o", str(pack)), (pack,)),
        Task("evidence verify", (*program, "evidence", "verify", str(pack))),
        Task("validate", (*program, "validate")),
        Task("validate many", (*program, "validate", "--root", str(large)), (kept,)),
        Task("validate one of many", (*program, "validate", "--root", str(large), str(one)), change=one),
        Task("help", (*program, "--help")),
    )  # fmt: skip


def only(rules: Sequence[str]) -> tuple[str, ...]:
    """The options of `audit` for these rules alone."""
    return tuple(word for rule in rules for word in ("--rule", rule))


def limits(samples: Mapping[str, Sequence[Sample]]) -> tuple[Limit, ...]:
    """Everything that was promised."""
    floor = samples["floor"]
    light = ("floor", "evidence verify", "validate", "validate many", "validate one of many", "help")
    heavy = [name for name in samples if name not in light]
    most = max(peak(samples[name]) for name in heavy)
    read, by_first, by_all = samples["import csv"], samples["audit by the first rules"], samples["audit"]
    return (
        Limit("import + audit by the first rules", ratio((read, by_first), floor), 6, "x floor"),
        Limit("import + audit by the library", ratio((read, by_all), floor), 9, "x floor"),
        Limit("audit of 10,000 tickets of the csv", median(samples["audit of 10,000 tickets of the csv"]), 3, "s"),
        Limit("evidence build", ratio((samples["evidence build"],), floor), 6, "x floor"),
        Limit("peak memory of each", most / GIB, 1, "GiB"),
        Limit("itsmctl --help", median(samples["help"]) * 1000, 150, "ms"),
        Limit("itsmctl validate", median(samples["validate"]) * 1000, 1000, "ms"),
        Limit("validate many, nothing kept", median(samples["validate many"]), 10, "s"),
        Limit("validate one file of many", median(samples["validate one of many"]), 1, "s"),
    )


def terminal(samples: Mapping[str, Sequence[Sample]], found: Sequence[Limit]) -> str:
    """The numbers for a terminal."""
    lines = [f"{'':36}{'median s':>10}{'min':>8}{'max':>8}{'cpu s':>8}{'peak MiB':>10}{'x floor':>9}{'x cpu':>7}"]
    lines += [
        "".join(
            (
                f"{row[0]:36}",
                f"{row[1]:>10}",
                *(f"{x:>8}" for x in row[2:5]),
                f"{row[5]:>10}",
                f"{row[6]:>9}",
                f"{row[7]:>7}",
            )
        )
        for row in rows(samples)
    ]
    lines.append("")
    lines += [
        f"{'pass' if one.kept else 'FAIL'}  {one.what:46}{one.measured:8.2f} {one.unit}, at most {one.most:g}"
        for one in found
    ]
    return "\n".join(lines) + "\n"


def rows(samples: Mapping[str, Sequence[Sample]]) -> list[tuple[str, ...]]:
    """One row per task."""
    made = []
    floor = statistics.median(sample.processor for sample in samples["floor"])
    for name, some in samples.items():
        seconds = sorted(sample.seconds for sample in some)
        processor = statistics.median(sample.processor for sample in some)
        cells = (f"{x:.2f}" for x in (median(some), seconds[0], seconds[-1], processor))
        made.append(
            (
                name,
                *cells,
                f"{peak(some) / 2**20:.0f}",
                f"{ratio((some,), samples['floor']):.2f}",
                f"{processor / floor:.2f}",
            )
        )
    return made


def told(
    tickets: Tickets,
    samples: Mapping[str, Sequence[Sample]],
    found: Sequence[Limit],
    runs: int,
    load: float,
    counted: Counted,
) -> dict[str, str]:
    """What fills the page."""
    head = "| | median s | min | max | processor s | peak MiB | x floor | x floor, processor |\n|---|---|---|---|---|---|---|---|\n"
    body = "".join("| " + " | ".join(row) + " |\n" for row in rows(samples))
    kept = "".join(
        f"| {one.what} | {one.measured:.2f} {one.unit} | {one.most:g} {one.unit} | {'pass' if one.kept else '**fail**'} |\n"
        for one in found
    )
    return {
        "tickets": tickets.what,
        "first": ", ".join(FIRST),
        "runs": str(runs),
        "definitions": f"{counted.definitions:,}",
        "mistakes": str(counted.mistakes),
        "kinds": str(counted.kinds),
        "reported": str(counted.mistakes - counted.escaped),
        "table": head + body,
        "limits": "| | measured | at most | |\n|---|---|---|---|\n" + kept,
        "machine": machine(),
        "versions": versions(),
        "load": busy(load),
    }


ENGLISH = """<!-- Written by benchmarks/run.py: run `make bench`. -->

# Benchmarks

What an audit costs, as a multiple of the least that it could cost: DuckDB, told every type and the form of the times,
reading the same CSV into a typed table (`benchmarks/floor.py`). Seconds depend on the machine, ratios less so; two machines may still differ by a fifth.

Tickets: {tickets}.

## Limits

{limits}
## Measured

{table}
Every row is a whole process, from starting Python to the end; `itsmctl` starts with its modules compiled and the files in
the page cache. Medians of {runs} runs after one warm-up; the tasks ran in turn, so that a slow minute hits all alike, and
a ratio is the median of the ratios within each round. The peak is what the kernel recorded for that process, the largest of
all runs. `audit` reads the imported dataset, judges by every rule of the library, and writes the result folder with both reports;
*the first rules* are 22 of them: {first}; the rules about incidents are these and all others about incidents, the quality of the
data and what the tool says of its own targets. An audit of the zip or of the csv imports on the way; the 10,000 tickets are the
first of the csv, with all their rows, judged by the whole library.

## Definitions

*Many* is a large organisation: {definitions} definitions, copies of the reference set tied together as it is
(`benchmarks/organisation.py`). *Nothing kept* reads and checks every file; *one file of many* is what an editor or a commit
hook waits for after a change, judged within the whole set.

Of {mistakes} single mistakes of {kinds} kinds put into the reference set one at a time (`benchmarks/mutations.py`: a
misspelt reference, a missing key, an unknown code, a second Accountable, an agreement longer than what it supports, YAML 1.1
habits, …), {reported} were reported at their own line.

## Machine and versions

{machine} {load}

{versions}

## Again

```sh
make bench                                    # with the public log beside the repository, else generated tickets
python benchmarks/run.py --records 24918      # generated tickets, on any machine
```
"""


def machine() -> str:
    """Processor, cores and memory; nothing that names the computer."""
    processor = platform.processor() or platform.machine()
    cpu = Path("/proc/cpuinfo")
    if cpu.is_file():
        names = [
            line.partition(":")[2].strip() for line in cpu.read_text().splitlines() if line.startswith("model name")
        ]
        processor = names[0] if names else processor
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / GIB
    return f"{processor}, {os.cpu_count()} cores, {memory:.0f} GiB of memory, {platform.system()}."


def busy(load: float) -> str:
    """Whether others used the machine when the measuring began."""
    if load < 0.5:
        return "Nobody else used it."
    return f"Others used it too (load {load:.1f} at the start): the processor column is the safer one."


def versions() -> str:
    """Versions of Python and of what matters for speed."""
    return f"Python {platform.python_version()}, " + ", ".join(f"{name} {version(name)}" for name in PACKAGES) + "."


CHINESE = """<!-- Written by benchmarks/run.py: run `make bench`. -->

# 性能

一次审核的成本，以它可能的最低成本的倍数表示。最低成本（基准）是：DuckDB 预先知道每列的类型和时间的写法，把同一个 CSV 读成带类型的表
（`benchmarks/floor.py`）。秒数取决于机器，倍数受机器影响较小；两台机器之间仍可能相差五分之一。

工单：{tickets}。

## 上限

{limits}
## 实测

{table}
每一行都是一个完整的进程，从启动 Python 到结束；`itsmctl` 启动时模块已编译，文件已在页缓存中。取预热一次之后 {runs} 次运行的中位值；
各项任务轮流运行，某一分钟变慢时各项同样受影响；倍数是各轮之内倍数的中位值。内存峰值是内核为该进程所记的值，取各次运行的最大值。
“审核”读取已导入的数据集，按规则库的每条规则判定，并写出含两份报告的结果文件夹；“首批规则”是其中 22 条：{first}；“事件类规则”是这些规则
以及其余所有关于事件、数据质量和工具自报目标的规则。直接审核 zip 或 CSV 时，途中先导入；10,000 张工单是 CSV 中最前面的 10,000 张及其全部行，
按整个规则库判定。

## 定义

“大型组织”有 {definitions} 项定义，由参考集复制而成，彼此的联系与参考集相同（`benchmarks/organisation.py`）。“无缓存”指读取并检查每个文件；
“其中一个文件”是编辑器或提交钩子在一处改动之后要等的时间，该文件放在整套定义之中判定。

把 {kinds} 种共 {mistakes} 处单一错误逐一放进参考集（`benchmarks/mutations.py`：拼错的引用、缺少的键、未知的代码、第二个 Accountable、
协议承诺的时间长于它所支撑的协议、YAML 1.1 的写法等），其中 {reported} 处在其所在行报告。

## 机器与版本

{machine}{load}

{versions}

## 重新测量

```sh
make bench                                    # 仓库旁有公开日志时用它，否则用生成的工单
python benchmarks/run.py --records 24918      # 生成的工单，任何机器均可
```
"""
WORDS = (
    (r"the UCI incident log \((.+)\), ([\d,]+) incidents in ([\d,]+) rows", r"UCI 事件日志（\1），\2 个事件，\3 行"),
    (r"([\d,]+) generated incidents \((.+)\)", r"生成的 \1 个事件（\2）"),
    (r"import \+ audit by the first rules", "导入 + 按首批规则审核"),
    (r"import \+ audit by the library", "导入 + 按整个规则库审核"),
    (r"audit of 10,000 tickets of the csv", "直接审核 CSV 中的 10,000 张工单"),
    (r"(itsmctl --help|itsmctl validate|evidence build|evidence verify|validate|help)", r"\0"),
    (r"peak memory of each", "各项的内存峰值"),
    (r"validate many, nothing kept", "校验大型组织，无缓存"),
    (r"validate one file of many|validate one of many", "校验大型组织的其中一个文件"),
    (r"validate many", "校验大型组织"),
    (r"single mistakes that escape", "漏报的单一错误"),
    (r"([\d.]+) of (\d+)", r"\2 处中 \1 处"),
    (r"x floor, processor", "基准的倍数（处理器）"),
    (r"import csv", "导入 CSV"),
    (r"import zip", "导入 zip"),
    (r"audit", "审核"),
    (r"audit by the first rules", "按首批规则审核"),
    (r"audit by the rules about incidents", "按事件类规则审核"),
    (r"audit of the csv by the first rules", "按首批规则直接审核 CSV"),
    (r"audit of the zip", "直接审核 zip"),
)
BOTH = Page(PAGE, ENGLISH, CHINESE, WORDS)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
