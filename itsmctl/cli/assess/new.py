"""`itsmctl assess new`: the file of a new assessment, with every criterion open."""

from __future__ import annotations

from pathlib import Path

import click

from itsmctl.cli import options
from itsmctl.language import tr
from itsmctl.model import Language


@click.command("new")
@click.argument("questionnaire", metavar="QUESTIONNAIRE")
@click.option(
    "--period",
    required=True,
    metavar="PERIOD",
    help="What it looks back on: 2026, 2026-H1, 2026-Q2 or 2026-05.",
)
@click.option("--by", "assessors", multiple=True, required=True, metavar="PERSON", help="Who assesses; repeatable.")
@click.option("--id", "id_", default="", metavar="ID", help="Default: made of the questionnaire and the period.")
@options.root
@options.language
def command(
    questionnaire: str, period: str, assessors: tuple[str, ...], id_: str, root: Path | None, language: Language
) -> None:
    """Begin an assessment by QUESTIONNAIRE: write its file into audits/assessments/, with every criterion open.

    Each criterion stands there with what it asks as a comment, in the language of --lang; targets are those of the
    assessment before. Nothing is overwritten, and nothing rests on it before its file says when it was concluded.

    \b
    itsmctl assess new maturity --period 2026-H2 --by "Xu Jing 徐静"
    itsmctl assess fill maturity-2026-h2
    """
    from itsmctl.assessment.beginning import Beginning, begin
    from itsmctl.assessment.finding import find_questionnaire
    from itsmctl.definitions import load, own_root
    from itsmctl.scorecard.periods import parse_span

    folder, span = own_root(root), parse_span(period)
    definitions = load(root)
    model = find_questionnaire(definitions, questionnaire)
    beginning = Beginning(model, span, assessors, id_ or f"{model.id}-{span.label.lower().replace('/', '-to-')}")
    path = begin(folder, definitions, beginning, language)
    told = tr("{path} is written; fill it in: itsmctl assess fill {id}", language, path=path, id=beginning.id)
    click.echo(told)
