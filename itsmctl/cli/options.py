"""Options that mean the same in every command."""

from __future__ import annotations

import copy
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from itsmctl.cli.speaking import LANGUAGE
from itsmctl.errors import FAIL_ON
from itsmctl.importers.reading import Reading
from itsmctl.model import Language

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

LANGUAGES: tuple[Language, ...] = ("en", "zh")

root: Decorator = click.option(
    "--root",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Folder of the definitions; default: this folder, else the reference set.",
)
language: Decorator = click.option(
    "--lang",
    "language",
    type=click.Choice(LANGUAGES),
    default=lambda: click.get_current_context().meta.get(LANGUAGE, "en"),
    help="Language 语言; default: ITSMCTL_LANG or en.",
)


def listening(group: click.Group) -> click.Group:
    """The group with `--lang` between its name and that of a command; whoever reads the whole line has heard it by then."""
    said = copy.copy(group)
    heard = click.Option(
        ["--lang"], type=click.Choice(LANGUAGES), expose_value=False, help="Language 语言; default: ITSMCTL_LANG or en."
    )
    said.params = [*group.params, heard]
    return said


as_of: Decorator = click.option(
    "--as-of", default="", metavar="MOMENT", help="When it is judged: a day (its end) or an ISO 8601 moment."
)
period: Decorator = click.option(
    "--period", default="", metavar="PERIOD", help="Up to the end of 2026, 2026-H1, 2026-Q2 or 2026-05."
)
zone: Decorator = click.option(
    "--zone", default="", metavar="NAME", help="Time zone of times without one, e.g. Asia/Shanghai."
)
base: Decorator = click.option(
    "--base", required=True, metavar="REV", help="The definitions before: a git revision, folder or archive."
)
head: Decorator = click.option(
    "--head", default="", metavar="REV", help="The definitions after; default: the files as they are."
)
_mapping: Decorator = click.option(
    "--mapping",
    "mappings",
    multiple=True,
    metavar="ID|FILE",
    help="How to read the exports (repeatable); default: found from their headers.",
)
_header_row: Decorator = click.option(
    "--header-row",
    type=click.IntRange(min=1),
    metavar="N",
    help="Row of a CSV or Excel file that names the columns, where a title stands above it.",
)
tickets: Decorator = click.option(
    "--tickets",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="A dataset folder, or exports; repeatable.",
)
memory_limit: Decorator = click.option(
    "--memory-limit", default="", metavar="SIZE", help="Such as 1GiB; beyond it the engine spills to disk."
)
spill: Decorator = click.option(
    "--spill",
    type=click.Path(path_type=Path, exists=True, file_okay=False, writable=True),
    metavar="DIR",
    help="Where the engine puts what does not fit into memory; default: the system's folder for temporary files.",
)
threads: Decorator = click.option(
    "--threads", type=click.IntRange(min=1), metavar="N", help="Processors to use at most; default: all of them."
)
quiet: Decorator = click.option("-q", "--quiet", is_flag=True, help="No progress, no notes.")
no_color: Decorator = click.option("--no-color", is_flag=True, help="No colour, whatever the terminal can do.")


def reading(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--zone`, `--mapping` and `--header-row`, which the command gets as one `reading`."""

    @wraps(command)
    def gathered(*, zone: str, mappings: tuple[str, ...], header_row: int | None, **others: object) -> object:
        return command(reading=Reading(mappings, zone, header_row or 0), **others)

    return zone(_mapping(_header_row(gathered)))


def output(help_text: str, *, required: bool = False) -> Decorator:
    """`-o/--output PATH`."""
    return click.option(
        "-o", "--output", type=click.Path(path_type=Path), required=required, metavar="PATH", help=help_text
    )


def choice(names: tuple[str, ...], default: str) -> Decorator:
    """`--format NAME`."""
    return click.option(
        "--format", "form", type=click.Choice(names), default=default, show_default=True, help="Form of the output."
    )


def fail_on(help_text: str) -> Decorator:
    """`--fail-on error|warning|never`, with one default, so that a hook and the gate stop at the same problems."""
    return click.option("--fail-on", type=click.Choice(FAIL_ON), default=FAIL_ON[0], show_default=True, help=help_text)


def base_of(folder: Path) -> str:
    """A folder as a forge names it, which runs us where the repository begins: relative to here, if it lies inside."""
    here, there = Path.cwd().resolve(), folder.resolve()
    base = there.relative_to(here).as_posix() if there.is_relative_to(here) else ""
    return "" if base == "." else base


def use_color(no_color: bool) -> bool:
    """Whether to colour standard output: a terminal, and nobody said no."""
    import os

    return not no_color and not os.environ.get("NO_COLOR") and sys.stdout.isatty()


def terminal_width(most: int = 120) -> int:
    """Columns of the terminal, between 60 and `most`; 80 where there is none, so that files come out the same everywhere."""
    import shutil

    return min(max(shutil.get_terminal_size((80, 24)).columns, 60), most) if sys.stdout.isatty() else 80
