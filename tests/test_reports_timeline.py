"""The time line: an axis for minutes and months, the drawing in a terminal and in SVG, and the explanation as JSON."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_cases import at, banking_breach, hostile_result, long_wait, quick_fix
from rich.cells import cell_len

from itsmctl.language import LANGUAGES, Language, local_moments, zone_of
from itsmctl.reports import timeline
from itsmctl.reports.axis import axis_over, ticks
from itsmctl.reports.life import life_of, verdict_line
from itsmctl.reports.markup import text_width
from itsmctl.result import Cycle, Explanation, Moment, Verdict

Golden = Callable[[str, str], None]
LIVES = [banking_breach(), quick_fix(), long_wait(), hostile_result().explanations[0]]
NAMES = ["banking", "quick", "long", "hostile"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_terminal(language: Language, golden: Golden) -> None:
    golden(f"reports/explanation.{language}.txt", timeline.terminal(banking_breach(), language))


def test_svg(golden: Golden) -> None:
    golden("reports/life.svg", timeline.svg(banking_breach(), "en").replace("><", ">\n<") + "\n")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [60, 80])
@pytest.mark.parametrize("explanation", LIVES, ids=NAMES)
def test_no_line_is_wider_than_asked(explanation: Explanation, width: int, language: Language) -> None:
    lines = timeline.terminal(explanation, language, width).splitlines()
    assert max(cell_len(line) for line in lines) <= width
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f]", "".join(lines))


@pytest.mark.parametrize("explanation", LIVES, ids=NAMES)
def test_the_drawing_is_xml_that_says_in_words_what_it_shows(explanation: Explanation) -> None:
    root = ElementTree.fromstring(timeline.svg(explanation, "en"))
    title, told = root[0], root[1]
    assert (title.tag, told.tag) == ("title", "desc")
    assert root.attrib["aria-labelledby"] == f"{title.attrib['id']} {told.attrib['id']}"
    assert "New" in (told.text or "")
    width = float(root.attrib["viewBox"].split()[2])
    for box in root.iter("rect"):
        left = float(box.attrib.get("x", 0))
        assert 0 <= left <= left + float(box.attrib["width"]) <= width


def test_pauses_are_hatched_and_the_deadline_is_marked() -> None:
    drawn = timeline.svg(banking_breach(), "en")
    assert 'class="band paused" fill="url(#hatch-INC0010234)"' in drawn
    assert 'class="deadline over"' in drawn and "deadline 03-04 15:50" in drawn
    assert drawn.count('class="dot"') == 3, "four changes, two of them minutes apart"


def test_the_same_moment_is_shown_in_the_zone_asked_for() -> None:
    assert "2026-03-04 09:10" in timeline.terminal(banking_breach(), "en")
    assert "2026-03-04 01:10" in timeline.terminal(banking_breach(), "en", zone="UTC")


def test_without_history_the_states_follow_from_the_records_own_times() -> None:
    bare = replace(quick_fix(), moments=())
    life = life_of(bare)
    assert [(band.state, band.start) for band in life.bands] == [
        ("new", at("2026-02-11T10:20")),
        ("resolved", at("2026-02-11T10:31:25")),
        ("closed", at("2026-02-11T10:31:25")),
    ]
    assert "The export has no history" in timeline.terminal(bare, "en")


def test_a_record_of_which_nothing_is_known_is_still_explained() -> None:
    empty = Explanation("X", {}, (), (), (), at("2026-03-04T09:10"))
    assert timeline.terminal(empty, "zh").startswith("X\n")
    ElementTree.fromstring(timeline.svg(empty, "zh"))


def test_an_open_record_runs_until_the_moment_of_the_audit() -> None:
    life = life_of(replace(long_wait(), clocks=()))
    assert life.bands[-1].end == long_wait().as_of
    closed = life_of(replace(quick_fix(), clocks=()))
    assert closed.axis.end < quick_fix().as_of


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=30))
def test_the_axis_never_runs_backwards_and_ends_at_one(knots: list[int]) -> None:
    axis = axis_over(knots)
    places = [axis(knot) for knot in sorted(knots)]
    assert places == sorted(places)
    assert axis(axis.start) == 0 and axis(axis.end) == pytest.approx(1)
    assert axis(axis.start - 100) == 0 and axis(axis.end + 100) == pytest.approx(1)


@given(st.lists(st.integers(0, 10**8), min_size=2, max_size=12, unique=True))
def test_ticks_are_apart_round_and_outside_broken_stretches(knots: list[int]) -> None:
    axis, zone = axis_over(knots), zone_of("Europe/Berlin")
    found = ticks(axis, zone, 0.1)
    assert len(found) <= 11
    for before, after in zip(found, found[1:], strict=False):
        assert after.at > before.at and after.position - before.position >= 0.1
    for tick in found:
        assert tick.at % 60 == 0
        assert not any(s.broken and s.start < tick.at < s.end for s in axis.stretches)


@pytest.mark.parametrize("shift", [0, 600, 2400, 3000, 39_600])
def test_what_stands_over_the_axis_does_not_run_into_each_other(shift: int) -> None:
    """A first label of a day and a time is wide, and its tick may lie just before a broken stretch."""
    since = [
        at("2026-02-06T11:06") + shift, at("2026-02-06T12:16"), at("2026-02-09T13:41") + 38, at("2026-02-10T11:35"),
        at("2026-02-10T12:19"), at("2026-02-24T18:00"), at("2026-02-24T18:45"), at("2026-02-25T14:57"),
    ]  # fmt: skip
    changes = tuple(Moment(moment, "", "", "state", str(n), str(n + 1)) for n, moment in enumerate(sorted(since)))
    columns = {"number": "CHG1", "process": "change", "state": "8"}
    explanation = replace(banking_breach(), columns=columns, moments=changes, clocks=(), as_of=since[-1])
    root = ElementTree.fromstring(timeline.svg(explanation, "en", "Asia/Shanghai"))
    spans = []
    for text in root.iter("text"):
        if "tick-label" in text.attrib["class"]:
            half = text_width(text.text or "", 11) / 2
            spans.append((float(text.attrib["x"]) - half, float(text.attrib["x"]) + half))
    assert len(spans) > 3
    assert all(end <= start for (_, end), (start, _) in pairwise(sorted(spans))), sorted(spans)


def test_moments_in_a_verdict_are_told_in_the_zone_of_the_page() -> None:
    """Results keep them in UTC; beside other times in the zone of the export they would be read as those."""
    failed = Verdict("INC-01", "INC0010234", False, "responded_at 2026-01-13T06:09:00Z > resolved_at 2026-01-13T05:31:07Z", "opened_at ≤ responded_at", None, "")  # fmt: skip
    explanation = replace(banking_breach(), verdicts=(failed,))
    for told in (
        " ".join(timeline.terminal(explanation, "en", zone="Asia/Shanghai").split()),
        timeline.explanation_html(explanation, "en", "Asia/Shanghai"),
    ):
        assert "responded 2026-01-13 14:09" in told and "resolved 2026-01-13 13:31:07" in told and "06:09" not in told
    assert local_moments("at 2026-02-30T06:09:00Z", zone_of("Asia/Shanghai")) == "at 2026-02-30T06:09:00Z"


def test_a_long_stretch_is_broken_so_that_the_rest_can_be_seen() -> None:
    axis = axis_over([0, 600, 1200, 90 * 86400])
    assert [stretch.broken for stretch in axis.stretches] == [False, False, True]
    assert axis(1200) == pytest.approx(0.7)
    assert not any(stretch.broken for stretch in axis_over([0, 600, 1800]).stretches)


def test_json_ledgers_add_up_and_times_are_utc() -> None:
    document = timeline.explanation_json(banking_breach())
    assert document["record"]["record_id"] == "INC0010234"  # type: ignore[index]
    cycles = [cycle for clock in document["clocks"] for cycle in clock["cycles"]]  # type: ignore[attr-defined]
    assert cycles[1]["start"] == "2026-03-04T01:10:00Z" and cycles[1]["deadline"] == "2026-03-04T07:50:00Z"
    assert cycles[1]["verdict"] == "breached"
    for cycle in cycles:
        sums = cycle["counted_seconds"] + cycle["paused_seconds"] + cycle["closed_seconds"]
        assert sums == sum(piece["seconds"] for piece in cycle["ledger"])


def test_a_change_by_somebody_without_group_is_told() -> None:
    change = Moment(at("2026-03-04T12:00"), "李 娜", "", "priority", "P3", "P2")
    told = timeline.terminal(replace(quick_fix(), moments=(*quick_fix().moments, change)), "zh")
    assert "优先级：P3 → P2  李 娜" in told


def test_a_cycle_without_a_target_names_none() -> None:
    cycle = Cycle(0, 3600, False, 3600, 0, 0, -1, None, "not_testable", ())
    assert verdict_line(cycle, "en") == "1 h counted: not testable"
    assert "目标" not in verdict_line(cycle, "zh")
