"""`itsmctl generate`: a ticket history with planted violations, and the truth beside it."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import click

from itsmctl.cli import options
from itsmctl.cli.speaking import Misused
from itsmctl.definitions import load
from itsmctl.generate import FLAWED_MAPPINGS, START, TRUTH, ZONE, Truth, generate, generate_flawed
from itsmctl.language import tr, trn
from itsmctl.model import Language


@click.command("generate")
@click.option(
    "--records",
    type=click.IntRange(min=1),
    metavar="N",
    help="How many incidents; the other processes follow. Needed, unless --flawed is given.",
)
@click.option(
    "--flawed",
    is_flag=True,
    help="Instead, a small export with the faults that no history carries: times moved afterwards, numbers used twice, a row limit.",
)
@click.option("--seed", type=int, default=1, show_default=True, metavar="S", help="The same seed gives the same bytes.")
@options.output(f"The folder to write: a CSV file for each process, one for approvals, and {TRUTH}.", required=True)
@click.option(
    "--start", type=click.DateTime(["%Y-%m-%d"]), default=START.isoformat(), show_default=True, metavar="DATE",
    help="The first day of the history.",
)  # fmt: skip
@click.option(
    "--months", type=click.IntRange(1, 120), default=6, show_default=True, metavar="N", help="How many months."
)
@options.root
@options.language
@options.quiet
def command(
    records: int | None,
    flawed: bool,
    seed: int,
    output: Path,
    start: datetime,
    months: int,
    root: Path | None,
    language: Language,
    quiet: bool,
) -> None:
    """Make a believable ticket history as a ServiceNow-like export, with planted violations.

    The incidents belong to the services of the definitions and keep their agreements; requests, problems and changes
    go with them (to 75 incidents 25 requests, 6 changes and a problem), approved and made by those who hold the roles. Only where a violation
    was planted on purpose is that otherwise; truth.json lists every one that an audit must find, and nothing else.
    What no such history can carry, as a number that is used twice, is planted by --flawed.

    \b
    itsmctl generate --records 10000 --seed 7 -o history
    """
    day = date(start.year, start.month, start.day)
    if flawed == (records is not None):
        raise Misused("give either --records or --flawed")
    if records is None:
        truth = generate_flawed(load(root), seed, output, start=day)
    else:
        truth = generate(load(root), records, seed, output, start=day, months=months)
    if not quiet:
        _tell(truth, output, language, flawed=flawed)


def _tell(truth: Truth, output: Path, language: Language, *, flawed: bool) -> None:
    """What was written, and how it is audited."""
    facts = {
        "incidents": trn("{n} incident", "{n} incidents", truth.records, language),
        "rows": trn("{n} row", "{n} rows", sum(truth.rows.values()), language),
        "findings": trn("{n} finding", "{n} findings", len(truth.planted), language),
    }
    click.echo(tr("{incidents} in {rows}, {findings} planted", language, **facts))
    for name in (*truth.rows, TRUTH):
        click.echo(f"  {output / name}")
    tickets = " ".join(f"--tickets {output / name}" for name in truth.rows) if flawed else f"--tickets {output}"
    mapping = f" --mapping {output / FLAWED_MAPPINGS}" if flawed else ""
    click.echo(tr("Next: itsmctl audit {tickets} --zone {zone}", language, tickets=tickets + mapping, zone=ZONE))
