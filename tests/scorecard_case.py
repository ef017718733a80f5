"""Indicators made by hand, and the same figures once more in plain Python, for tests of scorecards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, date, datetime
from functools import cache
from math import sqrt
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb

from itsmctl.definitions import load
from itsmctl.errors import Where
from itsmctl.model import Band, Condition, Definitions, Effective, Kpi, RecordFigure, Rule, Text
from itsmctl.scorecard.asking import Asked, sources
from itsmctl.scorecard.figures import Indicator
from itsmctl.scorecard.measuring import measure

Row = Mapping[str, Any]


@cache
def reference() -> Definitions:
    return load(None)


def kpi(measure_: object, *, direction: str = "higher", target: Any = 90, **values: Any) -> Kpi:
    """An indicator with what a test does not care about filled in."""
    band = target if isinstance(target, Band) else Band(target, None) if direction == "higher" else Band(None, target)
    given: dict[str, Any] = {
        "id": "one", "process": "incident", "position": "service-operations-manager", "quadrant": "operation",
        "type": "process", "supports": (), "definition": Text("d"), "unit": "percent", "alarm": None,
        "period": "month", "minimum": 1,
    } | values  # fmt: skip
    head = {"kind": "kpi", "title": Text("One"), "effective": Effective(), "where": Where(), "aliases": ()}
    return Kpi(**head, direction=direction, target=band, measure=measure_, **given)  # type: ignore[arg-type]


def records(figure: str, where: Sequence[Condition] = (), of: Sequence[Condition] = (), **values: str) -> RecordFigure:
    """A figure over incidents."""
    dated = values.pop("dated", values.get("stop", "opened_at"))
    process = values.pop("process", "incident")
    return RecordFigure(
        process, figure, tuple(where), tuple(of), values.get("start", ""), values.get("stop", ""), dated
    )  # type: ignore[arg-type]


def computed(
    dataset: Path | None,
    kpis: Sequence[Kpi],
    asked: Asked,
    rules: Sequence[Rule] = (),
    definitions: Definitions | None = None,
) -> list[Indicator]:
    """Indicators as the program computes them."""
    with ExitStack() as stack:
        found = stack.enter_context(sources(definitions or reference(), rules, dataset, asked))
        return list(measure(found, kpis, asked.periods).indicators)


def values(indicator: Indicator) -> dict[str, float | None]:
    """The values by period."""
    return {figure.span.label: figure.value for figure in indicator.figures}


def rows_of(folder: Path, table: str = "record") -> list[dict[str, Any]]:
    """A table of a dataset as plain rows, moments in epoch seconds."""
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        found = connection.execute(f"SELECT * FROM read_parquet('{folder / table}.parquet')")
        names = [column[0] for column in found.description]
        return [{n: _plain(v) for n, v in zip(names, row, strict=True)} for row in found.fetchall()]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return int((value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp())
    return value


def month_of(moment: int | None, zone: str) -> str:
    """The month of a moment in a zone, '' for none."""
    return "" if moment is None else datetime.fromtimestamp(moment, ZoneInfo(zone)).strftime("%Y-%m")


def end_of(day: date, zone: str) -> int:
    """When a day has ended."""
    return int(datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).timestamp()) + 86_400


def wilson(hits: int, n: int) -> tuple[float, float]:
    """The score interval of a share at 95 per cent, as textbooks write it."""
    z, p = 1.959963984540054, hits / n
    middle, half = (p + z * z / (2 * n)) / (1 + z * z / n), z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)  # fmt: skip
    return middle - half, middle + half


def moved(before: tuple[int, int], after: tuple[int, int]) -> int:
    """1 where a share rose by more than chance, -1 where it fell, by Newcombe's method of squares; else 0."""
    (p, q), (low, high) = (after[0] / after[1], before[0] / before[1]), (wilson(*after), wilson(*before))
    least = p - q - sqrt((p - low[0]) ** 2 + (high[1] - q) ** 2)
    most = p - q + sqrt((low[1] - p) ** 2 + (q - high[0]) ** 2)
    return 1 if least > 0 else -1 if most < 0 else 0
