"""Imports that are kept: whole or not at all, by several processes at once, and for nobody a hindrance."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from itsmctl import kept
from itsmctl.cli.imported import FOLDER, MOST, dataset_of
from itsmctl.errors import ItsmctlError, Problem
from itsmctl.importers.dataset import FILES
from itsmctl.importers.receipt import is_dataset
from itsmctl.output import replacing
from itsmctl.scratch import held

posix = pytest.mark.skipif(sys.platform == "win32", reason="no locks, and no SIGKILL, on Windows")
RECEIPT = '{"format": "itsmctl/receipt/v1"}'


def make(place: Path) -> None:
    with replacing(place) as folder:
        for name in FILES:
            (folder / name).write_text(RECEIPT if name == "receipt.json" else "rows", encoding="utf-8")


def export_of(folder: Path, number: int) -> Path:
    """Written once: a process that writes it again empties it first, for all that read it just then."""
    export = folder / f"export-{number}.csv"
    if not export.exists():
        export.write_text(f"number\n{number}\n", encoding="utf-8")
    return export


def ask(folder: Path, number: int) -> Path:
    export = export_of(folder, number)
    return dataset_of([export], [], "UTC", 0, folder / "otherwise", make)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    place = kept.folder()
    assert place is not None
    return place / FOLDER


def names(place: Path) -> list[str]:
    return sorted(path.name for path in place.iterdir())


def test_the_row_of_the_header_makes_another_import(tmp_path: Path, cache: Path) -> None:
    export = export_of(tmp_path, 1)
    places = {dataset_of([export], [], "UTC", row, tmp_path / "otherwise", make) for row in (0, 2, 4)}
    assert len(places) == 3 and all(is_dataset(place) for place in places)


@pytest.mark.parametrize("why", ["no folder can be made", "the disk is full"])
def test_where_nothing_can_be_kept_it_is_imported_all_the_same(tmp_path: Path, cache: Path, why: str) -> None:
    (tmp_path / "cache").write_text("a file stands here", encoding="utf-8")
    calls: list[Path] = []

    def full(place: Path) -> None:
        calls.append(place)
        if place != tmp_path / "otherwise" and "full" in why:
            raise ItsmctlError(Problem("disk-full", "the disk is full"))
        make(place)

    export = tmp_path / "export.csv"
    export.write_text("number\n1\n", encoding="utf-8")
    made = dataset_of([export], [], "UTC", 0, tmp_path / "otherwise", full)
    assert is_dataset(made) and made == tmp_path / "otherwise" and len(calls) == 2


def test_tickets_that_cannot_be_read_are_not_tried_twice(tmp_path: Path, cache: Path) -> None:
    calls: list[Path] = []

    def refuse(place: Path) -> None:
        calls.append(place)
        raise ItsmctlError(Problem("no-mapping", "no mapping fits"))

    with pytest.raises(ItsmctlError, match="no mapping fits"):
        dataset_of([], [], "UTC", 0, tmp_path / "otherwise", refuse)
    assert len(calls) == 1


def test_what_is_kept_is_used_where_it_can_only_be_read(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = ask(tmp_path, 1)

    def refuse(self: Path, *arguments: object) -> None:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "touch", refuse)
    assert ask(tmp_path, 1) == first


@posix
def test_one_that_is_read_just_now_is_not_forgotten(tmp_path: Path, cache: Path) -> None:
    first = ask(tmp_path, 0)
    os.utime(first, (0, 0))
    with held(first):
        for number in range(1, MOST + 2):
            ask(tmp_path, number)
        assert is_dataset(first)
    ask(tmp_path, MOST + 2)
    assert not first.exists() and len(names(cache)) == MOST


FORGETTING = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from test_kept_imports import ask

moment, folder = int(sys.argv[2]), Path(sys.argv[3])
seen = 0

def dies(event, arguments):
    global seen
    if event in ("os.rename", "os.mkdir", "os.rmdir", "os.remove", "os.chmod"):
        seen += 1
        if seen == moment:
            os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(dies)
ask(folder, 99)
"""


@posix
def test_killed_at_each_step_it_keeps_whole_datasets_only(tmp_path: Path, cache: Path) -> None:
    moment, code = 0, -signal.SIGKILL
    while code:
        for number in range(MOST):
            ask(tmp_path, number)
        moment += 1
        command = [sys.executable, "-c", FORGETTING, str(Path(__file__).parent), str(moment), str(tmp_path)]
        code = subprocess.run(command).returncode
        assert code in (0, -signal.SIGKILL)
        for one in filter(is_dataset, cache.iterdir()):
            assert one.name.startswith(".") or sorted(names(one)) == sorted(FILES)
        ask(tmp_path, 99)
        assert len(names(cache)) == MOST and all(sorted(names(one)) == sorted(FILES) for one in cache.iterdir())
        ask(tmp_path, moment + 100)  # so that the next has something to forget, and something to make
        for one in sorted(cache.iterdir())[:1]:
            os.utime(one, (0, 0))
    assert moment > 8


@posix
def test_several_may_import_the_same_at_once(tmp_path: Path, cache: Path) -> None:
    export_of(tmp_path, 99)
    command = [sys.executable, "-c", FORGETTING, str(Path(__file__).parent), "0", str(tmp_path)]
    running = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(6)]
    for process in running:
        _, said = process.communicate()
        assert process.returncode == 0, said
    (one,) = cache.iterdir()
    assert sorted(names(one)) == sorted(FILES)


def test_an_export_that_changes_before_it_is_imported_is_not_kept_under_what_it_was(
    tmp_path: Path, cache: Path
) -> None:
    export = tmp_path / "export.csv"
    export.write_text("number\n1\n", encoding="utf-8")

    def late(place: Path) -> None:
        export.write_text("number\n22\n", encoding="utf-8")
        make(place)

    with pytest.raises(ItsmctlError, match="changed while it was read"):
        dataset_of([export], [], "UTC", 0, tmp_path / "otherwise", late)
    assert not any(is_dataset(one) for one in cache.iterdir())
    assert is_dataset(dataset_of([export], [], "UTC", 0, tmp_path / "otherwise", make))
