"""The audit as a whole: the same answer under any circumstances, what may be asked, and real exports to the last record."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import os
import random
import re
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from threading import active_count
from time import sleep
from typing import Any

import duckdb
import pytest
from dataset import at, write_dataset
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import itsmctl.audit as audit_module
from itsmctl.audit import AuditOptions, audit, exceeds
from itsmctl.definitions import load
from itsmctl.engine import breakdown, clocks, evaluate
from itsmctl.engine.judging_all import judges_all
from itsmctl.engine.results import read_verdicts
from itsmctl.engine.session import Session, TooLittleMemory
from itsmctl.engine.sql import Fragment
from itsmctl.engine.statements import Task
from itsmctl.errors import ItsmctlError, Problem
from itsmctl.importers.importing import import_files
from itsmctl.model import Definitions, Text
from itsmctl.reference import reference_root
from itsmctl.result import AuditResult, RuleResult

DATA = Path(__file__).resolve().parent.parent / ".." / "shared" / "data"
AS_OF = "2026-06-30T00:00:00Z"
STATES = ("new", "assigned", "in-progress", "awaiting-user", "resolved", "closed", "cancelled", "-100")


@cache
def reference() -> Definitions:
    return load(reference_root())


def with_plan(**fields: Any) -> Definitions:
    """The reference definitions with one more plan, `mine`."""
    empty: dict[str, Any] = {
        "period_start": None, "period_end": None, "as_of": "", "mapping": "", "zone": "", "datasets": (), "rules": (),
        "processes": (), "frameworks": (), "fail_on": "",
    }  # fmt: skip
    plan = replace(reference().plans["monthly"], id="mine", title=Text("Mine", "我的"), **{**empty, **fields})
    return replace(reference(), plans={**reference().plans, "mine": plan})


def tickets(count: int, seed: str) -> tuple[list[dict[str, object]], list[list[object]]]:
    """Tickets of half a year as a hasty service desk keeps them; every column is sometimes empty."""
    rng = random.Random(seed)
    people, groups = ("Li", "Wang", "Zhao", None), ("desk", "network", "server", None)
    records, events = [], []
    for number in range(count):
        opened = at("2026-01-01T00:00:00Z") + rng.randrange(180 * 86_400)
        record_id, moment, state = f"INC{number:05}", opened, "new"
        events.append([record_id, moment, "state", None, "new", "Li", "desk"])
        for _ in range(rng.randrange(6)):
            moment += rng.choice((0, 60, rng.randrange(86_400)))
            state, before = rng.choice(STATES), state
            events.append([record_id, moment, "state", before, state, rng.choice(people), None])
            events.append([record_id, moment, "group", None, rng.choice(groups), None, None])
        records.append(
            {
                "record_id": record_id,
                "number": rng.choice((record_id, record_id, None)),
                "service": rng.choice(("order-management", "email-collaboration", "ERP", "fax", None)),
                "priority": rng.choice(("P1", "P2", "P3", "P4", "p1", None)),
                "impact": rng.choice("123"),
                "urgency": rng.choice(("1", "2", "3", None)),
                "category": rng.choice(("network", "other", None)),
                "ci": rng.choice(("db01", None)),
                "state": state,
                "group": rng.choice(groups),
                "requester": rng.choice(people),
                "resolved_by": rng.choice(people),
                "closed_by": rng.choice(people),
                "closure_code": rng.choice(("solved", None)),
                "opened_at": opened if rng.random() < 0.98 else None,
                "responded_at": rng.choice((opened + rng.randrange(7200), None)),
                "resolved_at": rng.choice((moment, None)),
                "closed_at": rng.choice((moment + 3600, None)),
                "recorded_at": rng.choice((opened, opened + rng.randrange(100_000), None)),
                "reopen_count": rng.choice((0, 0, 1, None)),
                "reassignment_count": rng.choice((0, 1, 5, None)),
                "reported_sla_met": rng.choice((True, False, None)),
            }
        )
    return records, events


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    records, events = tickets(1500, "audit")
    history = ("state", "group", "assignee", "priority")
    return write_dataset(
        tmp_path_factory.mktemp("audit") / "dataset", records, events, zone="Asia/Shanghai", history=history
    )


def run(folder: Path, out: Path, definitions: Definitions | None = None, **options: Any) -> tuple[AuditResult, bytes]:
    result = audit(definitions or reference(), folder, AuditOptions(**{"as_of": AS_OF, **options}), verdicts=out)
    return result, out.read_bytes()


def by_id(result: AuditResult) -> dict[str, RuleResult]:
    return {r.rule.id: r for r in (*result.rules, *result.enquiries)}


# The same answer under any circumstances


def test_threads_do_not_matter(dataset: Path, tmp_path: Path) -> None:
    first, *others = [run(dataset, tmp_path / f"{n}.parquet", threads=n, all_verdicts=True) for n in (1, 2, 8)]
    assert all(other == first for other in others)
    assert len(first[0].explanations) > 10


def test_neither_does_it_whether_the_clocks_are_run_in_halves(
    dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once = run(dataset, tmp_path / "once.parquet", all_verdicts=True, rules=("SLM-*", "INC-0*"))
    monkeypatch.setattr(clocks, "FEW", 0)
    assert run(dataset, tmp_path / "halves.parquet", all_verdicts=True, rules=("SLM-*", "INC-0*")) == at_once


def test_neither_does_the_order_of_rows_nor_the_size_of_memory(dataset: Path, tmp_path: Path) -> None:
    shuffled = tmp_path / "shuffled"
    shuffled.mkdir()
    for path in dataset.iterdir():
        if path.suffix == ".parquet":
            query = f"SELECT * FROM '{path}' ORDER BY md5(CAST(record_id AS VARCHAR) || CAST(random() AS VARCHAR))"
            duckdb.sql(f"SELECT setseed(0.5); COPY ({query}) TO '{shuffled / path.name}' (FORMAT parquet)")
        else:
            (shuffled / path.name).write_bytes(path.read_bytes())
    before, after = (duckdb.sql(f"SELECT record_id FROM '{f}/record.parquet'").fetchall() for f in (dataset, shuffled))
    assert before != after and sorted(before) == sorted(after)
    usual = run(dataset, tmp_path / "a.parquet", all_verdicts=True)
    assert run(shuffled, tmp_path / "b.parquet", all_verdicts=True) == usual
    assert run(dataset, tmp_path / "c.parquet", all_verdicts=True, memory_limit="300MiB", spill=tmp_path) == usual


def test_rules_that_do_not_fit_together_are_judged_one_by_one(
    dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge_some = evaluate._judge
    refused: list[int] = []

    def judge(session: Session, tasks: Sequence[Task], *rest: Any) -> dict[str, evaluate.Counts]:
        if len(tasks) > 1:
            refused.append(len(tasks))
            raise TooLittleMemory(Problem("out-of-memory", "too little"))
        return judge_some(session, tasks, *rest)

    usual = run(dataset, tmp_path / "usual.parquet", all_verdicts=True)
    monkeypatch.setattr(evaluate, "_judge", judge)
    assert run(dataset, tmp_path / "few.parquet", all_verdicts=True) == usual
    assert sum(refused) > 50


def test_populations_that_do_not_fit_together_are_counted_a_few_at_a_time(
    dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each scope may bring tables of records that lack something: that of all rules at once needed more than all else."""
    counted = breakdown._by_scope
    refused: list[int] = []

    def few(session: Session, process: str, scopes: Sequence[Fragment]) -> Sequence[breakdown.Totals]:
        if len(scopes) > 1:
            refused.append(len(scopes))
            raise TooLittleMemory(Problem("out-of-memory", "too little"))
        return counted(session, process, scopes)

    usual = run(dataset, tmp_path / "usual.parquet")
    monkeypatch.setattr(breakdown, "_by_scope", few)
    assert run(dataset, tmp_path / "few.parquet") == usual
    assert len(refused) > 2


def test_passes_are_counted_alike_whether_they_are_kept_or_not(dataset: Path, tmp_path: Path) -> None:
    """Rules whose statement shows that it judges every record keep only the others."""
    told, _ = run(dataset, tmp_path / "all.parquet", all_verdicts=True)
    usual, _ = run(dataset, tmp_path / "usual.parquet")
    assert replace(usual, explanations=()) == replace(told, explanations=())
    counted = Counter(v.rule for v in read_verdicts(tmp_path / "all.parquet") if v.passed)
    assert {r.rule.id: r.passed for r in (*usual.rules, *usual.enquiries) if r.passed} == counted
    kept = [v for v in read_verdicts(tmp_path / "all.parquet") if v.passed is not True]
    assert list(read_verdicts(tmp_path / "usual.parquet")) == kept


@pytest.mark.parametrize(
    ("statement", "all_of_them"),
    [
        ("SELECT r.record_id, r.ci IS NOT NULL AS passed FROM scoped AS r", True),
        ('SELECT r.record_id, r."group" IS NOT NULL AS passed FROM scoped AS r', True),
        ("SELECT record_id, a > 1 AS passed FROM (SELECT r.record_id, r.a FROM scoped AS r) AS told", True),
        ("SELECT record_id FROM (SELECT record_id FROM (SELECT r.record_id\n FROM scoped AS r) AS a) AS b", True),
        ("SELECT r.record_id FROM scoped AS r WHERE r.ci IS NOT NULL", False),
        ("SELECT record_id FROM (SELECT r.record_id FROM scoped AS r) AS told WHERE record_id <> ''", False),
        ("SELECT r.record_id FROM scoped AS r LEFT JOIN clock AS c ON c.tix = r.tix", False),
        ("SELECT r.record_id, s.n FROM scoped AS r, (SELECT 1 AS n) AS s", False),
        ("SELECT r.record_id FROM clock AS c, scoped AS r", False),
        ("SELECT DISTINCT r.record_id FROM scoped AS r", False),
        ("SELECT r.service AS record_id, count(*) > 9 AS passed FROM scoped AS r GROUP BY r.service", False),
        ("SELECT r.record_id FROM scoped AS r UNION ALL SELECT r.record_id FROM scoped AS r", False),
        ("SELECT r.record_id, (SELECT count(*) FROM scoped) AS n FROM scoped AS r", False),
        ("SELECT r.record_id, unnest(string_split(r.ci, ',')) AS ci FROM scoped AS r", False),
        ("SELECT 'all' AS record_id", False),
    ],
)
def test_a_statement_shows_whether_it_judges_every_record(statement: str, all_of_them: bool) -> None:
    assert judges_all(Fragment(statement)) is all_of_them


def test_progress_never_goes_back_and_ends_with_the_work(dataset: Path, tmp_path: Path) -> None:
    seen: list[tuple[str, float]] = []
    written: list[float] = []
    audit(
        reference(),
        dataset,
        AuditOptions(as_of=AS_OF),
        verdicts=tmp_path / "verdicts.parquet",
        meanwhile=lambda _: written.append(seen[-1][1]),
        progress=lambda step, share: seen.append((step, share)),
    )
    shares = [share for _, share in seen]
    assert shares == sorted(shares) and [step for step, share in seen if share == 1.0] == ["done"] and shares[-1] == 1.0
    assert len({share for step, share in seen if step == "rules"}) > 8, "long silence while the rules are judged"
    assert written == [0.9]


def test_where_a_rule_does_not_fit_alone_the_audit_says_so(
    dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def judge(*_: object) -> None:
        raise TooLittleMemory(Problem("out-of-memory", "too little"))

    monkeypatch.setattr(evaluate, "_judge", judge)
    with pytest.raises(TooLittleMemory):
        run(dataset, tmp_path / "none.parquet")
    assert not (tmp_path / "none.parquet").exists()


ASK = """
import hashlib, sys
from pathlib import Path
from itsmctl.audit import AuditOptions, audit
from itsmctl.definitions import load
from itsmctl.reference import reference_root
result = audit(load(reference_root()), Path(sys.argv[1]), AuditOptions(as_of="2026-06-29"), verdicts=Path(sys.argv[2]))
print(hashlib.sha256(repr(result).encode()).hexdigest(), hashlib.sha256(Path(sys.argv[2]).read_bytes()).hexdigest())
"""


def test_records_of_other_processes_in_the_same_export_do_not_matter(tmp_path: Path) -> None:
    records, events = tickets(200, "incidents")
    changes, moves = as_changes(*tickets(50, "changes"))
    alone, _ = run(write_dataset(tmp_path / "alone", records, events), tmp_path / "alone.parquet")
    mixed, _ = run(write_dataset(tmp_path / "mixed", records + changes, events + moves), tmp_path / "mixed.parquet")
    for id_, one in by_id(alone).items():
        if one.rule.process == "change":
            continue
        other = by_id(mixed)[id_]
        assert counts(one) == counts(other), id_
    assert alone.attainment == mixed.attainment, "no rule asks for the clocks of changes"
    assert by_id(mixed)["INC-01"].not_applicable == by_id(alone)["INC-01"].not_applicable + len(changes)


def as_changes(
    records: list[dict[str, object]], events: list[list[object]]
) -> tuple[list[dict[str, object]], list[list[object]]]:
    """Tickets as changes, with numbers and states of their own that no incident knows."""
    names = dict(zip(STATES, ("new", "assessing", "approved", "scheduled", "implementing", "closed", "rejected", "?"), strict=True))  # fmt: skip
    changes = [
        {**r, "process": "change", "state": names[str(r["state"])]}
        | {key: str(r[key]).replace("INC", "CHG") for key in ("record_id", "number") if r[key]}
        for r in records
    ]
    moves = [
        [str(record_id).replace("INC", "CHG"), moment, field, names.get(str(old), old), names.get(str(new), new), *who]
        for record_id, moment, field, old, new, *who in events
    ]
    return changes, moves


def counts(result: RuleResult) -> tuple[object, ...]:
    return result.outcome, result.in_scope, result.passed, result.failed, result.not_testable


def test_the_machine_does_not_matter(dataset: Path, tmp_path: Path) -> None:
    answers = set()
    for number, (zone, lang, seed) in enumerate(
        [("UTC", "C", "0"), ("Pacific/Kiritimati", "zh_CN.UTF-8", "1"), ("America/St_Johns", "de_DE.UTF-8", "77")]
    ):
        env = {**os.environ, "TZ": zone, "LANG": lang, "LC_ALL": lang, "PYTHONHASHSEED": seed}
        command = [sys.executable, "-c", ASK, str(dataset), str(tmp_path / f"{number}.parquet")]
        answers.add(subprocess.run(command, env=env, cwd=tmp_path, check=True, capture_output=True, text=True).stdout)
    assert len(answers) == 1


# What may be asked


def test_without_a_plan_everything_is_judged_at_the_last_moment_and_says_so(dataset: Path) -> None:
    result = audit(reference(), dataset)
    assert set(by_id(result)) == set(reference().rules)
    assert result.chosen_by_default == ("plan", "period", "as_of", "definitions")
    latest = duckdb.sql(
        f"SELECT max(m) FROM (SELECT \"at\" AS m FROM '{dataset}/event.parquet' UNION ALL SELECT greatest(opened_at, resolved_at, closed_at) FROM '{dataset}/record.parquet')"
    ).fetchall()[0][0]
    assert datetime.fromtimestamp(result.as_of, UTC).replace(tzinfo=None) == latest


def test_a_day_means_its_end_in_the_zone_of_the_export(dataset: Path) -> None:
    options = AuditOptions(as_of="2026-03-31", rules=("DQ-08",))
    assert audit(reference(), dataset, options).as_of == at("2026-04-01T00:00:00+08:00")
    exact = AuditOptions(as_of="2026-03-31T12:00", rules=("DQ-08",))
    assert audit(reference(), dataset, exact).as_of == at("2026-03-31T12:00:00+08:00")


def test_an_audit_in_the_middle_of_lives_knows_nothing_of_what_comes(tmp_path: Path) -> None:
    middle = at("2026-03-03T12:00:00Z")
    life = [
        ["A1", "2026-03-03T09:00:00Z", "state", None, "new"],
        ["A1", "2026-03-03T10:00:00Z", "state", "new", "awaiting-user"],
        ["A1", "2026-03-03T11:00:00Z", "state", "awaiting-user", "in-progress"],
        ["A1", "2026-03-03T11:00:00Z", "group", None, "desk"],
        ["A1", "2026-03-03T13:00:00Z", "state", "in-progress", "closed"],
    ]
    row = {"service": "order-management", "priority": "P1"}
    rows = [
        {"record_id": r, "opened_at": t, **row}
        for r, t in (("A1", "2026-03-03T09:00:00Z"), ("A2", middle), ("A3", middle + 1))
    ]
    words = {"state": {"Solved": "resolved"}}
    folder = write_dataset(
        tmp_path / "dataset", rows, life, mapped=["resolved_at"], history=("state", "group"), codes=words
    )
    options = AuditOptions(as_of="2026-03-03T12:00:00Z", all_verdicts=True, explain=("A1",))
    result = audit(reference(), folder, options, verdicts=tmp_path / "v.parquet")
    told = {(v.rule, v.record_id): v for v in read_verdicts(tmp_path / "v.parquet")}
    assert result.dataset.records == 2
    assert told["INC-06", "A1"].passed is True and told["INC-06", "A1"].observed == "2h"
    assert told["INC-06", "A2"].observed == "0m"
    assert told["INC-24", "A1"].passed is True and told["INC-02", "A1"].observed == "never closed"
    assert ("INC-06", "A3") not in told
    (explained,) = result.explanations
    (resolution,) = [c for c in explained.clocks if c.clock == "resolution"]
    assert (resolution.cycles[0].stop, resolution.cycles[0].running) == (middle, True)
    late = audit(reference(), folder, replace(options, as_of="2026-03-03T14:00:00Z"), verdicts=tmp_path / "w.parquet")
    told = {(v.rule, v.record_id): v for v in read_verdicts(tmp_path / "w.parquet")}
    assert told["INC-24", "A1"].passed is False and told["INC-24", "A1"].observed == "in-progress -> closed"
    assert late.dataset.records == 3


def test_a_period_takes_whole_local_days_of_opening(tmp_path: Path) -> None:
    moments = {
        "A1": "2026-03-31T23:59:59+08:00",
        "A2": "2026-04-01T00:00:00+08:00",
        "A3": "2026-04-30T23:59:59+08:00",
        "A4": "2026-05-01T00:00:00+08:00",
        "A5": None,
    }
    rows = [{"record_id": r, "opened_at": m, "priority": None} for r, m in moments.items()]
    folder = write_dataset(
        tmp_path / "dataset", rows, zone="Asia/Shanghai", mapped=["number", "category", "state", "group"]
    )
    definitions = with_plan(period_start=date(2026, 4, 1), period_end=date(2026, 4, 30), rules=("DQ-08",))
    result = audit(definitions, folder, AuditOptions(plan="mine", as_of=AS_OF), verdicts=tmp_path / "v.parquet")
    assert [v.record_id for v in read_verdicts(tmp_path / "v.parquet")] == ["A2", "A3", "A5"]
    assert (result.period_from, result.period_to) == (at("2026-04-01T00:00:00+08:00"), at("2026-05-01T00:00:00+08:00"))
    assert result.title == Text("Mine", "我的") and result.chosen_by_default == ("definitions",)


def test_a_plan_chooses_rules_moment_and_frameworks(dataset: Path) -> None:
    definitions = with_plan(rules=("DQ-*", "INC-06"), as_of="2026-05-01T00:00:00Z", frameworks=("fitsm-1",))
    result = audit(definitions, dataset, AuditOptions(plan="mine"))
    cites = {r for r, rule in reference().rules.items() if any(c.startswith("fitsm-1:") for c in rule.clauses)}
    assert set(by_id(result)) == {r for r in reference().rules if (r.startswith("DQ-") or r == "INC-06") and r in cites}
    assert result.as_of == at("2026-05-01T00:00:00Z")
    with pytest.raises(ItsmctlError) as caught:
        audit(with_plan(processes=("nobody",)), dataset, AuditOptions(plan="mine"))
    assert [p.code for p in caught.value.problems] == ["no-rules"]


@pytest.mark.parametrize(
    ("asked", "chosen"),
    [
        (("INC-06",), {"INC-06"}),
        (("DQ-0*",), {r for r in reference().rules if r.startswith("DQ-0")}),
        (("*-12", "INC-06"), {"INC-06", *(r for r in reference().rules if r.endswith("-12"))}),
        (("*",), set(reference().rules)),
    ],
)
def test_rules_may_be_named_by_pattern(asked: tuple[str, ...], chosen: set[str], dataset: Path) -> None:
    assert set(by_id(audit(reference(), dataset, AuditOptions(rules=asked, as_of=AS_OF)))) == chosen


def test_a_rule_is_found_by_its_earlier_id(dataset: Path) -> None:
    renamed = replace(reference().rules["DQ-08"], aliases=("OLD-01",))
    definitions = replace(reference(), rules={**reference().rules, "DQ-08": renamed})
    assert set(by_id(audit(definitions, dataset, AuditOptions(rules=("OLD-01",), as_of=AS_OF)))) == {"DQ-08"}


@pytest.mark.parametrize(
    ("options", "code", "word", "suggestion"),
    [
        ({"plan": "montly"}, "unknown-plan", "montly", "monthly"),
        ({"rules": ("INC06",)}, "unknown-rule", "INC06", "INC-06"),
        ({"rules": ("inc-06",)}, "unknown-rule", "inc-06", "INC-06"),
        ({"rules": ("DQ-08", "XYZ-*")}, "unknown-rule", "XYZ-*", ""),
        ({"explain": ("inc00012",)}, "unknown-record", "inc00012", "INC00012"),
        ({"as_of": "tomorrow"}, "bad-time", "tomorrow", ""),
        ({"as_of": "1960-01-01"}, "as-of-too-early", "", ""),
        ({"as_of": "2250-01-01"}, "as-of-too-late", "", ""),
        ({"memory_limit": "much"}, "bad-memory", "much", ""),
    ],
)
def test_what_does_not_exist_is_named_with_the_nearest(
    options: dict[str, Any], code: str, word: str, suggestion: str, dataset: Path
) -> None:
    with pytest.raises(ItsmctlError) as caught:
        audit(reference(), dataset, AuditOptions(**{"as_of": AS_OF, **options}))
    (problem,) = caught.value.problems
    assert problem.code == code
    assert word in problem.message
    assert problem.suggestion == suggestion


def test_every_unknown_rule_is_named(dataset: Path) -> None:
    with pytest.raises(ItsmctlError) as caught:
        audit(reference(), dataset, AuditOptions(rules=("A-1", "INC-06", "B-2")))
    assert [p.values["word"] for p in caught.value.problems] == ["A-1", "B-2"]


def test_rules_that_rest_on_each_other_are_refused(dataset: Path) -> None:
    rules = reference().rules
    circle = {
        "DQ-08": replace(rules["DQ-08"], rests_on=("DQ-09",)),
        "DQ-09": replace(rules["DQ-09"], rests_on=("DQ-08",)),
    }
    with pytest.raises(ItsmctlError, match="DQ-08 → DQ-09 → DQ-08"):
        audit(replace(reference(), rules=circle), dataset)


def test_a_dataset_without_any_moment_needs_one(tmp_path: Path) -> None:
    folder = write_dataset(tmp_path / "dataset", [{"record_id": "A1", "opened_at": None}])
    with pytest.raises(ItsmctlError) as caught:
        audit(reference(), folder)
    assert [p.code for p in caught.value.problems] == ["no-moment"]
    assert by_id(audit(reference(), folder, AuditOptions(as_of=AS_OF)))["DQ-08"].in_scope == 1


def test_where_no_row_became_a_ticket_nobody_is_asked_for_a_moment(tmp_path: Path) -> None:
    folder = write_dataset(tmp_path / "dataset", [], mapped=["opened_at", "priority"], files=[("empty.csv", 7)])
    with pytest.raises(ItsmctlError) as caught:
        audit(reference(), folder)
    ((code, message),) = [(p.code, p.message) for p in caught.value.problems]
    assert code == "no-records"
    assert message.startswith("of 7 rows none could be read as a ticket; `itsmctl import` tells why")


def test_no_records_at_all_are_no_answer(tmp_path: Path) -> None:
    folder = write_dataset(tmp_path / "dataset", [], mapped=["opened_at", "priority"], files=[("empty.csv", 7)])
    with pytest.raises(ItsmctlError) as caught:
        audit(reference(), folder, AuditOptions(as_of=AS_OF), verdicts=tmp_path / "v.parquet")
    assert [(p.code, p.where.file) for p in caught.value.problems] == [("no-records", str(folder))]
    assert not (tmp_path / "v.parquet").exists()


@pytest.mark.parametrize(
    ("fail_on", "severities", "untested", "wanted"),
    [
        ("minor", ["observation"], 1, False),
        ("minor", ["minor"], 0, True),
        ("major", ["minor", "observation"], 0, False),
        ("major", ["major"], 0, True),
        ("observation", ["observation"], 0, True),
        ("not-testable", [], 1, True),
        ("not-testable", [], 0, False),
        ("never", ["major"], 3, False),
    ],
)
def test_which_findings_count(fail_on: str, severities: list[str], untested: int, wanted: bool, dataset: Path) -> None:
    result = audit(reference(), dataset, AuditOptions(rules=("DQ-08",), as_of=AS_OF))
    (r,) = result.rules
    rules = [replace(r, outcome="fail", rule=replace(r.rule, severity=s)) for s in severities]  # type: ignore[arg-type]
    rules += [replace(r, outcome="not_testable")] * untested
    assert exceeds(replace(result, rules=tuple(rules), enquiries=(r,)), fail_on) is wanted


# Laws


def check_laws(result: AuditResult) -> None:
    for r in by_id(result).values():
        assert r.in_scope == r.passed + r.failed + r.not_testable + r.waived
        assert sum(n for _, n in r.reasons) == r.not_testable
        assert len(r.samples) == min(r.failed, 10) and all(v.passed is False for v in r.samples)
        assert r.untested_because == "" or (r.not_testable == r.in_scope and r.passed == 0)
        assert (r.outcome == "no_data") == (r.in_scope == 0 and not r.untested_because)
        for column in ("priority", "service"):
            shares = [s for s in r.breakdown if s.column == column]
            assert not shares or sum(s.failed for s in shares) == r.failed
            assert not shares or sum(s.in_scope for s in shares) == r.in_scope
    assert all(a.met <= a.judged for a in result.attainment)
    assert sum(n for _, n in result.states) == result.dataset.records


def test_laws_hold(dataset: Path, tmp_path: Path) -> None:
    result, _ = run(dataset, tmp_path / "v.parquet", all_verdicts=True)
    check_laws(result)
    verdicts = Counter((v.rule, v.passed) for v in read_verdicts(tmp_path / "v.parquet"))
    for rule, r in by_id(result).items():
        told = (verdicts[rule, True], verdicts[rule, False], verdicts[rule, None])
        assert told == (r.passed, r.failed, r.not_testable)
    kept, _ = run(dataset, tmp_path / "w.parquet")
    assert replace(kept, explanations=()) == replace(result, explanations=())
    assert not any(v.passed for v in read_verdicts(tmp_path / "w.parquet"))


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True)
@given(seed=st.integers(0, 10**6), count=st.integers(1, 30), data=st.data())
def test_laws_hold_whatever_is_missing(
    seed: int, count: int, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Any records, without any columns, without any history: the sums hold, and what is missing never passes."""
    records, events = tickets(count, str(seed))
    dropped = data.draw(st.sets(st.sampled_from(sorted(records[0])))) - {"record_id"}
    history = data.draw(st.sets(st.sampled_from(["state", "group"])))
    rows = [{c: v for c, v in row.items() if c not in dropped} for row in records]
    kept = [event for event in events if event[2] in history]
    folder = write_dataset(tmp_path_factory.mktemp("law") / "dataset", rows, kept, history=sorted(history))
    result = audit(reference(), folder, AuditOptions(as_of=AS_OF, threads=1))
    check_laws(result)
    for r in by_id(result).values():
        named = set(re.findall(r"[a-z_]+", str(r.rule.parameters)))
        if r.passed and r.rule.check in ("at-most", "different-people", "elapsed-within", "required"):
            assert not named & dropped


def test_an_empty_value_is_never_a_pass(tmp_path: Path) -> None:
    """Records with nothing in them: only what an import says of every record, and a history without hand-overs, passes."""
    columns = tickets(1, "columns")[0][0]
    folder = write_dataset(
        tmp_path / "dataset",
        [{"record_id": f"A{n}", **dict.fromkeys(c for c in columns if c != "record_id")} for n in range(30)],
        history=("state", "group"),
    )
    result = audit(reference(), folder, AuditOptions(as_of=AS_OF))
    passed = {r.rule.check for r in by_id(result).values() if r.passed}
    assert passed - {"register"} == {"readable", "row-count", "handovers"} | (
        {"share"} if by_id(result)["DQ-10"].passed else set()
    )
    assert {r.rule.check for r in by_id(result).values() if r.failed} >= {"required", "known"}


# Real exports


def real(*parts: str) -> Path:
    path = DATA.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"the real export {'/'.join(parts)} is not beside the repository")
    return path


def test_uci_incident_event_log(tmp_path: Path) -> None:
    export = real("uci-incident-event-log", "incident_event_log.zip")
    folder = tmp_path / "dataset"
    receipt = import_files([export], None, reference().mappings, "Asia/Shanghai", folder)
    assert (receipt.rows_read, receipt.records, receipt.rejects) == (141_712, 24_918, 5)
    result = audit(reference(), folder, verdicts=tmp_path / "v.parquet")
    check_laws(result)
    rules = by_id(result)
    reported = rules["SLM-13"]
    assert (reported.outcome, reported.in_scope, reported.failed, reported.not_testable) == ("fail", 24_918, 9_115, 0)
    by_priority = {s.value: (s.failed, s.in_scope) for s in reported.breakdown if s.column == "priority"}
    assert by_priority == {"P1": (265, 270), "P2": (406, 408), "P3": (8_321, 23_466), "P4": (123, 774)}
    assert rules["INC-12"].failed == 275
    assert rules["INC-23"].failed == 2_848
    verdicts = list(read_verdicts(tmp_path / "v.parquet"))
    strange = [(v.record_id, v.observed) for v in verdicts if v.rule == "DQ-09" and v.passed is False]
    assert strange == [("INC0028089", "-100"), ("INC0030413", "-100")]
    with zipfile.ZipFile(export) as archive, archive.open("incident_event_log.csv") as file:
        rows = list(csv.DictReader(io.TextIOWrapper(file, "utf-8")))
    last = {row["number"]: row for row in rows}
    dirty = [(n, row["number"]) for n, row in enumerate(rows, start=1) if row["incident_state"] == "-100"]
    told = duckdb.sql(
        f"SELECT source_row, record_id, \"column\", value, reason FROM '{folder}/reject.parquet' ORDER BY ALL"
    )
    assert told.fetchall() == [(n, r, "incident_state", "-100", "unknown-code") for n, r in dirty]
    assert len(dirty) == 5
    missed = {v.record_id for v in verdicts if v.rule == "SLM-13" and v.passed is False}
    assert missed == {number for number, row in last.items() if row["made_sla"] == "false"}
    skipped = set(last) - {row["number"] for row in rows if row["incident_state"] == "Resolved"}
    never = {v.record_id for v in verdicts if v.rule == "INC-02" and v.passed is False}
    assert never == {n for n in skipped if last[n]["incident_state"] == "Closed"}
    assert len(never) == 13


def test_bpic13_volvo_incidents(tmp_path: Path) -> None:
    export = real("bpic13-volvo-vinst", "BPIC13_incidents.xes.gz")
    folder = tmp_path / "dataset"
    receipt = import_files([export], None, reference().mappings, "", folder)
    assert (receipt.records, receipt.events) == (7_554, 65_533)
    rows = duckdb.sql(
        f"SELECT record_id, CAST(epoch(\"at\") AS BIGINT), new FROM '{folder}/event.parquet' WHERE field = 'state'"
    ).fetchall()
    assert len(rows) == 65_533
    statuses = Counter(new.split("/", 1)[0] for _, _, new in rows)
    assert statuses == {"Accepted": 40_117, "Completed": 13_867, "Queued": 11_544, "Unmatched": 5}
    parts = Counter(new.split("/", 1)[1] for _, _, new in rows)
    assert parts == {
        "In Progress": 30_239, "Awaiting Assignment": 11_544, "Resolved": 6_115, "Closed": 5_716, "Wait - User": 4_217,
        "Assigned": 3_221, "In Call": 2_035, "Wait": 1_533, "Wait - Implementation": 493, "Wait - Vendor": 313,
        "Wait - Customer": 101, "Unmatched": 5, "Cancelled": 1,
    }  # fmt: skip
    # Summer time ended on 31 October 2010 and 30 October 2011, and began on 28 March 2010 and 27 March 2011.
    written = re.findall(
        r'<event>.*?key="time:timestamp" value="([^"]+)"',
        gzip.decompress(export.read_bytes()).decode("utf-8-sig"),
        re.DOTALL,
    )
    assert {text[-6:] for text in written} == {"+01:00", "+02:00"}
    assert sorted(moment for _, moment, _ in rows) == sorted(
        int(datetime.fromisoformat(text).timestamp()) for text in written
    )
    first = [datetime.fromtimestamp(moment, UTC).isoformat() for record, moment, _ in rows if record == "1-364285768"]
    assert first[0] == "2010-03-31T14:59:42+00:00"  # written 2010-03-31T16:59:42+02:00
    winter = next(text for text in written if text.endswith("+01:00"))
    moment = datetime.fromisoformat(winter)
    assert int(moment.timestamp()) in {m for _, m, _ in rows} and moment.hour - moment.astimezone(UTC).hour in (1, -23)


def test_real_exports_keep_what_they_were(tmp_path: Path) -> None:
    """A test of the tests: the files beside the repository are those that the numbers above were counted in."""
    sums = {
        ("uci-incident-event-log", "incident_event_log.zip"): 2_400_214,
        ("bpic13-volvo-vinst", "BPIC13_incidents.xes.gz"): 1_322_456,
    }
    for parts, size in sums.items():
        assert real(*parts).stat().st_size == size, hashlib.sha256(real(*parts).read_bytes()).hexdigest()


def test_a_result_names_the_definitions_that_judged_and_the_digest_of_their_files(tmp_path: Path) -> None:
    records, events = tickets(20, "used")
    write_dataset(tmp_path / "dataset", records, events)
    chosen = AuditOptions(as_of=AS_OF, rules=("SLM-04", "INC-11", "SUP-07"))
    used = {(one.kind, one.id): one for one in audit(reference(), tmp_path / "dataset", chosen).used}
    agreements = [one for (kind, _), one in used.items() if kind == "sla"]
    assert sum(one.records for one in agreements) > 0
    for one in agreements:
        assert ("calendar", reference().agreements[one.id].calendar) in used
    assert ("process", "incident") in used
    place = used["process", "incident"].place
    content = (reference().root / place.split(":")[0]).read_bytes()
    assert used["process", "incident"].sha256 == hashlib.sha256(content).hexdigest()
    assert list(used) == sorted(used)


def test_a_refused_audit_leaves_no_thread_that_opens_the_database(
    dataset: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python may end right after, and the database does not bear that on another thread."""

    def slowly(*arguments: object) -> object:
        sleep(0.3)
        return opened(*arguments)

    opened = audit_module._session
    monkeypatch.setattr(audit_module, "_session", slowly)
    before = active_count()
    with pytest.raises(ItsmctlError, match="NO-SUCH"):
        audit(load(reference_root()), dataset, AuditOptions(rules=("NO-SUCH",)))
    assert active_count() == before


@pytest.mark.parametrize(
    ("services", "expected"),
    [
        (("OurLounge", "CAMPUS", ""), [(None, "example-catalogue"), (None, "example-catalogue"), (False, "")]),
        (("OurLounge", "CAMPUS", "VPN", ""), [(None, "example-catalogue")] * 3 + [(False, "")]),
        (("OurLounge", "database-platform", ""), [(False, ""), (True, ""), (False, "")]),
    ],
)
def test_services_of_somebody_else_are_not_missed_in_the_example_catalogue(
    services: Sequence[str], expected: Sequence[tuple[bool | None, str]], tmp_path: Path
) -> None:
    """Whoever audits an export of their own for the first time has no catalogue yet; a ticket without a service names none in any."""
    rows = [f"INC{n},Ann,2026-03-02 09:00:00,New,{service}\n" for n, service in enumerate(services)]
    export = tmp_path / "list.csv"
    export.write_text("number,caller_id,opened_at,state,business_service\n" + "".join(rows), encoding="utf-8")
    definitions = load(reference_root())
    import_files([export], None, definitions.mappings, "UTC", tmp_path / "dataset")
    verdicts = tmp_path / "verdicts.parquet"
    audit(definitions, tmp_path / "dataset", AuditOptions(rules=("INC-04",), all_verdicts=True), verdicts=verdicts)
    assert [(one.passed, one.reason) for one in read_verdicts(verdicts)] == expected
