"""A definition file edited in place: entries of a mapping, items of a list; every other character stays as it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from itsmctl.composing import LOADER
from itsmctl.definitions.writing import one_line
from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.marks import Value
from itsmctl.source import Document, parse_documents


@dataclass(frozen=True)
class _Entry:
    """One entry of a mapping: where its key begins, and where its value begins and ends, as places in the text."""

    name: str
    key: int
    start: int
    end: int


def with_entries(
    text: str, document: Document, key: str, entries: Mapping[str, str | None], order: Sequence[str] = ()
) -> str:
    """The text with entries of the mapping at the top-level `key` of a document set to YAML on one line, or taken away.

    A new entry stands where `order` has it. Raises ItsmctlError where the file is laid out so that it cannot be done.
    """
    found = _mapping(text, document, key)
    there = {entry.name: entry for entry in found}
    edits: list[tuple[int, int, str]] = []
    for name, value in entries.items():
        if name in there and value is not None:
            empty = there[name].start == there[name].end
            edits.append((there[name].start, there[name].end, f" {value}" if empty else value))
        elif name in there:
            edits.append(_without(text, there[name]))
    added = {name: value for name, value in entries.items() if name not in there and value is not None}
    edits += _additions(text, found, added, order)
    changed = text
    for start, end, replacement in sorted(edits, key=lambda edit: (edit[0], edit[1]), reverse=True):
        changed = changed[:start] + replacement + changed[end:]
    data = _data(document)
    inside = data[key]
    assert isinstance(inside, dict)
    kept = {name: value for name, value in inside.items() if name not in entries}
    new = {name: _value(value, document.file) for name, value in entries.items() if value is not None}
    wanted: dict[str, Value] = {**kept, **new}
    _check(changed, document, key, {**data, key: wanted})
    return changed


def with_item(text: str, document: Document, key: str, item: Mapping[str, object]) -> str:
    """The text with one more item at the end of the list at the top-level `key` of a document, which may not be there yet.

    Raises ItsmctlError where the file is laid out so that it cannot be done.
    """
    node = _node(text, document.index)
    there = next((value for name, value in node.value if name.value == key), None)
    starts, ending = _line_starts(text), _ending(text)
    if there is None:
        place = _next_line(text, _at(starts, _end_of(node)))
        lines = [f"{key}:", *_item_lines(item, "  ")]
    elif isinstance(there.value, str) or there.flow_style or type(there).__name__ != "SequenceNode":
        template = "{key} must be a list with each item on lines of its own, so that one can be added"
        raise ItsmctlError(Problem("cannot-edit", template, document.where((key,), key=True), {"key": key}))
    else:
        place = _next_line(text, _at(starts, _end_of(there)))
        lines = list(_item_lines(item, " " * int(there.start_mark.column)))
    broken = ending if place and text[place - 1] != "\n" else ""
    changed = text[:place] + broken + "".join(line + ending for line in lines) + text[place:]
    data = _data(document)
    before = data.get(key, [])
    assert isinstance(before, list)
    new = parse_documents("\n".join(_item_lines(item, "")), document.file)[0].data
    assert isinstance(new, list)
    _check(changed, document, key, {**data, key: [*before, *new]})
    return changed


def _item_lines(item: Mapping[str, object], margin: str) -> Iterator[str]:
    """An item with each of its values on one line; what holds lists is spread over as many."""
    start = f"{margin}- "
    for name, value in item.items():
        if isinstance(value, Mapping) and any(isinstance(one, list | tuple) for one in value.values()):
            yield f"{start}{name}:"
            yield from (f"{margin}    {one_line(key)}: {one_line(inside)}" for key, inside in value.items())
        else:
            yield f"{start}{name}: {one_line(value)}"
        start = f"{margin}  "


def _mapping(text: str, document: Document, key: str) -> list[_Entry]:
    """The entries of the mapping, each on lines of its own."""
    node = next((value for name, value in _node(text, document.index).value if name.value == key), None)
    if node is None or type(node).__name__ != "MappingNode" or node.flow_style or not node.value:
        template = "{key} must be a mapping with one entry to a line, so that an entry can be put into it"
        raise ItsmctlError(Problem("cannot-edit", template, document.where((key,), key=True), {"key": key}))
    starts = _line_starts(text)
    return [
        _Entry(
            str(name.value), _at(starts, name.start_mark), _at(starts, value.start_mark), _at(starts, _end_of(value))
        )
        for name, value in node.value
    ]


def _node(text: str, index: int) -> Any:
    """The tree of PyYAML, which knows where a value ends, of one document."""
    loader = LOADER(text)
    try:
        for number in range(index + 1):
            loader.check_node()
            node = loader.get_node()
            if number == index:
                return node
    finally:
        loader.dispose()
    raise AssertionError(index)


def _end_of(node: Any) -> Any:
    """Where a value ends: that of a block is where the last of what it holds ends."""
    if isinstance(node.value, str) or node.flow_style or not node.value:
        return node.end_mark
    last = node.value[-1]
    return _end_of(last[1] if isinstance(last, tuple) else last)


def _line_starts(text: str) -> list[int]:
    starts = [0]
    starts += [place + 1 for place, letter in enumerate(text) if letter == "\n"]
    return starts


def _at(starts: Sequence[int], mark: Any) -> int:
    return starts[mark.line] + int(mark.column) if mark.line < len(starts) else starts[-1]


def _without(text: str, entry: _Entry) -> tuple[int, int, str]:
    """Its lines go, with the comment behind it; comments above it stay: they may be about more than this entry."""
    start = text.rfind("\n", 0, entry.key) + 1
    end = text.find("\n", entry.end)
    return start, len(text) if end < 0 else end + 1, ""


def _additions(
    text: str, found: Sequence[_Entry], new: Mapping[str, str], order: Sequence[str]
) -> Iterator[tuple[int, int, str]]:
    """Each new entry after the one that comes before it in the order, else before the first."""
    margin = text[text.rfind("\n", 0, found[0].key) + 1 : found[0].key]
    ending = _ending(text)
    places = {name: number for number, name in enumerate(order)}
    behind: dict[int, list[str]] = {}
    for name in sorted(new, key=lambda one: places.get(one, len(order))):
        before = [entry for entry in found if places.get(entry.name, -1) < places.get(name, len(order))]
        last = max(before, key=lambda entry: places.get(entry.name, -1), default=None)
        place = text.rfind("\n", 0, found[0].key) + 1 if last is None else _next_line(text, last.end)
        behind.setdefault(place, []).append(f"{margin}{name}: {new[name]}{ending}")
    for place, lines in behind.items():
        broken = ending if place and text[place - 1] != "\n" else ""
        yield place, place, broken + "".join(lines)


def _next_line(text: str, place: int) -> int:
    if place and text[place - 1] == "\n":  # a block of text ends behind its last line
        return place
    end = text.find("\n", place)
    return len(text) if end < 0 else end + 1


def _ending(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _data(document: Document) -> dict[str, Value]:
    assert isinstance(document.data, dict)
    return document.data


def _check(changed: str, document: Document, key: str, wanted: Mapping[str, Value]) -> None:
    """What reads the file must find just what was meant: this is why nothing else can have moved."""
    try:
        documents = parse_documents(changed, document.file)
        after = next((one.data for one in documents if one.index == document.index), None)
    except ItsmctlError:  # of a text that nobody wrote: what it says would lead nowhere
        after = None
    if after != wanted:
        template = "{key} is laid out in a way that cannot be edited without touching the rest; write it by hand"
        raise ItsmctlError(Problem("cannot-edit", template, document.where((key,), key=True), {"key": key}))


def _value(text: str, file: str) -> Value:
    return parse_documents(text, file)[0].data


def document_of(text: str, where: Where, kind: str, id_: str) -> Document:
    """The document of a text that is the definition of this kind and id."""
    for document in parse_documents(text, where.file):
        data = document.data
        if isinstance(data, dict) and data.get("kind") == kind and data.get("id") == id_:
            return document
    template = "this file no longer holds {kind} {id}"
    raise ItsmctlError(Problem("cannot-edit", template, Where(where.file), {"kind": kind, "id": id_}))
