"""The record of one controlled document: its versions on the main line, with who wrote and who approved each, and what it changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from itsmctl.change.approving import approvers
from itsmctl.change.judging import At
from itsmctl.change.types import Change, Effect, joined
from itsmctl.change.walking import differences
from itsmctl.control.people import People
from itsmctl.control.reviews import Review, reviews_of
from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.history.acts import Act, Identity, Signature, acts, check_whole
from itsmctl.history.asking import check_asked
from itsmctl.history.log import contents, mainline
from itsmctl.history.running import NoGit
from itsmctl.marks import Value
from itsmctl.model import Definition, Definitions
from itsmctl.source import parse_documents


@dataclass(frozen=True)
class Version:
    """One state of the document on the main line; `changes` are (effect, part of it), empty for the first."""

    number: int
    commit: str
    at: int
    file: str
    authors: tuple[tuple[Identity, str], ...]
    """(as git has them, the person or '')"""
    reviews: tuple[tuple[Review, bool], ...]
    """(review, whether the person held a role that approves this document, and did not write the version)"""
    signature: Signature
    subject: str
    changes: tuple[tuple[Effect, str], ...]


@dataclass(frozen=True)
class ControlRecord:
    """What ISO/IEC 20000-1 7.5 asks of a documented statement: which version, since when, by whom, approved by whom, next review."""

    definition: Definition
    roles: tuple[str, ...]
    """The roles whose approval a change of it needs."""
    next_review: date | None
    versions: tuple[Version, ...]
    """Newest first."""
    uncommitted: bool
    """Whether the files here say something else than the last version."""


def record_of(root: Path, definitions: Definitions, definition: Definition) -> ControlRecord:
    """The control record of a definition; raises ItsmctlError where git does not hold its whole history."""
    file = definition.where.file
    try:
        check_whole(root)
        places = mainline(root, file)
        texts = contents(root, places)
    except NoGit as error:
        check_asked(root)
        template = "git knows nothing of this file, so there is no record of its versions"
        raise ItsmctlError(Problem("no-history", template, Where(file))) from error
    states = [_state(text, place, definition) for text, place in zip(texts, places, strict=True)]
    people, done = People(definitions), acts(root, "") if places else []
    roles = approvers(whole(definition), definitions, definitions)
    versions = tuple(_versions(definitions, definition, places, states, done, people, roles))[::-1]
    here = _state((root / file).read_bytes(), ("", file), definition)
    review = definition.review.due(definition.effective.start) if definition.review else None
    return ControlRecord(definition, roles, review, versions, not states or here != states[0])


def _state(raw: bytes, place: tuple[str, str], definition: Definition) -> Value:
    """The definition as a file had it, under any of its names; None where it had not, or was no YAML."""
    names = {definition.id, *definition.aliases}
    try:
        documents = parse_documents(raw.decode("utf-8", "replace"), place[1])
    except ItsmctlError:  # a version that nobody could read was none
        return None
    for document in documents:
        data = document.data
        if isinstance(data, dict) and data.get("kind") == definition.kind and data.get("id") in names:
            return data
    return None


def whole(definition: Definition) -> Change:
    """A change of the whole definition, to ask who must approve that."""
    kind, id_ = definition.kind, definition.id
    return Change(f"{kind}-changed", "review", kind, id_, "", None, None, definition.where, definition.where, ())


def _versions(
    definitions: Definitions,
    definition: Definition,
    places: Sequence[tuple[str, str]],
    states: Sequence[Value],
    done: Sequence[Act],
    people: People,
    roles: tuple[str, ...],
) -> Iterator[Version]:
    """From the first on; commits that left the document as it was are none."""
    by_hash = {act.hash: act for act in done}
    before: Value = None
    number = 0
    for (hash_, file), state in reversed(list(zip(places, states, strict=True))):
        if state is None or state == before:
            continue
        number += 1
        act = by_hash[hash_]
        written = [by_hash[one] for one in act.brought if one in by_hash and by_hash[one].paths] or [act]
        written = [one for one in written if file in one.paths] or written
        authors = tuple(dict.fromkeys((who, people.person(who)) for one in written for who in one.authors))
        reviews = dict.fromkeys(review for one in written for review in reviews_of(one, done, people))
        wrote = {person or str(who) for who, person in authors}
        counted = tuple((one, one.person not in wrote and people.holds(one.person, roles, one.at)) for one in reviews)
        changes = tuple(_changed(definitions, definition, before, state)) if before is not None else ()
        yield Version(number, hash_, act.at, file, authors, counted, act.signature, act.subject, changes)
        before = state


def _changed(definitions: Definitions, definition: Definition, old: Value, new: Value) -> Iterator[tuple[Effect, str]]:
    """What became of each part, judged among the definitions of today."""
    at = At(definitions, definitions, definition.id, definition.id, (), old, new)
    for one in differences(definition.kind, old, new, at):
        yield one.effect, joined(one.names)
