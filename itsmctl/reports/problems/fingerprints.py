"""Names of problems that stay the same while lines move: a hash of the code and of what it is about."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from itsmctl.errors import Problem

_NAMING = ("key", "word", "id", "what")
"""Values of a problem that tell it from others of its code at one place."""


def fingerprints(problems: Sequence[Problem]) -> list[str]:
    """One name for each problem, all different; forges collapse problems with equal names into one."""
    seen: dict[str, int] = {}
    found = []
    for problem in problems:
        named = [f"{key}={problem.values[key]}" for key in _NAMING if key in problem.values]
        about = "\n".join([problem.code, problem.subject or problem.where.file, *named])
        seen[about] = seen.get(about, 0) + 1
        again = f"\n{seen[about]}" if seen[about] > 1 else ""
        found.append(hashlib.sha256((about + again).encode()).hexdigest()[:40])
    return found
