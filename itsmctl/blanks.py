"""Blanks in names: a wide one, a double one or one at the end is seen by nobody, and names nobody and nothing else."""

from __future__ import annotations

import re

UNSEEN = "".join(
    map(chr, (*range(0x09, 0x0E), *range(0x1C, 0x21), 0x85, 0xA0, 0x1680, *range(0x2000, 0x2010), 0x2028, 0x2029, 0x202F, 0x205F, 0x2060, 0x3000, 0xFEFF))
)  # fmt: skip
"""Letters of which nobody sees anything: blanks, also wide ones and those without width, and the ends of lines."""

_BETWEEN = "".join(letter for letter in UNSEEN if letter not in "\u200c\u200d")
"""All of them but two that belong to a word where Persian or Hindi is written."""
BLANKS = f"[{_BETWEEN}]+"
"""As a regular expression: what may stand between two words of a name."""
ODD = f"[{_BETWEEN.replace(' ', '')}]|  |^ | $"
"""As a regular expression: what a name has that is not written with a single plain blank between its words."""


def plainly_named(name: str) -> str:
    """A name with a single plain blank between its words and none around it."""
    return re.sub(BLANKS, " ", name).strip(UNSEEN) if re.search(ODD, name) else name
