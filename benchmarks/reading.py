"""How fast exports are imported, each ratio against its limit; writes docs/benchmarks-importing.md and .zh.md.

    python benchmarks/reading.py [--pm4py PYTHON] [--runs N] [--output FILE]

The UCI incident log as CSV beside DuckDB's own typed read of it (`floor.py`), and the BPIC 2013 event log beside merely
walking its XML and beside what PM4Py takes to read it, where a Python that has it is named (it is AGPL, so it is measured
beside us and never a part of us). Both logs lie at ../shared/data beside the repository. Whether memory stays flat as files
grow is measured by `growing.py`.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from measure import Sample, Task, interleaved, median
from pages import Page
from run import ROOT, UCI, Limit, busy, machine, prepare, versions

XES = ROOT.parent / "shared" / "data" / "bpic13-volvo-vinst" / "BPIC13_incidents.xes.gz"
PAGE = ROOT / "docs" / "benchmarks-importing.md"
WALK = """import gzip, sys
from xml.parsers.expat import ParserCreate
parser = ParserCreate()
parser.ordered_attributes = True
parser.StartElementHandler = lambda tag, attributes: None
parser.ParseFile(gzip.open(sys.argv[1]))"""
LXML = """import gzip, sys
from lxml import etree
class Target:
    def start(self, tag, attributes): pass
    def close(self): pass
parser = etree.XMLParser(target=Target())
with gzip.open(sys.argv[1]) as log:
    while piece := log.read(2**20):
        parser.feed(piece)
parser.close()"""
PM4PY = "import sys, pm4py; pm4py.read_xes(sys.argv[1], show_progress_bar=False)"
STARTED = "import duckdb, itsmctl.cli, itsmctl.definitions, itsmctl.importers.importing"
Samples = Mapping[str, Sequence[Sample]]
Measure = Callable[[Sample], float]
_MEASURES: Mapping[str, Measure] = {"": lambda one: one.seconds, ", processor": lambda one: one.processor}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and write the page; 1 where a limit is not kept, 2 where a log is not there."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--pm4py", help="a Python in which PM4Py is installed")
    options.add_argument("--runs", type=int, default=5, help="how many runs after one to warm up (default 5)")
    options.add_argument("--output", type=Path, default=PAGE, help="the English page; the Chinese lies beside it")
    asked = options.parse_args(arguments)
    if missing := [str(log) for log in (UCI, XES) if not log.is_file()]:
        sys.stderr.write(f"not here: {', '.join(missing)}\n")
        return 2
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="itsmctl-bench-") as folder:
        csv = interleaved(of_csv(Path(folder)), asked.runs)
        xes = interleaved(of_log(asked.pm4py, Path(folder)), asked.runs)
    found = [*limits_of_csv(csv), *limits_of_log(xes)]
    told = {"csv": measured(csv), "xes": measured(xes), "alone": without_starting(xes), "limits": kept(found)}
    about = {"runs": str(asked.runs), "machine": machine(), "load": busy(load), "versions": versions()}
    BOTH.write(told | about, asked.output)
    sys.stdout.write("\n".join(told.values()))
    return int(not all(one.kept for one in found))


def of_csv(folder: Path) -> Sequence[Task]:
    """DuckDB's typed read of the CSV, and importing it."""
    tickets = prepare(folder, 0)
    return (
        Task("DuckDB, typed read", (sys.executable, str(ROOT / "benchmarks" / "floor.py"), str(tickets.plain))),
        Task("itsmctl import", itsmctl((str(tickets.plain),), out := folder / "csv", "servicenow-audit-log"), (out,)),
    )


def of_log(pm4py: str | None, folder: Path) -> Sequence[Task]:
    """Each way to read the event log."""
    tasks = [
        Task("walk with expat", (sys.executable, "-c", WALK, str(XES))),
        Task("itsmctl, started", (sys.executable, "-c", STARTED)),
        Task("itsmctl import", itsmctl((str(XES),), out := folder / "log", "xes-vinst"), (out,)),
    ]
    if pm4py:
        tasks += [Task(name, (pm4py, "-c", code, str(XES))) for name, code in
                  (("PM4Py, started", "import pm4py"), ("PM4Py read_xes", PM4PY))]  # fmt: skip
    python = next((one for one in (sys.executable, pm4py) if one and _has_lxml(one)), None)
    if python:
        tasks.append(Task("walk with lxml", (python, "-c", LXML, str(XES))))
    return tasks


def _has_lxml(python: str) -> bool:
    return subprocess.run([python, "-c", "import lxml"], capture_output=True, check=False).returncode == 0


def limits_of_csv(samples: Samples) -> Iterator[Limit]:
    """What was promised of CSV."""
    for how, measure in _MEASURES.items():
        ratio = _ratio(samples, measure, lambda one: one["itsmctl import"] / one["DuckDB, typed read"])
        yield Limit(f"CSV: import by DuckDB's typed read{how}", ratio, 4, "x")


def limits_of_log(samples: Samples) -> Iterator[Limit]:
    """What was promised of event logs; "3 times faster" is a third of the time at most."""
    walks = [name for name in samples if name.startswith("walk")]
    for how, measure in _MEASURES.items():
        ratio = _ratio(samples, measure, lambda one: one["itsmctl import"] / min(one[name] for name in walks))
        yield Limit(f"XES: import by walking the XML{how}", ratio, 2.5, "x")
        if "PM4Py read_xes" in samples:
            ratio = _ratio(samples, measure, lambda one: one["itsmctl import"] / one["PM4Py read_xes"])
            yield Limit(f"XES: import by PM4Py{how}", ratio, 0.333, "x")


def without_starting(samples: Samples) -> str:
    """How much faster than PM4Py an import is if neither has to start; '' where PM4Py is not here."""
    if "PM4Py read_xes" not in samples:
        return ""

    def alone(one: Mapping[str, float]) -> float:
        own, other = (one[f"{name}, started"] for name in ("itsmctl", "PM4Py"))
        return (one["PM4Py read_xes"] - other) / (one["itsmctl import"] - own)

    ratio = _ratio(samples, _MEASURES[", processor"], alone)
    return f"PM4Py takes longer to start; without the start of either an import is {ratio:.1f} times as fast (processor).\n"


def _ratio(samples: Samples, measure: Measure, of_round: Callable[[Mapping[str, float]], float]) -> float:
    """The middle of the ratios round by round: what is compared ran within the same minute."""
    rounds = zip(*samples.values(), strict=True)
    return statistics.median(of_round(dict(zip(samples, map(measure, one), strict=True))) for one in rounds)


def measured(samples: Samples) -> str:
    """The table of what each way took."""
    head = ["", "seconds", "processor seconds", "peak MB"]
    rows = ([name, f"{median(some):.2f}", f"{used(some):.2f}", f"{max(one.peak for one in some) / 1e6:.0f}"] for name, some in samples.items())  # fmt: skip
    return table(head, rows)


def kept(limits: Iterable[Limit]) -> str:
    """The table of limits."""
    rows = ([one.what, f"{one.measured:.2f}", f"{one.most:g}", "pass" if one.kept else "**fail**"] for one in limits)
    return table(["", "measured", "at most", ""], rows)


def used(samples: Sequence[Sample]) -> float:
    """The middle of the seconds of the processor."""
    return statistics.median(sample.processor for sample in samples)


def itsmctl(source: Sequence[str], out: Path, mapping: str) -> tuple[str, ...]:
    """The command that imports a file, or what a database answers."""
    run = "import sys; from itsmctl.cli import run; sys.exit(run(sys.argv[1:]))"
    return (sys.executable, "-c", run, "import", *source, "--mapping", mapping, "--zone", "UTC", "-q", "-o", str(out))


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Rows as a table in Markdown."""
    return "".join(f"| {' | '.join(row)} |\n" for row in (head, ["---"] * len(head), *rows))


ENGLISH = """<!-- Written by benchmarks/reading.py: run `make bench-import PM4PY=PYTHON`. -->

# How fast exports are imported

Beside the least that reading them could cost: DuckDB told every type of a CSV, and a parser that does nothing with the XML
that it walks through; and beside PM4Py's default importer of event logs. Seconds depend on the machine, ratios less so; two machines may still differ by a fifth.

## Limits

{limits}
*Processor* are the seconds of all processors together, which others on the machine disturb least. A third of the time is
three times as fast. The faster of two XML parsers counts, where lxml is at hand.

## CSV

The UCI incident log (doi:10.24432/C57S4H): 141,712 rows, 46 MB.

{csv}
## Event log

BPIC 2013, incidents (Ward Steeman, 4TU.ResearchData): 65,533 events, gzipped XES.

{xes}
{alone}
Every row is a whole process, from starting Python to the end. Medians of {runs} runs after one warm-up; the tasks ran in turn,
so that a slow minute hits all alike, and a ratio is the median of the ratios within each round.

## Machine and versions

{machine} {load}

{versions}

## Again

```sh
make bench-import                    # PM4PY=PYTHON compares with PM4Py, where that Python has it
```
"""

CHINESE = """<!-- Written by benchmarks/reading.py: run `make bench-import PM4PY=PYTHON`. -->

# 导入速度

与读取这些数据可能的最低成本相比：DuckDB 预先知道 CSV 每列的类型；解析器只是走一遍 XML，不做任何事；并与 PM4Py 默认的事件日志导入相比。
秒数取决于机器，倍数受机器影响较小；两台机器之间仍可能相差五分之一。

## 上限

{limits}
“处理器”是所有处理器的秒数之和，受机器上其他工作的影响最小。用时三分之一，即快三倍。有 lxml 时，取两种 XML 解析器中较快的一种。

## CSV

UCI 事件日志（doi:10.24432/C57S4H）：141,712 行，46 MB。

{csv}
## 事件日志

BPIC 2013，incidents（Ward Steeman，4TU.ResearchData）：65,533 个事件，gzip 压缩的 XES。

{xes}
{alone}
每一行都是一个完整的进程，从启动 Python 到结束。取预热一次之后 {runs} 次运行的中位值；各项任务轮流运行，某一分钟变慢时各项同样受影响；
倍数是各轮之内倍数的中位值。

## 机器与版本

{machine}{load}

{versions}

## 重新测量

```sh
make bench-import                    # PM4PY=PYTHON 与 PM4Py 相比，那个 Python 须装有 PM4Py
```
"""
WORDS = (
    (r"CSV: import by DuckDB's typed read(, processor)?", r"CSV：导入与 DuckDB 带类型读取之比\1"),
    (r"XES: import by walking the XML(, processor)?", r"XES：导入与走一遍 XML 之比\1"),
    (r"XES: import by PM4Py(, processor)?", r"XES：导入与 PM4Py 之比\1"),
    (r", processor", "（处理器）"),
    (r"DuckDB, typed read", "DuckDB，带类型读取"),
    (r"(itsmctl import|PM4Py read_xes)", r"\0"),
    (r"walk with (expat|lxml)", r"用 \1 走一遍"),
    (r"(itsmctl|PM4Py), started", r"\1，仅启动"),
    (
        r"PM4Py takes longer to start; without the start of either an import is ([\d.]+) times as fast \(processor\)\.",
        r"PM4Py 启动较慢；双方都不计启动时，导入速度是它的 \1 倍（处理器）。",
    ),
)
BOTH = Page(PAGE, ENGLISH, CHINESE, WORDS)


if __name__ == "__main__":
    sys.exit(main())
