"""What people often do to a file that then is no YAML, in words that help: the parser's own help few.

The parser tells the place at which it could go no further; where the mistake is to be seen before that, it is told there.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from itsmctl.errors import Problem, Where

_CONFLICT = re.compile(r"<<<<<<< |>>>>>>> |=======$")
_WIDE_COLON = re.compile(r"[\s-]*([\w-]+)(?:：|﹕|︰)")
_WIDE_BLANK_BEFORE = re.compile(r"[ \t]*([^\S \t\r\n]|[\u200b\ufeff])")
_WIDE_BLANK_AFTER = re.compile(r"[\s-]*[\w-]+:([^\S \t\r\n]|[\u200b\ufeff])")
_WIDE = {"｛": "{", "｝": "}", "［": "[", "］": "]", "【": "[", "】": "]", "，": ",", "、": ","}
_WORD_ALONE = re.compile(r"\s*(?:- )*[\w-]+$")
_LINES_BACK = 40
"""So many lines before the place of an error are searched for a quote that was not closed."""


def mistake(lines: Sequence[str], error: Any, file: str) -> Problem | None:
    """What an error of the parser comes from, where that can be told; `lines` are those of the file."""
    seen = _Seen(lines, error, file)
    for look in (
        _conflict,
        _blanks,
        _wide_colon,
        _key_alone,
        _colon_inside,
        _beginning,
        _flow,
        _unfinished,
        _escape,
        _document,
        _column,
    ):
        if found := look(seen):
            return found
    return None


class _Seen:
    """An error, the lines around it, and its places from 0."""

    def __init__(self, lines: Sequence[str], error: Any, file: str) -> None:
        self.lines, self.file = lines, file
        self.context, self.problem = str(error.context or ""), str(error.problem or "")
        end = error.problem_mark or error.context_mark
        start = error.context_mark or end
        self.start: tuple[int, int] = (start.line, start.column) if start else (0, 0)
        self.end: tuple[int, int] = (end.line, end.column) if end else (0, 0)

    def line(self, number: int) -> str:
        return self.lines[number] if 0 <= number < len(self.lines) else ""

    @property
    def character(self) -> str:
        """The character at which the parser stopped; '' at the end of a line."""
        return self.line(self.end[0])[self.end[1] : self.end[1] + 1]

    @property
    def between(self) -> range:
        return range(self.start[0], self.end[0] + 1)


def _told(seen: _Seen, template: str, on: int, at: int, **values: object) -> Problem:
    return Problem("not-yaml", template, Where(seen.file, on + 1, at + 1), values)


def _conflict(seen: _Seen) -> Problem | None:
    number = next((n for n, line in enumerate(seen.lines) if _CONFLICT.match(line)), None)
    if number is None:
        return None
    template = "a merge conflict was left here; keep one side, and delete the lines with <<<<<<<, ======= and >>>>>>>"
    return _told(seen, template, number, 0)


def _blanks(seen: _Seen) -> Problem | None:
    """Blanks that YAML takes for letters, where only spaces may stand."""
    for number in (seen.start[0], seen.end[0]):
        line = seen.line(number)
        if "\t" in line[: _depth(line)]:
            return _told(
                seen, "a tab stands at the beginning of the line; indent with spaces", number, line.index("\t")
            )
    for number in (*seen.between, seen.end[0] - 1):
        if found := _WIDE_BLANK_BEFORE.match(seen.line(number)):
            template = (
                "a blank that YAML takes for a letter ({code}) stands at the beginning of the line; indent with spaces"
            )
            return _told(seen, template, number, found.start(1), code=f"U+{ord(found[1]):04X}")
        if found := _WIDE_BLANK_AFTER.match(seen.line(number)):
            template = "a blank that YAML takes for a letter ({code}) stands after the colon; write a space"
            return _told(seen, template, number, found.start(1), code=f"U+{ord(found[1]):04X}")
    return None


def _wide_colon(seen: _Seen) -> Problem | None:
    for number in (seen.start[0], seen.end[0]):
        if found := _WIDE_COLON.match(seen.line(number)):
            template = "a wide colon stands after {key!r}; write ':' and a space"
            return _told(seen, template, number, found.end() - 1, key=found[1])
    return None


def _key_alone(seen: _Seen) -> Problem | None:
    if "could not find expected ':'" not in seen.problem:
        return None
    return _no_key(seen, *seen.start)


def _no_key(seen: _Seen, number: int, column: int) -> Problem:
    line = seen.line(number)
    if re.fullmatch(r"[-–—―－]{2,}\s*", line):
        return _told(seen, "only a line of three hyphens (---) begins the next definition", number, 0)
    template = "no key and no value: a key needs a colon and a space behind it, and a text that goes on in the next line stands deeper than its key"
    return _told(seen, template, number, column)


def _colon_inside(seen: _Seen) -> Problem | None:
    if "mapping values are not allowed" not in seen.problem:
        return None
    number, column = seen.end
    before = seen.line(number)[:column]
    if found := next((one for one in before if one in _WIDE), None):
        return _wide_sign(seen, number, before.index(found))
    if _WORD_ALONE.match(before) and number:
        depth = _depth(seen.line(number - 1))
        if depth == _depth(before) and not re.search(r":(\s|$)", seen.line(number - 1)):
            return _no_key(seen, number - 1, depth)
        template = "this line stands deeper than the one before it, which has a value of its own; begin both in the same column"
        return _told(seen, template, number, _depth(before))
    return _told(
        seen, "a colon with a space stands inside of a value; put the whole value in double quotes", number, column
    )


def _wide_sign(seen: _Seen, number: int, column: int) -> Problem:
    sign = seen.line(number)[column]
    return _told(seen, "{sign} is no sign of YAML; write {plain}", number, column, sign=sign, plain=_WIDE[sign])


def _beginning(seen: _Seen) -> Problem | None:
    if "cannot start any token" not in seen.problem:
        return None
    if seen.character == "\t":
        return _told(seen, "a tab stands here; write a space", *seen.end)
    template = "no value begins with {sign}; put it in double quotes"
    return _told(seen, template, *seen.end, sign=seen.character)


def _flow(seen: _Seen) -> Problem | None:
    """In a list or mapping between brackets."""
    if not (found := re.search(r"did not find expected ',' or '([\]}])'", seen.problem)):
        return None
    number, column = seen.end
    if seen.character in _WIDE:
        return _wide_sign(seen, number, column)
    if number > seen.start[0] and _depth(seen.line(number)) <= _depth(seen.line(seen.start[0])):
        return _told(seen, "what begins here is not closed; {sign} is missing", *seen.start, sign=found[1])
    return _told(seen, "a comma is missing before this, or the value needs double quotes", number, column)


def _unfinished(seen: _Seen) -> Problem | None:
    if "unexpected end of stream" in seen.problem:
        return _told(seen, "this quote is not closed", *seen.start)
    if "did not find expected node content" in seen.problem:
        return _told(seen, "a value is missing before this", *seen.end)
    return None


def _escape(seen: _Seen) -> Problem | None:
    if "unknown escape character" not in seen.problem:
        return None
    template = "in double quotes a backslash stands for more than itself; write two of them, or take single quotes"
    number, column = seen.end
    return _told(seen, template, number, max(seen.line(number).rfind("\\", 0, column + 1), 0))


def _document(seen: _Seen) -> Problem | None:
    if "document start" not in seen.problem:
        return None
    number = next((n for n in range(seen.end[0], -1, -1) if seen.line(n).startswith(("...", "%"))), seen.end[0])
    return _told(seen, "the definition ends here; take the line out, or begin the next definition with ---", number, 0)


def _column(seen: _Seen) -> Problem | None:
    """A line that stands in a column where nothing can go on, or something behind the end of a value."""
    if "did not find expected" not in seen.problem or "block" not in seen.context:
        return None
    number, column = seen.end
    if found := re.match(r"\s*-(?=[^\s-])", seen.line(number)):
        return _told(seen, "a space is missing behind the hyphen", number, found.end())
    if seen.line(number)[:column].strip():
        return _behind(seen, number, column)
    deep = {n: _depth(line) for n, line in enumerate(seen.lines[:number]) if _says(line)}
    above = next((n for n in sorted(deep, reverse=True) if deep[n] < column), None)
    if above is None:
        return None
    first = next((n for n in sorted(deep) if n > above), None)
    values = {"column": column + 1, "above": above + 1, "there": deep[above] + 1}
    if first is None or deep[first] == column:
        template = "the indentation does not fit: this line begins in column {column}, and line {above} above it in column {there}; what belongs together begins in the same column"  # fmt: skip
        return _told(seen, template, number, column, **values)
    template = "the indentation does not fit: this line begins in column {column}, but under line {above} (column {there}) things begin in column {other} (line {first})"  # fmt: skip
    return _told(seen, template, number, column, **values, other=deep[first] + 1, first=first + 1)


def _depth(line: str) -> int:
    """How many blanks a line begins with."""
    return len(line) - len(line.lstrip())


def _says(line: str) -> bool:
    text = line.strip()
    return bool(text) and not text.startswith("#") and not unicodedata.category(text[0]).startswith("C")


def _behind(seen: _Seen, number: int, column: int) -> Problem:
    """Something behind the end of a value: it has quotes inside that ended it, or was not closed lines before."""
    for quote in ('"', "'"):
        for n in range(number - 1, max(number - _LINES_BACK, -1), -1):
            if seen.line(n).count(quote) % 2 and re.search(rf"[:\-\[,{{]\s*{quote}", seen.line(n)):
                at = seen.line(n).rindex(quote)
                return _told(seen, "this quote is not closed in its line", n, at)
    template = "something stands behind the end of the value; where that has quotes inside, double them, or take others around it"
    return _told(seen, template, number, column)
