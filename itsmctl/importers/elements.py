"""XML as a stream of elements; a document type or an entity, which no export has use for, is refused at once."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn
from xml.parsers import expat

from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.importers.container import Plain

_CHUNK = 2**20

Start = Callable[[str, list[str]], object]
"""An element opens: its tag, and its attributes as names and values in turn, as expat orders them."""


def parse(
    plain: Plain, start: Start, end: Callable[[str], object], text: Callable[[str], object] | None = None
) -> None:
    """Tell each element of a file; raises ItsmctlError, with line and column, for what is not well-formed."""
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
        with plain.path.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                parser.Parse(chunk, False)
            parser.Parse(b"", True)
    except expat.ExpatError as error:
        where = Where(plain.shown, error.lineno, error.offset + 1)
        values = {"what": expat.errors.messages[error.code]}
        raise ItsmctlError(Problem("not-xml", "not readable as XML: {what}", where, values)) from error


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
