"""An event log with its plain events taken out, for the XML parser to see less of it.

Most of a log is the same few attributes over and over, and an element costs a parser of Python two calls. Whatever lies
between `<event>` and `</event>` and is nothing but plain attributes is read here, each distinct one once, and an empty
event with a number stands in the place of all that follow each other. All else the parser sees as it is written: it alone decides what is well-formed,
what is a comment, and where an event belongs.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import Path

from itsmctl.importers.elements import declared_encoding
from itsmctl.importers.rows import MAX_CELL

MARK = "itsmctl-event"
"""The attribute with the number of a run of events that were taken out."""

_PLAIN = re.compile(
    r'[ \t\r\n]*<(?:string|date|int|float|boolean|id) key="([^"&<\x00-\x1f\ufffe\uffff]+)" '
    r'value="([^"&<\x00-\x1f\ufffe\uffff]+)"[ \t\r\n]*'
)
_SPACE = " \t\r\n"
_CHUNK = 2**20
_KNOWN = 2**16
"""Distinct attributes that are remembered; times are all different."""


class Irregular(Exception):
    """The text cannot be shortened: it is to be read as it is."""


class _Attributes(dict[str, tuple[str, str]]):
    """Key and value of each plain attribute met, by its text."""

    def __missing__(self, text: str) -> tuple[str, str]:
        match = _PLAIN.fullmatch(text)
        if match is None or len(text) > MAX_CELL:
            raise Irregular
        if len(self) >= _KNOWN:
            self.clear()
        key, value = match.groups()
        self[text] = key, value
        return key, value


class Shortened:
    """The text of a log in pieces, with the events that were taken out of it until somebody asks for them by number."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known = _Attributes()
        self._taken: dict[int, list[dict[str, str]]] = {}
        self._count = 0
        self._waiting = 0
        """Events that nobody asked for yet."""

    def events(self, number: str) -> list[dict[str, str]]:
        """The attributes of each event of a run that was taken out; raises Irregular for a number that nobody gave."""
        try:
            run = self._taken.pop(int(number))
        except (KeyError, ValueError) as error:
            raise Irregular from error
        self._waiting -= len(run)
        return run

    def pieces(self) -> Iterator[str]:
        """The text without its plain events; raises Irregular where it is not UTF-8, or has our own mark in it."""
        decoder = codecs.getincrementaldecoder("utf-8-sig")()
        with self._path.open("rb") as stream:
            piece = stream.read(_CHUNK)
            if declared_encoding(piece) not in ("", "utf-8"):
                raise Irregular
            try:
                while piece:
                    yield self._without_events(decoder.decode(piece))
                    piece = stream.read(_CHUNK)
                decoder.decode(b"", final=True)
            except UnicodeDecodeError as error:
                raise Irregular from error

    def _without_events(self, text: str) -> str:
        if MARK in text or self._waiting > _KNOWN:  # so many that nobody asks for lie in a comment
            raise Irregular
        kept: list[str] = []
        run: list[dict[str, str]] = []
        *blocks, rest = text.split("</event>")
        for block in blocks:
            before, begun, inside = block.rpartition("<event>")
            *attributes, after = inside.split("/>")
            try:
                event = dict(map(self._known.__getitem__, attributes)) if begun and not after.strip(_SPACE) else None
            except Irregular:
                event = None
            if event is None:
                kept.append(f"{block}</event>")
                run = []
                continue
            self._waiting += 1
            if run and not before.strip(_SPACE):
                run.append(event)
            else:
                self._count += 1
                run = self._taken[self._count] = [event]
                kept.append(f'{before}<event {MARK}="{self._count}"/>')
        return "".join([*kept, rest])
