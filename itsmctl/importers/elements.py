"""XML as a stream of elements; a document type or an entity, which no export has use for, is refused at once."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import NoReturn
from xml.parsers import expat

from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.importers.container import Plain
from itsmctl.importers.encoding import known_encoding, wrong_encoding

DEEPEST = 100
"""Elements within one another; names that are made of all of them would grow without end."""

_CHUNK = 2**20
_DECLARATION = re.compile(rb"""(?:\xef\xbb\xbf)?<\?xml[^>]*?\sencoding\s*=\s*["']([^"'<>]*)""")
_OWN = ("", "utf-8", "utf-16", "us-ascii", "iso-8859-1")
"""Encodings that expat reads by itself; others, as GBK, are decoded for it."""

Start = Callable[[str, list[str]], object]
"""An element opens: its tag, and its attributes as names and values in turn, as expat orders them."""


def parse(
    plain: Plain,
    start: Start,
    end: Callable[[str], object],
    text: Callable[[str], object] | None = None,
    pieces: Iterable[str] | None = None,
) -> None:
    """Tell each element of a file; raises ItsmctlError, with line and column, for what is not well-formed.

    Where `pieces` are given they are read instead of what the file holds.
    """
    parser = expat.ParserCreate()
    parser.ordered_attributes = True
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    if text is not None:
        parser.CharacterDataHandler = text

    def refuse(*_: object) -> NoReturn:
        where = Where(plain.shown, parser.CurrentLineNumber)
        template = "the file declares a document type or XML entities, which an export has no use for"
        raise ItsmctlError(Problem("xml-entities", template, where))

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse
    try:
        for piece in _chunks(plain) if pieces is None else pieces:
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        where = Where(plain.shown, error.lineno, error.offset + 1)
        values = {"what": expat.errors.messages[error.code]}
        raise ItsmctlError(Problem("not-xml", "not readable as XML: {what}", where, values)) from error
    except TooDeep as error:
        where = Where(plain.shown, parser.CurrentLineNumber)
        template = "elements lie more than {limit} deep in one another; this is no export of tickets"
        raise ItsmctlError(Problem("too-deep", template, where, {"limit": DEEPEST})) from error


class TooDeep(Exception):
    """More than DEEPEST elements are open; a reader that makes names of them says so, and `parse` where."""


def declared_encoding(head: bytes) -> str:
    """The encoding that an XML declaration names, in lower case; '' where there is none."""
    match = _DECLARATION.match(head)
    return match[1].decode("latin-1").lower() if match else ""


def _chunks(plain: Plain) -> Iterator[bytes | str]:
    """The file in pieces, decoded where its encoding is none of expat's own."""
    with plain.path.open("rb") as stream:
        chunk = stream.read(_CHUNK)
        declared = declared_encoding(chunk)
        if declared in _OWN:
            while chunk:
                yield chunk
                chunk = stream.read(_CHUNK)
            return
        name = known_encoding(declared, plain.shown)
        decoder = codecs.getincrementaldecoder(name)()
        try:
            while chunk:
                yield decoder.decode(chunk)
                chunk = stream.read(_CHUNK)
            decoder.decode(b"", final=True)
        except UnicodeError as error:
            raise wrong_encoding(name, error, plain.shown) from error


class _Seen(Exception):
    """The first elements are known."""


def first_tags(plain: Plain) -> tuple[str, str]:
    """The tags of the root and of its first child, '' where there is none."""
    tags: list[str] = []

    def start(tag: str, _: list[str]) -> None:
        tags.append(tag)
        if len(tags) == 2:
            raise _Seen

    with suppress(_Seen):
        parse(plain, start, lambda tag: None)
    return (tags[0], tags[1] if len(tags) > 1 else "") if tags else ("", "")
