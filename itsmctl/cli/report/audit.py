"""`itsmctl report audit`: judge tickets, and write the report in one form."""

from __future__ import annotations

from pathlib import Path

import click

from itsmctl.cli import options, results, written
from itsmctl.importers.reading import Reading
from itsmctl.model import Language

FORMATS = ("text", "html", "markdown", "xlsx", "json")


@click.command("audit")
@click.argument("plan", required=False, default="")
@options.tickets
@written.forms(FORMATS)
@results.previous
@options.as_of
@options.reading
@options.memory_limit
@options.root
@options.language
@options.quiet
@options.no_color
def command(
    plan: str, tickets: tuple[Path, ...], form: str, output: Path | None, previous: Path | None, as_of: str, reading: Reading, memory_limit: str, root: Path | None, language: Language, quiet: bool, no_color: bool,
) -> None:  # fmt: skip
    """Report an audit by every rule in force, or by those of the plan PLAN; nobody is named.

    It says what `itsmctl audit` says, and writes no result folder; findings do not change the exit code.

    \b
    itsmctl report audit --tickets dataset -o audit.md
    itsmctl report audit monthly --tickets dataset -o audit.xlsx --lang zh
    """
    from itsmctl.audit import AuditOptions, audit
    from itsmctl.audit.people import key_of_tickets
    from itsmctl.cli.progress import bar
    from itsmctl.cli.tickets import opened
    from itsmctl.definitions import load
    from itsmctl.reports import render
    from itsmctl.reports.text import render as render_text

    definitions = load(root)
    planned = definitions.plans.get(plan)
    before = results.before(previous) if previous else None
    with (
        bar(quiet, language) as progress,
        opened(tickets, definitions, planned, reading, progress=progress) as dataset,
    ):
        own = bool(plan) or not definitions.is_reference
        choices = AuditOptions(
            plan, as_of, memory_limit=memory_limit, people=key_of_tickets(dataset), own_registers=own
        )
        result = audit(definitions, dataset, choices, progress=progress)
    if form == "text":
        width, color = written.width(output), written.color(no_color, output)
        written.write(render_text(result, language, width, color, before), output)
    elif form == "xlsx":
        from itsmctl.reports.findings import outline
        from itsmctl.reports.outlines.workbook import workbook

        written.write(workbook(outline(result, language, before)), output)
    else:
        written.write(render(form, result, language, before), output)
