"""Scorecards: each figure by hand on a small case, and a second time in plain Python on generated data and on a real log."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner
from dataset import write_dataset
from hypothesis import given
from hypothesis import strategies as st
from scorecard_case import computed, end_of, kpi, month_of, moved, records, reference, rows_of, values

from itsmctl.charts.indicator import indicator_chart
from itsmctl.cli import group
from itsmctl.errors import ItsmctlError
from itsmctl.generate import generate
from itsmctl.importers.importing import import_files
from itsmctl.model import Attested, Band, ClockShare, Condition, RegisterFigure, RuleShare, SurveyFigure, Text
from itsmctl.reports.scorecard.data import scorecard_schema
from itsmctl.reports.scorecard.words import sparkline
from itsmctl.scorecard.asking import Asked, sources
from itsmctl.scorecard.benefits import benefits_of
from itsmctl.scorecard.competence import key_people
from itsmctl.scorecard.figures import NOTHING, Indicator, Tally, figure_of, is_share
from itsmctl.scorecard.handovers import CHAIN, hand_overs
from itsmctl.scorecard.periods import Span, parse_span, span_of, spans_until

ZONE = "Asia/Shanghai"
MAY, JUNE = parse_span("2026-05"), parse_span("2026-06")

P1 = Condition("priority", "in", ("P1",))
REOPENED = Condition("reopen_count", "at-least", (1,))
RESOLVED = Condition("resolved_at", "present")


# --- Periods --------------------------------------------------------------------------------------------------------


def test_periods_are_those_of_the_calendar() -> None:
    assert [s.label for s in spans_until("quarter", date(2026, 2, 28), 3)] == ["2025-Q3", "2025-Q4", "2026-Q1"]
    assert [s.label for s in spans_until("half-year", date(2026, 7, 1), 2)] == ["2026-H1", "2026-H2"]
    assert (span_of("year", date(2024, 5, 1)).days, span_of("month", date(2024, 2, 9)).days) == (366, 29)
    for text in ("2026", "2026-H2", "2026-Q3", "2026-11", "2026-11-03", "2026-11-03/2026-11-09"):
        assert parse_span(text).label == text


@pytest.mark.parametrize("text", ["2026-13", "2026-Q5", "Q2", "2026-6", "", "2026-H0"])
def test_a_period_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ItsmctlError, match="is not a period"):
        parse_span(text)


# --- What a figure stands for ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("direction", "target", "alarm", "tally", "value", "standing"),
    [
        ("higher", 90, 80, Tally(10, 9), 90.0, "reached"),
        ("higher", 90, 80, Tally(10, 8), 80.0, "missed"),
        ("higher", 90, 80, Tally(10, 7), 70.0, "alarm"),
        ("higher", 90, None, Tally(10, 8), 80.0, "alarm"),
        ("higher", 90, 80, Tally(10, 8, 1), 80.0, "uncertain"),
        ("lower", 10, 20, Tally(10, 1), 10.0, "reached"),
        ("lower", 10, 20, Tally(10, 0, 1), 10.0, "reached"),
        ("lower", 10, 20, Tally(10, 1, 1), 20.0, "uncertain"),
        ("lower", 10, 20, Tally(10, 3), 30.0, "alarm"),
        ("between", Band(40, 60), None, Tally(10, 5), 50.0, "reached"),
        ("between", Band(40, 60), None, Tally(10, 5, 2), 70.0, "uncertain"),
        ("between", Band(40, 60), None, Tally(10, 1), 10.0, "alarm"),
    ],
)
def test_what_is_unknown_counts_as_bad(
    direction: str, target: Any, alarm: Any, tally: Tally, value: float, standing: str
) -> None:
    one = kpi(records("share", [P1]), direction=direction, target=target, alarm=alarm)
    figure = figure_of(one, MAY, tally, True)
    assert (figure.value, figure.standing) == (value, standing)


@pytest.mark.parametrize(
    ("direction", "target", "tally", "value", "standing"),
    [
        ("higher", 5, Tally(9, 5, 2), 5, "reached"),
        ("higher", 6, Tally(9, 5, 2), 5, "uncertain"),
        ("lower", 7, Tally(9, 5, 2), 7, "reached"),
        ("lower", 6, Tally(9, 5, 2), 7, "uncertain"),
        ("between", Band(4, 7), Tally(9, 5, 2), 5, "reached"),
        ("between", Band(4, 6), Tally(9, 5, 2), 7, "uncertain"),
        ("between", Band(6, 8), Tally(9, 5, 2), 5, "uncertain"),
        ("between", Band(1, 3), Tally(9, 5, 2), 7, "alarm"),
    ],
)
def test_what_is_unknown_counts_as_bad_in_numbers_of_records_too(
    direction: str, target: Any, tally: Tally, value: float, standing: str
) -> None:
    one = kpi(records("count", [P1]), direction=direction, target=target, unit="count")
    figure = figure_of(one, MAY, tally, True)
    assert (figure.value, figure.standing) == (value, standing)


def test_nothing_and_too_few_are_no_figure() -> None:
    one = kpi(records("share", [P1]), minimum=10)
    assert figure_of(one, MAY, Tally(9, 9), True).standing == "few"
    assert figure_of(one, MAY, NOTHING, True).standing == "none"
    assert figure_of(one, MAY, Tally(9, 9), True).value is None
    none_at_all = kpi(records("count"), direction="lower", target=2, unit="count", minimum=10)
    assert figure_of(none_at_all, MAY, NOTHING, True).standing == "reached"


def test_a_mean_over_what_is_partly_unknown_is_never_plainly_reached() -> None:
    one = kpi(RegisterFigure("r", "mean", {}, {}, "score", ""), target=4, unit="points")
    assert figure_of(one, MAY, Tally(3, 3, 0, 4.2), True).standing == "reached"
    assert figure_of(one, MAY, Tally(4, 3, 1, 4.2), True).standing == "uncertain"


@pytest.mark.parametrize(
    ("before", "after", "trend"),
    [(Tally(100, 50), Tally(100, 80), "better"), (Tally(100, 80), Tally(100, 50), "worse"), (Tally(10, 5), Tally(10, 6), "steady")],
)  # fmt: skip
def test_a_trend_is_more_than_chance(before: Tally, after: Tally, trend: str) -> None:
    one = kpi(records("share", [P1]))
    told = (figure_of(one, MAY, before, True), figure_of(one, JUNE, after, True))
    assert Indicator(one, told).trend == trend


def test_what_stands_for_an_indicator_now_and_before() -> None:
    """The last whole period; the one that still runs only where that one says nothing and this one does."""
    one = kpi(records("share", [P1]), minimum=5)
    march, april = parse_span("2026-03"), parse_span("2026-04")
    good, few = Tally(10, 9), Tally(4, 4)

    def told(*figures: tuple[Span, Tally, bool]) -> tuple[str, str]:
        found = Indicator(one, tuple(figure_of(one, *figure) for figure in figures))
        return found.now.span.label if found.now else "", found.before.span.label if found.before else ""

    assert told() == ("", "")
    assert told((MAY, good, True), (JUNE, good, False)) == ("2026-05", "")
    assert told((MAY, good, True), (JUNE, good, True)) == ("2026-06", "2026-05")
    assert told((MAY, good, False), (JUNE, good, False)) == ("2026-06", "2026-05")
    assert told((MAY, NOTHING, True), (JUNE, good, False)) == ("2026-06", "")
    assert told((MAY, few, True), (JUNE, good, False)) == ("2026-05", ""), "too few is an answer"
    assert told((MAY, NOTHING, True), (JUNE, few, False)) == ("2026-05", "")
    assert told((march, good, True), (april, few, True), (MAY, good, True), (JUNE, good, False)) == (
        "2026-05",
        "2026-03",
    )


@pytest.mark.parametrize(
    ("direction", "target", "before", "after", "trend"),
    [
        ("lower", 3, 4.0, 3.9, "better"), ("lower", 3, 3.9, 4.0, "worse"), ("lower", 3, 4.0, 4.0, "steady"),
        ("lower", 3, 2.0, 1.0, "better"), ("higher", 3, 4.0, 3.9, "worse"), ("higher", 3, 1.0, 2.0, "better"),
        ("between", Band(1, 3), 1.0, 3.0, "steady"), ("between", Band(1, 3), 4.0, 3.5, "better"), ("between", Band(1, 3), 1.0, 0.5, "worse"),
    ],
)  # fmt: skip
def test_where_a_median_is_going(direction: str, target: Any, before: float, after: float, trend: str) -> None:
    one = kpi(
        records("median", start="opened_at", stop="resolved_at"), direction=direction, target=target, unit="hours"
    )
    figures = (figure_of(one, MAY, Tally(9, 9, 0, before), True), figure_of(one, JUNE, Tally(9, 9, 0, after), True))
    assert Indicator(one, figures).trend == trend
    assert Indicator(one, figures[1:]).trend == ""


@given(st.sampled_from(["higher", "lower"]), st.integers(0, 40), st.integers(0, 40), st.integers(0, 40))
def test_worse_tickets_never_raise_a_share(direction: str, good: int, bad: int, unknown: int) -> None:
    """A good record that becomes bad or unknown, and an unknown one that turns out bad, never make a figure better."""
    one = kpi(records("share", [P1]), direction=direction)

    def worth(good: int, bad: int, unknown: int) -> float:
        n = good + bad + unknown
        hits = good if direction == "higher" else bad
        value = figure_of(one, MAY, Tally(n, hits, unknown), True).value
        assert value is not None
        return value if direction == "higher" else -value

    here = worth(good + 1, bad, unknown)
    assert worth(good, bad + 1, unknown) <= here
    assert worth(good, bad, unknown + 1) <= here
    assert worth(good, bad + 1, unknown) <= worth(good, bad, unknown + 1)


# --- Tickets, by hand -----------------------------------------------------------------------------------------------


def incident(number: int, opened: str, hours: float | None, **values: Any) -> dict[str, Any]:
    start = int(datetime.fromisoformat(f"{opened}+08:00").timestamp())
    ended = None if hours is None else start + int(3600 * hours)
    given = {
        "service": "order-management",
        "priority": "P3",
        "state": "resolved",
        "reopen_count": 0,
        "resolved_by": "A",
    }
    return (
        {"record_id": f"INC{number}", "opened_at": start, "resolved_at": ended, "responded_at": start + 60}
        | given
        | values
    )


def dataset_of(folder: Path, rows: list[dict[str, Any]], exported: str = "2026-07-01T00:00:00+08:00") -> Path:
    """The incidents with a history: active after a minute, resolved when it says so, and as often before as they were reopened."""
    events = [(row["record_id"], row["opened_at"] + 60, "state", "new", "active") for row in rows]
    for row in rows:
        if (row["resolved_at"] or 0) >= row["opened_at"]:
            number, ended = row["record_id"], row["resolved_at"]
            for minutes in range(2 * (row["reopen_count"] or 0), 0, -2):
                events.append((number, ended - 60 * minutes, "state", "active", "resolved"))
                events.append((number, ended - 60 * minutes + 60, "state", "resolved", "active"))
            events.append((number, ended, "state", "active", "resolved"))
    return write_dataset(folder, rows, events, zone=ZONE, exported=exported, mapped=["resolved_at", "reopen_count"])


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = [
        incident(1, "2026-05-02T09:00:00", 2, priority="P1", reopen_count=1),
        incident(2, "2026-05-04T09:00:00", 6, priority="P1"),
        incident(3, "2026-05-05T09:00:00", 30, resolved_by="B"),
        incident(4, "2026-05-31T23:30:00", 1),  # resolved in June
        incident(5, "2026-06-03T09:00:00", 3, priority="P1", reopen_count=None),
        incident(6, "2026-06-04T09:00:00", 20, priority="P2", resolved_by="B"),
        incident(7, "2026-06-05T09:00:00", None, priority="P2", state="active", resolved_by=None),
        incident(8, "2026-06-06T09:00:00", -1, priority="P1"),  # runs backwards
    ]
    return dataset_of(tmp_path_factory.mktemp("small") / "dataset", rows)


ASKED = Asked(period="2026-06", periods=2)


def test_a_share_by_hand(small: Path) -> None:
    one = kpi(records("share", [REOPENED], [RESOLVED], dated="resolved_at"), direction="lower", target=10)
    (told,) = computed(small, [one], ASKED)
    # May: 1, 2, 3 and one was reopened. June: 4, 5 (unknown), 6, 8: nobody knows of 5, which counts as reopened.
    assert values(told) == {"2026-05": pytest.approx(100 / 3), "2026-06": 25.0}
    assert [(f.tally, f.best) for f in told.figures] == [(Tally(3, 1), pytest.approx(100 / 3)), (Tally(4, 0, 1), 0.0)]
    assert [f.standing for f in told.figures] == ["alarm", "uncertain"]


def test_a_count_and_a_median_by_hand(small: Path) -> None:
    many = kpi(records("count", [P1]), direction="lower", target=2, unit="count")
    hours = kpi(
        records("median", [P1], start="opened_at", stop="resolved_at"), direction="lower", target=3, unit="hours"
    )
    first, second = computed(small, [many, hours], ASKED)
    assert values(first) == {"2026-05": 2.0, "2026-06": 2.0}
    assert values(second) == {"2026-05": 4.0, "2026-06": 3.0}  # the one that runs backwards is not known
    assert [(f.tally.unknown, f.standing) for f in second.figures] == [(0, "alarm"), (1, "uncertain")]


def test_records_for_each_engineer_by_hand(small: Path) -> None:
    one = kpi(
        records("per-head", [RESOLVED], dated="resolved_at"), direction="between", target=Band(1, 3), unit="count"
    )
    (told,) = computed(small, [one], ASKED)
    assert values(told) == {"2026-05": 1.5, "2026-06": 2.0}  # three by A and B; four by A and B


def test_clocks_by_hand(small: Path) -> None:
    one = kpi(ClockShare("resolution", "incident", ()))
    (told,) = computed(small, [one], ASKED)
    # May: P1 in 2 h met, P1 in 6 h of 4 breached, P3 in 30 h of 24 breached.
    # June: 4 met, 5 met, 6 breached (20 h of 8), 7 still runs beyond 8 h, 8 stops before it starts: not known.
    assert [f.tally for f in told.figures] == [Tally(3, 1), Tally(5, 2, 1)]
    assert values(told) == {"2026-05": pytest.approx(100 / 3), "2026-06": 40.0}


def test_what_was_not_exported_is_not_computed(small: Path) -> None:
    asked = [
        kpi(records("share", [Condition("knowledge", "present")])),
        kpi(records("share", [P1], process="change"), process="change"),
        kpi(ClockShare("repair", "incident", ())),
        kpi(Attested("incident-manager", Text("minutes"))),
    ]
    assert [one.untold for one in computed(small, asked, ASKED)] == [
        "column-not-exported:knowledge", "process-not-exported:change", "no-clock:repair", "attested",
    ]  # fmt: skip
    assert [one.untold for one in computed(None, asked[:1], ASKED)] == ["no-tickets"]


def test_rules_by_hand(small: Path) -> None:
    rule = reference().rules["INC-04"]
    (told,) = computed(small, [kpi(RuleShare(("INC-04",)))], ASKED, [rule])
    assert [f.tally.n for f in told.figures] == [4, 4]
    assert values(told) == {"2026-05": 100.0, "2026-06": 100.0}


def test_a_worse_ticket_never_makes_an_indicator_better(tmp_path: Path) -> None:
    """Reopened, unknown, never resolved, late: no share that is good when it is high grows by any of that."""
    rows = [
        incident(n, f"2026-05-{n + 1:02}T09:00:00", hours, priority=priority, reopen_count=again)
        for n, (hours, priority, again) in enumerate([(2, "P1", 0), (5, "P2", 0), (30, "P3", 1), (3, "P3", 0)])
    ]
    open_again = {"resolved_at": None, "state": "active", "resolved_by": None}
    late = {"resolved_at": rows[1]["opened_at"] + 40 * 3600}
    asked = [
        kpi(records("share", [Condition("reopen_count", "at-most", (0,))])),
        kpi(records("share", [RESOLVED])),
        kpi(ClockShare("resolution", "incident", ())),
    ]
    found = []
    for number, worse in enumerate(({}, {"reopen_count": 3}, {"reopen_count": None}, open_again, late)):
        some = [row | worse if place == 1 else row for place, row in enumerate(rows)]
        folder = dataset_of(tmp_path / str(number), some, "2026-06-01T00:00:00+08:00")
        told = computed(folder, asked, Asked(period="2026-05", periods=1))
        found.append([one.figures[-1].value or 0.0 for one in told])
    assert found[0] == [75.0, 100.0, 75.0]
    assert all(after <= before for worse in found[1:] for before, after in zip(found[0], worse, strict=True))
    assert all(worse != found[0] for worse in found[1:])


# --- The same in plain Python, on generated data --------------------------------------------------------------------


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("generated")
    generate(reference(), 500, 11, folder / "export", start=date(2026, 1, 1), months=6)
    exports = sorted((folder / "export").glob("*.csv"))
    import_files(exports, None, reference().mappings, ZONE, folder / "dataset")
    return folder / "dataset"


def by_month(rows: list[dict[str, Any]], column: str) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        found[month_of(row[column], ZONE)].append(row)
    return iter(sorted((month, some) for month, some in found.items() if "2026-01" <= month <= "2026-06"))


def test_shares_and_medians_again(generated: Path) -> None:
    asked = {
        name: reference().kpis[name]
        for name in ("first-line-resolution", "incidents-reopened", "knowledge-contribution")
    }
    hours = kpi(records("median", start="opened_at", stop="resolved_at"), direction="lower", target=9, unit="hours")
    head = kpi(records("per-head", [RESOLVED], dated="resolved_at"), unit="count", target=1)
    again = kpi(records("count", [REOPENED], dated="resolved_at"), direction="lower", target=9, unit="count")
    found = computed(generated, [*asked.values(), hours, head, again], Asked(period="2026-06", periods=6))
    cut = end_of(date(2026, 6, 30), ZONE)
    incidents = [
        r for r in rows_of(generated) if r["process"] == "incident" and r["resolved_at"] and r["resolved_at"] <= cut
    ]
    wanted: list[dict[str, float]] = [{}, {}, {}, {}, {}, {}]
    for month, rows in by_month(incidents, "resolved_at"):
        wanted[0][month] = 100 * sum(r["reassignment_count"] == 0 for r in rows) / len(rows)
        wanted[1][month] = 100 * sum(r["reopen_count"] is None or r["reopen_count"] >= 1 for r in rows) / len(rows)
        wanted[2][month] = 100 * sum(bool((r["knowledge"] or "").strip()) for r in rows) / len(rows)
        wanted[3][month] = (
            median(r["resolved_at"] - r["opened_at"] for r in rows if r["resolved_at"] >= r["opened_at"]) / 3600
        )
        people = {r["resolved_by"].strip().lower() for r in rows if r["resolved_by"]}
        wanted[4][month] = sum(bool(r["resolved_by"]) for r in rows) / len(people)
        wanted[5][month] = sum(r["reopen_count"] is None or r["reopen_count"] >= 1 for r in rows)
    for indicator, plain in zip(found, wanted, strict=True):
        told = {f.span.label: f for f in indicator.figures if f.standing != "few"}
        assert {month: figure.value for month, figure in told.items()} == {
            month: pytest.approx(plain[month]) for month in told
        }
        assert len(told) >= 5


def test_trends_again(generated: Path) -> None:
    """Month by month: of shares what is more than chance by the formula of the textbook, of a median whatever it moved by."""
    straight = Condition("reassignment_count", "at-most", (0,))
    shares = [kpi(records("share", [straight], [RESOLVED], dated="resolved_at"), direction=way, target=50) for way in ("higher", "lower")]  # fmt: skip
    hours = kpi(records("median", start="opened_at", stop="resolved_at"), direction="lower", target=9, unit="hours")
    found = computed(generated, [*shares, hours], Asked(period="2026-06", periods=6))
    cut = end_of(date(2026, 6, 30), ZONE)
    rows = [
        r for r in rows_of(generated) if r["process"] == "incident" and r["resolved_at"] and r["resolved_at"] <= cut
    ]
    months = dict(by_month(rows, "resolved_at"))
    counts = {month: (sum(r["reassignment_count"] == 0 for r in some), len(some)) for month, some in months.items()}
    took = {month: median(r["resolved_at"] - r["opened_at"] for r in some if r["resolved_at"] >= r["opened_at"]) for month, some in months.items()}  # fmt: skip
    words = {1: "better", -1: "worse", 0: "steady"}
    seen = set()
    for then, month in pairwise(sorted(months)):
        until = [Indicator(one.kpi, tuple(f for f in one.figures if f.span.label <= month)) for one in found]
        way, quicker = moved(counts[then], counts[month]), (took[month] < took[then]) - (took[month] > took[then])
        assert [one.trend for one in until] == [words[way], words[-way], words[quicker]], month
        seen |= {words[way], words[quicker]}
    assert seen == {"better", "worse", "steady"}


def test_clocks_again(generated: Path) -> None:
    """Order management counts around the clock and pauses for the user alone, so its clock is a few subtractions."""
    where = (Condition("service", "in", ("order-management",)),)
    (told,) = computed(
        generated, [kpi(ClockShare("resolution", "incident", where))], Asked(period="2026-06", periods=6)
    )
    cut, targets = end_of(date(2026, 6, 30), ZONE), {"1": 4, "2": 8, "3": 24, "4": 72}
    moves: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for event in sorted(rows_of(generated, "event"), key=lambda e: (e["record_id"], e["seq"])):
        if event["field"] == "state" and event["at"] <= cut:
            moves[event["record_id"]].append((event["at"], event["new"]))
    wanted: dict[str, list[bool]] = defaultdict(list)
    titles = reference().services["order-management"].title
    for row in rows_of(generated):
        states = moves[row["record_id"]]
        if row["process"] != "incident" or row["service"] not in (titles.en, titles.zh) or row["opened_at"] > cut:
            continue
        if not row["priority"] or any(state == "Canceled" for _, state in states):
            continue
        resting = ("Awaiting User Info", "Resolved", "Closed")
        ending = [*(at for at, _ in states[1:]), cut]
        counted_seconds = sum(
            after - at for (at, state), after in zip(states, ending, strict=True) if state not in resting
        )
        running = [n for n, (_, state) in enumerate(states) if state not in ("Resolved", "Closed")]
        ended = running[-1] + 1 < len(states)
        stop = states[running[-1] + 1][0] if ended else cut
        late = counted_seconds > 3600 * targets[row["priority"][0]]
        if ended or late:
            wanted[month_of(min(stop, cut - 1), ZONE)].append(not late)
    counted = {f.span.label: (f.tally.n, f.tally.hits) for f in told.figures if f.tally.n}
    assert counted == {month: (len(some), sum(some)) for month, some in sorted(wanted.items())}


def test_months_behind_the_end_of_the_export_are_not_whole(tmp_path: Path) -> None:
    """The export ends on the last day but six of May: nobody counted anything in June, so that nothing went well there."""
    rows = [
        {"record_id": str(n), "state": "new", "category": "server", "opened_at": f"2026-0{month}-{day:02}T09:00:00Z"}
        for n, (month, day) in enumerate([(4, 1), (4, 28), (5, 2), (5, 25)])
    ]
    dataset = write_dataset(tmp_path / "dataset", rows)
    counted = kpi(records("count"), direction="lower", target=5, unit="number")
    (late,) = computed(dataset, [counted], Asked(as_of="2026-06-30", periods=3))
    assert [(one.span.label, one.value, one.complete) for one in late.figures] == [
        ("2026-04", 2.0, True), ("2026-05", 2.0, True), ("2026-06", 0.0, False),
    ]  # fmt: skip
    assert late.now is not None and late.now.span.label == "2026-05"
    assert sparkline(late).endswith("…") and not sparkline(replace(late, figures=late.figures[:2])).endswith("…")
    drawn = indicator_chart(late, "en")
    assert drawn.count('class="point part"') == drawn.count('class="trend part"') == 1 and "2026-06 so far" in drawn
    assert "part" not in indicator_chart(replace(late, figures=late.figures[:2]), "en")


# --- Registers, surveys, definitions --------------------------------------------------------------------------------


def test_a_register_by_hand() -> None:
    # audits/registers/data/disputes.csv: DSP-2026-01 closed in time, DSP-2026-02 settled late, DSP-2026-03 open since September.
    one = reference().kpis["disputes-settled"]
    (told,) = computed(None, [one], Asked(as_of="2026-11-20", periods=1))
    assert told.now is not None and not told.now.complete
    assert (told.now.span.label, told.now.value, told.now.tally) == ("2026", 50.0, Tally(2, 1))


def test_a_survey_by_hand() -> None:
    survey = reference().surveys["customer-satisfaction"]
    run = next(run for run in survey.results if run.period.end == date(2025, 12, 31))
    counts = [sum(column) for column in zip(*run.counts.values(), strict=True)]
    share = kpi(SurveyFigure("customer-satisfaction", "satisfied"), period="half-year")
    mean = kpi(SurveyFigure("customer-satisfaction", "mean"), period="half-year", unit="points", target=4)
    response = kpi(SurveyFigure("customer-satisfaction", "response"), period="half-year")
    found = computed(None, [share, mean, response], Asked(period="2025-H2", periods=1))
    # 4+7+6+5, 9+14+11+10, 17+22+19+20, 38+30+33+36, 20+15+19+17 of 88 people
    assert counts == [22, 44, 78, 137, 71]
    assert [one.figures[0].value for one in found] == [
        pytest.approx(100 * 208 / 352), pytest.approx((22 + 88 + 234 + 548 + 355) / 352), pytest.approx(100 * 88 / 214),
    ]  # fmt: skip
    assert [one.figures[0].tally.n for one in found] == [88, 88, 214]


def test_every_indicator_of_the_reference_is_computed_or_says_what_it_needs(generated: Path) -> None:
    from itsmctl.scorecard.tickets import rules_asked

    every = list(reference().kpis.values())
    found = computed(generated, every, Asked(period="2026-06"), rules_asked(reference(), every))
    codes = {one.untold.partition(":")[0] for one in found if not one.figures}
    assert codes <= {"no-rows", "attested"}
    assert all(one.figures or one.untold for one in found)
    told = [one for one in found if one.now and one.now.value is not None]
    assert len(told) >= 30
    assert {(one.kpi.id, one.trend, one.now.standing) for one in told if one.now} == {
        (one.kpi.id, plain_trend(one), plain_standing(one)) for one in told
    }


def plain_standing(one: Indicator) -> str:
    """By the target alone, in the terms of its file."""
    assert one.now is not None and one.now.value is not None
    least, most = one.kpi.target.at_least, one.kpi.target.at_most
    told = [(least is None or value >= least) and (most is None or value <= most) for value in (one.now.value, one.now.best or 0.0)]  # fmt: skip
    if all(told):
        sure = one.now.tally.unknown == 0 or one.now.value != one.now.best or is_share(one.kpi)
        return "reached" if sure else "uncertain"
    if told[1]:
        return "uncertain"
    alarm = one.kpi.alarm
    near = alarm is not None and one.kpi.direction != "between" and (one.now.value >= alarm if one.kpi.direction == "higher" else one.now.value <= alarm)  # fmt: skip
    return "missed" if near else "alarm"


def plain_trend(one: Indicator) -> str:
    """Of shares what Newcombe's tenth method tells apart, by its formula as printed; of all else the sign."""
    assert one.now is not None
    past = [f for f in one.figures if f.span.start < one.now.span.start and f.value is not None]
    if not past:
        return ""
    then, now = past[-1].value or 0.0, one.now.value or 0.0
    if is_share(one.kpi):
        (p, n), (q, m) = (then / 100, past[-1].tally.n), (now / 100, one.now.tally.n)
        (lp, up), (lq, uq) = (score_limits(p, n), score_limits(q, m))
        low, high = q - p - ((q - lq) ** 2 + (up - p) ** 2) ** 0.5, q - p + ((uq - q) ** 2 + (p - lp) ** 2) ** 0.5
        if low <= 0 <= high:
            return "steady"
    least, most = one.kpi.target.at_least, one.kpi.target.at_most
    if one.kpi.direction == "between":
        then, now = (max((least or value) - value, value - (most or value), 0.0) for value in (then, now))
    gain = now - then if one.kpi.direction == "higher" else then - now
    return "better" if gain > 0 else "worse" if gain < 0 else "steady"


def score_limits(p: float, n: int) -> tuple[float, float]:
    z = 1.959963984540054
    reach = z * (z * z + 4 * n * p * (1 - p)) ** 0.5
    return (2 * n * p + z * z - reach) / (2 * (n + z * z)), (2 * n * p + z * z + reach) / (2 * (n + z * z))


# --- The command ----------------------------------------------------------------------------------------------------


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(group, ["scorecard", *arguments])
    return result.exit_code, result.output


def test_the_command_prints_json_after_its_schema(generated: Path) -> None:
    code, text = run("--tickets", str(generated), "--period", "2026-Q2", "--format", "json", "--lang", "zh")
    assert code == 0
    document = json.loads(text)
    jsonschema.validate(document, scorecard_schema())
    assert (document["until"], document["zone"]) == ("2026-06-30", ZONE)
    assert sum(document["counts"].values()) == len(document["indicators"]) == len(reference().kpis)


def test_the_command_tells_a_position_what_it_is_measured_by(generated: Path) -> None:
    code, text = run(
        "--tickets", str(generated), "--period", "2026-06", "--by", "position", "--position", "service-level-manager"
    )
    assert code == 0 and "SLA attainment" in text and "Budget execution" not in text
    people = {a.person for a in reference().assignments.values()}
    assert not any(person in text for person in people)
    assert "服务级别经理" in run("--as-of", "2026-06-30", "--by", "position", "--lang", "zh")[1]


def test_the_command_refuses_what_it_cannot_answer(small: Path) -> None:
    result = CliRunner().invoke(group, ["scorecard"])
    assert isinstance(result.exception, ItsmctlError) and "say up to when" in str(result.exception)
    for wrong, word in (
        (["--position", "service-level-manger", "--as-of", "2026-06-30"], "service-level-manager"),
        (["--period", "2026-13"], "is not a period"),
        (["--period", "2026-06", "--as-of", "2026-06-30"], "both say"),
    ):
        found = CliRunner().invoke(group, ["scorecard", *wrong])
        assert isinstance(found.exception, ItsmctlError)
        problem = found.exception.problems[0]
        assert word in f"{problem.message} {problem.suggestion}"


# --- The views again ------------------------------------------------------------------------------------------------


def test_hand_overs_again(generated: Path) -> None:
    """Every pair of records that name each other, from either side, in plain Python."""
    rows = rows_of(generated)
    cut = end_of(date(2026, 6, 30), ZONE)
    kept = {row["record_id"]: row for row in rows if row["opened_at"] is None or row["opened_at"] <= cut}
    words: dict[tuple[str, str], str] = {}
    for row in sorted(kept.values(), key=lambda r: r["record_id"], reverse=True):
        words |= {(w, row["process"]): row["record_id"] for w in (row["record_id"], row["number"]) if w}
    named = [
        (r["record_id"], r[c])
        for r in kept.values()
        for c in ("parent", "problem", "change", "incident", "release")
        if r[c]
    ]
    named += [
        (link["record_id"], link["target"])
        for link in rows_of(generated, "link")
        if link["record_id"] in kept and link["type"] != "caused_by"
    ]
    pairs: dict[tuple[str, str], set[tuple[str, str]]] = defaultdict(set)
    for mine, text in named:
        for word in re.split(r"[,;\s、，；]+", text):
            for process in CHAIN:
                other = words.get((word, process))
                if other is None or kept[mine]["process"] not in CHAIN or kept[mine]["process"] == process:
                    continue
                first, second = sorted((mine, other), key=lambda r: CHAIN.index(kept[r]["process"]))
                pairs[kept[first]["process"], kept[second]["process"]].add((first, second))
    with sources(reference(), [], generated, Asked(period="2026-06")) as found:
        assert found.tickets is not None
        told = {(h.start, h.end): h for h in hand_overs(reference(), found.tickets)}
        keys = {one.service: one for one in key_people(found.tickets)}
    assert {pair: h.found for pair, h in told.items()} == {pair: len(some) for pair, some in pairs.items()}
    for pair, some in pairs.items():
        times = [kept[b]["opened_at"] - kept[a]["opened_at"] for a, b in some]
        later = [time for time in times if time >= 0]
        assert (told[pair].later, told[pair].lost) == (len(later), 0)
        assert told[pair].median_seconds == (median(later) if later else None)
        closed = [(kept[a]["closed_at"], kept[b]["resolved_at"] or kept[b]["closed_at"]) for a, b in some]
        assert told[pair].left == sum(a is not None and (b is None or b > a) for a, b in closed)
    titles = reference().services["email-collaboration"].title
    mine = [r for r in kept.values() if r["service"] in (titles.en, titles.zh, "email-collaboration")]
    people = [r["resolved_by"].strip().lower() for r in mine if r["resolved_by"]]
    named = {r["process"] for r in kept.values() if r["resolved_by"]}
    nobody = sum(bool(r["resolved_at"]) and not r["resolved_by"] and r["process"] in named for r in mine)
    first, every = max(people.count(one) for one in set(people)) + nobody, len(people) + nobody
    mail = keys["email-collaboration"]
    assert (mail.records, mail.people, mail.share) == (every, len(set(people)), pytest.approx(100 * first / every))


def test_benefits_again(generated: Path) -> None:
    with sources(reference(), [], generated, Asked(period="2026-06")) as found:
        assert found.tickets is not None
        told = benefits_of(found.tickets, parse_span("2026-Q1"), parse_span("2026-Q2"))
    figures = {one.measure: (one.before, one.after, one.n) for one in told.benefits}
    quarters = [end_of(date.fromisoformat(day), ZONE) for day in ("2025-12-31", "2026-03-31", "2026-06-30")]
    age, waited, down, done, right, heads = [], [], [], [], [], []
    receipt = json.loads((generated / "receipt.json").read_text(encoding="utf-8"))
    last = int(datetime.fromisoformat(receipt["last_moment"]).timestamp())  # what came after, the export does not know
    for since, until in ((since, min(until, last)) for since, until in pairwise(quarters)):
        rows = [
            r for r in rows_of(generated) if r["process"] == "incident" and r["opened_at"] and r["opened_at"] < until
        ]
        ends = [(r, r["resolved_at"] or r["closed_at"] or until) for r in rows]
        ends = [(r, min(end, until)) for r, end in ends if end >= max(since, r["opened_at"])]
        age.append([(end - r["opened_at"]) / 3600 for r, end in ends])
        waited.append([(end - max(since, r["opened_at"])) / 3600 for r, end in ends])
        down.append([hours for hours, (r, _) in zip(waited[-1], ends, strict=True) if (r["priority"] or "1")[0] == "1"])
        solved = [r for r, _ in ends if r["resolved_at"] and r["resolved_at"] < until]
        done.append(sum(bool(r["resolved_by"]) for r in solved))
        right.append(sum(bool(r["resolved_by"]) and r["reopen_count"] == 0 for r in solved))
        people = [r["resolved_by"] for r in solved] + [r["assignee"] for r, _ in ends]
        heads.append(len({one.strip().lower() for one in people if one}))
    days = (90, 91)
    assert figures["repair-time"] == (*(pytest.approx(median(some)) for some in age), tuple(map(len, age)))
    for name, hours in (("waiting-time", waited), ("down-time", down)):
        assert figures[name][:2] == tuple(pytest.approx(30 * sum(h) / d) for h, d in zip(hours, days, strict=True))
    for name, counts in (("per-engineer", done), ("first-time-right", right)):
        assert figures[name][:2] == tuple(pytest.approx(n / (h * d / 30)) for n, h, d in zip(counts, heads, days, strict=True))  # fmt: skip
    assert sum(map(sum, down)) and done != right


def test_the_mix_of_promises_again(generated: Path) -> None:
    """Which tickets were late the generator works out in plain Python, by service, priority and the quarter of their end."""
    late = {one["record"] for one in planted(generated) if one["rule"] == "INC-06"}
    cut = end_of(date(2026, 6, 30), ZONE)
    moves: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for event in sorted(rows_of(generated, "event"), key=lambda e: (e["record_id"], e["seq"])):
        if event["field"] == "state" and event["at"] <= cut:
            moves[event["record_id"]].append((event["at"], event["new"]))
    titles = {name: one.id for one in reference().services.values() for name in (one.id, one.title.en, one.title.zh, *one.also_called)}  # fmt: skip
    sides: dict[str, dict[tuple[str, str], list[bool]]] = {"Q1": defaultdict(list), "Q2": defaultdict(list)}
    for row in rows_of(generated):
        states, service = moves[row["record_id"]], titles.get(row["service"], row["service"] or "")
        if row["process"] != "incident" or any(state == "Canceled" for _, state in states):
            continue
        running = [n for n, (_, state) in enumerate(states) if state not in ("Resolved", "Closed")]
        ended = running[-1] + 1 < len(states)
        if ended or row["record_id"] in late:
            month = month_of(min(states[running[-1] + 1][0] if ended else cut, cut - 1), ZONE)
            sides["Q1" if month <= "2026-03" else "Q2"][service, (row["priority"] or "")[:1]].append(row["record_id"] not in late)  # fmt: skip
    before, after = sides["Q1"], sides["Q2"]
    common = [one for one in before if one in after]
    total = sum(len(before[one]) for one in common)
    as_before = sum(len(before[one]) * sum(after[one]) / len(after[one]) for one in common) / total
    first = sum(sum(before[one]) for one in common) / total
    second = sum(sum(after[one]) for one in common) / sum(len(after[one]) for one in common)
    with sources(reference(), [], generated, Asked(period="2026-06")) as found:
        assert found.tickets is not None
        told = benefits_of(found.tickets, parse_span("2026-Q1"), parse_span("2026-Q2"))
    assert told.mix is not None
    assert told.mix.compared == pytest.approx(total / sum(map(len, before.values())))
    assert told.mix.standardised == pytest.approx(as_before)
    assert (told.mix.of_strata, told.mix.of_mix) == (
        pytest.approx(as_before - first),
        pytest.approx(second - as_before),
    )
    assert len(common) > 10 and first != second


def planted(dataset: Path) -> list[dict[str, str]]:
    """What the generator knows to be wrong."""
    truth = json.loads((dataset.parent / "export" / "truth.json").read_text(encoding="utf-8"))
    return list(truth["planted"])
