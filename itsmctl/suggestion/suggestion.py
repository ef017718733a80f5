"""What is proposed for an export: a mapping with what speaks for each part of it, and what the file leaves open."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from itsmctl.model import MappingShape, MappingTable
from itsmctl.suggestion.coding import Coded, OfProcess
from itsmctl.suggestion.formats import pattern_of
from itsmctl.suggestion.matching import Match
from itsmctl.suggestion.names import BESIDE
from itsmctl.suggestion.profile import Profile


@dataclass(frozen=True)
class Suggestion:
    """A mapping for one table of a file, as far as the file tells, and what it does not tell."""

    file: str
    words: tuple[str, ...]
    """What names the source on the command line: the file, or the database and what is asked of it."""
    id: str
    format: str
    header_row: int
    """The row with the names of the columns, where it is not the first."""
    table: MappingTable
    shape: MappingShape
    rows: int
    matches: Mapping[str, Match]
    """By canonical column, the likeliest first; the moment, author and counter of updates are among `beside`."""
    beside: Mapping[str, Match]
    history: tuple[str, ...]
    of: OfProcess
    processes: tuple[str, ...]
    """The processes that there are."""
    codes: Mapping[str, Coded]
    missing: tuple[str, ...]
    patterns: tuple[str, ...]
    unsettled: tuple[Match, ...]
    """Moments that could be of March or of April."""
    zoneless: tuple[Match, ...]
    """Moments without a zone."""
    order: tuple[str, ...]
    """The exported columns as they stand in the file."""
    key: Profile
    """The column of which the rows have most different values; one is needed where none is found to be the record id."""
    unused: tuple[Profile, ...]
    """Exported columns that fill none; they are kept as attributes."""
    readers: tuple[str, ...]
    """Mappings that recognise the file, and can read its moments."""
    stumbles: tuple[str, ...]
    """Mappings that recognise it, and cannot read the moments in the columns `unread`, or set rows aside of the `strangers`."""
    unread: tuple[str, ...]
    strangers: tuple[str, ...]
    """What tells the process of most rows, and of which a mapping that recognises the file does not know it."""
    others: tuple[str, ...]
    """Other tables of the file, of which nothing is proposed."""
    adrift: bool = False
    """None of its keys is a key of the records that were looked at with it."""

    @property
    def profiles(self) -> tuple[Profile, ...]:
        """Every exported column that was looked at."""
        matches = (*self.matches.values(), *self.beside.values())
        used = {match.name: match.profile for match in matches}
        used |= {match.clock.name: match.clock for match in matches if match.clock}
        return (*used.values(), *self.unused)

    @property
    def repeated(self) -> Match | None:
        """The record id, where several rows have the same and nothing was found by which these would be updates of one record."""
        key = self.matches.get("record_id")
        split = key and key.profile.distinct * 10 <= key.profile.filled * 9
        return key if split and self.table == "record" and self.shape == "records" else None

    @property
    def several(self) -> tuple[str, ...]:
        """Columns that stand in the header several times, of which the first is read."""
        names = dict.fromkeys(match.name for match in self.matches.values() if match.take == "first")
        return tuple(name for name in names if f"{name} (2)" in self.order)

    @property
    def days(self) -> tuple[str, ...]:
        """Columns of moments in which hardly any has a time of day, and beside which none stands."""
        moments = {match.name: match.profile for match in self.matches.values() if match.moments and not match.clock}
        return tuple(name for name, profile in moments.items() if profile.only_days)

    @property
    def headless(self) -> bool:
        """Whether the names of the columns look like the cells of a row."""
        odd = [name for name in self.order if re.search(r"\d", name) and not re.search(r"[^\W\d]{2}", name)]
        return 2 * len({*odd}) >= len(self.order) or any(pattern_of(name) for name in self.order)

    @property
    def telling(self) -> bool:
        """Whether enough was found for a mapping to be of use."""
        return self.table != "record" or (
            "record_id" in self.matches and bool({"opened_at", "state"} & set(self.matches))
        )

    @property
    def of_tickets(self) -> bool:
        """Whether rows look like tickets, and not like what lies beside them in a file: attachments, texts, a status of the answer."""
        found = set(self.matches)
        return self.table != "record" or (
            {"record_id", "opened_at", "state"} <= found and bool({"title", "priority", "assignee", "group"} & found)
        )

    @property
    def spare_moments(self) -> tuple[Profile, ...]:
        """Columns of moments of which nothing says what happened then; moments in 1970 are durations, as ServiceNow writes them."""
        return tuple(one for one in self.unused if one.moments and not all(v.startswith("1970-") for v in one.mixed))

    @property
    def recognise(self) -> tuple[str, ...]:
        """The columns by which such an export is known again."""
        beside = () if self.table == "record" and self.shape == "records" else BESIDE
        wanted = ["record_id", *beside, "opened_at", "state", "field", "approver", "priority", "title"]
        if self.table in ("link", "detail"):
            wanted += ["target", "reported_sla_met", "due_at"]
        both = {**self.matches, **self.beside}
        names = dict.fromkeys(both[column].name for column in wanted if column in both)
        return tuple(names) or (self.key.name,)
