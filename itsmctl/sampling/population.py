"""The records that a sample is drawn from, written down as plain lines before anybody knows the seed."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from itsmctl.errors import ItsmctlError, Problem

POPULATION_FILE = "population.tsv"
TARGETED_FILE = "targeted.tsv"
WHOLE = "all"
"""The one stratum of a population that is not divided."""
_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_ESCAPED = re.compile(r"[\x00-\x1f\x7f\\]")


@dataclass(frozen=True)
class Population:
    """Units by stratum, each sorted, and the units that are all examined and so are no part of what is drawn from."""

    strata: tuple[tuple[str, tuple[str, ...]], ...]
    targeted: tuple[str, ...] = ()

    @cached_property
    def text(self) -> str:
        """One line per unit: number of the stratum, unit, stratum; `printf %b` gives back the unit as it is."""
        return "".join(
            f"{number}\t{escape(unit)}\t{escape(label)}\n"
            for number, (label, units) in enumerate(self.strata, 1)
            for unit in units
        )

    @cached_property
    def targeted_text(self) -> str:
        """One line per targeted unit."""
        return "".join(f"{escape(unit)}\n" for unit in self.targeted)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the file, as `sha256sum` prints it."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @cached_property
    def targeted_digest(self) -> str:
        """SHA-256 of the file of targeted units."""
        return hashlib.sha256(self.targeted_text.encode()).hexdigest()

    @property
    def size(self) -> int:
        """How many units may be drawn."""
        return sum(len(units) for _, units in self.strata)


def population_of(units: Iterable[tuple[str, str]], targeted: Iterable[str] = ()) -> Population:
    """The population of (unit, stratum) pairs in any order; raises ItsmctlError where a unit stands there twice."""
    by_stratum: dict[str, list[str]] = {}
    for unit, stratum in units:
        by_stratum.setdefault(stratum, []).append(unit)
    strata = tuple((label, tuple(sorted(by_stratum[label]))) for label in sorted(by_stratum))
    found = Population(strata, tuple(sorted(targeted)))
    counts = Counter((*(unit for _, some in strata for unit in some), *found.targeted))
    twice = sorted(unit for unit, count in counts.items() if count > 1)
    if twice:
        template = "{unit!r} stands in the population more than once, so it would be drawn more often than others"
        raise ItsmctlError(Problem("unit-twice", template, values={"unit": unit}) for unit in twice[:10])
    return found


def escape(text: str) -> str:
    """The text on one line without tabs: backslashes and control characters as `printf %b` reads them."""
    return _ESCAPED.sub(lambda found: _ESCAPES.get(found[0]) or f"\\0{ord(found[0]):03o}", text)


def unescape(line: str) -> str:
    """What `escape` made one line of."""
    back = {written: plain for plain, written in _ESCAPES.items()}
    return re.sub(r"\\0[0-7]{3}|\\.", lambda found: back.get(found[0]) or chr(int(found[0][1:], 8)), line)


def read_population(text: str, targeted: str) -> Population:
    """The population that `Population.text` and `targeted_text` are of; their digests have been compared before."""
    units = [line.split("\t") for line in text.split("\n")[:-1]]
    return population_of(
        [(unescape(unit), unescape(label)) for _, unit, label in units],
        [unescape(line) for line in targeted.split("\n")[:-1]],
    )
