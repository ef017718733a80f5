"""`itsmctl clock`: measure one interval by a calendar, piece by piece."""

from __future__ import annotations

import json
from pathlib import Path

import click
from rich.cells import cell_len, set_cell_size

from itsmctl.cli import options
from itsmctl.definitions import load
from itsmctl.errors import ItsmctlError, Problem, did_you_mean
from itsmctl.language import CLOCK_VERDICTS, LEDGER, Language, duration_text, tr
from itsmctl.language import moment_text as plain_moment
from itsmctl.model import Calendar, Definitions
from itsmctl.reports.plain import wrap
from itsmctl.result import Cycle, Piece
from itsmctl.worktime import NO_TARGET, Pause, known_before, measure, moment_text, parse_duration, parse_moment
from itsmctl.zones import zone_info


@click.command("clock")
@click.option("--calendar", "calendar_id", required=True, metavar="ID", help="The calendar that counts.")
@click.option("--from", "start_text", required=True, metavar="T", help="When the clock starts.")
@click.option("--to", "stop_text", required=True, metavar="T", help="When it stops.")
@click.option("--pause", "pause_texts", multiple=True, metavar="T/T", help="Time that does not count; repeatable.")
@click.option("--target", "target_text", metavar="DURATION", help="What was promised: 30m, 4h, 2h30m, 1bd.")
@options.choice(("text", "json"), "text")
@options.root
@options.language
def command(
    calendar_id: str,
    start_text: str,
    stop_text: str,
    pause_texts: tuple[str, ...],
    target_text: str | None,
    form: str,
    root: Path | None,
    language: Language,
) -> None:
    """Count the service hours between two moments, and say when a target runs out.

    T is an ISO 8601 time. Without an offset it is local time in the calendar's zone; a time that the clocks skip is
    refused, and of one that occurs twice the first is meant (2026-10-25T02:30+01:00 is exact).

    \b
    itsmctl clock --calendar cn-office --target 4h \\
      --from 2026-03-06T16:00 --to 2026-03-09T10:00
    """
    calendar = _calendar(load(root), calendar_id)
    start, stop = parse_moment(start_text, calendar.zone), parse_moment(stop_text, calendar.zone)
    pauses = [_pause(text, calendar.zone) for text in pause_texts]
    target = parse_duration(target_text).seconds_in(calendar.day_minutes) if target_text is not None else None
    cycle = measure(calendar, start, stop, pauses, target)
    click.echo(_json(cycle, calendar) if form == "json" else _text(cycle, calendar, language))


def _calendar(definitions: Definitions, wanted: str) -> Calendar:
    calendars = definitions.calendars
    if wanted not in calendars:
        values = {"id": wanted, "known": ", ".join(sorted(calendars))}
        near = did_you_mean(wanted, sorted(calendars))
        template = "unknown calendar {id!r}; one of: {known}"
        raise ItsmctlError(Problem("unknown-calendar", template, values=values, suggestion=near))
    return calendars[wanted]


def _pause(text: str, zone: str) -> Pause:
    begin, slash, end = text.partition("/")
    template = (
        "{text!r} is not a pause; write its start, a slash and its end, such as 2026-03-03T11:00/2026-03-03T13:00"
    )
    if not slash:
        raise ItsmctlError(Problem("bad-pause", template, values={"text": text}))
    pause = (parse_moment(begin, zone), parse_moment(end, zone), "pause")
    if pause[1] < pause[0]:
        raise ItsmctlError(Problem("bad-pause", "the pause {text} ends before it begins", values={"text": text}))
    return pause


def _json(cycle: Cycle, calendar: Calendar) -> str:
    zone = calendar.zone
    ledger = [
        {
            "from": moment_text(piece.start, zone),
            "to": moment_text(piece.end, zone),
            "kind": piece.kind,
            "seconds": piece.seconds,
            "reason": piece.reason,
        }
        for piece in cycle.ledger
    ]
    document = {
        "counted_seconds": cycle.counted,
        "paused_seconds": cycle.paused,
        "closed_seconds": cycle.closed,
        "deadline": None if cycle.deadline is None else moment_text(cycle.deadline, zone),
        "verdict": None if _nothing_promised(cycle) else cycle.verdict,
        "known_until": str(calendar.known_until) if calendar.known_until else None,
        "ledger": ledger,
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def _nothing_promised(cycle: Cycle) -> bool:
    return cycle.target == NO_TARGET and cycle.start <= cycle.stop


def _text(cycle: Cycle, calendar: Calendar, language: Language) -> str:
    title = f"{calendar.title.in_(language) or calendar.id} · {calendar.zone}"
    if cycle.stop < cycle.start:
        return "\n".join((title, tr("The end comes before the start: nothing can be measured.", language)))
    rows = [
        (
            _moment(piece.start, calendar),
            _moment(piece.end, calendar),
            duration_text(piece.seconds, language),
            _what(piece, calendar, language),
        )
        for piece in cycle.ledger
    ]
    head = (tr("from", language), tr("to", language), tr("time", language), "")
    total = (tr("sum", language), "", duration_text(cycle.stop - cycle.start, language), "")
    widths = [max(cell_len(row[column]) for row in (head, *rows, total)) for column in range(3)]
    lines = [_line(row, widths) for row in (head, *rows, total)]
    return "\n".join((title, "", *lines, "", *_summary(cycle, calendar, language)))


def _line(row: tuple[str, str, str, str], widths: list[int]) -> str:
    begin, end, time, what = row
    gap = " " * (widths[2] - cell_len(time))
    start = f"  {set_cell_size(begin, widths[0])}  {set_cell_size(end, widths[1])}  {gap}{time}  "
    room = 80 - cell_len(start)
    return (start + (what if cell_len(what) <= room else set_cell_size(what, room - 1) + "…")).rstrip()


def _moment(at: int, calendar: Calendar) -> str:
    return plain_moment(at, zone_info(calendar.zone), seconds=at % 60 != 0)


def _what(piece: Piece, calendar: Calendar, language: Language) -> str:
    """What a piece is; a special day by its title in the reader's language."""
    for day in calendar.special.values():
        if piece.kind == "closed" and str(day.title) == piece.reason:
            return day.title.in_(language)
    return tr(LEDGER[piece.kind], language)


def _summary(cycle: Cycle, calendar: Calendar, language: Language) -> list[str]:
    sums = (("counted", cycle.counted), ("paused", cycle.paused), ("closed", cycle.closed))
    lines = ["  " + " · ".join(f"{tr(LEDGER[kind], language)} {duration_text(n, language)}" for kind, n in sums)]
    if not _nothing_promised(cycle):
        deadline = "–" if cycle.deadline is None else _moment(cycle.deadline, calendar)
        target = f"{tr('target', language)} {duration_text(cycle.target, language)}"
        verdict = tr(CLOCK_VERDICTS[cycle.verdict], language)
        lines.append(f"  {target} · {tr('deadline', language)} {deadline} · {verdict}")
    if calendar.known_until and max(cycle.stop, cycle.deadline or cycle.stop) > known_before(calendar):
        template = (
            "The special days of this calendar are known up to {day} only: what lies after it counts by the week."
        )
        lines += ["", *wrap(tr(template, language, day=calendar.known_until), 80)]
    return lines
