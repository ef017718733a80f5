"""Whatever order rows, files and definitions come in, wherever the machine stands: the same verdicts, byte for byte."""

from __future__ import annotations

import csv
import json
import os
import random
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from itsmctl.definitions import load
from itsmctl.engine.results import read_verdicts
from itsmctl.generate import EXPORT, ZONE, generate
from itsmctl.reference import FOLDERS, reference_root

SEED = "orders"
ASK = """
import sys
from pathlib import Path
from itsmctl.audit import AuditOptions
from itsmctl.definitions import load
from itsmctl.importers.importing import import_files
from itsmctl.reports.folder import audit_to_folder
root, out, zone, threads, *files = sys.argv[1:]
definitions, out = load(Path(root)), Path(out)
import_files([Path(file) for file in files], None, definitions.mappings, zone, out / "dataset")
options = AuditOptions(threads=int(threads), all_verdicts=True)
audit_to_folder(definitions, out / "dataset", options, out / "result")
"""
OF_INPUTS = ("definitions", "dataset", "files", "chosen_by_default")
"""What names or digests the files that were read, whose bytes differ here, and whether their folder was named."""
PLACE = re.compile(r"[\w./-]+\.yaml(, line |:)\d+(:\d+)?")
"""Where something stands in a definition."""


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("orders") / "history"
    generate(load(reference_root()), 1400, 11, folder)
    return folder


@pytest.fixture(scope="module")
def usual(history: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, dict[str, Any]]:
    return _ask(reference_root(), _exports(history), tmp_path_factory.mktemp("usual"))


def _exports(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.csv"))


def _ask(
    root: Path, files: Sequence[Path], out: Path, threads: int = 1, **machine: str
) -> tuple[bytes, dict[str, Any]]:
    """The verdicts as written and the result as read, of an audit by a process of its own."""
    command = [sys.executable, "-c", ASK, str(root), str(out), ZONE, str(threads), *map(str, files)]
    subprocess.run(command, env={**os.environ, **machine}, cwd=out, check=True)
    result = json.loads((out / "result" / "result.json").read_text(encoding="utf-8"))
    return (out / "result" / "verdicts.parquet").read_bytes(), {k: v for k, v in result.items() if k not in OF_INPUTS}


def _without_places(found: tuple[bytes, dict[str, Any]], folder: Path) -> tuple[list[str], str]:
    """Verdicts and result as text, in which places in definitions are masked."""
    (folder / "v.parquet").write_bytes(found[0])
    told = [PLACE.sub("PLACE", repr(verdict)) for verdict in read_verdicts(folder / "v.parquet")]
    return told, PLACE.sub("PLACE", json.dumps(found[1], sort_keys=True))


def test_neither_the_machine_nor_the_order_of_files_and_definitions_matters(
    history: Path, usual: tuple[bytes, dict[str, Any]], tmp_path: Path
) -> None:
    machine = {"TZ": "Pacific/Kiritimati", "LANG": "zh_CN.UTF-8", "LC_ALL": "C", "PYTHONHASHSEED": "77"}
    turned = _turned(tmp_path / "root")
    found = _ask(turned, _exports(history)[::-1], tmp_path, threads=8, **machine)
    assert _without_places(found, tmp_path) == _without_places(usual, tmp_path)


@pytest.mark.parametrize(("threads", "zone"), [(2, "America/St_Johns"), (8, "Pacific/Kiritimati")])
def test_neither_threads_nor_the_zone_of_the_machine_nor_the_order_of_files_changes_a_byte(
    history: Path, usual: tuple[bytes, dict[str, Any]], tmp_path: Path, threads: int, zone: str
) -> None:
    """`usual` was judged with one thread, and holds every kind of outcome of the whole library over 2,000 records."""
    found = _ask(
        reference_root(), _exports(history)[::-1], tmp_path, threads=threads, TZ=zone, PYTHONHASHSEED=str(threads)
    )
    assert found == usual
    assert {rule["outcome"] for rule in usual[1]["rules"]} == {"pass", "fail", "not_testable", "no_data"}
    assert max(rule["in_scope"] + rule["not_applicable"] for rule in usual[1]["rules"]) >= 2_000


def _turned(root: Path) -> Path:
    """The reference definitions, documents the other way round, in files that are named the other way round."""
    for folder in FOLDERS:
        for number, path in enumerate(sorted((reference_root() / folder).rglob("*"), reverse=True)):
            target = root / path.relative_to(reference_root())
            if path.is_file():
                target.parent.mkdir(parents=True, exist_ok=True)
            if path.suffix == ".yaml":
                documents = [text.strip("\n") for text in path.read_text(encoding="utf-8").split("\n---\n")]
                text = "\n---\n".join(reversed(documents)) + "\n"
                target.with_name(f"{number:04}.yaml").write_text(text, encoding="utf-8")
            elif path.is_file():
                target.write_bytes(path.read_bytes())
    return root


def test_neither_does_the_order_of_rows(history: Path, usual: tuple[bytes, dict[str, Any]], tmp_path: Path) -> None:
    chance = random.Random(SEED)
    for path in _exports(history):
        with path.open(encoding="utf-8", newline="") as stream:
            head, *rows = csv.reader(stream, strict=True)
        if path.name != EXPORT:  # in the log of updates, the order of rows within a second is the history
            chance.shuffle(rows)
        else:
            rows = _tickets_shuffled(rows, chance)
        with (tmp_path / path.name).open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows([head, *rows])
    assert _ask(reference_root(), _exports(tmp_path), tmp_path, threads=2) == usual


def _tickets_shuffled(rows: list[list[str]], chance: random.Random) -> list[list[str]]:
    """The rows of each ticket as they were, the tickets in another order."""
    numbers = sorted({row[0] for row in rows})
    chance.shuffle(numbers)
    place = {number: n for n, number in enumerate(numbers)}
    return sorted(rows, key=lambda row: place[row[0]])
