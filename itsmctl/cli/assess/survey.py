"""`itsmctl assess survey`: the answers of a survey from CSV into its file."""

from __future__ import annotations

from pathlib import Path

import click

from itsmctl.cli import options
from itsmctl.cli.speaking import Misused
from itsmctl.language import tr, trn
from itsmctl.model import Language


@click.command("survey")
@click.argument("survey")
@click.option(
    "--from", "source", type=click.Path(path_type=Path), required=True, metavar="FILE.csv", help="One person to a row."
)
@click.option("--period-from", "start", required=True, metavar="DAY", help="First day that was asked about.")
@click.option("--period-to", "end", required=True, metavar="DAY", help="Last day that was asked about.")
@click.option("--invited", type=click.IntRange(min=1), required=True, metavar="N", help="How many were asked.")
@click.option("--population", type=click.IntRange(min=1), metavar="N", help="How many could have been asked.")
@click.option("--asked", default="", metavar="DAY", help="Day on which it was sent out.")
@click.option("--customer", default="", metavar="ID", help="Customer who answered; default: all of them.")
@click.option("--service", default="", metavar="ID", help="Service that was asked about; default: all.")
@click.option("--ignore", "ignored", multiple=True, metavar="COLUMN", help="A column that is no question; repeatable.")
@options.root
@options.language
def command(
    survey: str, source: Path, start: str, end: str, invited: int, population: int | None, asked: str, customer: str, service: str,
    ignored: tuple[str, ...], root: Path | None, language: Language,
) -> None:  # fmt: skip
    """Count the answers to SURVEY in a CSV file, and add them to its file as one more run.

    A column is a question by its id or its text, a cell a step of the scale by its id or its title; an empty cell is a
    question left out. Only counts are kept: who answered what stays in the CSV.

    \b
    itsmctl assess survey customer-experience --from answers.csv \\
      --customer china-region --period-from 2026-07-01 --period-to 2026-12-31 \\
      --invited 34 --ignore Timestamp
    """
    from itsmctl.definitions import load, own_root
    from itsmctl.experience.finding import find_survey
    from itsmctl.experience.importing import Run, add_run, count_answers
    from itsmctl.worktime import parse_day

    folder, definitions = own_root(root), load(root)
    chosen = find_survey(definitions, survey)
    counted = count_answers(source, chosen, ignored)
    if counted.answered > invited:
        raise Misused(
            "{n} people answered, more than the {invited} who were invited", n=counted.answered, invited=invited
        )
    day = parse_day(asked) if asked else None
    add_run(folder, chosen, Run(parse_day(start), parse_day(end), invited, population, day, customer, service), counted)
    told = trn("{n} person answered", "{n} people answered", counted.answered, language)
    click.echo(tr("{file}: {parts}", language, file=chosen.where.file, parts=told))
