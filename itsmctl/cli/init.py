"""`itsmctl init`: a small working management system, after a few questions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from itsmctl import starter
from itsmctl.cli import options
from itsmctl.errors import ItsmctlError, Problem
from itsmctl.filling import check_empty, filling
from itsmctl.history.beginning import begin, check_beginning
from itsmctl.language import problem_line, tr, trn
from itsmctl.model import Language

Answer = TypeVar("Answer")


@click.command("init")
@click.argument("folder", metavar="[DIR]", type=click.Path(path_type=Path), default=".")
@click.option("-y", "--yes", is_flag=True, help="Ask nothing, take what would be suggested.")
@click.option(
    "--ci",
    "forge",
    type=click.Choice(tuple(starter.FORGES)),
    help="Whose CI file to write; default: asked, else github.",
)
@click.option("--commit", is_flag=True, help="Keep the files in git, as the first commit; a repository is begun.")
@options.language
@options.quiet
def command(folder: Path, yes: bool, forge: str | None, commit: bool, language: Language, quiet: bool) -> None:
    """Write a small working management system into DIR, which must be new or empty.

    Incident and change process, one service with its agreement and calendar, roles and people to fill in, rules, and a
    monthly audit: it validates, and audits tickets, as it is. Nothing is ever overwritten.

    \b
    itsmctl init our-services
    itsmctl init our-services --yes --commit
    """
    check_empty(folder)
    if commit:
        check_beginning(folder)
    files = starter.files(_defaults(forge) if yes else _asked(forge, language), language)
    with filling(folder) as place:
        for name, text in files.items():
            path = place / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
    begun = begin(folder, tr("Begin with a small management system that works", language)) if commit else ""
    if quiet:
        return
    click.echo(
        tr("{files} written: {place}", language, files=trn("{n} file", "{n} files", len(files), language), place=folder)
    )
    if begun:
        click.echo(tr("committed to git: {commit}", language, commit=begun))
    click.echo(tr("Next: read {readme}; then, in that folder: itsmctl validate", language, readme=folder / "README.md"))


def _defaults(forge: str | None) -> starter.Answers:
    suggested = starter.DEFAULTS
    return starter.Answers(
        organisation=starter.organisation_of(suggested["organisation"]),
        zone=suggested["zone"],
        week=starter.week_of(starter.usual_hours(suggested["zone"])),
        service=starter.service_of(suggested["service"]),
        tool=suggested["tool"],
        forges=starter.forges_of(forge or suggested["forge"]),
    )


def _asked(forge: str | None, language: Language) -> starter.Answers:
    suggested = starter.DEFAULTS

    def ask(question: str, suggestion: str, understand: Callable[[str], Answer]) -> Answer:
        return _ask(question, suggestion, understand, language)

    click.echo(tr("A few questions; Enter takes what stands in brackets, Ctrl-C leaves nothing behind.", language))
    organisation = ask(tr("Name of the organisation", language), suggested["organisation"], starter.organisation_of)
    zone = ask(tr("Time zone of the office", language), suggested["zone"], starter.zone_of)
    week = ask(tr("Office hours", language), starter.usual_hours(zone), starter.week_of)
    service = ask(tr("First service, as its users call it", language), suggested["service"], starter.service_of)
    known = ", ".join((*starter.tools(), starter.OTHER_TOOL))
    tool = ask(tr("Ticket tool ({known})", language, known=known), suggested["tool"], starter.tool_of)
    where = tr("Where the files will be kept ({known})", language, known=", ".join(starter.FORGES))
    forges = starter.forges_of(forge) if forge else ask(where, suggested["forge"], starter.forges_of)
    return starter.Answers(organisation, zone, week, service, tool, forges)


def _ask(question: str, suggestion: str, understand: Callable[[str], Answer], language: Language) -> Answer:
    """The answer to a question, asked again with a hint until it is understood."""
    while True:
        try:
            words: str = click.prompt(question, default=suggestion)
        except click.Abort as error:
            if isinstance(error.__context__, EOFError):
                template = "the input ended before every question was answered, and nothing is written; with --yes nothing is asked"
                raise ItsmctlError(Problem("input-ended", template)) from None
            raise
        try:
            return understand(words)
        except ItsmctlError as error:
            for problem in error.problems:
                click.echo(f"  {problem_line(problem, language)}", err=True)
