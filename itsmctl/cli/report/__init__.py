"""`itsmctl report`: an audit, or what was delivered to customers, in the form in which people read it."""

from __future__ import annotations

import click

from itsmctl.cli.report import audit, service


@click.group("report")
def command() -> None:
    """Report an audit, or the quality of a service, as text, page, Markdown, workbook or JSON."""


command.add_command(service.command)
command.add_command(audit.command)
