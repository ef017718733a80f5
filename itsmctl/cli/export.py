"""`itsmctl export`: an imported dataset as CSV files, for other programs and to be imported again."""

from __future__ import annotations

from pathlib import Path

import click

from itsmctl.cli import options
from itsmctl.language import Language, tr, trn


@click.command("export")
@click.argument("dataset", type=click.Path(path_type=Path))
@options.output("The folder to write.", required=True)
@options.language
@options.quiet
def command(dataset: Path, output: Path, language: Language, quiet: bool) -> None:
    """Write the tables of DATASET as CSV files: records, events, approvals, links and rejects.

    \b
    itsmctl export dataset -o tables
    itsmctl import tables -o dataset

    UTF-8, commas, moments in UTC; text stands in quotes, so that nothing and an empty text differ. Imported again, the
    folder is the same dataset: every row, their order, and the receipt. A table that somebody changed meanwhile is refused.
    """
    from itsmctl.importers.plain_tables import write_out

    receipt = write_out(dataset, output)
    if not quiet:
        records = trn("{n} record", "{n} records", receipt.records, language)
        events = trn("{n} event", "{n} events", receipt.events, language)
        click.echo(tr("{records}, {events} as CSV: {folder}", language, records=records, events=events, folder=output))
        click.echo(tr("back again: itsmctl import {folder} -o DATASET", language, folder=output))
