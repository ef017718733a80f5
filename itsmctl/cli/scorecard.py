"""`itsmctl scorecard`: indicators computed from tickets, registers, surveys and definitions, and who answers for them."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import click

from itsmctl.cli import options, results
from itsmctl.model import Language


@click.command("scorecard")
@options.tickets
@results.option
@click.option(
    "--period", "period", default="", metavar="PERIOD", help="Up to the end of 2026, 2026-H1, 2026-Q2 or 2026-05."
)
@options.as_of
@click.option(
    "--periods",
    type=click.IntRange(1, 60),
    default=6,
    show_default=True,
    metavar="N",
    help="How many periods a trend has.",
)
@click.option(
    "--by",
    type=click.Choice(("quadrant", "position", "process")),
    default="quadrant",
    show_default=True,
    help="How indicators are grouped.",
)
@click.option("--position", default="", metavar="ID", help="Only what this position is measured by.")
@click.option("--process", default="", metavar="ID", help="Only the indicators of this process.")
@options.zone
@options.mapping
@options.root
@options.choice(("text", "json"), "text")
@options.language
@options.no_color
def command(
    tickets: tuple[Path, ...], result: Path | None, period: str, as_of: str, periods: int, by: str, position: str, process: str, zone: str, mappings: tuple[str, ...],
    root: Path | None, form: str, language: Language, no_color: bool,
) -> None:  # fmt: skip
    """Compute every indicator: value, target, trend and population, the process it shows and the position that answers.

    What is unknown counts as bad, too few records are no figure, and an indicator that cannot be computed says what it needs.
    Positions are measured by processes; nobody is ranked.

    \b
    itsmctl scorecard --tickets dataset --period 2026-Q2
    itsmctl scorecard --tickets dataset --by position
    itsmctl scorecard --as-of 2026-06-30 --format json
    """
    from itsmctl.cli.assess.showing import shown_by
    from itsmctl.cli.tickets import opened
    from itsmctl.definitions import load
    from itsmctl.reports.scorecard import data, text
    from itsmctl.scorecard.asking import Asked, scorecard
    from itsmctl.scorecard.grouping import BY, chosen_kpis, groups_of

    definitions = load(root)
    kpis = chosen_kpis(definitions, position, process)
    judged = results.read(result, definitions, language) if result else None
    asked = Asked(period, as_of, zone, periods, lambda: shown_by(definitions, judged))
    reading = (
        opened(tickets, definitions, None, mappings=mappings, zone=zone, progress=None) if tickets else nullcontext()
    )
    with reading as dataset:
        card = scorecard(definitions, kpis, dataset, asked, root)
    if form == "json":
        click.echo(data.as_json(card, definitions), nl=False)
        return
    chosen = next(one for one in BY if one == by)
    groups = groups_of(card, definitions, chosen)
    if position:
        groups = tuple(group for group in groups if chosen != "position" or group.id == position)
    width, color = options.terminal_width(120), options.use_color(no_color)
    click.echo(text.render(card, groups, definitions, language, width, color), nl=False)
