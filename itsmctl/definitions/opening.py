"""Definitions out of the cache: those of one kind, of a system that is known to have no error."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from itsmctl.definitions.build import build
from itsmctl.definitions.build.builder import Builder

if TYPE_CHECKING:
    from itsmctl import model
    from itsmctl.definitions.cache import Sheet


def opened(sheets: Sequence[tuple[str, Sheet]], kind: str) -> list[model.Definition]:
    """The definitions of one kind, from all the sheets of a system with their files."""
    documents = [sheet.document(file) for file, sheet in sheets if sheet.kind == kind]
    ids = alias_ids(sheets)
    if not ids:
        return [build(Builder(document)) for document in documents]
    from itsmctl.definitions.aliases import resolve_aliases
    from itsmctl.definitions.references import Entry

    entries = (Entry(document, build(Builder(document))) for document in documents)
    return [entry.definition for entry in resolve_aliases(entries, ids)]


def alias_ids(sheets: Iterable[tuple[str, Sheet]]) -> dict[tuple[str, str], str]:
    """Today's id of each definition by its kind and an earlier id."""
    return {(sheet.kind, alias): sheet.id for _, sheet in sheets for alias in sheet.aliases}
