"""`itsmctl validate`: every mistake in the definitions, each with its place."""

from __future__ import annotations

import json
from pathlib import Path

import click

from itsmctl.cli import options
from itsmctl.cli.failing import problem_line
from itsmctl.definitions import find_root, load, validate
from itsmctl.language import tr
from itsmctl.model import Language


@click.command("validate")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@options.root
@options.choice(("text", "json"), "text")
@options.language
def command(paths: tuple[Path, ...], root: Path | None, form: str, language: Language) -> int:
    """Check the definitions, or only the files named, against their schemas and against each other.

    Prints `file:line:column: message [code]` for each problem. Exit code 0 when there is none, 1 for warnings only,
    2 when the definitions cannot be used.
    """
    problems = validate(root, paths)
    if form == "json":
        rows = [
            {
                "code": p.code,
                "message": p.message,
                "file": p.where.file,
                "line": p.where.line,
                "column": p.where.column,
                "severity": p.severity,
                "suggestion": p.suggestion or None,
            }
            for p in problems
        ]
        click.echo(json.dumps({"problems": rows}, ensure_ascii=False, indent=2))
    else:
        for problem in problems:
            click.echo(problem_line(problem, language))
        click.echo(_summary(len(problems), root, language), err=bool(problems))
    if any(p.severity == "error" for p in problems):
        return 2
    return 1 if problems else 0


def _summary(problems: int, root: Path | None, language: Language) -> str:
    if problems:
        return tr("{n} problems", language, n=problems)
    definitions = load(root)
    place = tr("the reference set", language) if definitions.is_reference else str(find_root(root))
    counts = {
        "services": len(definitions.services),
        "agreements": len(definitions.agreements),
        "processes": len(definitions.processes),
        "rules": len(definitions.rules),
    }
    return tr("{files} files valid: {services} services, {agreements} agreements, {processes} processes, {rules} rules ({place})", language,
              files=len(definitions.files), place=place, **counts)  # fmt: skip
