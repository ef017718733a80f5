"""Finds the texts to translate in our own Python: what Babel's extractor sees, and the templates of problems it cannot.

A problem's template is often chosen before it is used (`template = "..."`) or handed to a helper that makes the Problem
(a function with a parameter named `template` or `message`); both are found here.
"""

from __future__ import annotations

import ast
import inspect
import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import IO

PACKAGE = Path(__file__).resolve().parent.parent
NAMES = ("template", "message")
Found = tuple[int, str | None, str | tuple[str, ...], list[str]]


def messages(
    file: IO[bytes], keywords: Mapping[str, object], comment_tags: Collection[str], options: Mapping[str, object]
) -> Iterator[Found]:
    """Yield (line, function, text or texts, comments) as Babel wants them from an extraction method."""
    path = Path(str(getattr(file, "name", ""))).as_posix()
    if path.endswith("itsmctl/cli/__init__.py"):
        yield from _of_the_command_line()
    if path.endswith("itsmctl/checks/__init__.py"):
        yield from _of_the_checks()
    nodes = list(ast.walk(ast.parse(file.read())))
    helpers = {name: place for path in _imported(nodes) for name, place in _helpers_of(path)}
    helpers |= dict(_helpers(nodes))
    for node in nodes:
        if isinstance(node, ast.Call):
            yield from _from_call(node, helpers)
        elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(target, ast.Name) and target.id in NAMES for target in targets):
                yield from _each(node.value)


def descriptions(
    file: IO[bytes], keywords: Mapping[str, object], comment_tags: Collection[str], options: Mapping[str, object]
) -> Iterator[Found]:
    """Yield in the same form the titles and descriptions of a JSON Schema, but for those that pages say too.

    Of the module of the check types, those of their parameters, as they are once they are made.
    """
    from itsmctl.checks import CHECKS
    from itsmctl.descriptions import texts
    from itsmctl.reports.asked import ASKED

    declared = str(getattr(file, "name", "")).endswith(".py")
    schemas = [check.PARAMETERS for check in CHECKS.values()] if declared else [json.load(file)]
    for text in dict.fromkeys(text for schema in schemas for text in texts(schema)):
        if text not in ASKED.values():
            yield 1, None, text, []


def _of_the_command_line() -> Iterator[Found]:
    """The help of every command and option, and click's own words: they are read from the commands as they are."""
    from itsmctl.cli import COMMANDS, group
    from itsmctl.cli.speaking import phrases, texts

    for text in (*texts(group), *COMMANDS.values(), *phrases()):
        yield 1, None, text, []


def _of_the_checks() -> Iterator[Found]:
    """The pages of the check types, paragraph by paragraph; a declared template has no docstring in the source."""
    from itsmctl.checks import CHECKS, declare

    for page in (*(check.__doc__ for check in CHECKS.values()), declare.__doc__):
        for text in paragraphs(page or ""):
            if not text.startswith(CODE):
                yield 1, None, text, []


CODE = "    "
"""How the lines of an example begin in a docstring that is a page."""


def paragraphs(page: str) -> list[str]:
    """The parts of a docstring that is a page: each paragraph on one line, to be translated by itself, and each example as it is."""
    parts = re.split(r"\n\s*\n", inspect.cleandoc(page))
    return [part if part.startswith(CODE) else " ".join(part.split()) for part in parts]


def _imported(nodes: Iterable[ast.AST]) -> Iterator[Path]:
    """Our own modules from which this one takes names: their helpers are called here too."""
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("itsmctl."):
            path = PACKAGE.parent / ((node.module or "").replace(".", "/") + ".py")
            if path.is_file():
                yield path


@cache
def _helpers_of(path: Path) -> tuple[tuple[str, int], ...]:
    """The helpers of a module; many others import it, and it is read once for all of them."""
    return tuple(_helpers(ast.walk(ast.parse(path.read_text("utf-8")))))


def _helpers(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, int]]:
    """Functions that take a template, and at which place of a call."""
    yield "Problem", 1
    yield "Misused", 0
    yield "Phrase", 0
    for node in nodes:
        if isinstance(node, ast.FunctionDef):
            names = [argument.arg for argument in node.args.args if argument.arg != "self"]
            for name in NAMES:
                if name in names:
                    yield node.name, names.index(name)


def _from_call(node: ast.Call, helpers: Mapping[str, int]) -> Iterator[Found]:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if name in ("tr", "msg") and node.args:
        yield from _each(node.args[0])
    elif name == "trn":
        texts = tuple(str(argument.value) for argument in node.args[:2] if isinstance(argument, ast.Constant))
        if len(texts) == 2:
            yield node.lineno, "ngettext", texts, []
    elif name in helpers:
        if len(node.args) > helpers[name]:
            yield from _each(node.args[helpers[name]])
        for keyword in node.keywords:
            if keyword.arg in NAMES:
                yield from _each(keyword.value)


def _each(node: ast.expr) -> Iterator[Found]:
    """The texts that an expression can be: a literal, or either branch of a choice."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
        yield node.lineno, None, node.value, []
    elif isinstance(node, ast.IfExp):
        yield from _each(node.body)
        yield from _each(node.orelse)
