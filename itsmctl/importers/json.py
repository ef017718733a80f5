"""JSON exports: each record is a row, what is nested in it a column named by its path with dots.

An array of plain values is one cell, joined with commas; an array of objects is a table of its own, whose rows also
have the identity of the record they belong to (`record:…`) and the cells of what lies between (`above:…`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.importers import jira, ocel
from itsmctl.importers.container import Plain
from itsmctl.importers.export import Export
from itsmctl.importers.json_text import Value, records
from itsmctl.importers.objects import Below, Cells, flatten
from itsmctl.importers.rows import Tables

RECORD = "record:"
ABOVE = "above:"
IDENTITY = ("sys_id", "id", "key", "number", "type", "ticket_id", "created_at", "author_id")

_TOTALS = ("total", "count", "totalCount", "total_count", "@odata.count")
_MORE = ("nextPageToken", "next_page", "has_more", "has_more_rows", "@odata.nextLink")
_LAST = ("isLast", "is_last")
_ABOUT_PAGES = ("list_info", "meta", "links")
"""Objects in which tools tell about the pages of an answer."""


def open_json(plain: Plain, scratch: Path) -> list[Export]:
    """Read every table of a JSON export; raises ItsmctlError where it is not JSON, or holds no objects."""
    around: dict[str, Value] = {}
    listed: Counter[str] = Counter()
    with Tables(plain, scratch) as tables:
        for name, value in records(plain, around):
            if isinstance(value, dict):
                rows = list(_rows(name, value))
                listed.update(part for part, _ in rows[:1] if name)
                for part, row in rows:
                    add(tables, part, row)
                if told := jira.cut_history(value):
                    tables[jira.CHANGES].reject(told, "cut-history")
            elif not name:  # and not a list of numbers or words beside the records
                template = "the records must be objects with named values, as in {example}"
                values = {"example": '[{"number": "INC1"}]'}
                raise ItsmctlError(Problem("no-records-in-json", template, Where(plain.shown), values))
        # A page of an answer may say beside its list how many there are in all.
        for longest, _ in listed.most_common(1):
            tables[longest].announced, tables[longest].more = announced(around), says_more(around)
    return tables.exports("json")


def announced(around: Mapping[str, Value]) -> int:
    """How many records there are in all, as far as a page of an answer tells; 0 where it does not."""
    told = [around[name] for name in _TOTALS if name in around]
    return max((int(one) for one in told if isinstance(one, str) and one.isdecimal()), default=0)


def says_more(around: Mapping[str, Value]) -> bool:
    """Whether a page of an answer says that another follows."""
    inner = [one for name in _ABOUT_PAGES if isinstance(one := around.get(name), dict)]
    flags = [member for one in (around, *inner) for member in one.items()]
    return any(
        (name in _MORE and value not in (None, "", False)) or (name in _LAST and value is False)
        for name, value in flags
    )


def _rows(name: str, value: dict[str, Value]) -> Iterator[tuple[str, dict[str, Value]]]:
    """A record as its rows; tools that nest more than their records have a module of their own."""
    if jira.is_issue(value):
        return jira.rows(value)
    if ocel.is_part(name, value):
        return ocel.rows(name, value)
    return iter([(name, value)])


def add(tables: Tables, part: str, record: Mapping[str, Value]) -> None:
    """Add a record to its table, and what hangs on it to theirs."""
    cells: Cells = {}
    below: Below = []
    flatten(record, "", cells, below)
    tables[part].add(cells)
    identity = {RECORD + name: cells[name] for name in IDENTITY if name in cells}
    _add_below(tables, part, below, identity, {})


def _add_below(tables: Tables, part: str, below: Below, identity: Cells, above: Cells) -> None:
    for path, element in below:
        cells: Cells = {}
        further: Below = []
        flatten(element, "", cells, further)
        inner = f"{part}.{path}" if part else path
        tables[inner].add({**identity, **above, **cells})
        if further:
            carried = {ABOVE + name.removeprefix(ABOVE): cell for name, cell in {**above, **cells}.items()}
            _add_below(tables, inner, further, identity, carried)
