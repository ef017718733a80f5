"""Words broken into lines of a width: Helvetica and, for what it does not have, a Chinese font that needs no file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

CHINESE = "STSong-Light"
LATIN, BOLD = "Helvetica", "Helvetica-Bold"

_WIDE = "\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\U00020000-\U0003fffd"
_OPENS = "（［｛〔〈《「『【“‘(\\[{"
_CLOSES = "，。、；：！？…）］｝〕〉》」』】”’)\\]},.;:!?%"
_PIECE = re.compile(rf"[{_OPENS}]*(?:[^\s{_WIDE}]+|[{_WIDE}])[{_CLOSES}]*\s*|\s+|.")
_HYPHEN = re.compile(r"[-/_]")
_WORD = re.compile(r"\S+\s*|\s+")
_OF_HELVETICA = "".join(bytes([code]).decode("cp1252", "ignore") for code in range(32, 256))
_FONTS = re.compile(f"([{re.escape(_OF_HELVETICA)}]+)")


@dataclass(frozen=True)
class Style:
    """How a paragraph looks; it goes to the next page where less than `needs` is left of this one."""

    size: float
    leading: float
    color: str
    bold: bool = False
    before: float = 0
    after: float = 0
    needs: float = 0


Run = tuple[str, str]
"""Words in a colour, or in that of the style where it is empty."""


def broken(runs: Sequence[Run], style: Style, width: float) -> list[list[Run]]:
    """The lines that the runs make: between words, and in Chinese between any two characters that may be parted."""
    room = width * 1000 / style.size
    lines: list[list[Run]] = [[]]
    used = 0.0
    for words, color in runs:
        bare, full = _measured(words, style.bold)
        if used + bare <= room:
            lines[-1].append((words, color))
            used += full
            continue
        begun = ""
        for piece in _pieces(words, style.bold, room):
            bare, full = _measured(piece, style.bold)
            if used + bare > room and used:
                lines[-1].append((begun, color))
                lines.append([])
                begun, used = "", 0.0
            begun += piece
            used += full
        lines[-1].append((begun, color))
    return [[run for run in line if run[0]] for line in lines]


def width_of(words: str, style: Style) -> float:
    """How wide the words are on one line."""
    return _measured(words, style.bold)[0] * style.size / 1000


def by_font(words: str, *, bold: bool) -> Iterator[tuple[str, str]]:
    """The words in parts that one font has, each with its font."""
    for place, part in enumerate(_FONTS.split(words)):
        if part:
            yield (BOLD if bold else LATIN) if place % 2 else CHINESE, part


def _pieces(words: str, bold: bool, room: float) -> Iterator[str]:
    """What stays together on a line, with the space behind it; a word that is longer than a line is cut.

    Best before a hyphen: behind it, readers of PDF take it for a mark of the break, and who copies a name copies it without.
    """
    for piece in (_WORD if words.isascii() else _PIECE).findall(words):
        while _measured(piece, bold)[0] > room and len(piece) > 1:
            end = next((n for n in range(1, len(piece)) if _measured(piece[: n + 1], bold)[0] > room), 1)
            if hyphens := [found.start() for found in _HYPHEN.finditer(piece, end // 2 + 1, end + 1)]:
                end = hyphens[-1]
            yield piece[:end]
            piece = piece[end:]
        yield piece


@lru_cache(1 << 15)
def _measured(words: str, bold: bool) -> tuple[float, float]:
    """The width at a size of 1000, without the space at the end and with it."""
    advance = _advances(bold)
    full: float = sum(map(advance.__getitem__, words))
    spaces = len(words) - len(words.rstrip())
    return full - spaces * advance[" "], full


class _Advances(dict[str, float]):
    """How far each character goes at a size of 1000; those that Helvetica does not have as they are in the Chinese font."""

    def __init__(self, font: Any, other: Callable[[str, int], float]) -> None:
        super().__init__((character, font.stringWidth(character, 1000)) for character in _OF_HELVETICA)
        self.other = other

    def __missing__(self, character: str) -> float:
        self[character] = found = self.other(character, 1000)
        return found


@cache
def _advances(bold: bool) -> _Advances:
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfbase.pdfmetrics import getFont, registerFont

    registerFont(UnicodeCIDFont(CHINESE))
    return _Advances(getFont(BOLD if bold else LATIN), getFont(CHINESE).stringWidth)
