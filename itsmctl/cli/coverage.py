"""`itsmctl coverage`: for each clause of a framework, what stands for it, and what to do next."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from itsmctl.cli import options, results, written
from itsmctl.model import Definitions, Language

if TYPE_CHECKING:
    from itsmctl.coverage import Judged


@click.command("coverage")
@click.argument("clause", required=False)
@click.option("--framework", "framework", default="", metavar="ID", help="Only this framework, in full.")
@results.option
@click.option(
    "--steps", "most", type=click.IntRange(min=0), default=5, show_default=True, help="How many next steps to show."
)
@options.root
@written.forms(("text", "json", "markdown"))
@options.language
@options.no_color
def command(
    clause: str | None,
    framework: str,
    result: Path | None,
    most: int,
    root: Path | None,
    form: str,
    output: Path | None,
    language: Language,
    no_color: bool,
) -> None:
    """Show what stands for each clause of a framework: definitions, rules, registers, and the last result.

    With CLAUSE (8.6.1, or fitsm-1:PR9.1), that one in full: what it is after, which evidence is wanted, how it is checked.

    \b
    itsmctl coverage --framework iso-20000-1
    itsmctl coverage --result result -o coverage.md
    itsmctl coverage 8.6.1
    """
    from itsmctl.coverage import cover, main_framework
    from itsmctl.coverage.finding import find_clause, find_framework, need_frameworks
    from itsmctl.coverage.steps import steps
    from itsmctl.definitions import load
    from itsmctl.history import commit_of
    from itsmctl.reports import coverage as text
    from itsmctl.reports.coverage_data import as_json, markdown
    from itsmctl.reports.coverage_page import page

    definitions = load(root)
    need_frameworks(definitions)
    reference = find_clause(definitions, clause, framework) if clause else ""
    chosen = (find_framework(definitions, framework or reference.partition(":")[0]),) if framework or reference else ()
    judged = _judged(result, definitions, language)
    commit = commit_of(definitions.root, definitions.files)
    found = cover(definitions, judged, frameworks=chosen, controlled=commit is not None and not commit.dirty)
    todo = {entry.framework.id: steps(entry, definitions, judged) for entry in found}
    width, color = written.width(output, 180), written.color(no_color, output)
    if form == "json":
        told = as_json(found, todo, definitions, reference)
    elif reference:
        told = page(found[0], reference, definitions, language, width, color)
    elif form == "markdown":
        told = markdown(found, todo, definitions, language, most)
    else:
        entry = main_framework(found)
        told = text.render(entry, todo[entry.framework.id], definitions, language, width, color, most)
        if not chosen:
            ordered = sorted(found, key=lambda other: other != entry)
            told = f"{text.overview(ordered, language, width, color)}\n{told}"
    written.write(told, output)


def _judged(result: Path | None, definitions: Definitions, language: Language) -> Judged | None:
    """The outcomes in a result folder."""
    if result is None:
        return None
    from itsmctl.coverage import Judged

    return Judged({rule.id: rule.outcome for rule in results.read(result, definitions, language).rules})
