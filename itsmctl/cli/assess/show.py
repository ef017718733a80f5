"""`itsmctl assess show`, or `itsmctl assess` alone: where an organisation stands by its own answers, never above what tickets and definitions show."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from itsmctl.cli import options, results, written
from itsmctl.cli.assess.showing import shown_by
from itsmctl.cli.speaking import Misused
from itsmctl.language import tr
from itsmctl.model import Assessment, Definitions, Language

if TYPE_CHECKING:
    from itsmctl.assessment import Assessed
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
@click.option("--before", default="", metavar="ID|FILE", help="Compare with this assessment; default: the one before.")
@click.option(
    "--result-before",
    "result_then",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Result folder of an audit of that time: compare as shown.",
)
@options.root
@written.forms(("text", "json", "html", "svg"))
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
    output: Path | None,
    language: Language,
    no_color: bool,
) -> None:
    """Compute an assessment: levels, gaps and what to do next, never above what tickets and definitions show.

    ASSESSMENT is its id, or that of a questionnaire for the last one by it; left out: the last one by each questionnaire.

    \b
    itsmctl assess maturity --result result
    itsmctl assess maturity --result result -o maturity.html
    itsmctl assess maturity --result result --result-before last -o road-map.svg
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
        raise Misused("--before, --result-before and --format html or svg are about one assessment: name it")
    shown = shown_by(definitions, judged, history=history)
    earlier = find_earlier(definitions, before, chosen[0]) if before else None
    told = results.read(result_then, definitions, language) if result_then else None
    then = shown_by(definitions, told) if told else None
    found = [assess(definitions, one, shown, before=earlier, shown_then=then) for one in chosen]
    width, color = written.width(output, 100), written.color(no_color, output)
    if form == "json":
        text = as_json(found, definitions)
    elif form in ("html", "svg"):
        text = _drawn(found[0], definitions, form, language)
    elif assessment:
        text = render(found[0], definitions, language, width, color, most)
    else:
        text = overview(found, language, width)
    written.write(text, output)


def _drawn(assessed: Assessed, definitions: Definitions, form: str, language: Language) -> str:
    """The road map, or the page around it."""
    from itsmctl.reports import assessment_html
    from itsmctl.views import roadmap

    road_map = roadmap.svg(assessed, definitions, language)
    if form == "svg":
        return road_map
    upright = roadmap.upright(assessed, definitions, language)
    return assessment_html.render(assessed, definitions, language, road_map, upright)


def _note_period(assessment: Assessment, judged: Judged, language: Language) -> None:
    """Say where the tickets are those of another time than the assessment looks back on."""
    day, period = judged.as_of.date(), assessment.period
    if not (period.start or day) <= day <= (period.end or day):
        template = "note: the result is of {day}, outside the period of {id}"
        click.echo(tr(template, language, day=day, id=assessment.id), err=True)
