"""`itsmctl report service`: what was promised and what was delivered in a period, by service."""

from __future__ import annotations

from pathlib import Path

import click

from itsmctl.cli import options, written
from itsmctl.importers.reading import Reading
from itsmctl.model import Language

FORMATS = ("text", "html", "markdown", "xlsx", "json")


@click.command("service")
@click.argument("services", nargs=-1, metavar="[SERVICE]...")
@options.tickets
@click.option(
    "--period",
    required=True,
    metavar="PERIOD",
    help="A month (2026-05), quarter (2026-Q2), half-year (2026-H1), year, or FIRST/LAST day.",
)
@click.option(
    "--compare", default="", metavar="PERIOD", help="An earlier period: what has changed since, and what chance allows."
)
@click.option(
    "--customer", default="", metavar="ID", help="Only tickets of this customer and of those that are part of it."
)
@written.forms(FORMATS)
@options.reading
@options.memory_limit
@options.root
@options.language
@options.quiet
@options.no_color
def command(
    services: tuple[str, ...], tickets: tuple[Path, ...], period: str, compare: str, customer: str, form: str, output: Path | None,
    reading: Reading, memory_limit: str, root: Path | None, language: Language, quiet: bool, no_color: bool,
) -> None:  # fmt: skip
    """Report what was promised and delivered in a period: by service, or only for those named.

    \b
    itsmctl report service --tickets dataset --period 2026-05
    itsmctl report service finance-erp --tickets dataset --period 2026-Q2 \\
      --compare 2026-Q1 -o report.html
    itsmctl report service --tickets dataset --period 2026-05 \\
      --customer shippers -o shippers.xlsx
    """
    from itsmctl.cli.progress import bar
    from itsmctl.cli.tickets import opened
    from itsmctl.definitions import load
    from itsmctl.delivery import Asked, period_of, service_quality

    earlier = period_of(compare, "--compare") if compare else None
    asked = Asked(period_of(period, "--period"), services, customer, earlier, memory_limit)
    definitions = load(root)
    with (
        bar(quiet, language) as progress,
        opened(tickets, definitions, None, reading, progress=progress) as dataset,
    ):
        quality = service_quality(definitions, dataset, asked)
    from itsmctl.reports.service.forms import render

    width, color = written.width(output), written.color(no_color, output)
    written.write(render(form, quality, definitions, language, width, color), output)
