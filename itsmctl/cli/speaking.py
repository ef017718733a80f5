"""The command line's own words in the reader's language: its help, click's words around it, and what was asked wrongly."""

from __future__ import annotations

import copy
import inspect
import os
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:  # the texts are slow to load, and English help does not need them
    from itsmctl.model import Language

ENVIRONMENT = "ITSMCTL_LANG"
"""Names the language where `--lang` does not."""
LANGUAGE = "itsmctl.language"
"""Where a context keeps the language that was asked for, on whichever side of the command."""
NAMED = "itsmctl.language named"
"""Where a context keeps the language that `--lang` names; None where it stands nowhere."""
_CLICK = (
    "Usage:", "Options", "Commands", "Positional arguments", "Show this message and exit.", "Show the version and exit.",
    "Error: {message}", "Try '{command} {option}' for help.", "Missing command.", "Missing argument", "Missing option", "Missing parameter",
    "Invalid value: {message}", "Invalid value for {param_hint}: {message}", "No such option {name!r}.", "No such command {name!r}.",
    "Option {name!r} does not take a value.", "{value!r} is not a valid {number_type}.", "{value} is not in the range {range}.",
    "{name} {filename!r} does not exist.", "{name} {filename!r} is a file.", "{name} {filename!r} is a directory.",
    "{name} {filename!r} is not readable.", "{name} {filename!r} is not writable.", "file", "directory", "path", "File", "Directory", "Path",
    "default: {default}", "env var: {var}", "Choose from:\n\t{choices}", "Error: invalid input",
)  # fmt: skip
_NUMBERED = (
    ("Did you mean {possibility}?", "(Did you mean one of: {possibilities}?)"),
    ("Option {name!r} requires an argument.", "Option {name!r} requires {nargs} arguments."),
    ("Got unexpected extra argument ({args})", "Got unexpected extra arguments ({args})"),
    ("{value!r} is not {choice}.", "{value!r} is not one of {choices}."),
)
_MODULES = ("core", "decorators", "exceptions", "formatting", "parser", "termui", "types")


class Misused(click.UsageError):
    """A command that was asked for what does not go together; `template` is told in the reader's language."""

    def __init__(self, template: str, ctx: click.Context | None = None, **values: object) -> None:
        super().__init__(template.format(**values) if values else template, ctx)
        self.template, self.values = template, values

    def format_message(self) -> str:
        """The message in the language that is spoken."""
        template = told(self.template, _now)
        return template.format(**self.values) if self.values else template


def language_of(arguments: Sequence[str]) -> Language:
    """The language named on the command line, which a command that failed may not have read yet, else by the environment."""
    return named_in(arguments) or ("zh" if os.environ.get(ENVIRONMENT) == "zh" else "en")


def named_in(arguments: Sequence[str]) -> Language | None:
    """The language that `--lang` names on the command line."""
    follows = zip(arguments, [*arguments[1:], ""], strict=True)
    for argument, following in follows:
        if argument.startswith("--lang="):
            return "zh" if argument == "--lang=zh" else "en"
        if argument == "--lang":
            return "zh" if following == "zh" else "en"
    return None


def refuse_unknown_language(name: str, ctx: click.Context) -> None:
    """Refuse a language before the command in the words of the option behind it."""
    from itsmctl.language import LANGUAGES

    option = click.Option(["--lang"], type=click.Choice(LANGUAGES))
    option.type.convert(name, option, ctx)


def spoken(command: click.Command, language: Language) -> click.Command:
    """The command, and those below it, with their help in a language; a copy where that is not English."""
    if language == "en":
        return command
    said = copy.copy(command)
    forget_help_option(said)
    said.help = told(command.help, language)
    said.short_help = told(command.short_help, language) or None
    said.params = [spoken_parameter(parameter, language) for parameter in command.params]
    if isinstance(said, click.Group):
        said.commands = {name: spoken(below, language) for name, below in said.commands.items()}
    return said


def forget_help_option(command: click.Command) -> None:
    """Let click make `--help` anew, which it keeps in the language of the first who asked."""
    if hasattr(command, "_help_option"):
        command._help_option = None


def spoken_parameter(parameter: click.Parameter, language: Language) -> click.Parameter:
    """The parameter with its help in a language; a copy where that is not English."""
    if language == "en":
        return parameter
    said = copy.copy(parameter)
    if isinstance(said, click.Option):
        said.help = told(said.help, language)
    return said


def told(text: str | None, language: Language) -> str:
    """A text in a language, paragraph by paragraph; examples, which are commands, stay as they are."""
    if language == "en":
        return text or ""
    from itsmctl.language import tr

    return "\n\n".join(tr(part, language) if _is_prose(part) else part for part in paragraphs(text or ""))


def paragraphs(text: str) -> list[str]:
    """Help in paragraphs; each is one line, but for those that click is told to leave as they are."""
    parts = inspect.cleandoc(text).split("\n\n") if text else []
    return [part if part.startswith("\b") else " ".join(part.split("\n")) for part in parts]


def _is_prose(paragraph: str) -> bool:
    """Examples, which are commands, are the same in every language."""
    return not paragraph.startswith("\b\nitsmctl ")


def texts(command: click.Command) -> Iterator[str]:
    """Every text of a command, and of those below it, that a person may read."""
    helps = [command.help, command.short_help, *(p.help for p in command.params if isinstance(p, click.Option))]
    for text in helps:
        yield from filter(_is_prose, paragraphs(text or ""))
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from texts(below)


def phrases() -> Iterator[str]:
    """What click says, as far as a person meets it."""
    yield from _CLICK
    for pair in _NUMBERED:
        yield from pair


_now: Language = "en"
_listening = False


def speak(language: Language) -> None:
    """Let click speak a language from now on, and break lines where that language does."""
    global _now, _listening
    if language != "en" and not _listening:
        _listening = True
        for module in (import_module(f"click.{name}") for name in _MODULES):
            for name, ours in (("_", _word), ("ngettext", _number), ("wrap_text", _lines)):
                if hasattr(module, name):
                    setattr(module, name, ours(getattr(module, name)))
        click.Context.formatter_class = _Formatter
    _now = language


class _Formatter(click.HelpFormatter):
    """Writes the colons of help as Chinese does."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, told("Usage:", _now) if prefix is None and _now == "zh" else prefix)

    def write_heading(self, heading: str) -> None:
        if _now == "zh":
            self.write(f"{'':>{self.current_indent}}{heading}：\n")
        else:
            super().write_heading(heading)


def _word(before: Callable[[str], str]) -> Callable[[str], str]:
    from itsmctl.language import tr

    return lambda text: before(text) if _now == "en" else tr(text, _now)


def _number(before: Callable[[str, str, int], str]) -> Callable[[str, str, int], str]:
    from itsmctl.language import tr

    return lambda one, many, n: before(one, many, n) if _now == "en" else tr(one if n == 1 else many, _now)


def _lines(before: Callable[..., str]) -> Callable[..., str]:
    from itsmctl.reports.plain import wrap

    def wrapped(
        text: str,
        width: int = 78,
        initial_indent: str = "",
        subsequent_indent: str = "",
        preserve_paragraphs: bool = False,
    ) -> str:
        if _now == "en":
            return before(text, width, initial_indent, subsequent_indent, preserve_paragraphs)
        parts: list[str] = []
        for part in text.split("\n\n") if preserve_paragraphs else [text]:
            kept = part.lstrip().startswith("\b")
            lines = [subsequent_indent + line for line in part.split("\n")[1:]]
            parts.append("\n".join(lines if kept else wrap(" ".join(part.split()), width, subsequent_indent)))
        whole = "\n\n".join(parts)
        return initial_indent + whole.removeprefix(subsequent_indent)

    return wrapped
