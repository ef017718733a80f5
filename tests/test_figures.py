"""The numbers behind the charts, each counted again record by record in plain Python; and the charts drawn of them."""

from __future__ import annotations

import csv
import io
import os
import random
import subprocess
import sys
import zipfile
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from dataset import at, write_dataset
from test_charts import HOSTILE, parsed

from itsmctl.audit import AuditOptions, audit
from itsmctl.charts.page import charts
from itsmctl.definitions import load
from itsmctl.figures import OTHERS, Figures
from itsmctl.importers.importing import import_files
from itsmctl.language import LANGUAGES, Language
from itsmctl.model import Definitions, Names, Text
from itsmctl.reference import reference_root
from itsmctl.reports import html
from itsmctl.result import AuditResult

UCI = Path(__file__).resolve().parent.parent / ".." / "shared/data/uci-incident-event-log/incident_event_log.zip"
ZONE = "Europe/Berlin"
AS_OF = at("2026-06-30T00:00:00Z")
DAY = 86_400
STATES = ("new", "assigned", "in-progress", "awaiting-user", "resolved", "closed", "cancelled")
GROUPS = tuple(f"group {number:02}" for number in range(15))
Rows = list[dict[str, object]]
Events = list[list[object]]


@cache
def reference() -> Definitions:
    return load(reference_root())


def tickets(count: int) -> tuple[Rows, Events]:
    """Half a year of tickets over both changes of the clock; every column is sometimes empty."""
    rng = random.Random("figures")
    records: Rows = []
    events: Events = []
    for number in range(count):
        opened = at("2026-01-02T00:00:00Z") + rng.randrange(170 * DAY)
        record_id, moment, state = f"T{number:05}", opened, "new"
        events.append([record_id, moment, "state", None, "new"])
        group = None
        for _ in range(rng.randrange(6)):
            moment += rng.choice((60, 3600, rng.randrange(40 * DAY)))
            state, before = rng.choice(STATES), state
            events.append([record_id, moment, "state", before, state])
            group, held = rng.choice((*GROUPS, None)), group
            events.append([record_id, moment, "group", held, group])
        ended = rng.choice((moment, None))
        records.append(
            {
                "record_id": record_id,
                "process": rng.choice(("incident", "incident", "request", "change")),
                "service": rng.choice(("order-management", "email-collaboration", None)),
                "priority": rng.choice(("P1", "P2", "P3", "P4")),
                "category": rng.choice(("network", "access", None)),
                "subcategory": rng.choice(("vpn", None)),
                "problem": rng.choice(("PRB1", None, None, None)),
                "state": state,
                "group": group,
                "opened_at": opened if rng.random() < 0.97 else None,
                "resolved_at": ended,
                "closed_at": ended + 3600 if ended and rng.random() < 0.7 else None,
            }
        )
    return records, events


@pytest.fixture(scope="module")
def told() -> tuple[Rows, Events]:
    return tickets(400)


@pytest.fixture(scope="module")
def result(told: tuple[Rows, Events], tmp_path_factory: pytest.TempPathFactory) -> AuditResult:
    records, events = told
    folder = write_dataset(
        tmp_path_factory.mktemp("figures") / "dataset", records, events, zone=ZONE, history=("state", "group"),
        exported=AS_OF,
    )  # fmt: skip
    every = tuple(str(record["record_id"]) for record in records[:150])
    return audit(reference(), folder, AuditOptions(rules=("INC-04",), explain=every, charts=True))


@pytest.fixture(scope="module")
def figures(result: AuditResult) -> Figures:
    return result.figures


def asked(records: Rows) -> Rows:
    return [r for r in records if r["process"] in ("incident", "request") and r["opened_at"] is not None]


def seen(events: Events, field: str) -> dict[object, list[list[object]]]:
    """Changes of a field up to the moment of the audit, by record."""
    found: dict[object, list[list[object]]] = defaultdict(list)
    for event in events:
        if event[2] == field and int(str(event[1])) <= AS_OF:
            found[event[0]].append(event)
    return found


def test_nothing_is_counted_where_nobody_asked_for_charts(told: tuple[Rows, Events], tmp_path: Path) -> None:
    folder = write_dataset(tmp_path / "dataset", told[0][:20], zone=ZONE)
    assert audit(reference(), folder, AuditOptions(rules=("INC-04",))).figures == Figures()


def test_backlog_is_what_was_open_at_each_midnight(told: tuple[Rows, Events], figures: Figures) -> None:
    assert figures.backlog
    phases = ("resolved", "closed", "cancelled")
    over = {(p.id, state.id) for p in reference().processes.values() for state in p.states if state.phase in phases}
    ends: list[tuple[int, int]] = []
    undated = 0
    for r in asked(told[0]):
        moments = [int(str(r[c])) for c in ("resolved_at", "closed_at") if r[c] is not None]
        if moments:
            ends.append((int(str(r["opened_at"])), moments[0]))
        elif (r["process"], r["state"]) in over:
            undated += 1
        else:
            ends.append((int(str(r["opened_at"])), 2**53))
    assert figures.backlog.undated == undated > 0
    for moment in figures.backlog.moments:
        wall = datetime.fromtimestamp(moment.at, ZoneInfo(ZONE))
        assert (wall.hour, wall.minute, wall.weekday()) == (0, 0, 0)
        ages = [moment.at - opened for opened, ended in ends if opened <= moment.at < ended]
        edges = (-1, DAY, 7 * DAY, 30 * DAY, 2**53)
        assert moment.ages == tuple(
            sum(low < age <= high for age in ages) for low, high in zip(edges[:-1], edges[1:], strict=True)
        )
    first, last = (datetime.fromtimestamp(figures.backlog.moments[n].at, UTC) for n in (0, -1))
    assert len(figures.backlog.moments) == round((last - first) / timedelta(days=7)) + 1 > 20


def test_hours_are_those_of_the_calendar(told: tuple[Rows, Events], figures: Figures) -> None:
    assert figures.hours
    zone = ZoneInfo(figures.hours.zone)
    walls = [datetime.fromtimestamp(int(str(r["opened_at"])), zone) for r in asked(told[0])]
    counted = Counter((wall.weekday(), wall.hour) for wall in walls)
    assert figures.hours.opened == tuple(tuple(counted[day, hour] for hour in range(24)) for day in range(7))
    if figures.hours.calendar:
        assert reference().calendars[figures.hours.calendar].zone == figures.hours.zone


def test_paths_are_the_states_in_order(told: tuple[Rows, Events], figures: Figures) -> None:
    assert_paths(*told, figures)


def test_paths_are_told_apart_however_long_and_rare_they_are(tmp_path: Path) -> None:
    """Lives that differ late, in a state that a sample misses, or only in what else changed between two states."""
    records: Rows = []
    events: Events = []
    for number in range(200):
        record_id, moment, before = f"T{number:05}", at("2026-01-02T00:00:00Z"), None
        rng = random.Random(number % 7)
        states = [STATES[rng.randrange(2 if number % 2 else 5)] for _ in range((3, 9, 28, 31, 70)[number % 5])]
        if number % 16 == 3:
            states[-1] = f"state {number:03}"
        if number % 5 == 4 and number % 3:
            states[50] = "cancelled"
        for state in states:
            for _ in range(number % 3):
                moment += 60
                events.append([record_id, moment, "group", None, f"group {moment % 7}"])
            moment += 60
            events.append([record_id, moment, "state", before, state])
            before = state
        process = "incident" if number % 4 else "request"
        records.append({"record_id": record_id, "process": process, "state": before, "opened_at": moment - 86_400})
    folder = write_dataset(tmp_path / "dataset", records, events, zone=ZONE, history=("state", "group"), exported=AS_OF)
    figures = audit(reference(), folder, AuditOptions(rules=("INC-04",), charts=True)).figures
    assert_paths(records, events, figures)
    assert any(n > 5 for flow in figures.flows for _, n in flow.variants)


def assert_paths(records: Rows, events: Events, figures: Figures) -> None:
    process = {r["record_id"]: str(r["process"]) for r in records}
    paths: dict[str, Counter[tuple[str, ...]]] = defaultdict(Counter)
    for record, changes in seen(events, "state").items():
        states = [str(change[4]) for change in changes]
        paths[process[record]][tuple(s for n, s in enumerate(states) if n == 0 or states[n - 1] != s)] += 1
    assert {flow.process for flow in figures.flows} == set(paths)
    for flow in figures.flows:
        own = paths[flow.process]
        assert (flow.paths, flow.records) == (len(own), own.total())
        best = sorted(own.items(), key=lambda entry: (-entry[1], "\x1f".join(entry[0])))[:8]
        assert list(flow.variants) == best


def test_handovers_go_from_one_group_to_another(told: tuple[Rows, Events], figures: Figures) -> None:
    assert figures.network
    here = {r["record_id"] for r in asked(told[0])}
    pairs: Counter[tuple[str, str]] = Counter()
    for record, changes in seen(told[1], "group").items():
        held = None
        for *_, old, new in changes:
            if new is None or record not in here:
                continue
            giver = held if held is not None else old
            if giver is not None and giver != new:
                pairs[str(giver), str(new)] += 1
            held = new
    busy: Counter[str] = Counter()
    for (giver, taker), n in pairs.items():
        busy[giver] += n
        busy[taker] += n
    named = set(sorted(busy, key=lambda group: (-busy[group], group))[:10])
    merged: Counter[tuple[str, str]] = Counter()
    for (giver, taker), n in pairs.items():
        merged[giver if giver in named else OTHERS, taker if taker in named else OTHERS] += n
    assert {(giver, taker): n for giver, taker, n in figures.network.handovers} == merged
    assert (figures.network.total, figures.network.groups) == (pairs.total(), len(busy)) and len(busy) > 10


def test_what_recurs_without_a_problem_comes_first(told: tuple[Rows, Events], figures: Figures) -> None:
    assert figures.recurrence
    kinds: dict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
    bare: dict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
    for r in told[0]:
        if r["process"] != "incident" or r["opened_at"] is None or not (r["category"] or r["subcategory"]):
            continue
        key = (str(r["service"] or ""), str(r["category"] or ""), str(r["subcategory"] or ""))
        month = f"{datetime.fromtimestamp(int(str(r['opened_at'])), ZoneInfo(ZONE)):%Y-%m}"
        kinds[key][month] += 1
        bare[key][month] += r["problem"] is None
    candidates = [key for key in kinds if max(bare[key].values()) >= 3]
    worst = sorted(candidates, key=lambda key: (-bare[key].total(), key))[:10]
    assert figures.recurrence.candidates == len(candidates) > 3
    months = figures.recurrence.months
    assert [(row.service, row.category, row.subcategory) for row in figures.recurrence.rows] == worst
    for row, key in zip(figures.recurrence.rows, worst, strict=True):
        assert row.months == tuple(kinds[key][month] for month in months)
        assert (row.records, row.linked) == (kinds[key].total(), kinds[key].total() - bare[key].total())


def test_shares_of_the_target_are_those_of_the_ledgers(told: tuple[Rows, Events], tmp_path: Path) -> None:
    """Of each record the plain interval arithmetic of `explain` says how much of the target was used."""
    records, events = told
    few = [record for record in records if record["process"] == "incident"][:120]
    ids = {str(record["record_id"]) for record in few}
    folder = write_dataset(
        tmp_path / "dataset", few, [e for e in events if e[0] in ids], zone=ZONE, history=("state", "group"),
        exported=AS_OF,
    )  # fmt: skip
    result = audit(reference(), folder, AuditOptions(rules=("SLM-06",), explain=tuple(sorted(ids)), charts=True))
    expected: dict[str, Counter[int]] = defaultdict(Counter)
    for explanation in result.explanations:
        for clock in explanation.clocks:
            for cycle in clock.cycles:
                if cycle.verdict in ("met", "breached") and "/" not in clock.clock:
                    share = 100 * cycle.counted / cycle.target
                    beyond = next((41 + n for n, times in enumerate((3, 5, 10)) if share <= 100 * times), 44)
                    band = max(1, -(-20 * cycle.counted // cycle.target)) if share <= 200 else beyond
                    expected[clock.clock][band] += 1
    found = {
        d.clock: Counter({n: count for n, count in enumerate(d.bands, 1) if count})
        for d in result.figures.distributions
    }
    assert found == {clock: +bands for clock, bands in expected.items()} and "resolution" in found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_chart_says_its_numbers_and_runs_nothing(result: AuditResult, language: Language) -> None:
    hostile = {known: {one: Text(HOSTILE, HOSTILE) for one in called} for known, called in result.names.titles.items()}
    drawn = list(charts(replace(result, names=Names(hostile)), language))
    assert {chart.told.id for chart in drawn} >= {"backlog", "hours", "handovers", "recurrence", "paths-incident"}
    assert len({chart.told.id for chart in drawn}) == len(drawn)
    for chart in drawn:
        root = parsed(chart.svg)
        assert chart.told.description and any(letter.isdigit() for letter in chart.told.description)
        assert root.find("{http://www.w3.org/2000/svg}desc").text  # type: ignore[union-attr]
        assert all(len(row) == len(chart.head) for row in chart.rows) and chart.rows
        assert "<script" not in chart.svg and "\u202e" not in chart.svg
    page = html.render(result, language)
    assert page.count('<svg class="plot" viewBox="-') == len(drawn) + 1, "and that of opened and resolved"
    assert "<script>alert" not in page and 'id="chart-backlog"' in page


def test_charts_are_the_same_everywhere(told: tuple[Rows, Events], tmp_path: Path) -> None:
    folder = write_dataset(tmp_path / "dataset", *told, zone=ZONE, history=("state", "group"), exported=AS_OF)
    pages = []
    for number, (zone, language) in enumerate((("UTC", "C"), ("Asia/Shanghai", "zh_CN.UTF-8"))):
        environment = {**os.environ, "TZ": zone, "LANG": language, "LC_ALL": language, "PYTHONHASHSEED": str(number)}
        out = tmp_path / f"out{number}"
        arguments = ["audit", "--tickets", str(folder), "--rule", "INC-04", "--fail-on", "never", "-q", "-o", str(out)]
        subprocess.run(
            [sys.executable, "-c", "from itsmctl.cli import main; main()", *arguments],
            env=environment,
            check=True,
            capture_output=True,
        )
        pages.append((out / "report.html").read_bytes() + (out / "report.zh.html").read_bytes())
    assert pages[0] == pages[1] and b'id="chart-backlog"' in pages[0]


def test_text_and_json_never_load_the_chart_library(told: tuple[Rows, Events], tmp_path: Path) -> None:
    folder = write_dataset(tmp_path / "dataset", told[0][:30], zone=ZONE)
    code = """
import sys
from click.testing import CliRunner
from itsmctl.cli import group
for form in ("text", "json"):
    told = CliRunner().invoke(group, ["audit", "--tickets", sys.argv[1], "--rule", "INC-04", "--format", form, "-q"])
    assert told.exit_code in (0, 1) and "INC-04" in told.output, told.output
assert "leather" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", code, str(folder)], check=True, capture_output=True)


@pytest.mark.skipif(not UCI.exists(), reason="the public log does not lie beside the repository")
def test_the_public_log(tmp_path: Path) -> None:
    """Counted anew from the CSV, whose rows are the updates of a ticket, one after the other."""
    import_files([UCI], None, reference().mappings, "Europe/Rome", tmp_path / "dataset")
    figures = audit(reference(), tmp_path / "dataset", AuditOptions(rules=("INC-04",), charts=True)).figures
    with zipfile.ZipFile(UCI) as archive, archive.open("incident_event_log.csv") as file:
        rows = list(csv.DictReader(io.TextIOWrapper(file, "utf-8")))
    last = {row["number"]: row for row in rows}
    assert figures.hours and sum(map(sum, figures.hours.opened)) == len(last) == 24_918
    opened = [datetime.strptime(row["opened_at"], "%d/%m/%Y %H:%M") for row in last.values()]  # noqa: DTZ007 - wall time
    counted = Counter((wall.weekday(), wall.hour) for wall in opened)
    assert figures.hours.opened == tuple(tuple(counted[day, hour] for hour in range(24)) for day in range(7))
    kinds = Counter((row["category"], row["subcategory"]) for row in last.values())
    assert figures.recurrence
    for row in figures.recurrence.rows:
        assert row.records == kinds[row.category, row.subcategory]
