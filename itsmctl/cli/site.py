"""`itsmctl site`: the definitions as a portal for everybody who does not read YAML."""

from __future__ import annotations

from pathlib import Path

import click

from itsmctl.cli import options, results
from itsmctl.language import LANGUAGES, trn
from itsmctl.model import Language

PLACE = "site"


@click.group("site")
def command() -> None:
    """Build the portal: service catalogue, processes, people, policies, rules and the service handbook."""


@command.command("build")
@options.output(f"Folder of the portal; default: {PLACE}.")
@click.option(
    "--lang",
    "languages",
    type=click.Choice((*LANGUAGES, "both")),
    default="both",
    show_default=True,
    help="Languages of the pages / 页面语言.",
)
@results.option
@click.option("--as-of", "day", metavar="DATE", help="As it is on this day; default: all that is written down.")
@options.root
@options.quiet
def build(
    output: Path | None, languages: str, result: Path | None, day: str | None, root: Path | None, quiet: bool
) -> None:
    """Write the portal: a folder of pages that needs nothing but a browser.

    \b
    itsmctl site build -o site
    itsmctl site build --lang zh -o 门户
    itsmctl site build --result result -o site

    Open site/index.html, put the folder on any web server, or hand it over as it is: it loads nothing from elsewhere,
    and works without JavaScript. With --result it shows beside services and rules what an audit found. The same
    definitions give the same bytes.
    """
    from itsmctl import site
    from itsmctl.definitions import load
    from itsmctl.worktime import parse_day

    wanted: tuple[Language, ...] = tuple(one for one in LANGUAGES if languages in (one, "both"))
    told = wanted[0]
    definitions = load(root)
    judged = results.read(result, definitions, told) if result else None
    out = output or Path(PLACE)
    pages = site.build(site.gather(definitions, wanted, parse_day(day) if day else None, judged), out)
    if not quiet:
        written = trn(
            "{n} page written; begin at {path}",
            "{n} pages written; begin at {path}",
            pages,
            told,
            path=out / "index.html",
        )
        click.echo(written, err=True)
