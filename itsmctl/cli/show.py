"""`itsmctl show`: one definition as a person wants to see it, as a page, a drawing, or data."""

from __future__ import annotations

import json
from pathlib import Path

import click

from itsmctl.cli import options, written
from itsmctl.cli.controlled import check_owners, found_by_name, history, owners
from itsmctl.cli.speaking import Misused
from itsmctl.definitions import find_root, load
from itsmctl.errors import ItsmctlError, Problem
from itsmctl.language import tr
from itsmctl.model import Language
from itsmctl.views.kinds import VIEWS, Asked, View
from itsmctl.views.page import markdown, text
from itsmctl.worktime import parse_day


@click.command("show")
@click.argument("kind", metavar="KIND", type=click.Choice((*VIEWS, "history", "codeowners")))
@click.argument("names", metavar="ID", nargs=-1)
@written.forms(("text", "json", "markdown", "svg", "bpmn"))
@click.option("--as-of", "day", metavar="DATE", help="As it was on this day; default: all that is written down.")
@click.option(
    "--check",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Of codeowners: exit with 1 unless FILE holds just this.",
)
@click.option("--year", type=click.IntRange(1970, 2100), help="Year of a calendar; default: the last that it knows.")
@options.root
@options.language
def command(
    kind: str, names: tuple[str, ...], form: str, output: Path | None, day: str | None, check: Path | None, year: int, root: Path | None,
    language: Language,
) -> int:  # fmt: skip
    """Show one definition: a page, a drawing (svg), a process for modelling tools (bpmn), or data (json).

    \b
    itsmctl show process incident -o incident.svg
    itsmctl show person "Zhang Min 张敏" --as-of 2026-06-30
    itsmctl show calendar cn-office --year 2026
    itsmctl show history policy change-management
    itsmctl show codeowners -o .github/CODEOWNERS

    KIND is one of: service, sla, ola, contract, customer, supplier, calendar; process, raci, procedure, kpi, policy, rule,
    code-list, priority-matrix; role, position, person, separation; audit, programme, review, nonconformity, register,
    waiver, baseline, questionnaire, assessment, survey, mapping, crosswalk; history, codeowners.

    A process is drawn as swim-lanes, a RACI matrix (by its id or its process) as a heat map, a service with all that it
    rests on and that rests on it, a calendar as the map of a year. The history of any kind of definition (two names: its
    kind and its id) is the record of a controlled document: versions, authors, approvers, changes, next review.
    `codeowners` tells a forge whom to ask about which file, from the roles and who holds them.
    """
    asked = Asked(load(root), language, parse_day(day) if day else None, year or 0)
    wanted = {"codeowners": 0, "history": 2}.get(kind, 1)
    if len(names) != wanted:
        raise Misused("show {kind} takes {wanted} names, not {n}", kind=kind, wanted=wanted, n=len(names))
    if kind == "codeowners":
        shown = owners(find_root(root), asked.definitions, asked.day)
        if check is not None:
            return check_owners(check, shown, language)
    elif kind == "history":
        shown = history(find_root(root), asked.definitions, names[0], names[1], form, language)
    else:
        view = VIEWS[kind]
        shown = _rendered(view, kind, found_by_name(view.found(asked.definitions), kind, names[0]), form, asked)
    written.write(shown, output)
    if output is not None:
        click.echo(tr("{path} written", language, path=output), err=True)
    return 0


def _rendered(view: View, kind: str, found: object, form: str, asked: Asked) -> str:
    match form:
        case "text":
            return text(view.page(found, asked), options.terminal_width())
        case "markdown":
            return markdown(view.page(found, asked))
        case "json":
            return json.dumps(view.data(found, asked), ensure_ascii=False, indent=2) + "\n"
        case drawing if drawing in view.drawings:
            return view.drawings[drawing](found, asked)
        case _:
            values = {"form": form, "kind": kind, "allowed": ", ".join(("text", "json", "markdown", *view.drawings))}
            template = "a {kind} has no form {form!r}; it has {allowed}"
            raise ItsmctlError(Problem("no-such-form", template, values=values))
