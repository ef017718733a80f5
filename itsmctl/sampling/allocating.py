"""How a sample is divided between strata."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

Allocation = Literal["proportional", "equal"]
ALLOCATIONS: tuple[Allocation, ...] = get_args(Allocation)


def allocate(n: int, sizes: Sequence[int], allocation: Allocation, minimum: int) -> tuple[int, ...]:
    """How many to draw from strata of these sizes: n in all, or more where every stratum gets its minimum.

    Proportional goes by the largest remainder; equal gives each the same. No stratum gives more than it has, and what it
    cannot give, the others do.
    """
    shares = list(sizes) if allocation == "proportional" else [1] * len(sizes)
    got = _by_shares(min(n, sum(sizes)), sizes, shares)
    return tuple(max(given, min(minimum, size)) for given, size in zip(got, sizes, strict=True))


def is_proportional(drawn: Sequence[int], sizes: Sequence[int]) -> bool:
    """Whether each stratum gave its share of the sample, to a whole record, and none was left out."""
    n, population = sum(drawn), sum(sizes)
    return all(d > 0 and abs(d * population - n * size) < population for d, size in zip(drawn, sizes, strict=True))


def _by_shares(n: int, sizes: Sequence[int], shares: Sequence[int]) -> list[int]:
    got = [0] * len(sizes)
    while n > 0:
        open_ones = [h for h, size in enumerate(sizes) if got[h] < size]
        total = sum(shares[h] for h in open_ones)
        more = {h: divmod(n * shares[h], total) for h in open_ones}
        left = n - sum(whole for whole, _ in more.values())
        # The largest remainders take what is left over; of equal ones the first, so that nothing depends on chance.
        favoured = set(sorted(open_ones, key=lambda h: (-more[h][1], h))[:left])
        for h in open_ones:
            given = min(more[h][0] + (h in favoured), sizes[h] - got[h])
            got[h] += given
            n -= given
    return got
