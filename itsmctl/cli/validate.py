"""`itsmctl validate`: every mistake in the definitions, each with its place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from itsmctl.cli import options
from itsmctl.definitions import count_by_kind, find_root, shown_files, validate
from itsmctl.editor import lacking_schema_line
from itsmctl.errors import Problem
from itsmctl.language import tr, trn
from itsmctl.model import Language
from itsmctl.output import write_file
from itsmctl.reference import reference_root
from itsmctl.reports.plain import wrap
from itsmctl.reports.problems import FORMATS, Checked
from itsmctl.worktime import parse_day

_HINTS = 3


@click.command("validate")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@options.root
@options.choice(tuple(FORMATS), "text")
@click.option("--as-of", default="", metavar="DATE", help="The day to judge at: what is overdue or has expired.")
@options.fail_on("From which problems on the exit code is not 0; warnings are printed all the same.")
@options.output("Write the problems into this file.")
@options.language
def command(
    paths: tuple[Path, ...], root: Path | None, form: str, as_of: str, fail_on: str, output: Path | None,
    language: Language,
) -> int:  # fmt: skip
    """Check the definitions, or only the files named, against their schemas, each other, and the laws.

    Prints `file:line:column: message [code]` for each problem; `itsmctl rules show CODE` explains a law. Laws about time
    (overdue reviews, expired waivers) are asked with --as-of only. A hint, which changes no exit code, names files that
    lost the line by which editors find their schema. Exit code 0 when there is no error, 1 for warnings
    only with --fail-on warning, 2 for errors: no command uses such definitions. --fail-on never always ends with 0.
    """
    day = parse_day(as_of) if as_of else None
    problems = validate(root, paths, day)
    folder = find_root(root)
    checked = Checked("validate", problems, shown_files(folder, paths), language, options.base_of(folder), day)
    text = FORMATS[form](checked)
    if output:
        write_file(output, text)
    else:
        click.echo(text, nl=False)
    if form == "text":
        summary = _summary(problems, len(checked.files), root, paths, language)
        click.echo("\n".join(wrap(summary, options.terminal_width())), err=bool(problems))
        if not any(p.severity == "error" for p in problems):
            for hint in _hints(folder, checked.files, language):
                click.echo(hint, err=True)
    if fail_on == "never" or not problems:
        return 0
    if any(p.severity == "error" for p in problems):
        return 2
    return int(fail_on == "warning")


def _hints(folder: Path, files: Sequence[str], language: Language) -> Iterator[str]:
    """What is no mistake, and yet takes something from whoever edits: files in which an editor does not help any more."""
    own = [file for file in files if not file.endswith(".csv") and not Path(file).is_absolute()]
    lacking = lacking_schema_line(
        folder, own, lambda: [file for file in shown_files(folder) if not Path(file).is_absolute()]
    )
    told = list(lacking)
    for file in told[:_HINTS]:
        template = "hint: in {file} no editor completes or checks anything: its first line is missing, which the other files have: {line}"
        yield tr(template, language, file=file, line=lacking[file])
    if (more := len(told) - _HINTS) > 0:
        yield trn("hint: {n} more file lacks that line", "hint: {n} more files lack that line", more, language)


def _summary(
    problems: Sequence[Problem], files: int, root: Path | None, paths: tuple[Path, ...], language: Language
) -> str:
    if any(p.severity == "error" for p in problems):
        return trn("{n} problem", "{n} problems", len(problems), language)
    if problems:
        return trn("{n} warning", "{n} warnings", len(problems), language)
    folder = find_root(root)
    place = tr("the reference set", language) if folder.resolve() == reference_root().resolve() else str(folder)
    kinds = count_by_kind(root, paths)
    counts = (
        trn("{n} service", "{n} services", kinds["service"], language),
        trn("{n} agreement", "{n} agreements", kinds["sla"], language),
        trn("{n} process", "{n} processes", kinds["process"], language),
        trn("{n} rule", "{n} rules", kinds["rule"], language),
    )
    valid = trn("{n} file", "{n} files", files, language)
    return tr(
        "{files} valid: {counts} ({place})", language, files=valid, counts=tr(", ", language).join(counts), place=place
    )
