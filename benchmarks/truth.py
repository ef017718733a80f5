"""Plant violations with many seeds, audit each history, compare, and write docs/planted-truth.md and .zh.md.

    python benchmarks/truth.py --records 3000 --seeds 20

Exit code 1 where a deterministic rule missed something or found something that was not planted.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from pages import Page

from itsmctl.audit import AuditOptions, audit
from itsmctl.definitions import load
from itsmctl.engine.results import read_verdicts
from itsmctl.generate import ZONE, generate
from itsmctl.generate.misdeeds import MISDEEDS
from itsmctl.generate.violations import VIOLATIONS
from itsmctl.importers.importing import import_files
from itsmctl.model import Definitions
from itsmctl.reference import reference_root

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "planted-truth.md"
MEANT = {(one.rule, one.what) for one in (*VIOLATIONS.values(), *MISDEEDS)}
"""What is done to a record on purpose; everything else in the truth follows from that."""


@dataclass
class Score:
    """What became of one rule: right where planted and found, missed, or found and not planted."""

    right: int = 0
    missed: int = 0
    extra: int = 0
    meant: int = 0
    """How many of the right ones were bent for this very rule."""

    @property
    def precision(self) -> float | None:
        return self.right / (self.right + self.extra) if self.right + self.extra else None

    @property
    def recall(self) -> float | None:
        return self.right / (self.right + self.missed) if self.right + self.missed else None


@dataclass
class Outcome:
    """All seeds together, and each alone."""

    rules: dict[str, Score] = field(default_factory=dict)
    seeds: list[tuple[int, int, int, int, int]] = field(default_factory=list)
    """Seed, records, planted, missed, and found beyond that."""


def main() -> int:
    """Run all seeds and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=3000)
    parser.add_argument("--seeds", type=int, default=20)
    arguments = parser.parse_args()
    definitions, outcome = load(reference_root()), Outcome()
    for seed in range(1, arguments.seeds + 1):
        add(definitions, arguments.records, seed, outcome)
        print("seed {}: {} records, {} planted, {} missed, {} too much".format(*outcome.seeds[-1]), flush=True)
    BOTH.write(told(definitions, arguments.records, outcome), PAGE)
    print(PAGE.relative_to(ROOT))
    judged = [score for rule, score in outcome.rules.items() if not definitions.rules[rule].enquiry]
    return int(any(score.missed or score.extra for score in judged))


def add(definitions: Definitions, records: int, seed: int, outcome: Outcome) -> None:
    """Generate, import, audit and compare one history."""
    with TemporaryDirectory() as folder:
        place = Path(folder)
        truth = generate(definitions, records, seed, place / "history")
        import_files(
            [place / "history" / name for name in truth.rows], None, definitions.mappings, ZONE, place / "data"
        )
        audit(definitions, place / "data", AuditOptions(), verdicts=place / "verdicts.parquet")
        verdicts = read_verdicts(place / "verdicts.parquet", failed_only=True)
        found = {(v.rule, v.record_id) for v in verdicts if definitions.rules[v.rule].check != "register"}
    planted = {(deed.rule, deed.record) for deed in truth.planted}
    meant = Counter(deed.rule for deed in truth.planted if (deed.rule, deed.what) in MEANT)
    for counted, pairs in (("right", planted & found), ("missed", planted - found), ("extra", found - planted)):
        for rule, _ in pairs:
            score = outcome.rules.setdefault(rule, Score())
            setattr(score, counted, getattr(score, counted) + 1)
    for rule, count in meant.items():
        outcome.rules.setdefault(rule, Score()).meant += count
    outcome.seeds.append((seed, records + truth.others, len(planted), len(planted - found), len(found - planted)))


def told(definitions: Definitions, records: int, outcome: Outcome) -> dict[str, str]:
    """What fills the page."""
    judged, asked = (
        {rule: score for rule, score in sorted(outcome.rules.items()) if definitions.rules[rule].enquiry == enquiry}
        for enquiry in (False, True)
    )
    about_tickets = {rule.id for rule in definitions.rules.values() if rule.check != "register"}
    silent = sorted(about_tickets - {rule for rule, score in outcome.rules.items() if score.right})
    return {
        "seeds": str(len(outcome.seeds)),
        "records": f"{records:,}",
        "found": f"{sum(score.right for score in outcome.rules.values()):,}",
        "rules": str(len(about_tickets) - len(silent)),
        "silent": " ".join(silent) or "none",
        "by_seed": "\n".join(f"| {' | '.join(f'{n:,}' for n in row)} |" for row in outcome.seeds),
        "judged": "\n".join(_rows(judged.items())),
        "asked": "\n".join(_rows(asked.items())),
    }


def _rows(scores: Iterable[tuple[str, Score]]) -> Iterator[str]:
    for rule, score in scores:
        cells = (
            rule,
            score.right + score.missed,
            score.meant,
            score.right + score.extra,
            *map(_ratio, (score.precision, score.recall)),
        )
        yield f"| {' | '.join(map(str, cells))} |"


def _ratio(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}".rstrip("0").rstrip(".")


ENGLISH = """<!-- Written by benchmarks/truth.py: run `make truth`. -->

# Planted truth

`itsmctl generate` writes histories in which everything keeps its promises, except for what it plants: each kind of violation
at known records, and what follows from it (a late resolution also spoils its month). What an audit must find is worked out by
plain Python, not by the checks. Here {seeds} histories of {records} incidents, with the changes, requests, problems, releases,
security incidents, articles, items, improvements and complaints that go with them, were audited by the reference rules.

{found} findings of {rules} rules were planted and found. Rules about tickets for which nothing was planted: {silent}
(some need a larger history: `tests/test_generate.py` plants every rule among 3,000 incidents, and the others in the
exports of `itsmctl generate --flawed`). Rules about registers ask definitions, which are not generated.

## By seed

| seed | records | planted | missed | not planted |
|---|---|---|---|---|
{by_seed}

## By rule

*On purpose* are the records that were bent for this very rule; the others follow from something else.

| rule | planted | on purpose | found | precision | recall |
|---|---|---|---|---|---|
{judged}

## Enquiries

An enquiry finds a pattern that may be innocent: its precision is measured against the records that show the pattern.

| rule | planted | on purpose | found | precision | recall |
|---|---|---|---|---|---|
{asked}
"""

CHINESE = """<!-- Written by benchmarks/truth.py: run `make truth`. -->

# 预埋事实

`itsmctl generate` 生成的历史中一切都合乎承诺，只有预埋的例外：每种违规都埋在已知的记录上，再加上由此引起的后果（解决超时也会拖累当月的达成率）。
审核应当发现什么，由普通的 Python 另行算出，不经过检查本身。这里把 {seeds} 份各 {records} 个事件的历史，连同与之相关的变更、请求、问题、发布、
安全事件、知识条目、配置项、改进和投诉，按参考规则审核。

{rules} 条规则共预埋并发现 {found} 处。没有预埋任何违规的工单类规则：{silent}（其中一些需要更大的历史：`tests/test_generate.py` 在 3,000 个事件中
预埋每条规则，其余的在 `itsmctl generate --flawed` 的导出中）。台账类规则检查的是定义，而定义不是生成的。

## 按种子

| 种子 | 记录 | 预埋 | 漏报 | 非预埋 |
|---|---|---|---|---|
{by_seed}

## 按规则

“有意”是专为该规则改动的记录；其余由别的违规引起。

| 规则 | 预埋 | 有意 | 发现 | 精确率 | 召回率 |
|---|---|---|---|---|---|
{judged}

## 问询

问询找的是可能有正当原因的模式：其精确率以确实呈现该模式的记录为准。

| 规则 | 预埋 | 有意 | 发现 | 精确率 | 召回率 |
|---|---|---|---|---|---|
{asked}
"""
BOTH = Page(PAGE, ENGLISH, CHINESE, ((r"none", "无"),))


if __name__ == "__main__":
    sys.exit(main())
