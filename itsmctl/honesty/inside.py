"""Personal data that the records of an export give away by themselves."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from itsmctl.checks.no_secrets import PATTERNS
from itsmctl.engine.session import Session, name, quote
from itsmctl.model import PEOPLE_COLUMNS, TEXT_COLUMNS
from itsmctl.result import Personal

_KINDS = ("mail-address", "mobile-number")


def sample_of(records: str, most: int, columns: Iterable[str]) -> str:
    """Columns of so many of the records, the same ones every time: their ids are drawn first, for whole rows are dear to read and to sort."""
    order, read = "ORDER BY md5(record_id), record_id", ", ".join(map(name, columns))
    return f"(SELECT {read} FROM {records} WHERE record_id IN (SELECT record_id FROM {records} {order} LIMIT {most}) {order})"


def kept_columns(session: Session, records: str) -> Mapping[str, Mapping[int, str]]:
    """The columns that no canonical one takes: by name the values, by the place of their record."""
    kept: dict[str, dict[int, str]] = {}
    for place, (attributes,) in enumerate(session.rows(f"SELECT attributes FROM {records}")):
        for column, value in json.loads(str(attributes or "{}")).items():
            kept.setdefault(column, {})[place] = str(value)
    return kept


def named_people(session: Session, records: str, mapped: Iterable[str]) -> Iterator[Personal]:
    """Columns that name people."""
    columns = [column for column in PEOPLE_COLUMNS if column in set(mapped)]
    found = session.one(f"SELECT {', '.join(f'count({name(column)})' for column in columns)} FROM {records}") if columns else ()  # fmt: skip
    for column, n in zip(columns, found, strict=True):
        if n:
            yield Personal(column, "person", int(str(n)))


def text_columns(mapped: Iterable[str]) -> list[str]:
    """The columns of the export in which words stand."""
    return [column for column in TEXT_COLUMNS if column in set(mapped)]


def addresses(session: Session, records: str, mapped: Iterable[str], *, sampled: bool = False) -> Iterator[Personal]:
    """Columns in which mail addresses or telephone numbers stand."""
    columns = text_columns(mapped)
    asked = [(kind, column) for kind in _KINDS for column in columns]
    counted = [f"count(*) FILTER (WHERE regexp_matches({name(c)}, {quote(PATTERNS[kind])}))" for kind, c in asked]
    found = session.one(f"SELECT {', '.join(counted)} FROM {records}") if counted else ()
    for (kind, column), n in zip(asked, found, strict=True):
        if n:
            yield Personal(column, kind, int(str(n)), sampled)


def addresses_kept(kept: Mapping[str, Mapping[int, str]]) -> Iterator[Personal]:
    """The same in columns that no canonical one takes."""
    for column, values in sorted(kept.items()):
        times = Counter(values.values())  # most columns hold few values, again and again
        for kind in _KINDS:
            if n := sum(often for value, often in times.items() if re.search(PATTERNS[kind], value)):
                yield Personal(column, kind, n, sampled=True, kept=True)
