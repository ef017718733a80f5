"""`itsmctl assess experience`: what customers say stage by stage, beside what tickets measure of the same."""

from __future__ import annotations

import json
from pathlib import Path

import click

from itsmctl.cli import options, results
from itsmctl.cli.assess.showing import shown_by
from itsmctl.language import tr
from itsmctl.model import Language


@click.command("experience")
@click.argument("survey", required=False, default="")
@results.option
@options.root
@options.choice(("text", "json", "markdown", "html"), "text")
@options.language
def command(survey: str, result: Path | None, root: Path | None, form: str, language: Language) -> None:
    """Show the last run of SURVEY: response rate, an index for each stage, and where figures and feelings part.

    Left out, SURVEY is the one that asks about most stages. A figure needs as many answers as the survey says; a change is
    marked ▲ or ▼ only where it is more than chance would make of equal opinions (95 in 100), else ≈.

    \b
    itsmctl assess experience --result result
    itsmctl assess experience customer-satisfaction --format html > experience.html
    """
    from itsmctl.definitions import load
    from itsmctl.experience import experience
    from itsmctl.experience.finding import find_survey, last_period
    from itsmctl.views import experience as view
    from itsmctl.views.page import markdown, text

    definitions = load(root)
    chosen = find_survey(definitions, survey)
    judged = results.read(result, definitions, language) if result else None
    found = experience(chosen, shown_by(definitions, judged).rules, last_period(chosen))
    match form:
        case "json":
            click.echo(json.dumps(view.data(found), ensure_ascii=False, indent=2))
        case "markdown":
            click.echo(markdown(view.page(found, definitions, language)), nl=False)
        case "html":
            from itsmctl.views.experience_svg import svg
            from itsmctl.views.page_html import Drawing, html

            key = tuple((kind, tr(told, language)) for kind, told in view.KEY)
            drawing = Drawing(svg(found, language), tr("Per cent satisfied", language), key)
            click.echo(html(view.page(found, definitions, language), language, [drawing]), nl=False)
        case _:
            click.echo(text(view.page(found, definitions, language), options.terminal_width(100)), nl=False)
