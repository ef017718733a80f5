"""A disk that fills up while itsmctl writes: one clear message, nothing half-written, and running again completes.

A small disk is mounted for it, which only the superuser of a Linux machine may do.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from itsmctl import cli
from itsmctl.reference import reference_root

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux") or os.geteuid() != 0, reason="only the superuser may mount a small disk"
)
PAGE = 4096
ROOM = 64 * 2**20
Sized = Callable[[int], None]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an export, its dataset, and the result of an audit, made where there is room."""
    folder = tmp_path_factory.mktemp("made")
    run("generate", "--records", 150, "--seed", 5, "-o", folder / "export", "-q")
    run("import", folder / "export", "--zone", "Asia/Shanghai", "-o", folder / "dataset", "-q")
    run("audit", "--tickets", folder / "dataset", *root(), "-o", folder / "result", "-q")
    return folder


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[tuple[Path, Sized]]:
    """A disk of its own, and a function that gives it so many bytes."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={ROOM}", "tmpfs", place], capture_output=True)
    if mounted.returncode:
        pytest.skip(f"no disk can be mounted here: {mounted.stderr.decode().strip()}")

    def sized(size: int) -> None:
        subprocess.run(["mount", "-o", f"remount,size={size}", place], check=True)

    try:
        yield place, sized
    finally:
        subprocess.run(["umount", "-l", place], check=True)


def root() -> tuple[object, ...]:
    return ("--root", reference_root())


def run(*arguments: object) -> tuple[int, str]:
    """The exit code of a command and what it said."""
    said = io.StringIO()
    with redirect_stderr(said), redirect_stdout(io.StringIO()):
        code = cli.run([str(argument) for argument in arguments])
    return code, said.getvalue()


def occupied(place: Path) -> int:
    """What files and folders take of a disk that gives out whole pages."""
    paths = [path for path in (place, *place.rglob("*")) if path.exists()]
    return sum(-(-path.stat().st_size // PAGE) * PAGE if path.is_file() else PAGE for path in paths)


def content(place: Path) -> dict[str, bytes]:
    files = [place] if place.is_file() else sorted(path for path in place.rglob("*") if path.is_file())
    return {str(path.relative_to(place)): path.read_bytes() for path in files}


@pytest.mark.parametrize("what", ["import", "audit", "pack.zip", "pack"])
def test_a_full_disk_leaves_what_was_there_and_running_again_completes(
    made: Path, disk: tuple[Path, Sized], what: str
) -> None:
    command: dict[str, list[object]] = {
        "import": ["import", made / "export", "--zone", "Asia/Shanghai", "-q"],
        "audit": ["audit", "--tickets", made / "dataset", *root(), "-q"],
    }
    arguments = command.get(what, ["evidence", "build", made / "result", *root()])
    place, sized = disk
    out = place / what
    sized(ROOM)
    code, said = run(*arguments, "-o", out)
    assert code in (0, 1), said
    whole, needed = content(out), occupied(out)
    for share in (0.02, 0.3, 0.7, 0.97):
        sized(occupied(place) + int(share * needed))
        code, said = run(*arguments, "-o", out)
        assert (code, "Traceback" in said) == (2, False), (share, code, said)
        assert "disk" in said or "No space left" in said, said
        assert content(out) == whole and [entry.name for entry in place.iterdir()] == [what]
    sized(ROOM)
    code, said = run(*arguments, "-o", out)
    assert code in (0, 1), said
    assert content(out) == whole


def test_an_audit_whose_spilled_rows_fill_the_disk_says_so(
    made: Path, disk: tuple[Path, Sized], tmp_path: Path
) -> None:
    place, sized = disk
    sized(2 * PAGE)
    arguments = ["audit", "--tickets", made / "dataset", *root(), "-q", "--spill", place, "-o", tmp_path / "out"]
    code, said = run(*arguments, "--memory-limit", "12MiB")
    assert code == 2 and ("disk is full" in said or "raise --memory-limit" in said), said
    assert not (tmp_path / "out").exists() and list(place.iterdir()) == []
