"""A process that is killed at any moment: no half result is taken for a whole one, and running again gives the same bytes."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from itsmctl import cli
from itsmctl.engine.session import Session
from itsmctl.filling import undo_unfinished
from itsmctl.output import replacing, write_file
from itsmctl.reference import reference_root
from itsmctl.scratch import claim_file, claim_folder, end_all

PROGRAM = [sys.executable, "-c", "from itsmctl.cli import main; main()"]
KILLS = 3
FOUND = (0, 1)
"""Exit codes of a command that has done its work, with findings or without."""
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL on Windows")


def run(*arguments: object) -> None:
    done = subprocess.run([*PROGRAM, *map(str, arguments)], capture_output=True, text=True)
    assert done.returncode in FOUND, done.stderr


def killed(arguments: tuple[object, ...], after: float) -> bool:
    """Begin a command and kill it after so many seconds; False where it had ended before."""
    command = [*PROGRAM, *map(str, arguments)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        process.wait(after)
    except subprocess.TimeoutExpired:
        process.kill()
    return process.wait() == -signal.SIGKILL


def content(place: Path) -> dict[str, bytes]:
    return {str(path.relative_to(place)): path.read_bytes() for path in sorted(place.rglob("*")) if path.is_file()}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An export, its dataset, and the result of an audit."""
    folder = tmp_path_factory.mktemp("made")
    run("generate", "--records", 150, "--seed", 5, "-o", folder / "export", "-q")
    run("import", folder / "export", "--zone", "Asia/Shanghai", "-o", folder / "dataset", "-q")
    run("audit", "--tickets", folder / "dataset", "--root", reference_root(), "-o", folder / "result", "-q")
    return folder


@pytest.fixture(scope="module", params=["import", "audit", "pack"])
def usual(request: pytest.FixtureRequest, made: Path) -> tuple[tuple[object, ...], Path, float]:
    """A command, what it leaves when nobody kills it, and how long it takes."""
    given: tuple[object, ...] = {
        "import": ("import", made / "export", "--zone", "Asia/Shanghai", "-q"),
        # Some of the rules: the more of them, the fewer of the moments lie where something is written.
        "audit": ("audit", "--tickets", made / "dataset", "--root", reference_root(), "--rule", "INC-*", "-q"),
        "pack": ("evidence", "build", made / "result", "--root", reference_root()),
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
    assert list(tmp_path.iterdir()) == [out]


DYING = """
import os, signal, sys
from pathlib import Path
from itsmctl.filling import check_empty, filling
from itsmctl.output import new_file, replacing

moment, way, out = int(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
seen = 0

def dies(event, arguments):
    global seen
    if event in ("os.rename", "os.link", "os.mkdir", "os.rmdir", "os.remove", "os.chmod", "ctypes.dlsym"):
        seen += 1
        if seen == moment:
            os.kill(os.getpid(), signal.SIGKILL)

if "stepwise" in way:
    import itsmctl.swapping
    itsmctl.swapping.exchange = lambda one, other: False
if "fill" in way:
    check_empty(out)
sys.addaudithook(dies)
if way == "file":
    with new_file(out) as file:
        file.write(b"new")
else:
    with (filling if "fill" in way else replacing)(out) as place:
        for name in ("a", "b/c", "b/d/e"):
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            (place / name).write_text("new")
"""
NEW = {"a": b"new", "b/c": b"new", "b/d/e": b"new"}
OLD = {"a": b"old", "x/y": b"old"}


def written(way: str, out: Path, moment: int) -> bool:
    """Write by a process that is killed at its so manieth change of names; whether it came to its end before."""
    done = subprocess.run([sys.executable, "-c", DYING, str(moment), way, str(out)], capture_output=True, text=True)
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    return done.returncode == 0


def lay(out: Path, files: dict[str, bytes]) -> None:
    for name, text in files.items():
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_bytes(text)


@pytest.mark.parametrize("way", ["replace", "replace-stepwise"])
def test_a_folder_killed_at_each_step_is_the_old_one_or_the_new_one(tmp_path: Path, way: str) -> None:
    out, moment, ended = tmp_path / "out", 0, False
    while not ended:
        moment += 1
        lay(out, OLD)
        ended = written(way, out, moment)
        if way == "replace":  # no moment at which neither is there
            assert content(out) in (OLD, NEW)
        elif not out.exists():
            (aside,) = tmp_path.glob(".out-*.old")
            assert content(aside / "old") == OLD
        assert written(way, out, 0) and content(out) == NEW
        assert list(tmp_path.iterdir()) == [out]
        shutil.rmtree(out)
    assert moment > 5


INTERRUPTED = """
import sys
from pathlib import Path
import itsmctl.swapping
from itsmctl.output import replacing, write_file
from itsmctl.scratch import end_all

moment, out = int(sys.argv[1]), Path(sys.argv[2])
seen = 0

def interrupt(event, arguments):
    global seen
    if event in ("os.rename", "os.mkdir", "os.rmdir", "os.remove", "os.chmod"):
        seen += 1
        if seen in (moment, moment + 1):
            raise KeyboardInterrupt

itsmctl.swapping.exchange = lambda one, other: False
sys.addaudithook(interrupt)
try:
    with replacing(out) as place:
        (place / "a").write_text("new")
except KeyboardInterrupt:
    seen = moment + 1
    end_all()
"""


def test_nothing_is_lost_by_two_interruptions_of_which_the_second_comes_while_the_first_is_undone(
    tmp_path: Path,
) -> None:
    for moment in range(1, 12):
        out = tmp_path / str(moment) / "out"
        lay(out, OLD)
        done = subprocess.run([sys.executable, "-c", INTERRUPTED, str(moment), out], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        with pytest.raises(ZeroDivisionError), replacing(out):
            raise ZeroDivisionError
        assert content(out) in (OLD, {"a": b"new"})
        assert list(out.parent.iterdir()) == [out]


def test_what_was_moved_aside_by_a_killed_process_comes_back_where_the_next_fails(tmp_path: Path) -> None:
    lay(tmp_path / ".out-abcdefgh.old" / "old", OLD)
    with pytest.raises(ZeroDivisionError), replacing(tmp_path / "out"):
        raise ZeroDivisionError
    assert content(tmp_path) == {f"out/{name}": text for name, text in OLD.items()}


def test_a_folder_being_filled_when_killed_at_each_step_is_filled_by_running_again(tmp_path: Path) -> None:
    out, moment, ended = tmp_path / "out", 0, False
    while not ended:
        moment += 1
        out.mkdir()
        ended = written("fill", out, moment)
        if list(out.glob(".*.partial")) or not (out / "a").exists():
            assert written("fill", out, 0)
        undo_unfinished(out)
        assert content(out) == NEW and not list(out.glob(".*"))
        shutil.rmtree(out)
    assert moment > 8


def test_what_somebody_has_worked_on_since_is_not_taken_back(tmp_path: Path) -> None:
    lay(tmp_path, {"a": b"new, and edited", "b/c": b"new"})
    lay(tmp_path / ".itsmctl-abcdefgh.partial", NEW)
    undo_unfinished(tmp_path)
    assert content(tmp_path) == {"a": b"new, and edited", "b/c": b"new"}


def test_a_file_killed_at_each_step_is_the_old_one_or_the_new_one(tmp_path: Path) -> None:
    out, moment, ended = tmp_path / "out", 0, False
    while not ended:
        moment += 1
        out.write_bytes(b"old")
        ended = written("file", out, moment)
        assert out.read_bytes() in (b"old", b"new")
        assert written("file", out, 0) and out.read_bytes() == b"new"
        assert list(tmp_path.iterdir()) == [out]
    assert moment > 2


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names")
def test_a_pipe_is_written_into_and_not_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    reader = subprocess.Popen(["cat", tmp_path / "pipe"], stdout=subprocess.PIPE)
    write_file(tmp_path / "pipe", "a page")
    assert reader.communicate(timeout=60) == (b"a page", None)
    assert (tmp_path / "pipe").is_fifo()


def test_a_link_stays_and_its_file_is_the_new_one(tmp_path: Path) -> None:
    (tmp_path / "shown").mkdir()
    (tmp_path / "shown" / "page").write_text("old")
    (tmp_path / "link").symlink_to(Path("shown") / "page")
    write_file(tmp_path / "link", "new")
    assert (tmp_path / "link").is_symlink() and (tmp_path / "shown" / "page").read_text() == "new"
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["link", "page", "shown"]


def test_what_belongs_to_a_process_that_lives_is_left_alone(tmp_path: Path) -> None:
    with replacing(tmp_path / "out") as ours, replacing(tmp_path / "out") as theirs:
        (ours / "a").write_text("ours", encoding="utf-8")
        (theirs / "a").write_text("theirs", encoding="utf-8")
    assert content(tmp_path) == {"out/a": b"ours"}


def test_many_processes_may_write_the_same_folder_at_once(tmp_path: Path) -> None:
    command = [sys.executable, "-c", DYING, "0"]
    ways = ["replace", "replace-stepwise"] * 4
    running = [
        subprocess.Popen([*command, way, str(tmp_path / "out")], stderr=subprocess.PIPE, text=True) for way in ways
    ]
    for process in running:
        _, said = process.communicate()
        assert process.returncode == 0, said
        assert content(tmp_path / "out") == NEW
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_what_a_killed_process_has_spilled_is_removed_by_the_next(tmp_path: Path) -> None:
    spilling = f"""
import os, signal
from itsmctl import cli
from itsmctl.engine.session import Session
from pathlib import Path
with Session(memory_limit="200MiB", spill=Path({str(tmp_path)!r})) as session:
    session.run("CREATE TABLE t AS SELECT i, repeat('x', 100) || hash(i) AS x FROM range(3000000) r(i)")
    os.kill(os.getpid(), signal.SIGKILL)
"""
    assert subprocess.run([sys.executable, "-c", spilling]).returncode == -signal.SIGKILL
    assert sum(path.stat().st_size for path in tmp_path.rglob("*")) > 10**7
    with Session(spill=tmp_path):
        assert len(list(tmp_path.iterdir())) == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_what_is_interrupted_at_any_moment_leaves_nothing(
    usual: tuple[tuple[object, ...], Path, float], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    given, before, takes = usual
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    moments = random.Random(f"{given[0]} {name}")
    for number in range(KILLS):
        process = subprocess.Popen(
            [*PROGRAM, *map(str, given), "-o", str(tmp_path / "out")], stderr=subprocess.PIPE, text=True
        )
        time.sleep(0.3 + (takes - 0.3) * moments.uniform(number / KILLS, (number + 1) / KILLS))
        process.send_signal(signal.Signals[name])
        _, said = process.communicate()
        assert process.returncode in (*FOUND, 130), (process.returncode, said)
        assert said.strip() == ("interrupted; nothing half-written is left" if process.returncode == 130 else "")
        assert not (tmp_path / "out").exists() or content(tmp_path / "out") == content(before)
        assert [path.name for path in tmp_path.iterdir() if path.name != "out"] == ["temporary"]
        assert list((tmp_path / "temporary").iterdir()) == []


def test_what_was_claimed_when_the_process_was_interrupted_is_removed(tmp_path: Path) -> None:
    claim_folder(tmp_path, "x")
    claim_file(tmp_path, "y")
    assert len(list(tmp_path.iterdir())) == 2
    end_all()
    assert list(tmp_path.iterdir()) == []


def test_an_interruption_while_the_program_loads_ends_it_without_a_word() -> None:
    interrupted = """
import os, runpy, signal, sys

def interrupt(event, arguments):
    if event == "import" and arguments[0] == "click":
        os.kill(os.getpid(), signal.SIGINT)

signal.signal(signal.SIGINT, signal.default_int_handler)  # what a shell starts in the background ignores it
sys.addaudithook(interrupt)
sys.argv = ["itsmctl", "rules", "list"]
runpy.run_module("itsmctl", run_name="__main__")
"""
    done = subprocess.run([sys.executable, "-c", interrupted], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGINT, "", "")


def test_without_a_folder_for_temporary_files_a_dataset_is_judged_all_the_same(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse() -> str:
        raise FileNotFoundError(2, "No usable temporary directory found")

    monkeypatch.setattr("tempfile.gettempdir", refuse)
    root = ("--root", str(reference_root()))
    assert cli.run(["audit", "--tickets", str(made / "dataset"), *root, "-q", "-o", str(tmp_path / "out")]) in FOUND
    assert cli.run(["audit", "--tickets", str(made / "export"), "--zone", "Asia/Shanghai", *root]) == 2
    assert "no folder for temporary files" in capsys.readouterr().err
