"""Every command in a terminal: no line wider than it, nothing cut off by it, nothing left in English, no colour where none is wanted."""

from __future__ import annotations

import fcntl
import io
import os
import pty
import re
import shlex
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass

import pytest
from evidence_case import make_case
from gate_case import repository_at
from rich.cells import cell_len

from itsmctl.cli import run
from itsmctl.definitions import load
from itsmctl.evidence.pack import build
from itsmctl.generate import ZONE, generate
from itsmctl.importers.importing import import_files
from itsmctl.language import LANGUAGES

COLORS = re.compile(r"\x1b\[[0-9;]*m")
STEP = re.compile(r"\r\x1b\[K")
DIAGNOSTIC = re.compile(r"^\S+:\d+.* \[[a-z0-9-]+\](?: \(.*\))?$")
"""One line whatever its length, for editors and grep: file:line:column: message [code]."""
UNBROKEN = re.compile(r"sha256:[0-9a-f]{64}|^  itsmctl |/.*/")
"""A digest, a command to copy or a path would be worth nothing broken in two."""
ENGLISH = re.compile(r"(?<![\w./`-])[a-z]{2,}(?: [a-z]{2,}){2,}")
COMMAND = re.compile(r"itsmctl [a-z -]+")

QUICK = (
    "validate", "rules list", "rules list --lint", "rules show INC-16", "rules show eight-able", "rules show one-accountable",
    "show service order-management", "show sla sla-order-management", "show role incident-process-owner", "show process change",
    "show raci incident", "show calendar cn-office", "show history policy incident-policy --root {repository}",
    "show person 'Zhang Min 张敏'", "coverage", "coverage 8.6.1", "assess", "assess maturity", "sample plan --tolerable 5%",
    "sample plan --tolerable 5% --population 300",
    "clock --calendar cn-office --target 4h --from 2026-09-30T16:00 --to 2026-10-08T10:00",
    "show crosswalk service-management", "assess experience", "scorecard positions --as-of 2026-06-30", "evidence verify {pack}", "diff main --root {repository}", "gate --base main --root {repository}",
)  # fmt: skip
WIDE = ("coverage", "show service order-management", "rules list --lint", "rules show eight-able")
"""What lays itself out anew where there is more room."""
LONG = (
    "audit --tickets {dataset}", "explain {record} --tickets {dataset}",
    "import {export} --zone Asia/Shanghai --check",
    "replay --base main --head HEAD --root {repository} --tickets {dataset}",
)  # fmt: skip


class Terminal(io.StringIO):
    """Where a command writes that believes that somebody is looking."""

    def isatty(self) -> bool:
        return True


@dataclass(frozen=True)
class Screen:
    """What stood on it after a command: its lines, and what was shown while it ran."""

    lines: list[str]
    steps: list[str]
    colored: bool


def screen(command: str, language: str, width: int, monkeypatch: pytest.MonkeyPatch) -> Screen:
    """Run a command in a terminal of so many columns."""
    monkeypatch.setenv("COLUMNS", str(width))
    told, said = Terminal(), Terminal()
    with redirect_stdout(told), redirect_stderr(said):
        code = run([*shlex.split(command), "--lang", language])
    assert code in (0, 1), said.getvalue()
    *steps, last = STEP.split(said.getvalue())
    text = told.getvalue() + last
    return Screen(COLORS.sub("", text).splitlines(), [step for step in steps if step], bool(COLORS.search(text)))


def wrong(seen: Screen, language: str, width: int) -> Iterator[str]:
    """What is wrong with a screen."""
    for line in seen.lines:
        if cell_len(line) > width and not DIAGNOSTIC.search(line) and not UNBROKEN.search(line):
            yield f"{cell_len(line)} columns: {line}"
        if line.endswith("…") and width >= 160:
            yield f"cut off: {line}"
        if line.strip().startswith((")", "）", "，", "。", "；")):
            yield f"begins with what closes: {line}"
    for line in (*seen.lines, *seen.steps) if language == "zh" else ():
        if found := ENGLISH.search(COMMAND.sub("", line)):
            yield f"English: {found[0]}: {line}"


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What the commands are about, by the names that stand for it in them."""
    folder = tmp_path_factory.mktemp("terminal")
    definitions = load()
    truth = generate(definitions, 40, 7, folder / "export")
    exports = [folder / "export" / name for name in truth.rows]
    import_files(exports, None, definitions.mappings, ZONE, folder / "dataset")
    result, root = make_case(folder / "case")
    build(result, folder / "pack.zip", root=root)
    return {
        "dataset": str(folder / "dataset"),
        "export": str(folder / "export" / "incidents.csv"),
        "record": next(deed.record for deed in truth.planted if re.fullmatch(r"INC\d+", deed.record)),
        "repository": str(repository_at(folder / "repository", "longer")),
        "pack": str(folder / "pack.zip"),
    }


@pytest.mark.parametrize("command", QUICK)
def test_every_command_keeps_within_the_terminal(
    command: str, places: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    for language, width in (("en", 80), ("zh", 80), *([("zh", 160)] if command in WIDE else [])):
        seen = screen(command.format(**places), language, width, monkeypatch)
        assert list(wrong(seen, language, width)) == []
        assert seen.lines


@pytest.mark.parametrize("command", LONG)
def test_commands_that_work_for_a_while_say_so_and_keep_within_the_terminal(
    command: str, places: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    seen = screen(command.format(**places), "zh", 80, monkeypatch)
    assert list(wrong(seen, "zh", 80)) == []
    assert seen.lines


def test_colour_is_shown_and_can_be_refused(places: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    colored = screen("assess maturity", "en", 80, monkeypatch)
    monkeypatch.setenv("NO_COLOR", "1")
    plain = screen("assess maturity", "en", 80, monkeypatch)
    assert colored.colored and not plain.colored
    assert colored.lines == plain.lines


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_real_terminal_shows_the_same(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
    environment = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
    command = [
        sys.executable,
        "-c",
        "from itsmctl.cli import main; main()",
        "rules",
        "show",
        "INC-16",
        "--lang",
        language,
    ]
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, env=environment | {"PYTHONUTF8": "1"})
    os.close(theirs)
    told = _read(ours)
    os.close(ours)
    assert process.wait(timeout=60) == 0
    assert told.replace("\r\n", "\n").splitlines() == screen("rules show INC-16", language, 100, monkeypatch).lines


def _read(terminal: int) -> str:
    """Everything that is written to a terminal until nobody holds its other end."""
    found = b""
    while True:
        try:
            part = os.read(terminal, 4096)
        except OSError:  # how Linux says that the other end is closed
            part = b""
        if not part:
            return found.decode("utf-8")
        found += part


def test_what_is_wrong_with_a_screen_is_found() -> None:
    lines = [
        "很" * 81,
        "catalog/sla.yaml:1:2: " + "x " * 80 + "[wrong-form]",
        "没有 smallest size with 结果",
        "）的",
        "title, cut…",
    ]
    told = list(wrong(Screen(lines, ["judging by the rules"], False), "zh", 160))
    assert [line.split(":")[0] for line in told] == [
        "162 columns",
        "begins with what closes",
        "cut off",
        "English",
        "English",
    ]
