"""`itsmctl assess complaints`: what people complain about, as figures with their trend and the records behind them."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import click

from itsmctl.cli import options, written
from itsmctl.importers.reading import Reading
from itsmctl.model import Language


@click.command("complaints")
@options.tickets
@options.period
@options.as_of
@click.option(
    "--by", type=click.Choice(("month", "quarter")), default="month", show_default=True, help="Length of a period."
)
@click.option(
    "--periods", type=click.IntRange(1, 60), default=6, show_default=True, metavar="N", help="How many periods."
)
@click.option(
    "--records",
    "most",
    type=click.IntRange(0, 1000),
    default=5,
    show_default=True,
    metavar="N",
    help="How many records to name behind each sign.",
)
@options.reading
@options.root
@written.forms(written.OF_PAGES)
@options.language
def command(
    tickets: tuple[Path, ...], period: str, as_of: str, by: str, periods: int, most: int, reading: Reading,
    root: Path | None, form: str, output: Path | None, language: Language,
) -> None:  # fmt: skip
    """Tell what people complain about as figures: each complaint with its signs, their trend, and the records behind them.

    A sign is the share of what is not as it should be, by a rule, a survey or the definitions. The trend is ▲ better or
    ▼ worse only where it is more than chance would make of equal periods, else ≈.

    \b
    itsmctl assess complaints --tickets dataset --period 2026-Q2
    itsmctl assess complaints --tickets dataset -o complaints.html
    """
    from itsmctl.cli.tickets import opened
    from itsmctl.complaints import ledger
    from itsmctl.definitions import load
    from itsmctl.scorecard.asking import Asked
    from itsmctl.views import complaints as view

    definitions = load(root)
    asked = Asked(period, as_of, reading.zone, periods)
    exported = opened(tickets, definitions, None, reading, progress=None) if tickets else nullcontext()
    with exported as dataset:
        found = ledger(definitions, dataset, asked, "quarter" if by == "quarter" else "month", most, root)
    written.write_page(form, view.page(found, language), view.data(found), language, output)
