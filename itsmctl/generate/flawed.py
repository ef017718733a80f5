"""Exports with the faults that a whole history cannot carry: times moved afterwards, numbers used twice, a row limit.

A history is told by logs that have one row per update, so that no number can stand twice and no moment is seen to move;
and one time in a hundred that nobody can read would leave every clock untested. Here are smaller exports for these faults, as
another tool would write them: a trail of incidents with what their moments and types were, a list with one row per
record, and the items that changes name. The truth is about the rules in `RULES`; what others find is not looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from itsmctl.generate.dice import Dice
from itsmctl.generate.export import local_text
from itsmctl.generate.judge import Planted
from itsmctl.generate.tables import write_rows

RULES = ("CFG-07", "DQ-02", "DQ-05", "DQ-06", "INC-27", "INT-02", "INT-12", "INT-20")
TRAIL, LISTED, NAMED = "trail.csv", "list.csv", "named-items.csv"
FILES = (TRAIL, LISTED, NAMED)
_TRAIL = ("u_ticket", "u_step", "u_at", "u_by", "u_state", "u_type", "u_opened_at", "u_resolved_at", "u_closed_at")
_LIST = ("u_record", "u_process", "u_state", "u_nature", "u_item", "u_opened_at", "u_resolved_at", "u_closed_at")
_NAMED = ("u_record", "u_names", "u_item")
_ROWS, _TICKETS, _LISTED = 1_000, 240, 120
"""As many rows as tools like to stop at; tickets in the trail, and in the list."""
_HOUR, _DAY = 3600, 86_400
Row = tuple[str, ...]


def write(place: Path, seed: int, start: int) -> tuple[dict[str, int], list[Planted], int]:
    """Write the exports; returns their data rows by file, what must be found in them, and how many incidents they hold."""
    dice = Dice(5 * seed + 3)
    planted = [Planted("DQ-02", TRAIL, "the export has a suspiciously round number of rows")]
    files: dict[str, tuple[Row, Iterable[Row]]] = {
        TRAIL: (_TRAIL, _limited([*_trail(dice, start, planted)])),
        LISTED: (_LIST, [*_incidents(dice, start, planted), *_changes(start, planted)]),
        NAMED: (_NAMED, [(f"C{number:04d}", "ci", _item(number)) for number in range(1, 13)]),
    }
    rows = {name: write_rows(place / name, header, body) for name, (header, body) in files.items()}
    return rows, planted, _TICKETS + _LISTED


def ends(start: int) -> int:
    """The last moment of the exports."""
    return start + (_TICKETS - 1) * 4 * _HOUR + 3 * _DAY


def _trail(dice: Dice, start: int, planted: list[Planted]) -> Iterator[list[Row]]:
    """The trail of each ticket; one in ten is closed without having been resolved, and three are tampered with."""
    deeds = _deeds(dice)
    if any(deed == "skips" for deed in deeds.values()):
        planted.append(Planted("INC-27", "incident", "too many incidents left the path of their process"))
    for number in range(_TICKETS):
        name, opened = f"T{number + 1:04d}", start + number * 4 * _HOUR
        resolved, closed = opened + dice.between(2, 30) * _HOUR, opened + 3 * _DAY
        life = [(opened, "new", "incident", opened, 0, 0)]
        if deeds.get(number) != "skips":
            life += [
                (opened + 600, "in-progress", "incident", opened, 0, 0),
                (resolved, "resolved", "incident", opened, resolved, 0),
            ]
        life.append((closed, "closed", "incident", opened, life[-1][4], closed))
        match deeds.get(number):
            case "resolved earlier":
                life.append((closed + _DAY, "closed", "incident", opened, resolved - _HOUR, closed))
                planted.append(Planted("INT-02", name, "its resolution was moved to an hour earlier"))
            case "opened later":
                life.append((closed + _DAY, "closed", "incident", opened + _HOUR, resolved, closed))
                planted.append(Planted("INT-20", name, "its opening was moved to an hour later"))
            case "other type":
                life[-1] = (closed, "closed", "request", opened, resolved, closed)
                planted.append(Planted("INT-12", name, "became a request when it was closed"))
        yield [
            (name, str(step), local_text(at), "li.na", state, kind, *map(_time, (first, second, third)))
            for step, (at, state, kind, first, second, third) in enumerate(life)
        ]


def _deeds(dice: Dice) -> dict[int, str]:
    """What is done to which ticket of the trail."""
    order = list(range(_TICKETS - 10))  # the last ones end the export
    dice.shuffle(order)
    tampered = dict(zip(order, ("resolved earlier", "opened later", "other type"), strict=False))
    return tampered | dict.fromkeys(order[3 : 3 + _TICKETS // 10], "skips")


def _limited(lives: list[list[Row]]) -> list[Row]:
    """All rows, with notes that change nothing on the last ticket until the number is round."""
    rows = [row for life in lives for row in life]
    last = rows[-1]
    return rows + [(last[0], str(int(last[1]) + extra), *last[2:]) for extra in range(1, _ROWS - len(rows) + 1)]


def _incidents(dice: Dice, start: int, planted: list[Planted]) -> Iterator[Row]:
    """Incidents, one row each: more than one in a hundred with a time that nobody can read, one number on two rows."""
    order = list(range(_LISTED))
    dice.shuffle(order)
    unreadable, twice = set(order[:6]), order[6]
    for number in range(_LISTED):
        name, opened = f"L{number + 1:04d}", start + number * 7 * _HOUR
        resolved, closed = local_text(opened + 5 * _HOUR), local_text(opened + 2 * _DAY)
        row = (name, "incident", "closed", "fault", "", local_text(opened), resolved, closed)
        if number in unreadable:
            row = (*row[:6], "yesterday", closed)
            planted.append(Planted("DQ-06", name, "the time of its resolution cannot be read"))
        yield row
        if number == twice:
            yield (*row[:3], "enquiry", *row[4:])
            planted.append(Planted("DQ-05", name, "its number stands on two rows that differ"))


def _changes(start: int, planted: list[Planted]) -> Iterator[Row]:
    """Twelve changes, each of an item of its own, and the items: one was archived before."""
    for number in range(1, 13):
        opened = local_text(start + number * _DAY)
        yield (f"C{number:04d}", "change", "scheduled", "software", _item(number), opened, "", "")
        yield (_item(number), "configuration", "archived" if number == 5 else "live", "", "", local_text(start), "", "")
    planted.append(Planted("CFG-07", "C0005", "a change of an item that was archived"))


def _item(number: int) -> str:
    return f"CI{number:04d}"


def _time(moment: int) -> str:
    return local_text(moment) if moment else ""
