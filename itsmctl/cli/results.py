"""The result folder that a command takes as `--result`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from itsmctl.language import tr
from itsmctl.model import Definitions, Language

if TYPE_CHECKING:
    from itsmctl.evidence.reading import Judged

option = click.option(
    "--result",
    "result",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Result folder of an audit: what tickets show.",
)


def read(result: Path, definitions: Definitions, language: Language) -> Judged:
    """What the audit found; a note where it was judged by other definitions than these."""
    from itsmctl.evidence.reading import read_result

    judged = read_result(result / "result.json" if result.is_dir() else result)
    if judged.definitions_digest != definitions.digest:
        click.echo(tr("note: the result was judged by other definitions than these", language), err=True)
    return judged
