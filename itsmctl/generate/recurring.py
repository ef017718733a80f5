"""Faults that recur: which urgent incidents of one item look alike within a month, in plain Python."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from itsmctl.generate.export import title_of
from itsmctl.generate.ticket import Ticket

_MONTH, _MANY, _ALIKE = 720 * 3600, 3, 50
_RUN = re.compile(r"[\u4e00-\u9fff]+|[^\W_\u4e00-\u9fff]+")


@dataclass
class Recurring:
    """Urgent incidents by what they are about, with their titles."""

    _about: dict[tuple[str, str, str], list[tuple[int, str, Ticket]]] = field(default_factory=lambda: defaultdict(list))

    def remember(self, t: Ticket, service: str) -> None:
        """Add a ticket, if anything can be compared."""
        if t.priority in ("P1", "P2") and service and t.category and t.ci and title_of(t):
            self._about[service, t.category, t.ci].append((t.opened_at, title_of(t), t))

    def failed(self) -> Iterator[tuple[str, str]]:
        """Those that lie among so many alike within a month, and name no problem."""
        for found in self._about.values():
            for _, title, t in found:
                like = sorted(at for at, other, _ in found if _alike(title, other))
                windows = ([at for at in like if start <= at <= start + _MONTH] for start in like)
                if not t.problem and any(len(w) >= _MANY and w[0] <= t.opened_at <= w[-1] for w in windows):
                    yield "INC-19", t.number


def _alike(one: str, other: str) -> bool:
    mine, theirs = _words(one), _words(other)
    return 100 * len(mine & theirs) >= _ALIKE * len(mine | theirs)


def _words(text: str) -> set[str]:
    """Words of letters and digits; of Chinese every two characters side by side."""
    words: set[str] = set()
    for run in _RUN.findall(text.lower()):
        chinese = run[0] >= "\u4e00"
        words |= {run[i : i + 2] for i in range(max(len(run) - 1, 1))} if chinese else {run}
    return words
