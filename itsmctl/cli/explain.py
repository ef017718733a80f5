"""`itsmctl explain`: one record's life, verdicts and clocks, recomputed piece by piece."""

from __future__ import annotations

import json
from pathlib import Path

import click

from itsmctl.audit import AuditOptions, audit
from itsmctl.cli import options
from itsmctl.cli.tickets import opened
from itsmctl.definitions import load
from itsmctl.importers.reading import Reading
from itsmctl.model import Language
from itsmctl.reports import timeline


@click.command("explain")
@click.argument("record")
@options.tickets
@options.choice(("text", "json", "html"), "text")
@options.as_of
@options.reading
@options.root
@options.language
@options.no_color
def command(
    record: str,
    tickets: tuple[Path, ...],
    form: str,
    as_of: str,
    reading: Reading,
    root: Path | None,
    language: Language,
    no_color: bool,
) -> None:
    """Show everything about one RECORD: what happened, what each rule says and rests on, and every clock's ledger.

    RECORD may also be a group that a rule judged, as its findings name it: 'finance-erp / 2026-03'.
    """
    definitions = load(root)
    with opened(tickets, definitions, None, reading, progress=None) as dataset:
        result = audit(definitions, dataset, AuditOptions(as_of=as_of, explain=(record,)))
    (found,) = result.explanations
    match form:
        case "json":
            click.echo(json.dumps(timeline.explanation_json(found), ensure_ascii=False, indent=2))
        case "html":
            click.echo(timeline.explanation_html(found, language, result.dataset.zone))
        case _:
            width, color = options.terminal_width(), options.use_color(no_color)
            click.echo(timeline.terminal(found, language, width, color, result.dataset.zone))
