"""`itsmctl diff`: what changed in the definitions, as meaning."""

from __future__ import annotations

from pathlib import Path

import click

from itsmctl.cli import options
from itsmctl.language import tr
from itsmctl.model import Language

FAILS = {"loosened": ("loosened",), "review": ("loosened", "review"), "never": ()}
"""The effects at which the command exits with 1, by the word that chooses them."""


@click.command("diff")
@click.argument("base")
@click.argument("head", required=False)
@click.option(
    "--fail-on",
    type=click.Choice(tuple(FAILS)),
    default="loosened",
    show_default=True,
    help="Exit with 1 where something was loosened; with review, also where people must judge it.",
)
@click.option("--only", "effects", multiple=True, type=click.Choice(("loosened", "review", "tightened", "structural", "neutral")), help="Only changes of this class (repeatable).")  # fmt: skip
@options.root
@options.choice(("text", "json", "markdown"), "text")
@options.output("Write into this file instead of the standard output.")
@options.language
@options.no_color
def command(
    base: str, head: str | None, fail_on: str, effects: tuple[str, ...], root: Path | None, form: str,
    output: Path | None, language: Language, no_color: bool,
) -> int:  # fmt: skip
    """Show what changed from BASE to HEAD in the definitions, as meaning: loosened, tightened, or for people to judge.

    BASE and HEAD are git revisions (main, v1.2, HEAD~3, REVISION:FOLDER), folders or archives (zip, tar). Without HEAD, the
    files as they lie there now. Moves, renames with an alias, order, comments and formatting are no change.

    \b
    itsmctl diff main
    itsmctl diff v1.0 v1.1 --format markdown
    itsmctl diff ../last-year.zip . --only loosened
    """
    from itsmctl.change import difference
    from itsmctl.change.sides import sides
    from itsmctl.output import write_file
    from itsmctl.reports.changes.data import as_json
    from itsmctl.reports.changes.markdown import markdown
    from itsmctl.reports.changes.text import render

    with sides(root, base, head) as (old, new):
        found = difference(old.definitions, new.definitions)
    told = [change for change in found if not effects or change.effect in effects]
    names = (old.name, new.name or tr("the files here", language))
    if form == "json":
        text = as_json(told, old.commit, new.commit)
    elif form == "markdown":
        text = markdown(told, *names, language)
    else:
        color = options.use_color(no_color) and output is None
        text = render(told, *names, language, options.terminal_width(), color)
    if output is None:
        click.echo(text, nl=False)
    else:
        write_file(output, text)
    return int(any(change.effect in FAILS[fail_on] for change in found))
