"""Whether a check judges every record in its scope, each once, as its statement alone can show."""

from __future__ import annotations

import re

from itsmctl.engine.sql import Fragment

_SELECTING = re.compile(
    r"\b(?:DISTINCT|EXCEPT|GROUP BY|HAVING|INTERSECT|JOIN|LIMIT|QUALIFY|UNION|UNNEST|WHERE|WITH)\b", re.I
)
_READING = re.compile(r"\bFROM (\(SELECT\b|\S+)")
_SELECT = re.compile(r"\bSELECT\b")
_END = re.compile(r"\bFROM scoped AS r(?:\) AS \w+)*\s*$")


def judges_all(body: Fragment) -> bool:
    """Whether a statement gives one row of each record in `scoped`: it reads nothing else, joins nothing and leaves nothing out.

    Many statements do so and do not show it: of these it is not said. A check about groups, which counts records, is not to be asked.
    """
    text = body.text
    read = _READING.findall(text)
    return (
        _END.search(text) is not None
        and not _SELECTING.search(text)
        and read.count("scoped") == 1
        and len(_SELECT.findall(text)) == len(read)
        and all(one in ("(SELECT", "scoped") for one in read)
    )
