"""How a dataset is read: the words of its exports, from when until when, and which part of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from itsmctl.model import RECORD_COLUMNS, TEXT_COLUMNS, Customer, Definitions, Service

Codes = Mapping[str, Mapping[str, str]]
"""Exported value to code, by canonical column."""


@dataclass(frozen=True)
class Part:
    """What is loaded of a dataset: the records of some services or all, some of their texts or all, with their history or not, and who made it.

    Moments, numbers and what the engine itself reads (`ALWAYS`) are there in any case. Another text is no column of `record`
    then, nor the people columns of `event`: to ask for one is an error, and never finds it empty.
    """

    services: frozenset[str] = frozenset()
    columns: frozenset[str] = frozenset()
    history: bool = True
    people: bool = True
    """Whether the history tells who changed something: `actor` and `actor_group`."""


WHOLE = Part()
TEXTS = (*TEXT_COLUMNS, "attributes")
ALWAYS = frozenset({"number", "service", "customer", "category", "subcategory", "priority", "state", "group"})
"""Texts that are read whatever is judged: by clocks, by what is told of all records, and by the figures of reports."""


@dataclass(frozen=True)
class Silent:
    """A time of which a log of some files tells nothing though it should, of tickets of some processes: after `last`, before `next`."""

    files: tuple[str, ...]
    processes: tuple[str, ...]
    last: int
    next: int


@dataclass(frozen=True)
class Loading:
    """How a dataset is read: `files` are (name, rows read, rows imported, rows rejected) of its receipt.

    `last_moment` is when the export was made, as far as it tells; without it, `as_of` is taken for it.
    """

    folder: Path
    codes: Codes
    zone: str
    as_of: int
    opened_from: int | None
    opened_until: int | None
    files: tuple[tuple[str, int, int, int], ...]
    last_moment: int | None = None
    history: tuple[str, ...] = ()
    lacking: tuple[tuple[str, str], ...] = ()
    """(file, column) where a file has no column that other files fill."""
    history_time: str = ""
    """The exported columns with the time of each update, joined with ` | `."""
    exported: frozenset[str] | None = None
    """The canonical columns that some file fills; without it, all are looked at."""
    codes_by_process: Mapping[str, Codes] = field(default_factory=dict)
    told_elsewhere: tuple[str, ...] = ()
    """Files whose records have the history that other files tell; of one that these do not mention it is unknown."""
    unread: tuple[tuple[str, str, str], ...] = ()
    """(file, exported column, column) where cells were set aside, and are empty in the record."""
    part: Part = WHOLE
    ended: tuple[str, ...] = ()
    """Lists that end so long before `as_of` that nobody knows what became since of the records that were not over."""
    silences: tuple[Silent, ...] = ()
    """Times before `as_of` of which a log tells nothing though it should."""
    logs: tuple[tuple[str, ...], ...] = ()
    """The files of each log."""
    traces: tuple[str, ...] = ()
    """Files of records of which only their first event tells when they were opened."""
    over: tuple[tuple[str, str], ...] = ()
    """(process, state) of records of which nothing more is expected."""
    done: tuple[tuple[str, str], ...] = ()
    """(process, state) in which nobody works on a record any more; what leaves them is reopened."""
    initial: tuple[tuple[str, str], ...] = ()
    """(process, state) in which records begin."""

    called: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """By column, what the definitions call things beside those that have codes."""
    spellings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """By column, under which name a thing is known that the export calls otherwise; they are among `codes`."""

    @property
    def texts(self) -> frozenset[str]:
        """The texts of a record that are loaded."""
        return self.part.columns | ALWAYS if self.part.columns else frozenset(TEXTS)

    @property
    def unfilled(self) -> frozenset[str]:
        """The columns of records that no file fills, as far as that is known."""
        return frozenset() if self.exported is None else frozenset(RECORD_COLUMNS) - self.exported

    @property
    def exported_at(self) -> int:
        """The moment up to which the export knows anything, never before `as_of`."""
        return max(self.as_of, self.last_moment if self.last_moment is not None else self.as_of)


def catalogue_codes(definitions: Definitions) -> Codes:
    """What exports call services and customers: their ids, aliases, titles and the names under `also-called`."""
    return {"service": _names(definitions.services), "customer": _names(definitions.customers)}


def _names(called: Mapping[str, Service] | Mapping[str, Customer]) -> Mapping[str, str]:
    words: dict[str, str] = {}
    for one in called.values():
        for word in (one.id, *one.aliases, one.title.en, one.title.zh, *one.also_called):
            if word:
                words.setdefault(word, one.id)
    return words
