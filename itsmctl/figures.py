"""The numbers behind the charts of a report: aggregated, and bounded however many records there are."""

from __future__ import annotations

from itsmctl.values import value

BAND = 5
"""Per cent of the target in each band of a distribution."""
BANDS = 40
"""Bands up to twice the target; beyond it they are wider, as `BEYOND` has it."""
BEYOND = (3, 5, 10)
"""Times the target at which the wide bands end; the last one is open."""
AGES = (1, 7, 30)
"""Days at which an age of the backlog ends and the next begins; the last one is open."""
ASKED = ("incident", "request")
"""The processes of what people ask for and wait for: backlog, hand-overs and hours are theirs, where the export has any."""
OTHERS = ""
"""Stands for all the groups that are not named."""


@value
class Distribution:
    """How much of its target each stopped clock had used: 40 bands of 5 per cent, then up to 3, 5, 10 times, and more.

    What lies exactly on an edge belongs to the band below it, so that the first 20 are those that met the target.
    """

    clock: str
    bands: tuple[int, ...]


@value
class OpenWork:
    """Records open at a moment, by age: up to 1, 7 and 30 days, and older."""

    at: int
    ages: tuple[int, int, int, int]


@value
class Backlog:
    """Open work over time; `undated` are records that are over, nobody knows since when, and so are in none of it."""

    moments: tuple[OpenWork, ...]
    undated: int


@value
class Flow:
    """The paths of records through the states of a process, most frequent first, and how many paths and records there are."""

    process: str
    variants: tuple[tuple[tuple[str, ...], int], ...]
    paths: int
    records: int


@value
class Network:
    """Records handed over from group to group: (from, to, how often), the busiest groups by name, all `OTHERS` as one."""

    handovers: tuple[tuple[str, str, int], ...]
    groups: int
    total: int


@value
class Hours:
    """Records opened by weekday from Monday and hour, in the zone of a calendar; `service` are the hours that it is open."""

    zone: str
    calendar: str
    opened: tuple[tuple[int, ...], ...]
    service: frozenset[tuple[int, int]]


@value
class Recurring:
    """Incidents alike in service, category and subcategory: by month, in all, and how many have a problem (None: unknown)."""

    service: str
    category: str
    subcategory: str
    months: tuple[int, ...]
    records: int
    linked: int | None


@value
class Recurrence:
    """The incidents that come back most often without a problem, worst first, of `candidates` in all."""

    months: tuple[str, ...]
    rows: tuple[Recurring, ...]
    candidates: int


@value
class Figures:
    """All of them; None or empty where the export does not tell."""

    distributions: tuple[Distribution, ...] = ()
    backlog: Backlog | None = None
    flows: tuple[Flow, ...] = ()
    network: Network | None = None
    hours: Hours | None = None
    recurrence: Recurrence | None = None
