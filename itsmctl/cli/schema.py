"""`itsmctl schema`: the JSON Schema of a kind of definition, or of an output."""

from __future__ import annotations

import json

import click

from itsmctl.definitions.schema import schemas
from itsmctl.errors import ItsmctlError, Problem, did_you_mean
from itsmctl.reports.coverage_data import coverage_schema
from itsmctl.reports.json import result_schema


@click.command("schema")
@click.argument("name", required=False)
def command(name: str | None) -> None:
    """Print the schema NAME: a kind of definition (rule, sla, …), `result` or `coverage`. Without NAME, list them."""
    known = {**schemas(), "result": result_schema(), "coverage": coverage_schema()}
    if name is None:
        click.echo("\n".join(sorted(known)))
        return
    if name not in known:
        values = {"what": "schema", "word": name, "allowed": ", ".join(sorted(known))}
        raise ItsmctlError(
            Problem(
                "unknown-schema",
                "unknown {what} {word!r}; known: {allowed}",
                values=values,
                suggestion=did_you_mean(name, known),
            )
        )
    click.echo(json.dumps(known[name], ensure_ascii=False, indent=2))
