"""Where a report goes: to a file where one is named, else to standard output; a workbook always to a file."""

from __future__ import annotations

from pathlib import Path

import click

from itsmctl.output import write_file


def check(form: str, output: Path | None) -> None:
    """Refuse a workbook without a file, before anything is computed."""
    if form == "xlsx" and output is None:
        raise click.UsageError("a workbook is a file: name it with -o")


def write(content: str | bytes, output: Path | None) -> None:
    """Write the report."""
    if output is not None:
        write_file(output, content)
    elif isinstance(content, str):
        click.echo(content, nl=False)
