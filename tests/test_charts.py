"""Charts: the same bytes everywhere, every mark said in words, hostile labels shown as text, looks left to the style sheet."""

from __future__ import annotations

import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import replace

import pytest
from report_cases import audit_result

from itsmctl.charts.attainment import attainment
from itsmctl.charts.joined import lines
from itsmctl.charts.plot import NO_AXIS, Axis, Told, draw, names, numbers, rows
from itsmctl.charts.shapes import Bars, Cells, Columns, Point, Streams, Trend, step
from itsmctl.charts.sparkline import sparkline
from itsmctl.charts.volume import volume
from itsmctl.language import LANGUAGES, Language, reached_text
from itsmctl.reports import html, text
from itsmctl.reports.attained import attained
from itsmctl.reports.levels import levels, partial_months
from itsmctl.reports.plain import cells

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "<script>alert(1)</script>\u202egnp.exe"
MONTHS = [f"2026-{month:02}" for month in range(1, 7)]


def columns(title: str = "Work", label: str = "") -> str:
    points = [Point(month, n, f"{month}: {n}", label=label) for n, month in enumerate(MONTHS)]
    return draw(
        Told("work", title, "what it says"), [Columns(points)], (names(MONTHS), Axis()), (numbers(0, 5), Axis())
    )


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


def test_a_chart_is_named_and_described_and_every_mark_says_what_it_is() -> None:
    root = parsed(columns())
    assert root.get("role") == "img"
    assert [root.find(f"{SVG}{tag}").get("id") for tag in ("title", "desc")] == root.get("aria-labelledby", "").split()  # type: ignore[union-attr]
    tips = [group.find(f"{SVG}title").text for group in root.iter(f"{SVG}g") if group.find(f"{SVG}rect") is not None]  # type: ignore[union-attr]
    assert tips == [f"{month}: {n}" for n, month in enumerate(MONTHS) if n]


def test_looks_are_left_to_the_style_sheet_and_coordinates_have_one_decimal() -> None:
    for node in parsed(columns()).iter():
        assert not {"fill", "stroke", "font-family", "font-size"} & set(node.attrib), node.attrib
        for place in ("x", "y", "width", "height"):
            assert len(node.get(place, "").partition(".")[2]) <= 1, node.attrib


def test_hostile_words_are_shown_as_text() -> None:
    svg = columns(HOSTILE, HOSTILE)
    assert "<script" not in svg and "\u202e" not in svg
    assert "&lt;script&gt;" in svg and "[U+202E]" in svg


def test_columns_are_as_high_as_their_numbers() -> None:
    boxes = [float(str(box.get("height"))) for box in parsed(columns()).iter(f"{SVG}rect")]
    assert [round(height / boxes[0], 2) for height in boxes] == [1, 2, 3, 4, 5]


def test_rows_go_down_in_their_order_with_their_labels_beside_them() -> None:
    listed = ["first", "second", "third"]
    points = [Point("n", name, name, step(n, 3)) for n, name in enumerate(listed)]
    svg = draw(Told("r", "t", "d"), [Cells(points)], (names(["n"]), Axis()), (rows(listed), Axis()), height=120)
    root = parsed(svg)
    boxes = [float(str(box.get("y"))) for box in root.iter(f"{SVG}rect")]
    labels = {label.text: float(str(label.get("y"))) for label in root.iter(f"{SVG}text")}
    assert boxes == sorted(boxes) and len(set(boxes)) == 3
    for name, top in zip(listed, boxes, strict=True):
        assert top < labels[name] < top + 40
    assert [box.get("class") for box in root.iter(f"{SVG}rect")] == ["mark h0", "mark h2", "mark h4"]


def test_a_trend_is_broken_where_nothing_is_known() -> None:
    points = [Point(month, None if month == "2026-03" else 90.0, month, "bad") for month in MONTHS]
    svg = draw(Told("t", "t", "d"), [Trend(points)], (names(MONTHS), NO_AXIS), (numbers(80, 100), NO_AXIS))
    (line,) = [path for path in parsed(svg).iter(f"{SVG}path") if path.get("class") == "line"]
    assert str(line.get("d")).count("M") == 2 and str(line.get("d")).count("L") == 3
    assert svg.count("dot-mark bad") == 5


def test_streams_are_as_wide_as_what_goes_there() -> None:
    points = [Point("a", "b", "", base=30), Point("a", "c", "", base=10), Point("c", "a", "", base=20)]
    order = ["a", "b", "c"]
    svg = draw(Told("s", "t", "d"), [Streams(points)], (names(order), NO_AXIS), (rows(order), Axis()), beside=order)
    widths = [float(str(path.get("style")).partition(":")[2]) for path in parsed(svg).iter(f"{SVG}path")]
    assert [round(width / widths[1], 1) for width in widths] == [3, 1, 2]


def test_bars_carry_label_and_value_and_one_without_extent_is_seen() -> None:
    points = [Point(4, "one", "", label="first 第一", value="4"), Point(0, "two", "", label="second", value="0")]
    svg = draw(Told("b", "t", "d"), [Bars(points)], (numbers(0, 4), NO_AXIS), (rows(["one", "two"]), NO_AXIS))
    assert "first 第一" in svg and ">4</text>" in svg
    assert all(float(str(box.get("width"))) >= 1 for box in parsed(svg).iter(f"{SVG}rect"))


@pytest.mark.parametrize(("value", "expected"), [(0, "h0"), (1, "h1"), (50, "h3"), (51, "h4"), (100, "h6")])
def test_steps_of_a_ground(value: int, expected: str) -> None:
    assert step(value, 100) == expected


def test_bytes_depend_on_nothing_of_the_machine() -> None:
    told = []
    for zone, language, seed in (("UTC", "C", "1"), ("Asia/Shanghai", "zh_CN.UTF-8", "2")):
        environment = {**os.environ, "TZ": zone, "LANG": language, "LC_ALL": language, "PYTHONHASHSEED": seed}
        code = "import sys; sys.path.insert(0, 'tests'); import test_charts; sys.stdout.buffer.write(test_charts.columns('月').encode())"
        told.append(
            subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=True).stdout
        )
    assert told[0] == told[1] == columns("月").encode()


def test_a_sparkline_has_a_bar_for_each_value_and_says_where_there_is_none() -> None:
    assert sparkline([80, 90, None, 100, 70, 120], 80, 100) == "▁▅·█▁█"
    assert sparkline([5.0, 5.0], 5, 5) == "██" and sparkline([], 0, 1) == ""


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [60, 80, 120])
def test_attainment_by_month_stands_in_a_line_of_text(language: Language, width: int) -> None:
    result = audit_result()
    lines = attained(result, language, width)
    assert all(cells(line) <= width for line, _ in lines)
    for line, clock in zip(
        [line for line, _ in lines if not line.startswith("    ")], ("response", "resolution"), strict=False
    ):
        own = [entry for entry in result.attainment if entry.clock == clock]
        assert f"{sum(entry.judged for entry in own):,}" in line
        met, judged = Counter[str](), Counter[str]()
        for entry in own:
            met[entry.month] += entry.met
            judged[entry.month] += entry.judged
        drawn = "".join(letter for letter in line if letter in "▁▂▃▄▅▆▇█·")
        assert len(drawn) == len(judged)
        shares = [met[month] / judged[month] for month in sorted(judged)]
        heights = ["▁▂▃▄▅▆▇█".index(letter) for letter in drawn]
        assert [heights[n] for n in sorted(range(len(shares)), key=shares.__getitem__)] == sorted(heights)
    assert [below for _, below in lines].count(True) == 1
    assert "\x1b" not in text.render(result, language, width) and "\x1b[31m" in text.render(
        result, language, width, color=True
    )


def test_what_nobody_can_tell_of_a_promise_is_neither_kept_nor_left_out() -> None:
    """Without a history only those are judged that were in time however long they were paused: 100% of them says nothing."""
    whole = audit_result()
    untold = tuple(
        replace(one, met=one.judged, not_testable=one.judged) if one.clock == "resolution" else one
        for one in whole.attainment
    )
    result = replace(whole, attainment=untold)
    judged = sum(one.judged for one in untold if one.clock == "resolution")
    (line,) = [line for line, _ in attained(result, "en", 100) if line.startswith("  Resolution")]
    assert f"50.0–100%  of {2 * judged:,}" in line and not set(line) & set("▁▂▃▄▅▆▇█")
    assert "too few or too many unknown to say" in attained(result, "en", 100)[-1][0]
    page = html.render(result, "en")
    assert "<b>50.0–100%</b>" in page and f"{judged:,} more could not be judged" in page
    assert "(50.0–100%)</title>" in page, "the points of the charts say the same"
    services = page.partition('id="levels"')[2]
    assert services.count("50.0–100%") > len(levels(result)[1].services) and "<small>100% ·" not in services


@pytest.mark.parametrize(
    ("counts", "text"),
    [((99, 100, 0), "99.0%"), ((99, 99, 1), "100%"), ((90, 95, 5), "90.0–95.0%"), ((0, 0, 5), "–"), ((0, 5, 5), "0–50.0%")],
)  # fmt: skip
def test_a_promise_of_which_more_than_one_in_a_hundred_are_unknown_is_told_as_a_span(
    counts: tuple[int, int, int], text: str
) -> None:
    assert reached_text(*counts) == text


def test_a_month_of_which_a_part_was_judged_is_hollow_on_a_dashed_line_and_named_in_the_text() -> None:
    whole = audit_result()
    early = replace(whole, as_of=whole.as_of - 86_400)  # 29 June: June is not over
    for result, partial in ((whole, set()), (early, {"2026-06"}), (replace(whole, period_from=whole.period_from + 86_400), {"2026-01"})):  # fmt: skip
        clock = next(clock for clock in levels(result) if clock.clock == "resolution")
        assert clock.partial == partial
        assert {level.month for one in clock.services for level in one.months if level.partial} == partial
        root = parsed(attainment(clock.services[0], "it", "en"))
        points = [node.get("class", "").split() for node in root.iter() if "point" in node.get("class", "").split()]
        assert ["part" in look for look in points] == [month in partial for month in clock.months]
        lines = [node.get("class") for node in root.iter(f"{SVG}polyline")]
        assert lines.count("trend part") == len(partial) and lines.count("trend") == 1
        key = attained(result, "en", 100)[-1][0]
        assert ("only a part of" in key) == bool(partial)
    assert "; only a part of Jun 2026" in attained(early, "en", 100)[-1][0]


def test_the_period_of_the_export_is_whole_where_its_first_ticket_only_lets_one_wait() -> None:
    """Without a period the first month begins with the first ticket; nobody opens one on every day."""
    result = audit_result()
    for opened, partial in (("2026-01-05T01:00:00Z", set()), ("2026-01-20T01:00:00Z", {"2026-01"})):
        told = replace(result, period_from=None, period_to=None, dataset=replace(result.dataset, opened_from=opened))
        assert partial_months(told, MONTHS) == partial


def test_a_dashed_line_joins_what_is_not_whole() -> None:
    def drawn(*partial: bool) -> list[tuple[str | None, int]]:
        places = [(float(n), 1.0, part) for n, part in enumerate(partial)]
        nodes = [parsed(f"<svg>{line}</svg>")[0] for line in lines(places)]
        return [(node.get("class"), len((node.get("points") or "").split())) for node in nodes]

    assert drawn() == drawn(False) == drawn(True) == []
    assert drawn(False, False, False) == [("trend", 3)]
    assert drawn(False, False, True) == [("trend", 2), ("trend part", 2)]
    assert drawn(True, False, False) == [("trend part", 2), ("trend", 2)]
    assert drawn(False, True, False) == [("trend part", 2), ("trend part", 2)]


def test_one_month_is_no_trend() -> None:
    result = audit_result()
    once = replace(result, attainment=tuple(one for one in result.attainment if one.month == "2026-03"))
    assert attained(once, "en", 80) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_volume_says_its_sums_and_draws_both(language: Language) -> None:
    months = [("2026-01", 10, 4), ("2026-02", 0, 6), ("2026-03", 20, 12)]
    figure = volume(months, language)
    assert "30" in figure.told.description and "22" in figure.told.description
    assert [row[1:] for row in figure.rows] == [("10", "4"), ("0", "6"), ("20", "12")]
    assert "part" not in figure.svg and len(figure.key) == 2
    partly = volume(months, language, {"2026-03"})
    assert 'class="line part"' in partly.svg and 'class="dot-mark part"' in partly.svg and "soft part" in partly.svg
    assert len(partly.key) == 3 and partly.rows[2][0] != figure.rows[2][0] and partly.rows[1] == figure.rows[1]
    root = parsed(figure.svg)
    heights = [float(str(box.get("height"))) for box in root.iter(f"{SVG}rect")]
    assert len(heights) == 2 and abs(heights[1] / heights[0] - 2) < 0.01
    assert len(list(root.iter(f"{SVG}circle"))) == 3
