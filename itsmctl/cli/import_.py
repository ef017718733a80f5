"""`itsmctl import`: ticket exports in, a dataset folder with its receipt out."""

from __future__ import annotations

from pathlib import Path

import click

from itsmctl.cli import options
from itsmctl.cli.progress import bar
from itsmctl.cli.tickets import find_mappings, zone_or_plan
from itsmctl.definitions import load
from itsmctl.importers.importing import import_files
from itsmctl.importers.opening import ImportOptions
from itsmctl.importers.receipt import Receipt, ReceiptFile
from itsmctl.language import Language, number_text, tr, trn
from itsmctl.model import DateOrder, Definitions
from itsmctl.output import write_file
from itsmctl.reports.phrases import phrase_text


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@options.output("The dataset folder to write; with --suggest the file of the mapping.")
@click.option("--suggest", is_flag=True, help="Import nothing: propose a mapping for one FILE that no mapping reads.")
@options.mapping
@options.zone
@click.option("--encoding", default="", metavar="NAME", help="Encoding of a CSV file; default: detected.")
@click.option(
    "--delimiter", default="", metavar="CHAR", help="What separates the cells of a CSV file; default: detected."
)
@click.option(
    "--date-order",
    type=click.Choice(("day-first", "month-first")),
    help="Which comes first in dates such as 3/4/2026, where their column does not tell.",
)
@options.root
@options.language
@options.quiet
def command(
    files: tuple[Path, ...],
    output: Path | None,
    suggest: bool,
    mappings: tuple[str, ...],
    zone: str,
    encoding: str,
    delimiter: str,
    date_order: DateOrder | None,
    root: Path | None,
    language: Language,
    quiet: bool,
) -> None:
    """Read FILES exported from ticket tools into one dataset folder.

    Tickets of any process, their history, approvals, links and SLAs: as CSV, JSON, XML, Excel, Parquet, SQLite or XES,
    also inside zip or gzip; each is recognised by what is in it.

    Rows and values that cannot be read are kept in reject.parquet with their place and reason; the receipt proves
    that rows read = imported + rejected.

    \b
    itsmctl import tickets.csv --suggest -o tickets.yaml
    itsmctl import tickets.csv --mapping tickets.yaml --zone Asia/Shanghai -o dataset
    """
    definitions = load(root)
    how = ImportOptions(encoding, delimiter, date_order or "")
    if suggest:
        if len(files) != 1 or mappings:
            raise click.UsageError("--suggest looks at one FILE, and --mapping is what it proposes")
        _propose(files[0], definitions, how, output, language)
        return
    if output is None:
        raise click.UsageError("name the dataset folder to write: -o/--output")
    chosen = find_mappings(definitions, mappings)
    with bar(quiet, language) as progress:
        receipt = import_files(
            files,
            chosen,
            definitions.mappings,
            zone_or_plan(zone, None),
            output,
            options=how,
            progress=progress,
        )
    if not quiet:
        click.echo(_summary(receipt, output, language))


def _propose(file: Path, definitions: Definitions, how: ImportOptions, output: Path | None, language: Language) -> None:
    from itsmctl.reference import reference_root
    from itsmctl.reports.suggestion import render
    from itsmctl.suggestion import suggest

    text = render(suggest(file, definitions, load(reference_root()).mappings, how), language)
    if output is None:
        click.echo(text, nl=False)
        return
    write_file(output, text)
    click.echo(tr("{file} written; what is to be answered stands at its top", language, file=output))


def _named(file: ReceiptFile, receipt: Receipt) -> str:
    """The file, with the mapping that reads it where there are several."""
    return file.name if file.mapping == receipt.mapping else f"{file.name} ({file.mapping})"


def _summary(receipt: Receipt, folder: Path, language: Language) -> str:
    lines = [
        tr("{records}, {events} from {rows} ({mapping}, {zone})", language,
           records=trn("{n} record", "{n} records", receipt.records, language), events=trn("{n} event", "{n} events", receipt.events, language),
           rows=trn("{n} row", "{n} rows", receipt.rows_read, language), mapping=receipt.mapping, zone=receipt.zone or "UTC"),
        tr("opened {start} to {end}", language, start=receipt.period_from[:10], end=receipt.period_to[:10]),
    ]  # fmt: skip
    for file in receipt.files:
        lines.append(
            tr("{name}: rows read {read} = imported {imported} + rejected {rejected}", language, name=_named(file, receipt),
               read=number_text(file.rows_read), imported=number_text(file.rows_imported), rejected=number_text(file.rows_rejected))
        )  # fmt: skip
    if receipt.rejects:
        lines.append(
            trn("{n} reject: see reject.parquet", "{n} rejects: see reject.parquet", receipt.rejects, language)
        )
    lines += [f"! {phrase_text(message, language)} [{code}]" for code, message in receipt.warnings]
    lines.append(tr("dataset: {folder}", language, folder=folder))
    return "\n".join(lines)
