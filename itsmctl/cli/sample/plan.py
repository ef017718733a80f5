"""`itsmctl sample plan`: how many records to examine."""

from __future__ import annotations

import click

from itsmctl.cli import options
from itsmctl.model import Language


@click.command("plan", short_help="Say how many records to examine.")
@click.option(
    "--method",
    type=click.Choice(("binomial", "hypergeometric", "poisson")),
    help="Default: hypergeometric where the population is named, else binomial.",
)
@click.option("--confidence", default="95", show_default=True, metavar="PERCENT", help="Confidence wanted.")
@click.option(
    "--tolerable", required=True, metavar="PERCENT", help="Rate of deviations that would still be acceptable."
)
@click.option("--expected", default="0", show_default=True, metavar="PERCENT", help="Rate of deviations expected.")
@click.option(
    "--allowed",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    metavar="K",
    help="Deviations allowed in the sample; a larger sample allows as many as the expected rate makes of it.",
)
@click.option("--population", type=click.IntRange(min=1), metavar="N", help="Number of records to draw from.")
@options.choice(("text", "json"), "text")
@options.language
def command(
    method: str | None, confidence: str, tolerable: str, expected: str, allowed: int, population: int | None, form: str,
    language: Language,
) -> None:  # fmt: skip
    """Say how many records to examine, and how many may deviate.

    \b
    itsmctl sample plan --tolerable 5
    itsmctl sample plan --tolerable 5 --expected 1 --population 1200
    """
    from itsmctl.reports.sampling import plan as told
    from itsmctl.sampling.sizing import aim_of, size_for

    size = size_for(aim_of(method, confidence, tolerable, expected, allowed, population))
    click.echo(
        told.as_json(size) if form == "json" else told.render(size, language, options.terminal_width()), nl=False
    )
