"""Baselines in files outside the definitions, and as they are written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from itsmctl import model
from itsmctl.definitions.build import build
from itsmctl.definitions.build.builder import Builder
from itsmctl.definitions.schema import check_document
from itsmctl.errors import NONE, ItsmctlError, Problem, Where, did_you_mean
from itsmctl.reference import SUFFIXES
from itsmctl.source import Document, read_documents


def baseline_named(definitions: model.Definitions, word: str, *, files: bool = True) -> model.Baseline:
    """The baseline of that id, else where `files` may be named the one in such a file; raises ItsmctlError where there is neither."""
    if word in definitions.baselines:
        return definitions.baselines[word]
    path = Path(word)
    if files and (path.suffix in SUFFIXES or path.is_file()):
        return in_file(path)[0]
    values = {"what": "baseline", "word": word, "allowed": ", ".join(definitions.baselines) or NONE}
    near = did_you_mean(word, definitions.baselines)
    raise ItsmctlError(
        Problem("unknown-baseline", "unknown {what} {word!r}; known: {allowed}", values=values, suggestion=near)
    )


def in_file(path: Path) -> tuple[model.Baseline, Document]:
    """The one baseline of a file, and the document that it stands in."""
    documents = read_documents(path)
    problems = [problem for document in documents for problem in check_document(document)]
    if problems:
        raise ItsmctlError(problems)
    builders = [Builder(document) for document in documents]
    found = [build(builder) for builder in builders]
    problems = [problem for builder in builders for problem in builder.problems]
    if problems:
        raise ItsmctlError(problems)
    if len(found) != 1 or not isinstance(found[0], model.Baseline):
        template = "the file must hold one definition, of kind baseline"
        raise ItsmctlError(Problem("not-a-baseline", template, Where(str(path))))
    return found[0], documents[0]


def entries(
    failing: Iterable[tuple[str, str, str, int]], rules: Mapping[str, model.Rule], grouped: Iterable[str]
) -> list[dict[str, Any]]:
    """Failures (rule, record or group, what was observed, how many of it) as they stand under `findings`.

    A record that fails once goes by its name; a group, and a record that fails more than once, by what was observed.
    """
    groups, found = frozenset(grouped), dict[str, dict[str, Any]]()
    for rule, key, observed, times in failing:
        entry = found.setdefault(rule, {"rule": rule, "version": rules[rule].version, "meaning": rules[rule].meaning})
        if times == 1 and rules[rule].check not in groups:
            entry.setdefault("records", []).append(key)
        else:
            entry.setdefault("observed", {}).setdefault(key, []).append(observed)
    return [found[rule] for rule in sorted(found)]


def without(
    findings: Iterable[Mapping[str, Any]], gone: Iterable[tuple[str, str, str]], today: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Entries of a baseline as they stand in its file, but for those that are gone; `today` are the ids that rules have now."""
    lost = frozenset(gone)
    left: list[dict[str, Any]] = []
    for one in findings:
        rule = today.get(one["rule"], one["rule"])
        records = [record for record in one.get("records", ()) if (rule, record, "") not in lost]
        observed = {
            key: kept
            for key, every in one.get("observed", {}).items()
            if (kept := [text for text in every if (rule, key, text) not in lost])
        }
        rest = {key: value for key, value in one.items() if key not in ("records", "observed", "note")}
        if records or observed:
            parts = {"records": records, "observed": observed, "note": one.get("note")}
            left.append({**rest, **{key: value for key, value in parts.items() if value}})
    return left
