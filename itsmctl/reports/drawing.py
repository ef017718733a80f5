"""A record's life as SVG: its states in bands, its changes as dots, its clocks with pauses and deadline."""

from __future__ import annotations

import re
from zlib import crc32

from itsmctl.language import (
    Language,
    clock_text,
    clock_verdict_text,
    column_text,
    duration_text,
    local,
    moment_text,
    tr,
)
from itsmctl.reports.axis import Stretch, ticks
from itsmctl.reports.life import Band, Life, failed, life_of
from itsmctl.reports.markup import element, text_width, words
from itsmctl.reports.plain import cut, shown
from itsmctl.result import ClockExplanation, Cycle, Explanation, LedgerKind

LEFT, PLOT, RIGHT = 160, 772, 36
WIDTH = LEFT + PLOT + RIGHT
TOP, BAND, CHANGES, CLOCK = 26, 30, 24, 50
STUB = 30
"""A last state has no end: it is drawn this far past the axis."""


def svg(explanation: Explanation, language: Language, zone: str = "") -> str:
    """The drawing; the page's style sheet gives it colour, its title and description say it in words."""
    life = life_of(explanation, zone)
    name = slug(explanation.record_id)
    parts = [_title(life, language, name), _hatch(name), _axis(life), _states(life, language, name)]
    y = TOP + BAND + 12
    if life.changes:
        parts.append(_changes(life, language, y))
        y += CHANGES
    for clock in explanation.clocks:
        if clock.cycles:
            parts.append(_clock(life, clock, language, name, y + 8))
            y += CLOCK
    height = y + 10
    parts.insert(2, _breaks(life, height, language))
    return element(
        "svg",
        *parts,
        class_="life",
        viewBox=f"0 0 {WIDTH} {height}",
        role="img",
        aria_labelledby=f"t-{name} d-{name}",
    )


def slug(record_id: str) -> str:
    """A record id as an HTML id; one that had to be changed for it ends in a checksum, so that no two get the same."""
    plain = re.sub(r"[^\w.-]+", "-", record_id)[:80]
    return plain if plain == record_id and plain else f"{plain}-{crc32(record_id.encode('utf-8', 'replace')):08x}"


def _x(life: Life, moment: int) -> float:
    return LEFT + PLOT * life.axis(moment)


def _title(life: Life, language: Language, name: str) -> str:
    """The drawing in words, for who cannot see it."""
    title = tr("The life of {record}", language, record=life.explanation.record_id)
    states = [
        f"{life.value_text('state', band.state, language)} {moment_text(band.start, life.zone)}" for band in life.bands
    ]
    clocks = [
        f"{_called(clock, language)[0]} {clock_verdict_text(cycle.verdict, language)}"
        for clock in life.explanation.clocks
        for cycle in clock.cycles
    ]
    told = tr("; ", language).join([*states, *clocks])
    return element("title", words(title), id=f"t-{name}") + element("desc", words(told, 2000), id=f"d-{name}")


def _hatch(name: str) -> str:
    line = element("path", d="M0 6L6 0M-1 1L1 -1M5 7L7 5", class_="hatch-line")
    pattern = element(
        "pattern",
        element("rect", width=6, height=6, class_="hatch-ground"),
        line,
        id=f"hatch-{name}",
        width=6,
        height=6,
        patternUnits="userSpaceOnUse",
    )
    return element("defs", pattern)


def _axis(life: Life) -> str:
    parts = []
    bottom, taken = TOP + BAND + 4, 0.0
    for tick in ticks(life.axis, life.zone, 72 / PLOT):
        x = LEFT + PLOT * tick.position
        parts.append(element("line", x1=x, x2=x, y1=TOP - 6, y2=bottom, class_="tick"))
        half = text_width(tick.label, 11) / 2
        middle = _beside_breaks(life, x, half)
        if middle - half < taken:
            continue
        taken = middle + half
        look = "tick-label day" if tick.day else "tick-label"
        parts.append(element("text", tick.label, x=middle, y=TOP - 10, class_=look))
    return element("g", *parts)


def _beside_breaks(life: Life, x: float, half: float) -> float:
    """The middle of a label so wide on both sides: over its tick, or so far from it that it stays out of a broken stretch."""
    for stretch in life.axis.stretches:
        left, right = LEFT + PLOT * stretch.left, LEFT + PLOT * stretch.right
        if stretch.broken and x <= left < x + half:
            return left - half - 2
        if stretch.broken and x - half < right <= x:
            return right + half + 2
    return x


def _breaks(life: Life, height: int, language: Language) -> str:
    """A band across the drawing where the axis is broken, with how long the stretch really is."""
    return "".join(_break(stretch, height, language) for stretch in life.axis.stretches if stretch.broken)


def _break(stretch: Stretch, height: int, language: Language) -> str:
    left, right = LEFT + PLOT * stretch.left, LEFT + PLOT * stretch.right
    label = f"↔ {duration_text(stretch.end - stretch.start, language)}"
    shown_label = label if text_width(label, 11) < right - left else "↔"
    return element(
        "g",
        element("rect", x=left, y=2, width=right - left, height=height - 6, rx=4, class_="broken"),
        element("text", words(shown_label), x=(left + right) / 2, y=TOP - 10, class_="tick-label broken-label"),
    )


def _states(life: Life, language: Language, name: str) -> str:
    parts = [_row_label(tr("State", language), "", TOP + BAND / 2)]
    for band in life.bands:
        last = band.number == len(life.bands)
        left = _x(life, band.start)
        right = _x(life, band.end) + (STUB if last and band.end == life.axis.end else 0)
        parts.append(_band(life, band, left, right, language, name))
    return element("g", *parts)


def _band(life: Life, band: Band, left: float, right: float, language: Language, name: str) -> str:
    state = shown(life.value_text("state", band.state, language), 60)
    tip = f"{band.number}. {state} · {moment_text(band.start, life.zone)} · {duration_text(band.end - band.start, language)}"
    inside = max(right - left - 1.5, 1.0)
    fill = {"fill": f"url(#hatch-{name})"} if band.phase == "paused" else {}
    parts = [
        element("title", words(tip)),
        element("rect", x=left, y=TOP, width=inside, height=BAND, rx=3, class_=f"band {band.phase}", **fill),
    ]
    for label in (f"{band.number} {state}", str(band.number)):
        if text_width(label, 11.5) + 8 <= inside:
            parts.append(
                element("text", words(label), x=left + 6, y=TOP + BAND / 2 + 4, class_=f"band-label {band.phase}")
            )
            break
    return element("g", *parts)


def _changes(life: Life, language: Language, y: int) -> str:
    """One dot for each place at which something other than the state changed; near ones share a dot."""
    parts = [_row_label(tr("Changes", language), "", y + 6)]
    groups: list[tuple[float, list[str]]] = []
    for change in life.changes:
        x = _x(life, change.at)
        old, new = (life.value_text(change.field, value, language) or "–" for value in (change.old, change.new))
        tip = f"{moment_text(change.at, life.zone)} {column_text(change.field, language)}{tr(': ', language)}{old} → {new}"
        if groups and x - groups[-1][0] < 10:
            groups[-1][1].append(tip)
        else:
            groups.append((x, [tip]))
    for x, tips in groups:
        radius = 4.0 if len(tips) == 1 else 6.5
        dot = [element("title", words("; ".join(tips), 600)), element("circle", cx=x, cy=y + 6, r=radius, class_="dot")]
        if len(tips) > 1:
            dot.append(element("text", str(len(tips)), x=x, y=y + 9.5, class_="dot-label"))
        parts.append(element("g", *dot))
    return element("g", *parts)


def _clock(life: Life, clock: ClockExplanation, language: Language, name: str, y: int) -> str:
    parts = [_row_label(*_called(clock, language), y + 7)]
    for cycle in clock.cycles:
        parts += _cycle(life, cycle, language, name, y)
    return element("g", *parts)


def _cycle(life: Life, cycle: Cycle, language: Language, name: str, y: int) -> list[str]:
    left, right = _x(life, cycle.start), _x(life, cycle.stop)
    over = " over" if failed(cycle) else ""
    parts = [element("rect", x=left, y=y + 5, width=max(right - left, 1.0), height=4, class_="closed-hours")]
    if path := _pieces(life, cycle, "paused", y):
        parts.append(element("path", d=path, class_="paused-time", fill=f"url(#hatch-{name})"))
    if path := _pieces(life, cycle, "counted", y):
        parts.append(element("path", d=path, class_="counted-time"))
    if cycle.deadline is not None:
        if failed(cycle) and (path := _pieces(life, cycle, "counted", y, after=cycle.deadline)):
            parts.append(element("path", d=path, class_="counted-time over"))
        x = _x(life, cycle.deadline)
        label = tr("deadline {at}", language, at=f"{local(cycle.deadline, life.zone):%m-%d %H:%M}")
        anchor = "end" if x > LEFT + 0.8 * PLOT else "start"
        parts.append(element("path", d=f"M{x:.1f} {y - 5}v26", class_=f"deadline{over}"))
        parts.append(element("path", d=f"M{x - 4:.1f} {y - 6}h8l-4 6z", class_=f"deadline-flag{over}"))
        parts.append(
            element(
                "text",
                words(label),
                x=x + (-5 if anchor == "end" else 5),
                y=y + 27,
                class_=f"note{over}",
                text_anchor=anchor,
            )
        )
    verdict = cut(clock_verdict_text(cycle.verdict, language), 30)
    symbol = "✕" if failed(cycle) else "✓" if cycle.verdict == "met" else "…"
    stop_label = f"{symbol} {verdict}"
    size = text_width(stop_label, 11) + 12
    flag = WIDTH * 2.0 if cycle.deadline is None else _x(life, cycle.deadline)
    left = flag if right - 4 <= flag < right + size else right
    if left + size <= WIDTH:
        parts.append(element("text", words(stop_label), x=left + 8, y=y + 11, class_=f"note{over}"))
    return parts


def _pieces(life: Life, cycle: Cycle, kind: LedgerKind, y: int, after: int | None = None) -> str:
    """One path for all pieces of a kind; gaps too narrow to see are closed, so that a year of nights stays small."""
    runs: list[tuple[float, float]] = []
    for piece in cycle.ledger:
        start = piece.start if after is None else max(piece.start, after)
        if piece.kind == kind and start < piece.end:
            left, right = _x(life, start), _x(life, piece.end)
            if runs and left - runs[-1][1] < 1.5:
                runs[-1] = (runs[-1][0], right)
            else:
                runs.append((left, right))
    return "".join(f"M{left:.1f} {y}h{max(right - left, 0.6):.1f}v14H{left:.1f}z" for left, right in runs)


def _called(clock: ClockExplanation, language: Language) -> tuple[str, str]:
    """What a clock is called, and of a leg the agreement that promises it."""
    if clock.leg is None:
        return clock_text(clock.clock, language), ""
    return clock.leg.title.in_(language), clock.leg.agreement.in_(language)


def _row_label(text: str, below: str, middle: float) -> str:
    """The name of a row, and smaller what it belongs to; both whole where they are pointed at."""
    lines = [element("title", words(f"{text} · {below}"))] if below else []
    lines.append(element("text", words(cut(text, 22)), x=LEFT - 16, y=middle + 4, class_="row-label"))
    if below:
        lines.append(element("text", words(cut(below, 24)), x=LEFT - 16, y=middle + 18, class_="row-label of"))
    return element("g", *lines) if below else lines[0]
