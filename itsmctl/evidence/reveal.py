"""Who the pseudonyms of a pack stand for, for whoever has the key."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from itsmctl.audit.people import PREFIX, PeopleKey
from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.evidence.container import Opened, Part, content_of, open_pack
from itsmctl.evidence.verify import check_intact

_SEALED, _REDACTION = "people.csv", "redaction.json"


@dataclass(frozen=True)
class Person:
    """A pseudonym with its name; `occurs` tells whether the pack shows it, and without that a pseudonym has no name."""

    pseudonym: str
    name: str
    occurs: bool = True


def reveal(pack: Path, key: PeopleKey, asked: Sequence[str] = ()) -> tuple[Person, ...]:
    """Everyone whom a pack or a result folder shows, or those asked for, by pseudonym or by name.

    Raises ItsmctlError where there is nothing to reveal, the key is another, or the pack is not intact: whoever puts
    another pseudonym beside a finding would have somebody else named.
    """
    opened, folder = _opened(pack)
    if folder:
        check_intact(pack)
    _check_key(pack, _content(opened, folder + _REDACTION), key)
    names = dict(_opened_names(pack, _content(opened, folder + _SEALED), key))
    if not asked:
        return tuple(Person(pseudonym, name) for pseudonym, name in sorted(names.items()))
    return tuple(_person(one, names, key) for one in asked)


def _opened_names(pack: Path, sealed: str, key: PeopleKey) -> Iterator[tuple[str, str]]:
    """Pseudonyms with their names; the first line is the header, and no cell is ever quoted."""
    for line in sealed.splitlines()[1:]:
        pseudonym, _, secret = line.partition(",")
        name = key.open(pseudonym, secret)
        if name is None:
            message = "the sealed name of {pseudonym} was altered"
            raise ItsmctlError(Problem("sealed-altered", message, Where(str(pack)), {"pseudonym": pseudonym[:20]}))
        yield pseudonym, name


def _person(asked: str, names: dict[str, str], key: PeopleKey) -> Person:
    if asked in names:
        return Person(asked, names[asked])
    if asked.startswith(PREFIX):
        return Person(asked, "", occurs=False)
    pseudonym = key.pseudonym(asked)
    return Person(pseudonym, names.get(pseudonym, asked), occurs=pseudonym in names)


def _opened(pack: Path) -> tuple[Opened, str]:
    try:
        if (pack / _REDACTION).is_file():
            return Opened(pack, {name: Part(pack / name) for name in (_REDACTION, _SEALED)}, ()), ""
        return open_pack(pack), "data/result/"
    except OSError as error:
        values = {"why": error.strerror or str(error)}
        raise ItsmctlError(
            Problem("unreadable-file", "cannot read the file: {why}", Where(str(pack)), values)
        ) from error


def _content(opened: Opened, name: str) -> str:
    if name not in opened.parts:
        message = "it holds no pseudonyms: there is no {name}"
        raise ItsmctlError(Problem("no-pseudonyms", message, Where(str(opened.pack)), {"name": name}))
    return content_of(opened, name).decode("utf-8", "replace")


def _check_key(pack: Path, redaction: str, key: PeopleKey) -> None:
    try:
        wanted = json.loads(redaction)["people"]["key"]
        named, source = str(wanted["id"]), str(wanted["source"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        message = "redaction.json does not say which key it was"
        raise ItsmctlError(Problem("unreadable-redaction", message, Where(str(pack)))) from error
    if named == key.id:
        return
    if source == "tickets" and key.source == "file":
        message = "these pseudonyms follow from the tickets, not from a key file; name the dataset with --tickets"
    elif source == "file" and key.source == "tickets":
        message = "these pseudonyms were made with a key file; name it with --people-key"
    else:
        message = "these pseudonyms were made with another key"
    raise ItsmctlError(Problem("wrong-people-key", message, Where(str(pack))))
