"""Per-record evaluation as conftest does it, by a rules engine for Python (`rule-engine`): the fifteen rules about fields.

Each record is one document, each rule one expression that says when it fails.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import datetime

import rule_engine
import tickets as t

CONTEXT = rule_engine.Context(default_value=None)


def main() -> None:
    """Evaluate every rule on every incident and write what fails."""
    tables, output, as_of = t.asked()
    rules = {rule: rule_engine.Rule(text, context=CONTEXT) for rule, text in expressions()}
    with (tables / "record.csv").open(encoding="utf-8", newline="") as stream:
        records = [document(row, as_of) for row in csv.DictReader(stream) if row["process"] == "incident"]
    t.write(
        output,
        [(rule, str(record["record_id"])) for record in records for rule, one in rules.items() if one.matches(record)],
    )


def document(row: dict[str, str], as_of: datetime) -> dict[str, object]:
    """A record with its moments and numbers read, nothing where a field is empty."""
    read: dict[str, object] = {name: value or None for name, value in row.items()}
    read |= {name: datetime.fromisoformat(row[name]) if row[name] else None for name in t.MOMENTS}
    read |= {column: int(row[column]) if row[column] else None for column, _ in t.AT_MOST.values()}
    read |= {name: row[name].lower() or None for name in ("resolved_by", "closed_by")}
    return {**read, "as_of": as_of}


def expressions() -> Iterator[tuple[str, str]]:
    """When each rule fails, in the language of the engine."""
    pairs = [(a, b) for place, a in enumerate(t.MOMENTS) for b in t.MOMENTS[place + 1 :]]
    yield "BEN-01", " or ".join(f"({a} != null and {b} != null and {a} > {b})" for a, b in pairs)
    yield from ((rule, f"{column} == null") for rule, column in t.REQUIRED.items())
    yield from ((rule, f"state == 'closed' and {column} == null") for rule, column in t.REQUIRED_WHEN_CLOSED.items())
    yield "BEN-09", f"channel != null and not (channel in {list(t.CHANNELS)})"
    yield "BEN-10", f"state != null and not (state in {list(t.TRANSITIONS)})"
    wrong = " or ".join(
        f"(impact == '{i}' and urgency == '{u}' and priority != '{p}')" for (i, u), p in t.PRIORITY.items()
    )
    yield "BEN-11", f"priority != null and ({wrong})"
    yield from ((rule, f"{column} != null and {column} > {most}") for rule, (column, most) in t.AT_MOST.items())
    yield "BEN-14", "resolved_by != null and resolved_by == closed_by"
    yield "BEN-15", " or ".join(f"({name} != null and {name} > as_of)" for name in t.MOMENTS)


if __name__ == "__main__":
    main()
