"""No single mistake in the definitions goes unseen: misspelt, missing, doubled, of the wrong kind, out of order."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from benches import bench

from itsmctl.definitions import definition_files, validate
from itsmctl.definitions.aliases import references_of
from itsmctl.definitions.reading import read
from itsmctl.definitions.references import Entry, cross_check
from itsmctl.definitions.schema import SUFFIX, check_document, schemas
from itsmctl.reference import reference_root
from itsmctl.source import Document, Path_

ROOT = reference_root()

mutations = bench("mutations")
ENTRIES: tuple[Entry, ...] = mutations.corpus().entries


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root: Path = mutations.copy_of_reference(tmp_path_factory.mktemp("mutants"))
    return root


@pytest.mark.parametrize("seed", range(2))
def test_every_single_mistake_is_reported_at_its_line(broken: Path, seed: int) -> None:
    for mutant in mutations.mutants(mutations.corpus(), len(mutations.FAULTS), 100 + seed):
        found = mutations.escaped(broken, mutant)
        assert found is None, (mutant.fault, mutant.file, sorted(mutant.lines), mutant.what, [str(p) for p in found])


ALONE = 12
"""Mistakes that are also judged with the whole set beside them, which takes some seconds each."""


def test_every_file_alone_is_judged_as_within_the_whole_set(broken: Path) -> None:
    files = definition_files(broken)
    one_of_each_folder = {path.parent: path for path in files}
    rules = {path for path in files if path.parent.name == "rules"}  # checks name what others define
    for path in sorted({*one_of_each_folder.values(), *rules}):
        assert validate(broken, [path]) == []


def test_a_broken_file_alone_is_judged_as_within_the_whole_set(broken: Path) -> None:
    for mutant in mutations.mutants(mutations.corpus(), ALONE, 7):
        path = broken / mutant.file
        whole = path.read_bytes()
        path.write_text(mutant.text, encoding="utf-8")
        try:
            alone = [str(problem) for problem in validate(broken, [path])]
            together = [str(problem) for problem in validate(broken) if problem.where.file == mutant.file]
        finally:
            path.write_bytes(whole)
        assert alone == together, mutant


def test_the_set_that_is_broken_has_no_mistake_of_its_own(broken: Path) -> None:
    files = [(path, path.relative_to(broken).as_posix()) for path in definition_files(broken)]
    assert read(files)[1] == []


KINDS = sorted(
    {kind for entry in ENTRIES for _, _, kind in references_of(entry)} & {e.definition.kind for e in ENTRIES}
)


@pytest.mark.parametrize("kind", KINDS)
def test_every_reference_to_what_was_deleted_is_reported(kind: str) -> None:
    left = {entry.definition.kind: frozenset[str]() for entry in ENTRIES}
    for entry in ENTRIES:
        if entry.definition.kind != kind:
            left[entry.definition.kind] |= {entry.definition.id, *entry.definition.aliases}
    reported = {problem.where for problem in cross_check(ENTRIES, (), left)}
    wanted = [
        (entry.document, path, word) for entry in ENTRIES for path, word, to in references_of(entry) if to == kind
    ]
    assert wanted
    for document, path, word in wanted:
        places = {document.where(path), document.where(path, key=True)}
        assert places & reported, f"{document.where(path)} names {word}, and nobody misses it"


def mappings(value: Any, path: Path_ = ()) -> Iterator[tuple[Path_, dict[str, Any]]]:
    if isinstance(value, dict):
        yield path, value
    for key, child in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from mappings(child, (*path, key))


def test_every_required_key_is_missed_at_its_place() -> None:
    registry = jsonschema_rs.Registry([(name + SUFFIX, body) for name, body in schemas().items()])
    seen: set[tuple[str, tuple[str, ...], str]] = set()
    for entry in ENTRIES:
        kind = entry.definition.kind
        valid = jsonschema_rs.Draft7Validator(schemas()[kind], registry=registry)
        data: Any = copy.deepcopy(entry.document.data)
        for path, mapping in list(mappings(data)):
            shape = tuple("*" if isinstance(step, int) else step for step in path)
            for key in list(mapping):
                if key == "kind" and not path or (kind, shape, key) in seen:
                    continue
                value = mapping.pop(key)
                if not valid.is_valid(data):
                    seen.add((kind, shape, key))
                    document = Document(data, entry.document.file, entry.document.index, entry.document.mark)
                    found = check_document(document)
                    assert document.where(path) in {p.where for p in found}, (kind, path, key, [str(p) for p in found])
                mapping[key] = value
    assert len(seen) > 100
