"""What `itsmctl show history` and `itsmctl show codeowners` show: document control from git."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import click

from itsmctl.cli import options
from itsmctl.control.codeowners import codeowners
from itsmctl.control.people import day_of
from itsmctl.control.record import record_of
from itsmctl.errors import ItsmctlError, Problem, Where, did_you_mean
from itsmctl.history import commit_of
from itsmctl.history.log import place_in_repository
from itsmctl.language import problem_line
from itsmctl.model import FIELD_OF_KIND, Definitions, Language
from itsmctl.views.history import data, page
from itsmctl.views.page import markdown, text


def history(root: Path, definitions: Definitions, kind: str, name: str, form: str, language: Language) -> str:
    """The record of one controlled document in a form."""
    if kind not in FIELD_OF_KIND:
        values = {"what": "kind", "word": kind, "allowed": ", ".join(sorted(FIELD_OF_KIND))}
        near = did_you_mean(kind, FIELD_OF_KIND)
        raise ItsmctlError(
            Problem("unknown-kind", "unknown {what} {word!r}; known: {allowed}", values=values, suggestion=near)
        )
    record = record_of(root, definitions, found_by_name(definitions.of_kind(kind), kind, name))
    match form:
        case "json":
            return json.dumps(data(record), ensure_ascii=False, indent=2) + "\n"
        case "markdown":
            return markdown(page(record, language))
        case "text":
            return text(page(record, language), options.terminal_width())
        case _:
            template = "a {kind} has no form {form!r}; it has {allowed}"
            values = {"form": form, "kind": "history", "allowed": "text, json, markdown"}
            raise ItsmctlError(Problem("no-such-form", template, values=values))


def owners(root: Path, definitions: Definitions, day: date | None) -> str:
    """CODEOWNERS on a day, else on that of the last commit."""
    if day is None:
        commit = commit_of(root, definitions.files)
        if commit is None:
            template = "there is no commit whose day could be meant; say with --as-of which day's holders"
            raise ItsmctlError(Problem("no-history", template, Where(str(root))))
        day = day_of(commit.committed_at)
    return codeowners(definitions, day, place_in_repository(root))


def check_owners(file: Path, text: str, language: Language) -> int:
    """The exit code: 0 where the file holds just that, else 1, with the first line that it should not have."""
    try:
        there = file.read_text(encoding="utf-8")
    except OSError as error:
        raise ItsmctlError(
            Problem(
                "unreadable-file",
                "cannot read the file: {why}",
                Where(str(file)),
                {"why": error.strerror or str(error)},
            )
        ) from error
    if there == text:
        return 0
    old, new = there.splitlines(), text.splitlines()
    line = next((n for n, (a, b) in enumerate(zip(old, new, strict=False), 1) if a != b), min(len(old), len(new)) + 1)
    template = "not what the roles say and who holds them; run: itsmctl show codeowners -o {file}"
    problem = Problem("codeowners-stale", template, Where(str(file), line, 1), {"file": file})
    click.echo(problem_line(problem, language))
    return 1


def found_by_name(known: Mapping[str, Any], kind: str, name: str) -> Any:
    """The definition of that id or alias among those of a kind."""
    if name in known:
        return known[name]
    by_alias = {alias: d for d in known.values() for alias in getattr(d, "aliases", ())}
    if name in by_alias:
        return by_alias[name]
    values = {"what": kind, "word": name, "allowed": ", ".join(sorted(known))}
    near = did_you_mean(name, sorted(known))
    raise ItsmctlError(
        Problem(f"unknown-{kind}", "unknown {what} {word!r}; known: {allowed}", values=values, suggestion=near)
    )
