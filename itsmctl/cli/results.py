"""The result folder that a command takes as `--result`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from itsmctl.language import tr
from itsmctl.model import Definitions, Language

if TYPE_CHECKING:
    from itsmctl.evidence.reading import Judged
    from itsmctl.reports.trend import Before

option = click.option(
    "--result",
    "result",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Result folder of an audit: what tickets show.",
)
previous = click.option(
    "--previous",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Result folder of an earlier audit: the report says what has changed since.",
)


def read(result: Path, definitions: Definitions, language: Language) -> Judged:
    """What the audit found; a note where it was judged by other definitions than these."""
    from itsmctl.evidence.reading import read_result

    judged = read_result(result / "result.json" if result.is_dir() else result)
    if judged.definitions_digest != definitions.digest:
        click.echo(tr("note: the result was judged by other definitions than these", language), err=True)
    return judged


def before(result: Path) -> Before:
    """An earlier audit, to compare with."""
    from itsmctl.evidence.reading import read_result
    from itsmctl.reports.trend import Before, RuleBefore

    judged = read_result(result / "result.json" if result.is_dir() else result)
    clocks: dict[str, tuple[int, int]] = {}
    for one in judged.clocks:
        counted, met = clocks.get(one.clock, (0, 0))
        clocks[one.clock] = (counted + one.judged, met + one.met)
    rules = {
        rule.id: RuleBefore(rule.outcome, rule.counts["failed"], rule.counts["in_scope"], rule.meaning)
        for rule in judged.rules
    }
    return Before(int(judged.as_of.timestamp()), judged.definitions_digest, rules, clocks)
