"""`itsmctl demo`: all of it on generated tickets, in half a minute."""

from __future__ import annotations

from pathlib import Path

import click

from itsmctl.cli import options
from itsmctl.cli.progress import bar
from itsmctl.demo import FOLDER, play, tell
from itsmctl.model import Language


@click.command("demo")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), default=FOLDER, show_default=True, metavar="DIR",
    help="The folder to write; an earlier demo in it is replaced, anything else is left alone.",
)  # fmt: skip
@click.option(
    "--records", type=click.IntRange(min=1), default=3000, show_default=True, metavar="N", help="How many incidents."
)
@click.option("--seed", type=int, default=7, show_default=True, metavar="S", help="The same seed tells the same story.")
@options.language
@options.quiet
@options.no_color
def command(output: Path, records: int, seed: int, language: Language, quiet: bool, no_color: bool) -> int:
    """See what itsmctl does: generate half a year of incidents, audit them, pack the evidence, verify it.

    Violations are planted in the tickets, and the story at the end compares what was planted with what was found.
    Exit code 0 when they are the same, 1 when they are not.
    """
    with bar(quiet, language) as progress:
        demo = play(output, records, seed, progress=progress)
    click.echo(tell(demo, language, options.terminal_width(), options.use_color(no_color)), nl=False)
    return 0 if demo.worked else 1
