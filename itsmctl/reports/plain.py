"""Text from an export made safe to show, and measured as a terminal measures it."""

from __future__ import annotations

import re
import unicodedata

_SPACE = re.compile(r"[\t\n\v\f\r\u0085\u2028\u2029]+")
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
LONGEST = 300
"""A cell is cut here in reports for people; result.json and findings.csv keep it whole."""

LEAST_ROOM = 8
"""Text is not squeezed into a column narrower than this."""


def shown(text: object, longest: int = LONGEST) -> str:
    """One line that looks like what it is: no control or direction characters, nothing endless."""
    line = str(text)
    if len(line) <= longest and line.isprintable():  # nothing harmful is printable, and most texts are short and plain
        return line
    looked_at = 8 * longest  # a cell of ten megabytes is not read to its end to show its beginning
    whole = len(line) <= looked_at
    line = _SPACE.sub(" ", line[:looked_at])
    return _named(line if whole and len(line) <= longest else line[:longest].rstrip() + "…")


def visible(text: str) -> str:
    """The whole text on one line, where what nobody could see of it, or what a terminal would obey, goes by its number."""
    return text if text.isprintable() else _named(_SPACE.sub(" ", text))


def _named(line: str) -> str:
    return _UNSAFE.sub(lambda found: f"[U+{ord(found[0]):04X}]", line)


def cells(text: str) -> int:
    """How many columns of a terminal the text takes: a Chinese character takes two."""
    from rich.cells import cell_len

    return cell_len(text)


def fit(text: str, columns: int) -> str:
    """The text in exactly so many columns, cut with … or filled with spaces."""
    text = cut(text, columns)
    return text + " " * max(0, columns - cells(text))


def cut(text: str, columns: int) -> str:
    """The text in at most so many columns, cut with …"""
    text = visible(text)
    if cells(text) <= columns:
        return text
    kept = ""
    for character in text:
        if cells(kept + character) > columns - 1:
            break
        kept += character
    return kept + "…" if columns > 0 else ""


def right(text: str, columns: int) -> str:
    """The text pushed to the right of so many columns."""
    return " " * (columns - cells(text)) + text


def wrap(text: str, columns: int, indent: str = "") -> list[str]:
    """Lines of at most so many columns; Chinese breaks anywhere except before closing and after opening punctuation."""
    text, line = visible(text), indent
    lines: list[str] = []
    room = columns - cells(indent)
    for piece in (part for word in _pieces(text) for part in _split(word, room)):
        if cells(line + piece.rstrip()) > columns and line.strip():
            lines.append(line.rstrip())
            line = indent + piece.lstrip()
        else:
            line += piece
    return [*lines, line.rstrip()] if line.strip() else lines


def hanging(start: str, text: str, columns: int) -> list[str]:
    """The text wrapped behind its start, further lines below its beginning; where that leaves no room, all below the start."""
    if columns - cells(start) < LEAST_ROOM:
        return [cut(start.rstrip(), columns), *wrap(text, columns, " " * LEAST_ROOM)]
    indent = " " * cells(start)
    lines = wrap(text, columns, indent)
    return [start + lines[0][len(indent) :], *lines[1:]] if lines else [start.rstrip()]


def longest_piece(text: str) -> int:
    """How many columns the text needs so that no word of it is broken."""
    return max((cells(piece.rstrip()) for piece in _pieces(text)), default=0)


def _split(piece: str, columns: int) -> list[str]:
    """The piece, or where it is longer than a line, parts that are not."""
    parts: list[str] = []
    while cells(piece.rstrip()) > max(columns, 2):
        end = next(n for n in range(len(piece), 0, -1) if cells(piece[:n]) <= max(columns, 2))
        while end > 1 and _closes(piece[end : end + 1]):
            end -= 1  # no line begins with what closes, however narrow
        parts.append(piece[:end])
        piece = piece[end:]
    return [*parts, piece]


def _pieces(text: str) -> list[str]:
    """The text in pieces between which a line may end: words with the space after them, single wide characters."""
    pieces: list[str] = []
    for character in text:
        if pieces and (character == " " or _stays(pieces[-1], character)):
            pieces[-1] += character
        elif character != " ":
            pieces.append(character)
    return pieces


def _stays(before: str, character: str) -> bool:
    """Whether a line must not end between the two: within a word, before what closes, after what opens or points."""
    if before.endswith(("→ ", "\u00a0")) or unicodedata.category(before[-1]) in ("Ps", "Pi"):
        return True
    wide, after_wide = _wide(character), _wide(before[-1])
    if _closes(character):
        return wide or before[-1] != " "
    return before[-1] != " " and not wide and not after_wide


def _closes(character: str) -> bool:
    if not character:
        return False
    category = unicodedata.category(character)
    return category in ("Pe", "Pf") or (category == "Po" and _wide(character))


def _wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"
