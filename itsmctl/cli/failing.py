"""What a person sees when a command cannot answer."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence

import click

from itsmctl import __version__
from itsmctl.cli.speaking import language_of
from itsmctl.errors import Problem, did_you_mean


def report_problems(problems: Sequence[Problem], arguments: Sequence[str]) -> None:
    """Print problems on standard error in the language that the arguments ask for, each with its suggestion."""
    from itsmctl.language import problem_line

    language = language_of(arguments)
    for problem in problems:
        click.echo(problem_line(problem, language), err=True)


def report_misuse(error: click.ClickException, arguments: Sequence[str]) -> None:
    """Print how a command was asked wrongly, with the word that is nearest to one that is not among the choices."""
    from itsmctl.language import hint_text

    said = error.format_message()
    if isinstance(error, click.BadParameter) and error.param and isinstance(error.param.type, click.Choice):
        wrong = re.match(r"'(.+?)' ", error.message)
        near = did_you_mean(wrong[1], map(str, error.param.type.choices)) if wrong else ""
        said += hint_text(near, language_of(arguments))
    if language_of(arguments) == "zh":
        said = re.sub(r"(?<=[。：；！？]) +(?=[^\x00-\x7f])", "", re.sub(r"(?<=[^.])\.$", "。", said))
    error.format_message = lambda: said  # type: ignore[method-assign]
    error.show()


def report_bug(error: BaseException, arguments: Sequence[str]) -> None:
    """Write what is needed to find a bug into a file, and say where it is in one line."""
    import platform
    import tempfile
    import traceback

    from itsmctl.language import tr

    lines = [
        f"itsmctl {__version__}, Python {sys.version.split()[0]}, {platform.system()} {platform.machine()}",
        f"itsmctl {' '.join(arguments)}",
        "",
        *traceback.format_exception(error),
    ]
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="itsmctl-bug-", suffix=".txt", delete=False, encoding="utf-8"
        ) as file:
            file.write("\n".join(lines))
    except OSError:  # there is no place for a file
        click.echo("\n".join(lines), err=True)
        return
    kind = type(error).__name__
    click.echo(
        tr(
            "itsmctl: this is our bug ({kind}). Please send us {file}; it holds no ticket data but what the error names.",
            language_of(arguments),
            kind=kind,
            file=file.name,
        ),
        err=True,
    )
