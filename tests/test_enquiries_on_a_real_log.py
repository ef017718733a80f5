"""Enquiries a second time, in plain Python: assigned and resolved at once, and times that heap just under the target."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from datetime import UTC, datetime
from pathlib import Path

import pytest
from public_log import UCI, updates, write
from scorecard_case import reference

from itsmctl.audit import AuditOptions, audit
from itsmctl.engine.results import read_verdicts
from itsmctl.engine.session import Session
from itsmctl.importers.importing import import_files
from itsmctl.result import Verdict

pytestmark = pytest.mark.skipif(not UCI.exists(), reason="the public log does not lie beside the repository")

Verdicts = dict[str, dict[str, Verdict]]


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("log")
    import_files([write(folder / "log.csv", "")], None, reference().mappings, "UTC", folder / "dataset")
    return folder / "dataset"


@pytest.fixture(scope="module")
def verdicts(dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> Verdicts:
    """Every verdict, the passes too, by rule and record or group."""
    path = tmp_path_factory.mktemp("verdicts") / "v.parquet"
    options = AuditOptions(rules=("INC-06", "INT-14", "INT-17"), all_verdicts=True)
    audit(reference(), dataset, options, verdicts=path)
    found: Verdicts = defaultdict(dict)
    for verdict in read_verdicts(path):
        found[verdict.rule][verdict.record_id] = verdict
    return found


def test_resolved_in_the_minute_of_the_assignment(verdicts: Verdicts) -> None:
    """Moments of the log are whole minutes: what bears the same one as the assignment has no order, and is no finding."""
    lives = defaultdict(list)
    for row in updates(""):
        lives[row["number"]].append(row)
    told = {}
    for number, life in lives.items():
        if life[-1]["contact_type"] not in (
            "Self service",
            "Email",
        ):  # a call is often solved at once, an alarm clears itself
            continue
        assigned, resolved, before = set(), set(), {"assigned_to": "?", "incident_state": "?"}
        for row in life:
            moment = _minutes(row["sys_updated_at"])
            if row["assigned_to"] not in ("?", before["assigned_to"]):
                assigned.add(moment)
            if row["incident_state"] == "Resolved" != before["incident_state"]:
                resolved.add(moment)
            before = row
        late = any(after - moment == 1 for moment in assigned for after in resolved)
        told[number] = False if late else None if assigned & resolved else True
    assert {number: verdict.passed for number, verdict in verdicts["INT-14"].items()} == told
    assert Counter(told.values())[False] == 7


def _minutes(text: str) -> int:
    return int(datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=UTC).timestamp()) // 60


def test_times_heap_just_under_the_target(verdicts: Verdicts, dataset: Path) -> None:
    with Session() as session:
        session.run(
            f"CREATE VIEW log AS SELECT record_id, coalesce(\"group\", '-') FROM '{dataset / 'record.parquet'}'"
        )
        groups = {str(record): str(group) for record, group in session.rows("FROM log")}
    bands: dict[str, Counter[int]] = defaultdict(Counter)
    for record, verdict in verdicts["INC-06"].items():
        if verdict.passed is not None:
            share = 100 * _seconds(verdict.observed) / _seconds(verdict.expected)
            bands[groups[record]][19 if share == 100 else int(share // 5)] += 1
    assert len(verdicts["INT-17"]) > 60
    for group, verdict in verdicts["INT-17"].items():
        last, before = bands[group][19], sum(bands[group][band] for band in (16, 17, 18))
        assert verdict.observed == f"95-100%: {last}, 80-95%: {before}", group
        assert verdict.passed is not (last >= 10 and last > 2 * before / 3), group
    assert sum(verdict.passed is False for verdict in verdicts["INT-17"].values()) == 5


def _seconds(text: str) -> int:
    found = re.match(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?", text)
    assert found is not None
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return 3600 * hours + 60 * minutes + seconds
