"""Baselines: which findings are known, that none hides behind another, and that the list only shrinks."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from dataset import at, write_dataset

from itsmctl.audit import AuditOptions, audit, exceeds
from itsmctl.cli import run as run_command
from itsmctl.definitions import load
from itsmctl.engine.results import read_verdicts
from itsmctl.model import Baseline, Condition, Definitions, KnownFindings, Text
from itsmctl.reference import reference_root
from itsmctl.reports import html
from itsmctl.reports import json as json_report
from itsmctl.reports.text import render
from itsmctl.result import AuditResult

RULE = "INC-11"
AS_OF = "2026-06-30T00:00:00Z"


@cache
def reference() -> Definitions:
    return load(reference_root())


def baseline(*known: KnownFindings, **changes: Any) -> Baseline:
    return replace(reference().baselines["helpdesk-carry-over-2025"], id="old", findings=known, **changes)


def known(*records: str, **changes: Any) -> KnownFindings:
    return replace(KnownFindings(RULE, records, Text()), **changes)


def ticket(name: str, code: str | None = None, service: str = "email-collaboration") -> dict[str, object]:
    opened = at("2026-06-01T08:00:00Z")
    return {"record_id": name, "service": service, "priority": "P3", "state": "closed", "closure_code": code, "opened_at": opened,
            "resolved_at": opened + 60, "closed_at": opened + 60}  # fmt: skip


def tickets(folder: Path, *rows: dict[str, object]) -> Path:
    write_dataset(folder, rows, mapped=rows[0], zone="Europe/Berlin")
    return folder


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("baseline") / "dataset"
    return tickets(folder, ticket("A"), ticket("B"), ticket("GOOD", "solved"))


def judged(dataset: Path, one: Baseline | None, tmp_path: Path, **changes: Any) -> tuple[AuditResult, dict[str, str]]:
    rules = {**reference().rules, RULE: replace(reference().rules[RULE], severity="major", **changes)}
    options = AuditOptions(as_of=AS_OF, rules=(RULE,), baseline=one)
    result = audit(replace(reference(), rules=rules), dataset, options, verdicts=tmp_path / "v.parquet")
    return result, {v.record_id: v.baseline or "new" for v in read_verdicts(tmp_path / "v.parquet", failed_only=True)}


def test_what_is_listed_is_known_and_only_what_is_new_decides(dataset: Path, tmp_path: Path) -> None:
    result, told = judged(dataset, baseline(known("A")), tmp_path)
    assert told == {"A": "old", "B": "new"}
    (rule,) = result.rules
    assert (rule.outcome, rule.failed, rule.known) == ("fail", 2, 1)
    assert rule.samples[0].record_id == "B"
    assert exceeds(result, "major")
    everything, _ = judged(dataset, baseline(known("A", "B")), tmp_path)
    assert everything.rules[0].outcome == "fail"
    assert not exceeds(everything, "observation")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"expires": at("2026-06-30T00:00:00Z")}, "baseline-expired"),
        ({"taken": at("2026-06-30T00:00:01Z")}, "baseline-to-come"),
        ({"author": "Lin Haiyan 林海燕"}, "own-approval"),
        ({"approver": "Katrin Vogel"}, "waiver-without-authority"),
    ],
)
def test_a_baseline_that_counts_for_nothing_says_why(
    changes: dict[str, Any], code: str, dataset: Path, tmp_path: Path
) -> None:
    result, told = judged(dataset, baseline(known("A", "B"), **changes), tmp_path)
    assert set(told.values()) == {"new"}
    assert result.baseline is not None
    assert [problem.code for problem in result.baseline.problems] == [code]
    assert exceeds(result, "major")


def test_a_rule_that_demands_something_else_is_looked_at_anew(dataset: Path, tmp_path: Path) -> None:
    meaning = reference().rules[RULE].meaning
    same = baseline(known("A", "B", version=1, meaning=meaning))
    assert set(judged(dataset, same, tmp_path, title=Text("Reworded"), version=2)[1].values()) == {"old"}
    wider = (Condition("state", "in", ("closed", "resolved")),)
    result, told = judged(dataset, same, tmp_path, scope=wider, version=2)
    assert set(told.values()) == {"new"}
    assert result.baseline is not None
    assert [problem.code for problem in result.baseline.problems] == ["baseline-rule-changed"]


def test_a_group_is_known_only_as_it_was_observed(tmp_path: Path) -> None:
    share = replace(
        reference().rules[RULE], check="share", scope=(),
        parameters={"where": (Condition("closure_code", "present"),), "least": 90, "per": ("service",), "minimum": 1},
    )  # fmt: skip
    definitions = replace(reference(), rules={**reference().rules, RULE: share})
    options = AuditOptions(as_of=AS_OF, rules=(RULE,))
    before = tickets(tmp_path / "d1", ticket("A"), ticket("B", "solved"))
    (found,) = audit(definitions, before, options).rules
    (sample,) = found.samples
    one = baseline(known(observed=((sample.record_id, sample.observed),)))
    again = audit(definitions, before, replace(options, baseline=one))
    assert (again.rules[0].failed, again.rules[0].known) == (1, 1)
    worse = tickets(tmp_path / "d2", ticket("A"), ticket("B", "solved"), ticket("C"))
    later = audit(definitions, worse, replace(options, baseline=one))
    assert (later.rules[0].failed, later.rules[0].known) == (1, 0)


def test_every_report_tells_what_was_known_before(dataset: Path, tmp_path: Path) -> None:
    result, _ = judged(dataset, baseline(known("A")), tmp_path)
    told = json.loads(json_report.render(result))
    assert (told["baseline"]["id"], told["baseline"]["known"], told["rules"][0]["known"]) == ("old", 1, 1)
    assert "1 new, 1 known before" in " ".join(render(result).split())
    assert "1 new, 1 known before" in html.render(result)
    assert "此前已知" in render(result, "zh")


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A management system of one's own."""
    folder = tmp_path_factory.mktemp("system") / "system"
    assert run("init", folder, "--yes") == 0
    return folder


def run(*arguments: str | Path) -> int:
    return run_command([str(one) for one in arguments])


def take(system: Path, dataset: Path, name: str, *more: str) -> int:
    people = reference_people(system)
    return run("baseline", "take", "--root", system, "--tickets", dataset, "--as-of", AS_OF, "--id", name, "--reason", "Old tool: read-only.",
               "--author", people[0], "--approver", people[1], "--authority", people[2], "--approved", "2026-06-30", "--until", "2026-12-31", "-q", *more)  # fmt: skip


def reference_people(system: Path) -> tuple[str, str, str]:
    """Somebody, and somebody else who holds a role."""
    assignments = [one for one in load(system).assignments.values() if one.role]
    holder = assignments[0]
    other = next(one.person for one in load(system).assignments.values() if one.person != holder.person)
    return other, holder.person, holder.role


def test_a_baseline_is_taken_used_and_only_shrinks(
    system: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    three = tickets(
        tmp_path / "d1", ticket("1e5", service="it"), ticket("B", service="it"), ticket("C", "solved", "it")
    )
    assert take(system, three, "old-desk", "--rule", "INC-11") == 0
    path = system / "audits" / "baselines" / "old-desk.yaml"
    before = path.read_text(encoding="utf-8")
    assert '"1e5"' in before
    assert run("validate", "--root", system) == 0
    common = ("audit", "--root", system, "--as-of", AS_OF, "--rule", "INC-11", "--fail-on", "observation", "-q")
    assert run(*common, "--tickets", three) == 1
    capsys.readouterr()
    assert run(*common, "--tickets", three, "--baseline", "old-desk") == 0
    assert "0 of 2 findings are new." in " ".join(capsys.readouterr().out.split())
    assert run(*common, "--tickets", three, "--baseline", path) == 0
    assert run(*common, "--tickets", three, "--baseline", "old-desks") == 2
    assert take(system, three, "old-desk") == 2
    assert path.read_text(encoding="utf-8") == before

    # B is put right, 1e5 is not in the export at all, and D is new.
    later = tickets(tmp_path / "d2", ticket("B", "solved", "it"), ticket("D", service="it"))
    assert run(*common, "--tickets", later, "--baseline", "old-desk") == 1
    assert "1 of 1 finding is new." in " ".join(capsys.readouterr().out.split())
    assert run(*common, "--tickets", later, "--baseline", "old-desk", "--lang", "zh") == 1
    assert "共 1 项发现，其中新增 1 项。" in capsys.readouterr().out
    assert run("baseline", "shrink", "old-desk", "--root", system, "--tickets", later, "--as-of", AS_OF, "-q") == 0
    assert "- INC-11 B\n" in capsys.readouterr().out
    (entry,) = load(system).baselines["old-desk"].findings
    assert entry.records == ("1e5",)


def test_a_baseline_written_by_hand_is_left_to_its_author(
    system: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = tickets(tmp_path / "d1", ticket("A", service="it"), ticket("B", service="it"))
    assert take(system, rows, "by-hand", "--rule", "INC-11") == 0
    path = system / "audits" / "baselines" / "by-hand.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "# kept for the auditor\n", encoding="utf-8")
    better = tickets(tmp_path / "d2", ticket("A", "solved", "it"), ticket("B", service="it"))
    capsys.readouterr()
    assert run("baseline", "shrink", "by-hand", "--root", system, "--tickets", better, "--as-of", AS_OF, "-q") == 2
    told = capsys.readouterr()
    assert "INC-11 A" in told.out
    assert "by-hand.yaml: this file was written by hand" in told.err
    assert path.read_text(encoding="utf-8").endswith("# kept for the auditor\n")
