"""`itsmctl import`: ticket exports in, a dataset folder with its receipt out."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from itsmctl.cli import options
from itsmctl.cli.progress import bar
from itsmctl.cli.speaking import Misused
from itsmctl.cli.tickets import find_mappings, refuse_choices
from itsmctl.definitions import load
from itsmctl.importers.database import Query, queries_of
from itsmctl.importers.importing import import_files
from itsmctl.importers.opening import MEMORY, ImportOptions
from itsmctl.importers.plain_tables import is_exported
from itsmctl.importers.reading import Reading
from itsmctl.importers.receipt import is_dataset
from itsmctl.language import Language, tr
from itsmctl.model import DateOrder, Definitions
from itsmctl.output import write_file
from itsmctl.reference import reference_root
from itsmctl.reports.imported import summary
from itsmctl.scratch import scratch
from itsmctl.zones import zone_info


@click.command("import")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@options.output("The dataset folder to write; with --suggest the file of the mapping.")
@click.option("--suggest", is_flag=True, help="Import nothing: propose mappings for FILES that none reads yet.")
@click.option(
    "--from", "url", default="", metavar="URL", help="A database, e.g. postgresql://user@host/name; also mysql, sqlite."
)
@click.option("--table", "tables", multiple=True, metavar="NAME", help="A table or view of the database (repeatable).")
@click.option("--query", default="", metavar="SELECT", help="What to ask the database.")
@options.reading
@click.option("--encoding", default="", metavar="NAME", help="Encoding of a CSV file; default: detected.")
@click.option(
    "--delimiter", default="", metavar="CHAR", help="What separates the cells of a CSV file; default: detected."
)
@click.option(
    "--date-order",
    type=click.Choice(("day-first", "month-first")),
    help="Which comes first in dates such as 3/4/2026, where their column does not tell.",
)
@click.option(
    "--check", is_flag=True, help="Say how far the export can be trusted, and what cannot be audited with it."
)
@click.option(
    "--memory-limit",
    default=MEMORY,
    show_default=True,
    metavar="SIZE",
    help="Rows beyond it lie on disk, beside the output.",
)
@options.choice(("text", "json"), "text")
@options.root
@options.language
@options.quiet
def command(
    files: tuple[Path, ...],
    output: Path | None,
    suggest: bool,
    url: str,
    tables: tuple[str, ...],
    query: str,
    reading: Reading,
    encoding: str,
    delimiter: str,
    date_order: DateOrder | None,
    check: bool,
    memory_limit: str,
    form: str,
    root: Path | None,
    language: Language,
    quiet: bool,
) -> None:
    """Read FILES exported from ticket tools into one dataset folder.

    Tickets of any process, their history, approvals, links and SLAs: as CSV, JSON, XML, Excel, Parquet, SQLite or XES,
    also inside zip or gzip; each is recognised by what is in it. Or what a database answers, which is only ever read; its
    password stands in PGPASSWORD or MYSQL_PWD.

    Rows and values that cannot be read are kept in reject.parquet with their place and reason; the receipt proves
    that rows read = imported + rejected.

    \b
    itsmctl import tickets.csv --suggest -o tickets.yaml
    itsmctl import tickets.csv --mapping desk.yaml --zone Asia/Shanghai -o dataset
    itsmctl import tickets.csv --mapping desk.yaml --zone Asia/Shanghai --check
    itsmctl import --from postgresql://reader@db/desk --table ticket --zone UTC \\
      -o dataset
    """
    definitions = load(root)
    how = ImportOptions(encoding, delimiter, date_order or "", reading.header_row, memory_limit)
    queries = _queries(url, tables, query)
    sources: list[Path | Query] = [*files, *queries]
    if not sources:
        raise Misused("name the exported FILES, or a database: --from URL --table NAME")
    if suggest:
        if reading.mappings:
            raise Misused("--mapping is what --suggest proposes")
        if reading.zone:
            zone_info(reading.zone)
        _propose(sources, definitions, how, output, language)
        return
    if len(files) == 1 and is_exported(files[0]):
        refuse_choices(files[0], reading)
    if output is None and not check:
        raise Misused("name the dataset folder to write, as in -o dataset")
    with _place(sources, output) as folder:
        if folder not in files:
            with bar(quiet, language) as progress:
                chosen, where = find_mappings(definitions, reading.mappings), reading.zone
                receipt = import_files(
                    files, chosen, definitions.mappings, where, folder, queries=queries, options=how, progress=progress
                )
            if not quiet and not check:
                click.echo(summary(receipt, folder, language))
                click.echo(_next(folder, True, language))
        if check:
            click.echo(_honesty(folder, definitions, form, language), nl=False)
            if form == "text" and not quiet:
                click.echo("\n" + _next(folder, output is not None or folder in files, language))


def _next(folder: Path, stays: bool, language: Language) -> str:
    """What to do with the dataset, or how to get one that stays."""
    if not stays:
        return tr("next: the same command, with -o dataset in place of --check", language)
    return tr("next: {command}", language, command=f"itsmctl audit --tickets {shlex.quote(str(folder))} -o result")


def _queries(url: str, tables: Sequence[str], query: str) -> Sequence[Query]:
    if not url:
        if tables or query:
            raise Misused("--table and --query ask a database: name it with --from")
        return ()
    return queries_of(url, tables, query)


@contextmanager
def _place(sources: Sequence[Path | Query], output: Path | None) -> Iterator[Path]:
    """The folder of the dataset: the one named, one that is there already, or for a mere look one that goes away."""
    if output is not None:
        yield output
    elif len(sources) == 1 and isinstance(sources[0], Path) and is_dataset(sources[0]):
        yield sources[0]
    else:
        with scratch() as folder:
            yield folder / "dataset"


def _honesty(folder: Path, definitions: Definitions, form: str, language: Language) -> str:
    from itsmctl.honesty.examining import honesty
    from itsmctl.reports.honesty import render, render_json

    found = honesty(folder, definitions, load(reference_root()).mappings)
    return render_json(found) if form == "json" else render(found, language, options.terminal_width(160))


def _propose(
    sources: Sequence[Path | Query],
    definitions: Definitions,
    how: ImportOptions,
    output: Path | None,
    language: Language,
) -> None:
    from itsmctl.reports.suggestion import next_command, render
    from itsmctl.suggestion import suggest

    found = suggest(sources, definitions, load(reference_root()).mappings, how)
    text = render(found, language, str(output or ""))
    if output is None:
        click.echo(text, nl=False)
        return
    write_file(output, text)
    click.echo(tr("{file} written; what is to be answered stands at its top", language, file=output))
    click.echo(tr("next: {command}", language, command=next_command(found, str(output))))
