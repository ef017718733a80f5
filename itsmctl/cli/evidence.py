"""`itsmctl evidence`: build an evidence pack from an audit's result folder, or verify one."""

from __future__ import annotations

from pathlib import Path

import click

from itsmctl.cli import options
from itsmctl.model import Language


@click.group("evidence")
def command() -> None:
    """Build an evidence pack that anyone can check, or verify one."""


@command.command("build")
@click.argument("result_dir", type=click.Path(path_type=Path))
@options.output("The pack to write: a zip when the name ends in .zip, else a folder.", required=True)
@options.root
@options.language
def build(result_dir: Path, output: Path, root: Path | None, language: Language) -> None:
    """Build an evidence pack from RESULT_DIR, the result folder of an audit.

    The same result, definitions and history give the same pack, byte for byte. Write its digest down where whoever
    keeps the pack cannot change it.

    \b
    itsmctl evidence build result -o pack.zip
    itsmctl evidence build result -o pack --root our-management-system
    """
    from itsmctl.evidence.pack import build as build_pack
    from itsmctl.evidence.wording import summary_lines

    summary = build_pack(result_dir, output, root=root)
    click.echo("\n".join(summary_lines(summary, language)))


@command.command("verify")
@click.argument("pack", type=click.Path(path_type=Path))
@options.choice(("text", "json"), "text")
@options.language
def verify(pack: Path, form: str, language: Language) -> int:
    """Check every byte of PACK, a folder or a zip, and name each file that differs.

    Exit codes: 0 intact, 1 altered, 2 not readable as an evidence pack.

    \b
    itsmctl evidence verify pack.zip
    """
    from itsmctl.evidence.verify import verify as verify_pack
    from itsmctl.evidence.wording import report_json, report_lines

    report = verify_pack(pack)
    click.echo(report_json(report) if form == "json" else "\n".join(report_lines(report, language)))
    return int(not report.intact)
