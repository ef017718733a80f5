"""`--format` and `-o` of commands that print or write: to a file where one is named, else to standard output; a workbook always to a file."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from itsmctl.cli import options
from itsmctl.cli.speaking import Misused
from itsmctl.errors import did_you_mean
from itsmctl.model import Language
from itsmctl.output import write_file

if TYPE_CHECKING:
    from itsmctl.views.page import Page
    from itsmctl.views.page_html import Drawing

SUFFIXES: Mapping[str, str] = {
    "text": ".txt", "html": ".html", "markdown": ".md", "json": ".json", "svg": ".svg", "xlsx": ".xlsx", "bpmn": ".bpmn",
}  # fmt: skip
"""How files of each form end."""
OF_PAGES = ("text", "json", "markdown", "html")
"""The forms that a page has."""


def forms(names: tuple[str, ...]) -> options.Decorator:
    """`--format NAME` and `-o FILE`, whose suffix names the form where `--format` does not; the first of `names` is the default."""
    told = f"Form of the output; default: by the suffix of -o, else {names[0]}."
    form = click.option("--format", "form", type=click.Choice(names), callback=_chosen(names), help=told)
    need = "; a workbook needs one." if "xlsx" in names else ""
    output = click.option(
        "-o",
        "--output",
        type=click.Path(path_type=Path),
        is_eager=True,  # read before --format, which looks at its suffix
        metavar="FILE",
        help=f"Write into this file{need or ' instead of standard output.'}",
    )
    return lambda command: form(output(command))


def _chosen(names: tuple[str, ...]) -> Callable[[click.Context, click.Parameter, Any], str]:
    def choose(ctx: click.Context, _: click.Parameter, word: str | None) -> str:
        output = ctx.params.get("output")
        form = word or (_of_suffix(output.suffix.lower(), names) if output else names[0])
        if form == "xlsx" and output is None:
            raise Misused("a workbook is a file: name it with -o", ctx)
        return form

    return choose


def _of_suffix(suffix: str, names: tuple[str, ...]) -> str:
    """The form that files of this suffix have; the default for files without one."""
    known = {SUFFIXES[name]: name for name in names}
    if suffix and suffix not in known:
        near = did_you_mean(suffix, known)
        if near:
            raise Misused(
                "-o: no form of this output ends in {suffix!r}; did you mean {near}?", suffix=suffix, near=near
            )
        every = ", ".join(known)
        raise Misused(
            "-o: no form of this output ends in {suffix!r}; one of {every}, or any with --format",
            suffix=suffix,
            every=every,
        )
    return known.get(suffix, names[0])


def color(no_color: bool, output: Path | None) -> bool:
    """Whether to colour: never what goes into a file."""
    return output is None and options.use_color(no_color)


def width(output: Path | None, most: int = 120) -> int:
    """Columns of a text: those of the terminal, or as many as there are everywhere in a file."""
    return options.terminal_width(most) if output is None else 80


def write(content: str | bytes, output: Path | None) -> None:
    """Write the output whole, or print it."""
    if output is not None:
        write_file(output, content)
    elif isinstance(content, str):
        click.echo(content, nl=False)


def write_page(
    form: str, page: Page, data: object, language: Language, output: Path | None, drawings: Sequence[Drawing] = ()
) -> None:
    """Write a page in one of the forms `OF_PAGES`."""
    from itsmctl.views.page import markdown, text
    from itsmctl.views.page_html import html

    match form:
        case "json":
            told = json.dumps(data, ensure_ascii=False, indent=2) + "\n"
        case "markdown":
            told = markdown(page)
        case "html":
            told = html(page, language, drawings)
        case _:
            told = text(page, width(output, 110))
    write(told, output)
