"""A record's life for a terminal: bands of states and clocks on one axis, then ledgers and verdicts."""

from __future__ import annotations

from collections.abc import Iterator

from itsmctl.language import (
    CLOCK_FLAGS,
    Language,
    column_text,
    duration_text,
    local_moments,
    moment_text,
    reason_text,
    tr,
    zone_of,
)
from itsmctl.model import Phase
from itsmctl.reports.axis import ticks
from itsmctl.reports.grounds import ground_lines, ground_title, judged_by_line
from itsmctl.reports.life import Life, clock_title, failed, life_of, line_of, sum_line, verdict_line
from itsmctl.reports.phrases import phrase_text
from itsmctl.reports.plain import cells, cut, fit, hanging, right, shown, wrap
from itsmctl.reports.tally import SYMBOLS, enquiries_of, outcome_of
from itsmctl.result import ClockExplanation, Cycle, Explanation, LedgerKind

_FILL: dict[Phase, str] = {"new": "░", "active": "█", "paused": "▒", "resolved": "▄", "closed": "▁", "cancelled": "╌"}
_LEDGER_FILL: dict[LedgerKind, str] = {"counted": "━", "paused": "▒", "closed": "·"}
_PAINT = {"head": "1", "dim": "2", "fail": "31", "pass": "32", "not_testable": "33", "paused": "33", "active": "34"}
_MARGIN = 12


def terminal(
    explanation: Explanation, language: Language = "en", width: int = 80, color: bool = False, zone: str = ""
) -> str:
    """The record's life, its clocks with their ledgers, and its verdicts in so many columns."""
    told = [*_verdicts(explanation, language, width, color, zone), *_grounds(explanation, language, width, color, zone)]
    if explanation.is_group:
        title = _paint(cut(shown(explanation.record_id), width), "head", color)
        return "\n".join(line.rstrip() for line in (title, "", *told)) + "\n"
    life = life_of(explanation, zone)
    lines = [*_head(life, language, width, color), ""]
    lines += _bands(life, language, width, color)
    for clock in explanation.clocks:
        lines += _clock_row(life, clock, language, width, color)
    lines += ["", *_states(life, language, width, color)]
    if life.changes:
        lines += ["", *_changes(life, language, width, color)]
    for clock in explanation.clocks:
        lines += ["", *_clock(life, clock, language, width, color)]
    lines += ["", *told]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _paint(text: str, role: str, color: bool) -> str:
    return f"\x1b[{_PAINT[role]}m{text}\x1b[0m" if color and role in _PAINT else text


def _head(life: Life, language: Language, width: int, color: bool) -> Iterator[str]:
    columns = life.explanation.columns
    named = (life.value_text(column, columns.get(column, ""), language) for column in ("priority", "service"))
    names = [columns.get("number") or life.explanation.record_id, *named]
    yield _paint(cut(" · ".join(shown(name) for name in names if name), width), "head", color)
    yield from wrap(
        tr(
            "Times in {zone}, judged as of {at}",
            language,
            zone=life.zone.key,
            at=moment_text(life.explanation.as_of, life.zone),
        ),
        width,
    )
    if not life.has_history:
        yield from wrap(
            tr("The export has no history: the states follow from the record's own times.", language), width
        )


def _bands(life: Life, language: Language, width: int, color: bool) -> Iterator[str]:
    """The axis with its round moments, the states below it, and below those their numbers."""
    plot = width - _MARGIN
    yield " " * _MARGIN + _paint(_scale(life, language, plot), "dim", color)
    row, phases, marks = [" "] * plot, [""] * plot, [" "] * plot
    for band in life.bands:
        left, end = _cell(life.axis(band.start), plot), _cell(life.axis(band.end), plot)
        if band.number == len(life.bands) and band.end == life.axis.end:
            end = plot
        end = max(left + 1, end)
        row[left:end] = _FILL[band.phase] * (end - left)
        phases[left:end] = [band.phase] * (end - left)
        label = str(band.number)
        if left + len(label) <= plot and not "".join(marks[max(left - 1, 0) : left + len(label)]).strip():
            marks[left : left + len(label)] = label
    yield fit(tr("State", language), _MARGIN) + _runs(row, phases, color)
    yield " " * _MARGIN + "".join(marks)


def _scale(life: Life, language: Language, plot: int) -> str:
    """Round moments where they lie, and how long each stretch is that the axis cuts short."""
    scale = [" "] * plot
    for tick in ticks(life.axis, life.zone, 13 / plot):
        _write(scale, f"╷{tick.label}", _cell(tick.position, plot), plot)
    for stretch in life.axis.stretches:
        if stretch.broken:
            left, end = _cell(stretch.left, plot), _cell(stretch.right, plot)
            _write(scale, f"↔ {duration_text(stretch.end - stretch.start, language)}", left + 1, end)
    return "".join(scale)


def _write(scale: list[str], label: str, left: int, end: int) -> None:
    """Put the label on free cells before `end`, or leave it out; a wide character takes two cells."""
    size = cells(label)
    if left + size <= end and not "".join(scale[left : left + size]).strip():
        scale[left : left + size] = [*label, *[""] * (size - len(label))]


def _runs(row: list[str], roles: list[str], color: bool) -> str:
    """The row, coloured run by run."""
    text, start = "", 0
    for index in range(1, len(row) + 1):
        if index == len(row) or roles[index] != roles[start]:
            text += _paint("".join(row[start:index]), roles[start], color)
            start = index
    return text


def _cell(position: float, plot: int) -> int:
    return min(int(position * plot), plot - 1)


def _clock_row(life: Life, clock: ClockExplanation, language: Language, width: int, color: bool) -> Iterator[str]:
    """The clock's pieces on the same axis, with the deadline in its place."""
    if not clock.cycles:
        return
    plot = width - _MARGIN
    row = [" "] * plot
    roles = [""] * plot
    for cycle in clock.cycles:
        for kind in ("closed", "paused", "counted"):
            for piece in (piece for piece in cycle.ledger if piece.kind == kind):
                left, end = _cell(life.axis(piece.start), plot), _cell(life.axis(piece.end), plot)
                size = max(end - left, 0 if kind == "closed" else 1)
                row[left : left + size] = _LEDGER_FILL[piece.kind] * size
        if cycle.deadline is not None:
            at = _cell(life.axis(cycle.deadline), plot)
            row[at], roles[at] = "◆", "fail" if failed(cycle) else "pass"
    yield fit(cut(_short(clock, language), _MARGIN - 1), _MARGIN) + _runs(row, roles, color)


def _short(clock: ClockExplanation, language: Language) -> str:
    return clock_title(clock, language).split(" · ")[0]


def _states(life: Life, language: Language, width: int, color: bool) -> Iterator[str]:
    head = (tr("since", language), tr("for", language), tr("state", language), tr("by", language))
    rows = [
        (
            moment_text(band.start, life.zone),
            duration_text(band.end - band.start, language) if band.end > band.start else "",
            cut(shown(life.value_text("state", band.state, language)), 24),
            shown(_by(band.actor, band.group)),
        )
        for band in life.bands
    ]
    sizes = [max(cells(row[index]) for row in (head, *rows)) for index in range(3)]
    yield from (_paint(line, "dim", color) for line in _row("  #", head, sizes, width))
    for number, row in enumerate(rows, 1):
        yield from _row(right(str(number), 3), row, sizes, width)


def _row(first: str, row: tuple[str, str, str, str], sizes: list[int], width: int) -> list[str]:
    columns = [fit(text, size) for text, size in zip(row[:3], sizes, strict=True)]
    return hanging("  ".join([first, *columns, ""]), row[3], width)


def _by(actor: str, group: str) -> str:
    return f"{actor} ({group})" if actor and group else actor or group


def _changes(life: Life, language: Language, width: int, color: bool) -> Iterator[str]:
    yield _paint(tr("Changes", language), "head", color)
    for change in life.changes:
        old, new = (life.value_text(change.field, value, language) or "–" for value in (change.old, change.new))
        what = f"{column_text(change.field, language)}{tr(': ', language)}{old} → {new}"
        by = _by(change.actor, change.actor_group)
        yield from hanging(
            f"     {moment_text(change.at, life.zone)}  ", shown(what) + (f"  {shown(by)}" if by else ""), width
        )


def _clock(life: Life, clock: ClockExplanation, language: Language, width: int, color: bool) -> Iterator[str]:
    yield _paint(cut(clock_title(clock, language), width), "head", color)
    if clock.agreement:
        named = {"agreement": clock.agreement, "calendar": clock.calendar, "zone": clock.zone}
        if clock.target_text:
            where = tr("Agreement {agreement}, calendar {calendar} ({zone}), target {target}", language, target=clock.target_text, **named)  # fmt: skip
        else:
            where = tr("Agreement {agreement}, calendar {calendar} ({zone})", language, **named)
        yield from wrap(f"{shown(where)} [{line_of(clock)}]" if line_of(clock) else shown(where), width, "  ")
    if clock.reason:
        yield from wrap(f"{SYMBOLS['not_testable']} {reason_text(clock.reason, language)}", width, "  ")
    for flag in clock.flags:
        yield from wrap(f"{SYMBOLS['not_testable']} {tr(CLOCK_FLAGS[flag], language)}", width, "  ")
    for cycle in clock.cycles:
        role = "fail" if failed(cycle) else "pass"
        mark = SYMBOLS["fail"] if failed(cycle) else SYMBOLS["pass"] if cycle.verdict == "met" else "…"
        for line in wrap(f"{mark} {verdict_line(cycle, language)}", width, "  "):
            yield _paint(line, role, color)
        if cycle.deadline is not None:
            yield f"    {tr('deadline {at}', language, at=moment_text(cycle.deadline, life.zone))}"
        yield from _ledger(life, cycle, language, width, color)


def _ledger(life: Life, cycle: Cycle, language: Language, width: int, color: bool) -> Iterator[str]:
    seconds = any(piece.start % 60 or piece.end % 60 for piece in cycle.ledger)
    size = 19 if seconds else 16
    head = f"    {fit(tr('from', language), size)}  {fit(tr('to', language), size)}  "
    yield _paint(cut(head + f"{right(tr('duration', language), 16)}  {tr('counts as', language)}", width), "dim", color)
    for piece in cycle.ledger:
        start, end = (
            moment_text(piece.start, life.zone, seconds=seconds),
            moment_text(piece.end, life.zone, seconds=seconds),
        )
        line = f"    {fit(start, size)}  {fit(end, size)}  {right(duration_text(piece.seconds, language), 16)}  "
        yield from hanging(line, shown(life.ledger_text(piece, language)), width)
    yield from wrap(f"= {sum_line(cycle, language)}", width, "    ")


def _verdicts(explanation: Explanation, language: Language, width: int, color: bool, zone: str) -> Iterator[str]:
    yield _paint(tr("Verdicts", language), "head", color)
    enquiries = enquiries_of(explanation)
    for verdict in explanation.verdicts:
        outcome = outcome_of(verdict, enquiries)
        told = [
            tr("enquiry, no verdict", language) if outcome == "asked" else "",
            tr("observed {value}", language, value=shown(_told(verdict.observed, language, zone)))
            if verdict.observed
            else "",
            tr("expected {value}", language, value=shown(_told(verdict.expected, language, zone)))
            if verdict.expected
            else "",
            reason_text(verdict.reason, language) if verdict.reason else "",
            tr("waived by {waiver}", language, waiver=shown(verdict.waiver)) if verdict.waiver else "",
        ]
        lines = wrap(tr("; ", language).join(part for part in told if part), width - 14) or [""]
        start = f"  {SYMBOLS[outcome]} {fit(verdict.rule, 10)}"
        yield _paint(start, outcome, color) + lines[0]
        yield from (" " * 14 + line for line in lines[1:])


def _told(phrase: str, language: Language, zone: str) -> str:
    """What was observed or expected, with its moments on the clocks of the zone."""
    return local_moments(phrase_text(phrase, language), zone_of(zone))


def _grounds(explanation: Explanation, language: Language, width: int, color: bool, zone: str) -> Iterator[str]:
    """What each failure rests on, and which definitions judged."""
    for ground in explanation.grounds:
        yield ""
        outcome = outcome_of(ground.verdict, enquiries_of(explanation))
        for line in wrap(f"{SYMBOLS[outcome]} {shown(ground_title(ground, language))}", width):
            yield _paint(line, outcome, color)
        lines = ground_lines(ground, explanation.names, language, zone)
        size = max(cells(label) for label, _ in lines)
        for label, text in lines:
            yield from hanging(f"  {fit(label, size)}  ", shown(text), width)
    if explanation.judged_by is not None:
        yield ""
        yield from wrap(judged_by_line(explanation, language), width)
