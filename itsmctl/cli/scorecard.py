"""`itsmctl scorecard`: indicators computed from tickets, registers, surveys and definitions, and who answers for them."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from itsmctl.cli import options, results, written
from itsmctl.importers.reading import Reading
from itsmctl.model import Definitions, Language

if TYPE_CHECKING:
    from itsmctl.scorecard.asking import Asked


VIEWS = ("indicators", "positions", "principles", "hand-overs", "suppliers", "benefits")


@click.command("scorecard")
@click.argument("view", metavar="[VIEW]", type=click.Choice(VIEWS), default="indicators", required=False)
@options.tickets
@results.option
@options.period
@options.as_of
@click.option(
    "--periods",
    type=click.IntRange(1, 60),
    default=6,
    show_default=True,
    metavar="N",
    help="How many periods a trend has.",
)
@click.option("--before", default="", metavar="PERIOD", help="With benefits: the period to compare with.")
@click.option(
    "--by",
    type=click.Choice(("quadrant", "position", "process")),
    default="quadrant",
    show_default=True,
    help="How indicators are grouped.",
)
@click.option("--position", default="", metavar="ID", help="Only what this position is measured by.")
@click.option("--process", default="", metavar="ID", help="Only the indicators of this process.")
@options.reading
@options.root
@written.forms(written.OF_PAGES)
@options.language
@options.no_color
def command(
    view: str, tickets: tuple[Path, ...], result: Path | None, period: str, as_of: str, periods: int, before: str, by: str, position: str, process: str, reading: Reading,
    root: Path | None, form: str, output: Path | None, language: Language, no_color: bool,
) -> None:  # fmt: skip
    """Compute every indicator: value, target, trend and population, the process it shows and the position that answers.

    What is unknown counts as bad, too few records are no figure, and an indicator that cannot be computed says what it needs.
    Positions are measured by processes; nobody is ranked.

    VIEW shows instead: positions (what is written about each, who holds it, who was able to do the work), principles (the
    eight “-able” scores of each process), hand-overs (times and losses between processes), suppliers, or benefits (two
    periods compared).

    \b
    itsmctl scorecard --tickets dataset --period 2026-Q2
    itsmctl scorecard --tickets dataset --by position -o scorecard.html
    itsmctl scorecard positions --as-of 2026-06-30
    itsmctl scorecard benefits --tickets dataset --before 2025-Q2 --period 2026-Q2
    """
    from itsmctl.cli.assess.showing import shown_by
    from itsmctl.cli.tickets import opened
    from itsmctl.definitions import load
    from itsmctl.scorecard.asking import Asked

    definitions = load(root)
    judged = results.read(result, definitions, language) if result else None
    asked = Asked(period, as_of, reading.zone, periods, lambda: shown_by(definitions, judged), view == "suppliers")
    width, color = written.width(output), written.color(no_color, output)
    exported = opened(tickets, definitions, None, reading, progress=None) if tickets else nullcontext()
    with exported as dataset:
        if view == "indicators":
            text = _indicators(definitions, dataset, asked, root, by, position, process, form, language, width, color)
        else:
            text = _view(view, definitions, dataset, asked, root, before, form, language, width, color)
    written.write(text, output)


def _indicators(
    definitions: Definitions, dataset: Path | None, asked: Asked, root: Path | None, by: str, position: str, process: str,
    form: str, language: Language, width: int, color: bool,
) -> str:  # fmt: skip
    from itsmctl.reports.scorecard import data, text
    from itsmctl.scorecard.asking import scorecard
    from itsmctl.scorecard.grouping import BY, chosen_kpis, groups_of

    card = scorecard(definitions, chosen_kpis(definitions, position, process), dataset, asked, root)
    if form == "json":
        return data.as_json(card, definitions)
    chosen = next(one for one in BY if one == by)
    groups = groups_of(card, definitions, chosen)
    if position and chosen == "position":
        groups = tuple(group for group in groups if group.id == position)
    if form == "html":
        from itsmctl.reports.scorecard.html import indicators_page

        return indicators_page(card, groups, definitions, language)
    if form == "markdown":
        from itsmctl.views import scorecard as view
        from itsmctl.views.page import markdown

        return markdown(view.indicators_page(card, groups, definitions, language))
    return text.render(card, groups, definitions, language, width, color)


def _view(
    view: str, definitions: Definitions, dataset: Path | None, asked: Asked, root: Path | None, before: str,
    form: str, language: Language, width: int, color: bool,
) -> str:  # fmt: skip
    from itsmctl.reports.scorecard import sheets, view_data
    from itsmctl.reports.scorecard.views import Compared, told
    from itsmctl.scorecard.asking import sources
    from itsmctl.scorecard.tickets import rules_asked

    rules = rules_asked(definitions, list(definitions.kpis.values())) if view == "principles" else []
    with sources(definitions, rules, dataset, asked, root) as found:
        sheet, data = told(view, found, Compared(before, asked.period))
        if form == "json":
            return view_data.document(view, found, data)
        if form == "html":
            from itsmctl.reports.scorecard.html import sheet_page

            return sheet_page(sheet(language), found.day.isoformat(), language)
        if form == "markdown":
            from itsmctl.views import scorecard
            from itsmctl.views.page import markdown

            return markdown(scorecard.sheet_page(sheet(language), f"itsmctl scorecard {view}"))
        return sheets.render(sheet(language), width, color)
