"""The command line: the help of every command, as the program prints it."""

from __future__ import annotations

from collections.abc import Iterator

import click
from click.testing import CliRunner

from generator.markdown import block
from itsmctl.cli import COMMANDS, group

INTRODUCTION = """# Command line

Options mean the same everywhere. Without `--root`, definitions are read from the current folder when it holds some,
else the reference set that comes with itsmctl is used, and the output says so.

| exit code | meaning |
|---|---|
| 0 | clean: nothing found at or above `--fail-on` |
| 1 | findings (an audit), warnings only (`validate`), an altered pack (`evidence verify`) |
| 2 | cannot answer: wrong usage, bad definitions, unreadable data |
| 3 | a bug of ours: one line, and a file to send us |
| 130 | interrupted; nothing is left half-written |

Outputs appear whole or not at all. `NO_COLOR` is respected; nothing else in the environment changes an output.

"""


def pages() -> dict[str, str]:
    """One page with every command and sub-command."""
    parts = [INTRODUCTION]
    for path in ((), *command_paths()):
        name = " ".join(("itsmctl", *path))
        level = "##" if len(path) < 2 else "###"
        parts.append(f"{level} {name}\n\n{block(help_text(path))}\n")
    return {"command-line.md": "".join(parts)}


def command_paths() -> Iterator[tuple[str, ...]]:
    """Every command and sub-command, in the order of `--help`."""
    for name in COMMANDS:
        yield (name,)
        command = command_at((name,))
        if isinstance(command, click.Group):
            for child in sorted(command.commands):
                yield (name, child)


def command_at(path: tuple[str, ...]) -> click.Command:
    """The command of that path."""
    found: click.Command = group
    for name in path:
        assert isinstance(found, click.Group), path
        child = found.get_command(click.Context(found), name)
        assert child is not None, path
        found = child
    return found


def help_text(path: tuple[str, ...]) -> str:
    """What `itsmctl PATH --help` prints on 80 columns."""
    runner = CliRunner(env={"COLUMNS": "80", "LINES": "24"})
    result = runner.invoke(group, [*path, "--help"], prog_name="itsmctl", catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output
