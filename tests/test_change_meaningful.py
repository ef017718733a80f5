"""Three hundred seeded edits over all kinds of definitions: each is told once, with the class that people know it has."""

from __future__ import annotations

import random
from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml
from change_case import compared, copy_to, read_again, reference
from meaningful_edits import EDITS

from itsmctl.change import difference
from itsmctl.definitions import definition_files
from itsmctl.definitions.schema import check_document, kinds
from itsmctl.model import Definitions
from itsmctl.source import Document, read_documents

__all__ = ["reference"]

COUNT, BATCHES = 300, 5

Files = Mapping[str, list[Any]]


@pytest.fixture(scope="module")
def files(reference: Definitions) -> Files:
    """What every file of the reference set holds."""
    paths = [path.relative_to(reference.root).as_posix() for path in definition_files(reference.root)]
    return {path: [document.data for document in read_documents(reference.root / path)] for path in paths}


GONE = {
    "loosened": "rule ola contract policy kpi separation",
    "tightened": "waiver baseline",
    "review": "complaint service process code-list priority-matrix procedure audit mapping programme assessment survey review register sla nonconformity",
    "structural": "calendar customer supplier role position assignment raci framework crosswalk questionnaire",
}
"""What it does to take one definition away from the reference set; the agreement for any service covers what is left."""
OPPOSITE = {"loosened": {"tightened"}, "tightened": {"loosened"}}


def test_every_kind_is_edited() -> None:
    assert {kind for kind, _, _ in EDITS} == set(kinds())


@pytest.mark.parametrize("batch", range(BATCHES))
def test_meaningful_edits_are_told_with_their_class(
    reference: Definitions, files: Files, tmp_path: Path, batch: int
) -> None:
    root = copy_to(tmp_path)
    dice = random.Random(f"meaningful {batch}")
    after = deepcopy(dict(files))
    places = {(one["kind"], one["id"]): (file, at) for file, held in after.items() for at, one in enumerate(held)}
    expected: dict[tuple[str, str], tuple[str, str]] = {}
    turns = [EDITS[(number * BATCHES + batch) % len(EDITS)] for number in range(len(EDITS))] * 5
    for kind, effect, edit in turns:
        free = sorted(key for key in places if key[0] == kind and key not in expected)
        for key in dice.sample(free, len(free)):
            file, at = places[key]
            data = deepcopy(after[file][at])
            if len(expected) < COUNT // BATCHES and edit(data, dice) and not check_document(Document(data, file)):
                after[file][at] = data
                expected[key] = (effect, edit.__name__)
                break
    assert len(expected) == COUNT // BATCHES
    for file, held in after.items():
        if held != files[file]:
            text = yaml.dump_all(held, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False)
            (root / file).write_text(text, "utf-8")
    told: dict[tuple[str, str], list[str]] = {}
    for change in compared(reference, root):
        if change.code != "rule-version-not-raised":
            told.setdefault((change.kind, change.id), []).append(change.effect)
    wrong = {
        key: (name, effect, told.get(key)) for key, (effect, name) in expected.items() if told.get(key) != [effect]
    }
    assert wrong == {}
    assert told.keys() == expected.keys()


def test_a_definition_that_is_gone_or_new(reference: Definitions, files: Files, tmp_path: Path) -> None:
    root = copy_to(tmp_path)
    after = deepcopy(dict(files))
    gone: dict[str, str] = {}
    for file, held in after.items():
        for data in list(held):
            if data["kind"] not in gone and data.get("services") != "any":
                gone[data["kind"]] = data["id"]
                held.remove(data)
        if held != files[file]:
            (root / file).unlink()
        if held and held != files[file]:
            (root / file).write_text(yaml.safe_dump_all(held, allow_unicode=True, sort_keys=False), "utf-8")
    expected = {(kind, gone[kind]): effect for effect, words in GONE.items() for kind in words.split()}
    smaller = read_again(reference, root)
    lost = {(change.kind, change.id): change for change in difference(reference, smaller)}
    assert {key: change.effect for key, change in lost.items()} == expected
    assert all(change.code == f"{change.kind}-removed" and change.head_location is None for change in lost.values())
    won = {(change.kind, change.id): change for change in difference(smaller, reference)}
    assert won.keys() == lost.keys()
    assert all(change.code == f"{change.kind}-added" and change.base_location is None for change in won.values())
    for key, change in won.items():
        assert change.effect in OPPOSITE.get(expected[key], {"review", "structural"}), key
