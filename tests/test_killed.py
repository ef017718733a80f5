"""A process that is killed at any moment: no half result is taken for a whole one, and running again gives the same bytes."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from itsmctl.reference import reference_root

PROGRAM = [sys.executable, "-c", "from itsmctl.cli import main; main()"]
KILLS = 3
FOUND = (0, 1)
"""Exit codes of a command that has done its work, with findings or without."""
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL on Windows")


def run(*arguments: object) -> None:
    done = subprocess.run([*PROGRAM, *map(str, arguments), "-q"], capture_output=True, text=True)
    assert done.returncode in FOUND, done.stderr


def killed(arguments: tuple[object, ...], after: float) -> bool:
    """Begin a command and kill it after so many seconds; False where it had ended before."""
    process = subprocess.Popen(
        [*PROGRAM, *map(str, arguments), "-q"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        process.wait(after)
    except subprocess.TimeoutExpired:
        process.kill()
    return process.wait() == -signal.SIGKILL


def content(place: Path) -> dict[str, bytes]:
    return {str(path.relative_to(place)): path.read_bytes() for path in sorted(place.rglob("*")) if path.is_file()}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An export and its dataset."""
    folder = tmp_path_factory.mktemp("made")
    run("generate", "--records", 150, "--seed", 5, "-o", folder / "export")
    run("import", folder / "export", "--zone", "Asia/Shanghai", "-o", folder / "dataset")
    return folder


@pytest.fixture(scope="module", params=["import", "audit"])
def usual(request: pytest.FixtureRequest, made: Path) -> tuple[tuple[object, ...], Path, float]:
    """A command, what it leaves when nobody kills it, and how long it takes."""
    given: tuple[object, ...] = {
        "import": ("import", made / "export", "--zone", "Asia/Shanghai"),
        "audit": ("audit", "--tickets", made / "dataset", "--root", reference_root()),
    }[request.param]
    begun = time.monotonic()
    run(*given, "-o", made / f"usual-{request.param}")
    return given, made / f"usual-{request.param}", time.monotonic() - begun


@pytest.mark.parametrize("earlier", [False, True], ids=["new", "over-an-earlier-one"])
def test_what_was_killed_left_nothing_or_the_whole(
    usual: tuple[tuple[object, ...], Path, float], tmp_path: Path, earlier: bool
) -> None:
    given, before, takes = usual
    whole, out = content(before), tmp_path / "out"
    if earlier:
        shutil.copytree(before, out)
    moments = random.Random(f"{given[0]} {earlier}")
    hit = 0
    for number in range(KILLS):
        hit += killed((*given, "-o", out), takes * moments.uniform(number / KILLS, (number + 1) / KILLS))
        assert (content(out) == whole) if out.exists() else not earlier
    assert hit, "every command had ended before it was to be killed"
    run(*given, "-o", out)
    assert content(out) == whole
