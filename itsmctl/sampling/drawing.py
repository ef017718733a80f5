"""Which units are drawn: those whose hash with the seed and the population's digest is smallest, in any language."""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from itsmctl.errors import ItsmctlError, Problem
from itsmctl.sampling.population import POPULATION_FILE, Population

ALGORITHM = "sha256(seed 0x1F population_sha256 0x1F unit), smallest first in each stratum"
LONGEST_SEED = 200


@dataclass(frozen=True)
class Drawn:
    """A unit at its place in the ranking of its stratum; beyond the size of the sample it is a reserve."""

    unit: str
    stratum: int
    rank: int


def check_seed(seed: str) -> None:
    """Raise ItsmctlError for a seed that a person could not write down and type again."""
    if not seed.strip() or seed != seed.strip() or not seed.isprintable() or len(seed) > LONGEST_SEED:
        template = "the seed {seed!r} cannot be written down exactly: take visible characters, {most} at most, no space around them"
        values = {"seed": seed[:40], "most": LONGEST_SEED}
        raise ItsmctlError(Problem("bad-seed", template, values=values))


def ranking(population: Population, seed: str) -> list[list[Drawn]]:
    """Every unit of each stratum in the order of its hash."""
    prefix = hashlib.sha256(f"{seed}\x1f{population.digest}\x1f".encode())

    def hashed(unit: str) -> str:
        digest = prefix.copy()
        digest.update(unit.encode())
        return digest.hexdigest()

    return [
        [Drawn(unit, number, rank) for rank, unit in enumerate(sorted(units, key=hashed), 1)]
        for number, (_, units) in enumerate(population.strata, 1)
    ]


def draw(population: Population, seed: str, sizes: Sequence[int]) -> tuple[list[Drawn], list[Drawn]]:
    """The units drawn, and the reserves after them that may stand in, by stratum and rank."""
    check_seed(seed)
    drawn: list[Drawn] = []
    reserves: list[Drawn] = []
    for ranked, size in zip(ranking(population, seed), sizes, strict=True):
        drawn += ranked[:size]
        reserves += ranked[size : size + reserve_of(size)]
    return drawn, reserves


def reserve_of(size: int) -> int:
    """How many reserves stand ready for a sample of that size: a tenth, three at least."""
    return max(3, -(-size // 10)) if size else 0


def recipe(seed: str, sizes: Sequence[int]) -> str:
    """The draw again with nothing but a shell and coreutils, in the folder of the population, which stays as it is."""
    lines = [
        f"seed={shlex.quote(seed)}",
        f"digest=$(sha256sum < {POPULATION_FILE} | cut -c 1-64)",
        "tab=$(printf '\\t')",
        'key() { printf \'%s\\037%s\\037%b\' "$seed" "$digest" "$1" | sha256sum; }',
        'ranked=$(while IFS="$tab" read -r stratum unit label; do',
        '  printf \'%s\\t%s\\t%s\\n\' "$stratum" "$(key "$unit" | cut -c 1-64)" "$unit"',
        f"done < {POPULATION_FILE} | LC_ALL=C sort)",
    ]
    lines += [
        f'printf \'%s\\n\' "$ranked" | grep "^{number}$tab" | head -n {size}'
        for number, size in enumerate(sizes, 1)
        if size
    ]
    return "\n".join(lines) + "\n"
