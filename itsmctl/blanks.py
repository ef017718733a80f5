"""Blanks and wide letters in names: a double blank is seen by nobody, a Latin letter of full width is the same letter, and neither names anybody else."""

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
NARROW = "".join(letter for letter in map(chr, range(0x21, 0x7F)) if letter.isalnum() or letter in "&'+-./@_")
"""Letters, digits and signs that are the same in full width, as a Chinese keyboard may write them. Brackets, commas and colons have their place in Chinese names."""
WIDE = "".join(chr(ord(letter) + 0xFEE0) for letter in NARROW)
"""The same in full width."""
ODD = f"[{_BETWEEN.replace(' ', '')}{WIDE}]|  |^ | $"
"""As a regular expression: what a name has that is not written with a single plain blank between its words, and in plain letters."""
_NARROWED = str.maketrans(WIDE, NARROW)


def plainly_named(name: str) -> str:
    """A name in letters of plain width, with a single plain blank between its words and none around it."""
    return re.sub(BLANKS, " ", name.translate(_NARROWED)).strip(UNSEEN) if re.search(ODD, name) else name


def spelt_alike(name: str) -> str:
    """What names have in common that differ in capitals, in blanks and in the width of letters, brackets and signs only."""
    return "".join(letter.lower()[0] for letter in plainly_named(name).translate(_ALL_NARROWED))


_ALL_NARROWED = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}
