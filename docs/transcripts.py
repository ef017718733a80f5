"""Run the `console` blocks of the documentation again, and write what the commands really print; `--check` compares.

Each page is played from its beginning in an empty folder. A line `<!-- run: COMMAND -->` prepares something without
showing it; `$CHECKOUT` is this repository. A block whose command names a file that is not there (the public incident
log) is left as it is.
"""

from __future__ import annotations

import atexit
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import warm  # beside this file

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent
PUBLIC_LOG = ROOT.parent / "shared" / "data" / "uci-incident-event-log" / "incident_event_log.zip"
PIECE = re.compile(r"<!-- run: (?P<hidden>.*?) -->|^```console\n(?P<block>.*?)^```$", re.MULTILINE | re.DOTALL)
DEMO = "itsmctl demo -q"
MASKS = (
    (re.compile(r"\b[0-9a-f]{12,64}\b"), "<digest>"),
    # A pack has one file more where the definitions are in git.
    (re.compile(r"\b\d+( files|\s*个文件)"), "<n> files"),
    (re.compile(r"\b[\d,]+( bytes|\s*字节)"), "<n> bytes"),
    (re.compile(r"^(Definitions|定义) .*$", re.MULTILINE), "<definitions>"),
)


@dataclass(frozen=True)
class Command:
    """A command as shown, with `$ ` before it, and what is shown below it."""

    line: str
    shown: str


def documents() -> list[Path]:
    """Every page that may hold transcripts."""
    written = [path for path in sorted(DOCS.rglob("*.md")) if (DOCS / "reference") not in path.parents]
    return [ROOT / "README.md", ROOT / "README.zh.md", *written]


def commands(block: str) -> Iterator[Command]:
    """The commands of a block; one goes on in the next line after a backslash."""
    lines = block.splitlines()
    while lines:
        line = lines.pop(0)
        assert line.startswith("$ "), f"a console block begins with a command, not with {line!r}"
        while line.endswith("\\"):
            line += "\n" + lines.pop(0)
        shown: list[str] = []
        while lines and not lines[0].startswith("$ "):
            shown.append(lines.pop(0))
        yield Command(line, "\n".join(shown))


def played(text: str) -> str:
    """The page with what its commands print now."""
    with tempfile.TemporaryDirectory(prefix="itsmctl-docs-") as folder:
        place = Path(folder)
        if PUBLIC_LOG.is_file():
            (place / PUBLIC_LOG.name).symlink_to(PUBLIC_LOG)
        return PIECE.sub(lambda piece: _piece(piece, place), text)


def _piece(piece: re.Match[str], place: Path) -> str:
    if piece["hidden"] is not None:
        if piece["hidden"].startswith(DEMO):
            shutil.copytree(_demo(), place, dirs_exist_ok=True)
            _prepare(piece["hidden"].replace(DEMO, "true", 1), place)
        elif _possible(piece["hidden"], place):
            _prepare(piece["hidden"], place)
        return piece[0]
    parts: list[str] = []
    for command in commands(piece["block"]):
        parts.append(command.line)
        shown = command.shown
        if _possible(command.line, place):
            printed = _printed(command.line.removeprefix("$ "), place).rstrip("\n")
            shown = shown if masked(shown) == masked(printed) else printed
        parts += [shown] if shown else []
    return "```console\n" + "\n".join(parts) + "\n```"


@cache
def _demo() -> Path:
    """A folder in which the demo was played, once for all pages."""
    place = _folder("demo")
    _prepare(DEMO, place)
    return place


@cache
def _folder(name: str) -> Path:
    """A folder for as long as pages are played: `cache` holds what the commands of all of them keep."""
    place = Path(tempfile.mkdtemp(prefix=f"itsmctl-docs-{name}-"))
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    return place


def _prepare(command: str, place: Path) -> None:
    """Run a command that must succeed: a page built on nothing would be rewritten into nonsense."""
    _printed(f"{{ {command}; }} || {{ echo 'this is our bug'; }}", place)


def _possible(command: str, place: Path) -> bool:
    """Whether what a command needs is there: the public log, or what was imported from it into `log`."""
    return (place / PUBLIC_LOG.name).exists() or not re.search(
        rf"{PUBLIC_LOG.name}|--tickets log\b|slm-13|uci", command
    )


def _printed(command: str, place: Path) -> str:
    """Standard output and standard error of a command, in the order in which they were written.

    Raises RuntimeError for a bug of ours: it has no place in a manual.
    """
    environment = {
        "PATH": os.pathsep.join(
            (str(warm.folder()), str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath))
        ),
        "HOME": str(place),
        "XDG_CACHE_HOME": str(_folder("cache")),
        "LC_ALL": "C.UTF-8",
        "CHECKOUT": str(ROOT),
    }
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=place,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    output = done.stdout.decode("utf-8")
    if "this is our bug" in output:
        raise RuntimeError(f"{command}\n{output}")
    return output


def masked(text: str) -> str:
    """The text without what differs between two checkouts: commits, digests, the number of files of a pack."""
    for pattern, mask in MASKS:
        text = pattern.sub(mask, text)
    return text


def main(arguments: list[str]) -> int:
    """Play the pages named, or all; the exit code of a check is 1 where one differs."""
    check = "--check" in arguments
    named = [Path(name).resolve() for name in arguments if name != "--check"]
    differ = False
    for path in named or documents():
        text = path.read_text("utf-8")
        if "```console" not in text:
            continue
        now = played(text)
        if now == text:
            continue
        differ = True
        if check:
            sys.stderr.write(f"{path.name}: a transcript is not up to date: run python docs/transcripts.py\n")
        else:
            path.write_text(now, encoding="utf-8", newline="\n")
    return int(check and differ)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
