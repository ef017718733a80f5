"""Earlier ids in references, replaced by today's: whoever uses the definitions after this knows only ids."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from itsmctl import model
from itsmctl.checks import CHECKS
from itsmctl.definitions.build import build
from itsmctl.definitions.build.builder import Builder
from itsmctl.definitions.references import REFERENCES, Entry, values_at
from itsmctl.source import Path_

Aliases = Mapping[tuple[str, str], str]
"""Today's id by kind and earlier id."""


def resolve_aliases(entries: Iterable[Entry], ids: Aliases) -> list[Entry]:
    """Return entries with every reference by alias turned into one by id."""
    return [_resolved(entry, ids) for entry in entries] if ids else list(entries)


def _resolved(entry: Entry, ids: Aliases) -> Entry:
    replaced = [(path, ids[kind, word]) for path, word, kind in references_of(entry) if (kind, word) in ids]
    for path, word in replaced:
        target: Any = entry.document.data
        for key in path[:-1]:
            target = target[key]
        target[path[-1]] = word
    return Entry(entry.document, build(Builder(entry.document))) if replaced else entry


def references_of(entry: Entry) -> Iterator[tuple[Path_, str, str]]:
    """Every reference to another definition: its path, the word, and the kind that it names."""
    patterns = [(pattern, target) for kind, pattern, target in REFERENCES if kind == entry.definition.kind]
    match entry.definition:
        case model.Agreement():
            patterns.append(("services/*", "service"))
        case model.Process():
            patterns += [(path, "process") for path in ("inputs/*/from/*", "outputs/*/to/*", "interfaces/*/process")]
        case model.Rule() as rule:
            names = CHECKS[rule.check].NAMES if rule.check in CHECKS else {}
            patterns += [(f"check/{rule.check}/{path}", kind) for path, kind in names.items()]
        case _:
            pass
    for pattern, kind in patterns:
        for path, word in list(values_at(entry.document.data, pattern)):
            if word != model.OUTSIDE and not isinstance(word, dict | list):
                yield path, str(word), kind
