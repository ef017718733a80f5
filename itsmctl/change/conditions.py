"""Sets of records: whether conditions became wider or narrower, and what a list of targets promises to whom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from itsmctl.change.forms import as_duration, as_where, key_of
from itsmctl.change.judging import At, Judge, compare_durations, ordered
from itsmctl.change.types import Effect
from itsmctl.definitions.build.builder import conditions
from itsmctl.marks import Value
from itsmctl.model import BOOLEAN_COLUMNS, NUMBER_COLUMNS, TIME_COLUMNS
from itsmctl.worktime import meets

_MOST_CELLS = 20_000
_OTHER = "\x00 any other value"

Cells = list[dict[str, Any]]


def by_where(wider: Effect) -> Judge:
    """Conditions that take in more records have the effect `wider`; none at all take in every record."""

    def judge(old: Value, new: Value, at: At) -> Effect:
        a, b = conditions(_mapping(old)), conditions(_mapping(new))
        cells = _cells([_mapping(old), _mapping(new)])
        if cells is None:
            return "review"
        pairs = [(meets(a, cell), meets(b, cell)) for cell in cells]
        return ordered(wider, all(y for x, y in pairs if x), all(x for x, y in pairs if y))

    return judge


def promises(targets: Value) -> list[tuple[dict[str, Any], str]]:
    """The conditions and times of a list of targets, in its order, in their normal form."""
    listed = targets if isinstance(targets, list) else []
    found = (one for one in listed if isinstance(one, dict))
    return [(_mapping(as_where(one.get("where"))), str(as_duration(one.get("within")))) for one in found]


def by_targets(old: Value, new: Value, at: At) -> Effect:
    """A longer time for any record, or none, loosens; computed over every sort of record that the conditions tell apart."""
    a, b = promises(old), promises(new)
    pairs = _promised(a, b)
    if pairs is None:
        return "review"
    effects = {_from_to(x, y, at) for x, y in pairs} - {"neutral"}
    return effects.pop() if len(effects) == 1 else "review" if effects else "neutral"


def same_order_matters(old: Value, new: Value) -> bool:
    """Whether the same conditions, in the order of the new list instead of the old one, would promise anything else."""
    a, b = promises(old), promises(new)
    times = {key_of(where): within for where, within in a}
    if len(times) != len(a) or len(b) != len(a) or times.keys() != {key_of(where) for where, _ in b}:
        return True
    pairs = _promised(a, [(where, times[key_of(where)]) for where, _ in b])
    return pairs is None or any(x != y for x, y in pairs)


def _promised(
    old: Sequence[tuple[dict[str, Any], str]], new: Sequence[tuple[dict[str, Any], str]]
) -> list[tuple[str, str]] | None:
    """What every sort of record was and is promised; empty where nothing is."""
    cells = _cells([where for where, _ in (*old, *new)])
    if cells is None:
        return None
    tests = [[(conditions(where), within) for where, within in side] for side in (old, new)]
    return [
        tuple(next((within for test, within in side if meets(test, cell)), "") for side in tests)  # type: ignore[misc]
        for cell in cells
    ]


def _from_to(old: str, new: str, at: At) -> Effect:
    if old == new:
        return "neutral"
    if not old or not new:
        return "tightened" if new else "loosened"
    return compare_durations(old, new, "loosened", at)


def _cells(wheres: Sequence[Mapping[str, Any]]) -> Cells | None:
    """One record for every combination of values that the conditions can tell apart; None where there are too many."""
    columns = sorted({column for where in wheres for column in where})
    values = [list(_values(column, wheres)) for column in columns]
    count = 1
    for found in values:
        count *= len(found)
    return None if count > _MOST_CELLS else [dict(zip(columns, cell, strict=True)) for cell in product(*values)]


def _values(column: str, wheres: Sequence[Mapping[str, Any]]) -> Iterator[Any]:
    """The values that conditions name, those just beside a bound, some other value, and none."""
    if column in BOOLEAN_COLUMNS:
        yield from (True, False, None)
        return
    seen: dict[str, Any] = {}
    numeric = column in (*NUMBER_COLUMNS, *TIME_COLUMNS)
    for where in wheres:
        wanted = where.get(column)
        if isinstance(wanted, dict):
            for test, value in wanted.items():
                if test in ("at-least", "at-most"):
                    seen |= {key_of(near): near for near in (value - 1, value, value + 1)}
                elif test == "not":
                    seen |= {key_of(one): one for one in (value if isinstance(value, list) else [value])}
        elif wanted is not None:
            seen |= {key_of(one): one for one in (wanted if isinstance(wanted, list) else [wanted])}
    yield from seen.values()
    yield max((float(v) for v in seen.values()), default=0) + 10 if numeric else _OTHER
    yield None


def _mapping(value: Value) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
