"""Two hundred seeded edits that change how definitions are written and not what they mean: no change, and no verdict flips."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from change_case import copy_to, reference

from itsmctl.change import difference
from itsmctl.change.replay import ReplayOptions, replay
from itsmctl.definitions import definition_files, load
from itsmctl.definitions.schema import schemas
from itsmctl.generate import ZONE, generate
from itsmctl.importers.importing import import_files
from itsmctl.model import Definitions
from itsmctl.source import read_documents

__all__ = ["reference"]

EDITS, BATCHES = 200, 4
RENAMED = {"sla": "sla", "ola": "ola", "contract": "contract", "kpi": "kpi", "calendar": "calendar", "supplier": "supplier",
           "procedure": "procedure", "policy": "policy", "position": "position", "code-list": "code-list", "role": "role"}  # fmt: skip

Edit = Callable[[Path, random.Random], bool]


def _dump(documents: list[Any], dice: random.Random) -> str:
    style = dice.choice([None, True, False])
    width = dice.choice([40, 80, 200])
    return yaml.safe_dump_all(
        documents, allow_unicode=True, sort_keys=False, default_flow_style=style, width=width, explicit_start=True
    )


def _data(file: Path) -> list[Any]:
    return [document.data for document in read_documents(file)]


def comment(file: Path, dice: random.Random) -> bool:
    """A comment above a key, and one after it."""
    lines = file.read_text("utf-8").split("\n")
    places = [number for number, line in enumerate(lines) if re.match(r"^[a-z][a-z-]*: [a-z0-9-]+$", line)]
    if not places:
        return False
    number = dice.choice(places)
    lines[number] += "  # loosened: 8h"
    lines.insert(number, dice.choice(["# severity: observation", "#", "# 放宽"]))
    file.write_text("\n".join(lines), "utf-8")
    return True


def quotes(file: Path, dice: random.Random) -> bool:
    """A word in quotes."""
    text = file.read_text("utf-8")
    found = list(re.finditer(r"^([a-z][a-z-]*): ([a-z][a-z-]*)$", text, re.MULTILINE))
    found = [match for match in found if match[2] not in ("true", "false", "null")]
    if not found:
        return False
    match = dice.choice(found)
    mark = dice.choice("'\"")
    file.write_text(f"{text[: match.start(2)]}{mark}{match[2]}{mark}{text[match.end(2) :]}", "utf-8")
    return True


def reformatted(file: Path, dice: random.Random) -> bool:
    """The whole file in another layout."""
    file.write_text(_dump(_data(file), dice), "utf-8")
    return True


def keys_shuffled(file: Path, dice: random.Random) -> bool:
    """Another order of the keys, all the way down."""

    def shuffled(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: shuffled(value[key]) for key in dice.sample(list(value), len(value))}
        return [shuffled(child) for child in value] if isinstance(value, list) else value

    file.write_text(_dump(shuffled(_data(file)), dice), "utf-8")
    return True


def sets_shuffled(file: Path, dice: random.Random) -> bool:
    """Another order of every list without repeats whose description speaks of no order."""
    documents = _data(file)
    touched = [_shuffle(document, schemas()[document["kind"]], document["kind"], dice) for document in documents]
    file.write_text(_dump(documents, dice), "utf-8")
    return any(touched)


def _shuffle(value: Any, schema: Any, home: str, dice: random.Random) -> bool:
    while "$ref" in schema:
        other, _, place = schema["$ref"].partition("#/definitions/")
        home = other.removesuffix(".schema.json") or home
        schema = schemas()[home]["definitions"][place]
    touched = False
    if isinstance(value, dict):
        inside, rest = schema.get("properties", {}), schema.get("additionalProperties")
        for key, child in value.items():
            below = inside.get(key, rest if isinstance(rest, dict) else {})
            touched |= _shuffle(child, below, home, dice)
    elif isinstance(value, list):
        if schema.get("uniqueItems") and "order" not in schema.get("description", "") and len(value) > 1:
            before = list(value)
            dice.shuffle(value)
            touched |= value != before
        for child in value:
            touched |= _shuffle(child, schema.get("items", {}), home, dice)
    return touched


def longhand(file: Path, dice: random.Random) -> bool:
    """4h as 240m, and a condition without its list."""
    before = file.read_text("utf-8")
    text = re.sub(r"within: (\d+)h\b", lambda match: f"within: {int(match[1]) * 60}m", before)
    text = re.sub(r"priority: \[(P\d)\]", r"priority: \1", text)
    file.write_text(text, "utf-8")
    return text != before


def defaults(file: Path, dice: random.Random) -> bool:
    """What is left out, written out."""
    documents = _data(file)
    touched = False
    for document in documents:
        if document["kind"] == "rule":
            document.setdefault("tolerance", {"count": 0, "percent": 0})
            document.setdefault("allowance", {"percent": 0})
            touched = True
        if document["kind"] == "sla":
            for clock in document["clocks"].values():
                clock.setdefault("reopens", True)
            touched = True
    file.write_text(_dump(documents, dice), "utf-8")
    return touched


def renamed(file: Path, dice: random.Random) -> bool:
    """Another id, the earlier one kept as an alias."""
    documents = _data(file)
    known = [document for document in documents if document["kind"] in RENAMED]
    if not known:
        return False
    chosen = dice.choice(known)
    if str(chosen["id"]).endswith("-renamed"):
        return False
    chosen["aliases"] = [*chosen.get("aliases", []), chosen["id"]]
    chosen["id"] = f"{chosen['id']}-renamed"
    file.write_text(_dump(documents, dice), "utf-8")
    return True


def moved(file: Path, dice: random.Random) -> bool:
    """A document in a file of its own, or all of them in another one."""
    if any("files" in document for document in _data(file)):
        return False  # the rows of a register lie beside it
    documents = _data(file)
    dice.shuffle(documents)
    (file.parent / f"moved-{dice.randrange(10**6)}.yaml").write_text(_dump(documents[:1], dice), "utf-8")
    if documents[1:]:
        file.write_text(_dump(documents[1:], dice), "utf-8")
    else:
        file.unlink()
    return True


KINDS_OF_EDIT: tuple[Edit, ...] = (
    comment, quotes, reformatted, keys_shuffled, sets_shuffled, longhand, defaults, renamed, moved,
)  # fmt: skip


@pytest.fixture(scope="module")
def dataset(reference: Definitions, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("neutral")
    truth = generate(reference, 300, 5, place / "export")
    import_files([place / "export" / name for name in truth.rows], None, reference.mappings, ZONE, place / "dataset")
    return place / "dataset"


@pytest.mark.parametrize("batch", range(BATCHES))
def test_neutral_edits_are_no_change(reference: Definitions, dataset: Path, tmp_path: Path, batch: int) -> None:
    root = copy_to(tmp_path)
    dice = random.Random(f"neutral {batch}")
    done: list[str] = []
    while len(done) < EDITS // BATCHES:
        edit = KINDS_OF_EDIT[len(done) % len(KINDS_OF_EDIT)]
        file = dice.choice(definition_files(root))
        before = file.read_bytes()
        if edit(file, dice):
            done.append(edit.__name__)
        elif file.exists():
            file.write_bytes(before)
    head = load(root, kept_as=Path("/tests/neutral"))
    replayed = replay(reference, head, dataset, options=ReplayOptions(enquiries=True))
    assert (replayed.flips, replayed.total) == ((), 0)
    changes = difference(reference, head)
    assert [(change.code, change.id, change.path, change.old, change.new) for change in changes] == []
