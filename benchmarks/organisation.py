"""A large organisation: the reference definitions copied, each copy with ids of its own, until there are enough.

    python benchmarks/organisation.py FOLDER [--definitions N]

Every copy is a whole management system of its own, tied together as the reference set is, with services and customers of its own
names; frameworks are shared, as they would be, and so are agreements for any service, of which there can be one.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import yaml

from itsmctl.definitions import definition_files
from itsmctl.definitions.aliases import references_of
from itsmctl.definitions.build import MODULES
from itsmctl.definitions.reading import read
from itsmctl.definitions.references import Entry
from itsmctl.reference import FOLDERS, reference_root

SHARED = ("framework", "crosswalk", "mapping")
"""Kinds that a second department would not copy."""
CALLED = ("service", "customer")
"""Kinds that exports know by their names."""
PER_FILE = 12
DEFINITIONS = 5_000


def main(arguments: list[str]) -> int:
    """Write the definitions and print how many there are."""
    parser = argparse.ArgumentParser(description="Write a large organisation's definitions.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--definitions", type=int, default=DEFINITIONS)
    options = parser.parse_args(arguments)
    sys.stdout.write(f"{write(options.folder, options.definitions)}\n")
    return 0


def write(folder: Path, wanted: int = DEFINITIONS) -> int:
    """Write at least so many definitions into a folder; returns how many."""
    root = reference_root()
    entries, problems = read([(path, path.relative_to(root).as_posix()) for path in definition_files(root)])
    if problems:
        raise RuntimeError(f"the reference set has problems: {problems[0]}")
    copied = sum(not _is_shared(entry) for entry in entries)
    shared = frozenset(entry.definition.id for entry in entries if _is_shared(entry))
    copies = -(-wanted // copied)
    count = 0
    for part in FOLDERS:
        some = [entry for entry in entries if entry.document.file.startswith(f"{part}/")]
        for number, made in _files(some, copies, shared):
            path = folder / part / f"part-{number:04}.yaml"
            path.parent.mkdir(parents=True, exist_ok=True)
            text = yaml.dump_all(made, allow_unicode=True, sort_keys=False, width=120, Dumper=_Dumper)
            path.write_text(text, encoding="utf-8")
            count += len(made)
    return count


def _is_shared(entry: Entry) -> bool:
    """Whether a second department would not copy it: its kind says so, or it is a promise for any service."""
    return entry.definition.kind in SHARED or entry.document.data.get("services") == "any"


class _Dumper(yaml.SafeDumper):
    """Writes every alias out."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _files(entries: list[Entry], copies: int, shared: frozenset[str]) -> Iterator[tuple[int, list[Any]]]:
    made: list[Any] = []
    number = 0
    for copy in range(copies):
        made += [_copied(entry, copy, shared) for entry in entries if copy == 0 or not _is_shared(entry)]
        while len(made) >= PER_FILE:
            yield number, made[:PER_FILE]
            made, number = made[PER_FILE:], number + 1
    if made:
        yield number, made


def _copied(entry: Entry, copy: int, shared: frozenset[str]) -> Any:
    """The document with its id and names, and every id that it refers to, turned into that of its copy; the first keeps them."""
    data: Any = deepcopy(entry.document.data)
    data.pop("files", None)  # the rows of a register are no definitions
    if copy == 0:
        return data
    data["id"] = _word(data["id"], copy)
    if "aliases" in data:
        data["aliases"] = [_word(alias, copy) for alias in data["aliases"]]
    if data["kind"] in CALLED:
        title = data["title"]
        data["title"] = (
            {lang: f"{text} {copy}" for lang, text in title.items()} if isinstance(title, dict) else f"{title} {copy}"
        )
        data["also-called"] = [f"{word} {copy}" for word in data.get("also-called", ())]
    for path, word, kind in references_of(entry):
        if (
            kind in MODULES and kind not in SHARED and word not in shared
        ):  # what stands inside a definition keeps its name
            target = data
            for key in path[:-1]:
                target = target[key]
            target[path[-1]] = _word(word, copy)
    return data


def _word(word: str, copy: int) -> str:
    return f"D{copy}-{word}" if word[:1].isupper() else f"{word}-d{copy}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
