"""`itsmctl assess show`, or `itsmctl assess` alone: where an organisation stands by its own answers, never above what tickets and definitions show."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from itsmctl.cli import options, results
from itsmctl.cli.assess.showing import shown_by
from itsmctl.language import tr
from itsmctl.model import Assessment, Language

if TYPE_CHECKING:
    from itsmctl.evidence.reading import Judged


@click.command("show")
@click.argument("assessment", required=False)
@results.option
@click.option(
    "--steps",
    "most",
    type=click.IntRange(min=0),
    default=5,
    show_default=True,
    help="How many recommendations to show for each term.",
)
@click.option("--history", is_flag=True, help="Look in git who approved the documents.")
@click.option("--before", default="", metavar="ID", help="Compare with this assessment; default: the one before.")
@click.option(
    "--result-before",
    "result_then",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Result folder of an audit of that time: compare as shown.",
)
@options.root
@options.choice(("text", "json", "html", "svg"), "text")
@options.language
@options.no_color
def command(
    assessment: str | None,
    result: Path | None,
    most: int,
    history: bool,
    before: str,
    result_then: Path | None,
    root: Path | None,
    form: str,
    language: Language,
    no_color: bool,
) -> None:
    """Compute an assessment: levels, gaps and what to do next, never above what tickets and definitions show.

    ASSESSMENT is its id, or that of a questionnaire for the last one by it; left out: the last one by each questionnaire.

    \b
    itsmctl assess maturity --result result
    itsmctl assess maturity --result result --format html > maturity.html
    itsmctl assess maturity --result result --result-before last-half-year --format svg > road-map.svg
    itsmctl assess --format json
    """
    from itsmctl.assessment import assess
    from itsmctl.assessment.finding import find_assessment, find_earlier, latest
    from itsmctl.definitions import load
    from itsmctl.reports.assessment import overview, render
    from itsmctl.reports.assessment_data import as_json

    definitions = load(root)
    chosen = (find_assessment(definitions, assessment),) if assessment else latest(definitions)
    judged = results.read(result, definitions, language) if result else None
    if judged:
        for one in chosen:
            _note_period(one, judged, language)
    if (before or result_then or form in ("html", "svg")) and not assessment:
        raise click.UsageError("--before, --result-before and --format html or svg are about one assessment: name it")
    shown = shown_by(definitions, judged, history=history)
    earlier = find_earlier(definitions, before, chosen[0]) if before else None
    told = results.read(result_then, definitions, language) if result_then else None
    then = shown_by(definitions, told) if told else None
    found = [assess(definitions, one, shown, before=earlier, shown_then=then) for one in chosen]
    width, color = options.terminal_width(100), options.use_color(no_color)
    if form == "json":
        click.echo(as_json(found, definitions), nl=False)
    elif form == "html":
        from itsmctl.reports import assessment_html
        from itsmctl.views.roadmap import svg

        click.echo(
            assessment_html.render(found[0], definitions, language, svg(found[0], definitions, language)), nl=False
        )
    elif form == "svg":
        from itsmctl.views.roadmap import svg

        click.echo(svg(found[0], definitions, language), nl=False)
    elif assessment:
        click.echo(render(found[0], definitions, language, width, color, most), nl=False)
    else:
        click.echo(overview(found, language, width), nl=False)


def _note_period(assessment: Assessment, judged: Judged, language: Language) -> None:
    """Say where the tickets are those of another time than the assessment looks back on."""
    day, period = judged.as_of.date(), assessment.period
    if not (period.start or day) <= day <= (period.end or day):
        template = "note: the result is of {day}, outside the period of {id}"
        click.echo(tr(template, language, day=day, id=assessment.id), err=True)
