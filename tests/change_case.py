"""A copy of the reference definitions, edited as text, and what `difference` says about it."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from itsmctl.change import Change, difference
from itsmctl.definitions import definition_files, load
from itsmctl.definitions.build import build
from itsmctl.definitions.build.builder import Builder
from itsmctl.definitions.schema import check_document
from itsmctl.model import FIELD_OF_KIND, Definitions
from itsmctl.reference import FOLDERS, reference_root
from itsmctl.source import read_documents


@pytest.fixture(scope="session")
def reference() -> Definitions:
    return load(reference_root())


def copy_to(folder: Path) -> Path:
    """A copy of the reference definitions."""
    for part in FOLDERS:
        shutil.copytree(reference_root() / part, folder / part)
    return folder


def edited(root: Path, file: str, *edits: tuple[str, str]) -> None:
    """Replace texts in a file of a copy, each of which must stand there exactly once."""
    path = root / file
    text = path.read_text("utf-8")
    for old, new in edits:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
        text = text.replace(old, new)
    path.write_text(text, "utf-8")


def told(changes: tuple[Change, ...]) -> list[tuple[str, str, str, str]]:
    """The changes in short: code, effect, id, path."""
    return [(change.code, change.effect, change.id, change.path) for change in changes]


def compared(base: Definitions, root: Path) -> tuple[Change, ...]:
    """What changed from the base to an edited copy."""
    return difference(base, read_again(base, root))


def read_again(base: Definitions, root: Path) -> Definitions:
    """The definitions of an edited copy: what did not change is taken from the base, and references are not checked."""
    files = sorted(path.relative_to(root).as_posix() for path in definition_files(root))
    rows = [name for name in base.files if name.endswith(".csv")]
    known = {name: (base.root / name).read_bytes() for name in base.files}
    gone = {name for name in base.files if name not in rows and not (root / name).exists()}
    fresh = [name for name in files if known.get(name) != (root / name).read_bytes()]
    documents = [document for name in fresh for document in read_documents(root / name, name)]
    problems = [problem for document in documents for problem in check_document(document)]
    assert not problems, problems
    found = {kind: dict(base.of_kind(kind)) for kind in FIELD_OF_KIND}
    for definitions in found.values():
        for id_ in [id_ for id_, d in definitions.items() if d.where.file in {*fresh, *gone}]:
            del definitions[id_]
    for document in documents:
        definition = build(Builder(document))
        found[definition.kind][definition.id] = definition
    fields = {FIELD_OF_KIND[kind]: definitions for kind, definitions in found.items()}
    return replace(base, root=root, files=(*files, *rows), digest="", **fields)  # type: ignore[arg-type]
