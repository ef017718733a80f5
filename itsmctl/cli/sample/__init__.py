"""`itsmctl sample`: how many records people read, which ones, and what their answers say of all of them."""

from __future__ import annotations

import click

from itsmctl.cli.sample import draw, evaluate, plan


@click.group("sample")
def command() -> None:
    """Plan, draw and evaluate a sample of records, where people must judge."""


command.add_command(plan.command)
command.add_command(draw.command)
command.add_command(evaluate.command)
