"""`itsmctl assess experience`: what customers say stage by stage, beside what tickets measure of the same."""

from __future__ import annotations

from pathlib import Path

import click

from itsmctl.cli import options, results, written
from itsmctl.cli.assess.showing import shown_by
from itsmctl.language import tr
from itsmctl.model import Language


@click.command("experience")
@click.argument("survey", required=False, default="")
@results.option
@options.root
@written.forms(written.OF_PAGES)
@options.language
def command(
    survey: str, result: Path | None, root: Path | None, form: str, output: Path | None, language: Language
) -> None:
    """Show the last run of SURVEY: response rate, an index for each stage, and where figures and feelings part.

    Left out, SURVEY is the one that asks about most stages. A figure needs as many answers as the survey says; a change is
    marked ▲ or ▼ only where it is more than chance would make of equal opinions (95 in 100), else ≈.

    \b
    itsmctl assess experience --result result
    itsmctl assess experience customer-satisfaction -o experience.html
    """
    from itsmctl.definitions import load
    from itsmctl.experience import experience
    from itsmctl.experience.finding import find_survey, last_period
    from itsmctl.views import experience as view

    definitions = load(root)
    chosen = find_survey(definitions, survey)
    judged = results.read(result, definitions, language) if result else None
    found = experience(chosen, shown_by(definitions, judged).rules, last_period(chosen))
    page, drawings = view.page(found, definitions, language), []
    if form == "html":
        from itsmctl.views.experience_svg import svg
        from itsmctl.views.page_html import Drawing

        key = tuple((kind, tr(told, language)) for kind, told in view.KEY)
        drawings.append(Drawing(svg(found, language), tr("Per cent satisfied", language), key))
    written.write_page(form, page, view.data(found), language, output, drawings)
