"""What the columns of an export hold, whatever they are called: how full and how varied they are, and what their values look like."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from itsmctl.engine.session import Session, quote
from itsmctl.importers.export import RAW, Staged
from itsmctl.importers.findings import DAYS_AS_NUMBERS
from itsmctl.importers.recognition import FALSE, TRUE
from itsmctl.importers.times import EPOCHS
from itsmctl.suggestion.formats import Moments, moments_in, pattern_of
from itsmctl.suggestion.words import EMPTY

FREQUENT, MIXED = 100, 1000
"""How many values of a column are looked at: the most frequent ones, and ones from all over it."""
_PERSON = re.compile(r"[^@\s]+@[^@\s]+\.\w{2,}")
_NUMBER_OF_TICKET = re.compile(r"[A-Za-z]{1,12}[-_# ]{0,2}\d{1,18}([-_/]\d{1,18})?")
_UNIT = (
    r"%|w|wks?|weeks?|d|days?|h|hrs?|hours?|m|mins?|minutes?|s|secs?|seconds?|"
    r"wochen?|tage?n?|std|stunden?|minuten?|sek|sekunden?|jours?|heures?|secondes?|d[ií]as?|horas?|minutos?|segundos?|"
    r"dagen|dag|uur|uren|seconden|giorni|giorno|or[ae]|minut[io]|second[io]|周|天|日|个?小时|时|分钟?|秒钟?"
)
_AMOUNT = r"\d+([.,]\d+)*"
_QUANTITY = re.compile(
    rf"[+-]?{_AMOUNT}|[+-]?({_AMOUNT}\s?({_UNIT})\.?,?\s*)+|[+-]?({_AMOUNT}\s?({_UNIT})\.?,?\s*)?\d+:\d\d(:\d\d([.,]\d+)?)?|"
    r"-?P(?=.)(\d+W)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+([.,]\d+)?S)?)?",
    re.IGNORECASE,
)
"""A number, or how long something took: `4h 30m`, `2 days 03:10:00`, `-2:15`, `1,5 Std.`, `3小时20分`, `P1DT2H`."""
_CLOCK = re.compile(r".*\d:\d\d.*", re.DOTALL)
_DAY_AS_NUMBER = re.compile(DAYS_AS_NUMBERS)
_SPACED = re.compile(r"\d{1,3}([ \u00a0\u202f]\d{3})+")


@dataclass(frozen=True)
class Profile:
    """One exported column."""

    name: str
    rows: int
    filled: int
    distinct: int
    frequent: tuple[tuple[str, int], ...]
    """Its most frequent values, and how often each is there."""
    mixed: tuple[str, ...]
    """Different values from all over the column."""

    @property
    def full(self) -> bool:
        """Few rows lack it."""
        return self.filled * 5 >= self.rows * 4

    @property
    def unique(self) -> bool:
        """Hardly two rows share a value."""
        return self.full and self.distinct * 10 >= self.filled * 9

    @property
    def listed(self) -> bool:
        """Its values are few, as those of a list to choose from are."""
        return 0 < self.distinct <= 60 and (self.distinct * 2 <= self.filled or self.distinct <= 12)

    @cached_property
    def moments(self) -> Moments | None:
        """What it says as moments, leaving numbers aside."""
        return moments_in(self.mixed, numbers=False) if self.mixed else None

    @cached_property
    def epochs(self) -> Moments | None:
        """The same where numbers may be seconds or milliseconds since 1970."""
        return moments_in(self.mixed, numbers=True) if self.mixed else None

    @cached_property
    def yes_or_no(self) -> bool:
        """Every value is a yes or a no."""
        return bool(self.mixed) and all(value.strip().lower() in (*TRUE, *FALSE) for value in self.mixed)

    @cached_property
    def numeric(self) -> bool:
        """Every value is a whole number."""
        return bool(self.mixed) and all(re.fullmatch(r"[+-]?\d{1,18}(\.0+)?", value.strip()) for value in self.mixed)

    @cached_property
    def quantities(self) -> bool:
        """Nearly every value is a number, or so many hours and minutes."""
        return self._share(_QUANTITY) > 0.9

    @property
    def measured(self) -> bool:
        """What it holds was measured: amounts, and not whole numbers, which may count or name something."""
        return self.quantities and not self.numeric

    @cached_property
    def only_days(self) -> bool:
        """Nearly all of its moments name a day and no time of day."""
        dates = [one for value in self.mixed if (one := pattern_of(value.strip())) and one not in EPOCHS]
        return bool(dates) and self._share(_CLOCK) < 0.05

    @cached_property
    def numbers_of_tickets(self) -> bool:
        """Most values are letters and a number, as in INC0012345."""
        return self._share(_NUMBER_OF_TICKET) > 0.8

    @cached_property
    def days_as_numbers(self) -> bool:
        """Nearly every value is a day as Excel counts them, and some have a time of day behind the point."""
        return self._share(_DAY_AS_NUMBER) > 0.9 and any("." in value or "," in value for value in self.mixed)

    @cached_property
    def numbered(self) -> bool:
        """Most values have a digit in them."""
        return 2 * sum(any(letter.isdigit() for letter in value) for value in self.mixed) > len(self.mixed)

    @cached_property
    def sentences(self) -> bool:
        """Most values have three words or more."""
        return 2 * sum(len(value.split()) > 2 for value in self.mixed) > len(self.mixed)

    @cached_property
    def addresses(self) -> bool:
        """Most values are e-mail addresses."""
        return self._share(_PERSON) > 0.5

    @cached_property
    def spaced(self) -> bool:
        """Some numbers have spaces in their thousands."""
        return any(_SPACED.fullmatch(value.strip()) for value in self.mixed)

    @cached_property
    def stacked(self) -> bool:
        """Some cells hold several values under each other."""
        return any(re.search(r"(?i)<br ?/?>|\n", value.strip()) for value in self.mixed)

    def _share(self, shape: re.Pattern[str]) -> float:
        return sum(bool(shape.fullmatch(v.strip())) for v in self.mixed) / len(self.mixed) if self.mixed else 0.0


def profiles(session: Session, staged: Staged) -> tuple[Profile, ...]:
    """The profile of every column in RAW, where nothing that stands for an empty cell counts as a value."""
    (rows,) = session.one(f"SELECT count(*) FROM {RAW}")
    return tuple(_profile(session, name, staged.sql(name), int(str(rows))) for name in staged.columns)


def _profile(session: Session, name: str, cell: str, rows: int) -> Profile:
    nothing = ", ".join(map(quote, EMPTY))
    session.run(
        f"CREATE OR REPLACE TEMP TABLE value_of AS SELECT {cell} AS v, count(*) AS n FROM {RAW} "
        f"WHERE trim({cell}) <> '' AND lower(trim({cell})) NOT IN ({nothing}) GROUP BY {cell}"
    )
    filled, distinct = session.one("SELECT coalesce(sum(n), 0), count(*) FROM value_of")
    frequent = session.rows(f"SELECT v, n FROM value_of ORDER BY n DESC, v LIMIT {FREQUENT}")
    mixed = session.rows(f"SELECT v FROM value_of ORDER BY md5(v), v LIMIT {MIXED}")
    return Profile(
        name,
        rows,
        int(str(filled)),
        int(str(distinct)),
        tuple((str(v), int(str(n))) for v, n in frequent),
        tuple(str(v) for (v,) in mixed),
    )


def empty_words(session: Session, staged: Staged, columns: Sequence[str]) -> tuple[str, ...]:
    """What stands in those columns where nothing was entered."""
    found = ["SELECT NULL AS w WHERE false"]
    nothing = ", ".join(map(quote, EMPTY))
    for name in columns:
        cell = staged.sql(name)
        found.append(f"SELECT DISTINCT {cell} AS w FROM {RAW} WHERE lower(trim({cell})) IN ({nothing})")
    return tuple(
        str(word) for (word,) in session.rows(f"SELECT DISTINCT w FROM ({' UNION ALL '.join(found)}) ORDER BY w")
    )


def varies_within(session: Session, staged: Staged, record_id: str, column: str) -> float:
    """In what share of the records with several rows a column has several values."""
    cell, key = staged.sql(column), staged.sql(record_id)
    several, varied = session.one(
        f"SELECT count(*) FILTER (WHERE n > 1), count(*) FILTER (WHERE n > 1 AND d > 1) FROM "
        f"(SELECT count(*) AS n, count(DISTINCT coalesce({cell}, '')) AS d FROM {RAW} WHERE {key} IS NOT NULL GROUP BY {key})"
    )
    return int(str(varied)) / int(str(several)) if several else 0.0
