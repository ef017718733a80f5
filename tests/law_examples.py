"""Examples of laws as definitions: what an example leaves out is filled from the examples that the schemas give."""

from __future__ import annotations

import copy
import itertools
from datetime import date
from typing import Any

from itsmctl.definitions.build import build
from itsmctl.definitions.build.builder import Builder
from itsmctl.definitions.lint.law import MARK, example_day
from itsmctl.definitions.lint.system import System
from itsmctl.definitions.references import Entry
from itsmctl.definitions.schema import check_document, schemas
from itsmctl.source import parse_documents


def system_of(example: str, as_of: date | None = None) -> System:
    """The definitions of an example, judged at its own day."""
    entries = []
    for document in parse_documents(example, "example.yaml"):
        data: Any = document.data
        _fill(schemas()[data["kind"]], data, schemas()[data["kind"]])
        assert [str(problem) for problem in check_document(document)] == []
        builder = Builder(document)
        definition = build(builder)
        assert [str(problem) for problem in builder.problems] == []
        entries.append(Entry(document, definition))
    return System(tuple(entries), as_of or example_day(example))


def marked_lines(example: str) -> list[int]:
    """The lines at which a failing example must fail."""
    return [number for number, line in enumerate(example.splitlines(), 1) if line.rstrip().endswith(MARK)]


def _fill(schema: Any, value: Any, root: Any) -> None:
    body, root = _resolved(schema, root)
    if isinstance(value, dict):
        properties = body.get("properties", {})
        choices = [choice["required"] for choice in body.get("anyOf", ()) if "required" in choice]
        one_of = [] if any(set(keys) <= value.keys() for keys in choices) else choices[:1]
        for key in itertools.chain(body.get("required", ()), *one_of):
            if key not in value:
                value[key] = copy.deepcopy(_example(properties[key], root))
        for key, child in value.items():
            inner = properties.get(key, body.get("additionalProperties"))
            if isinstance(inner, dict):
                _fill(inner, child, root)
    elif isinstance(value, list) and isinstance(body.get("items"), dict):
        for child in value:
            _fill(body["items"], child, root)


def _resolved(schema: Any, root: Any) -> tuple[Any, Any]:
    if "$ref" not in schema:
        return schema, root
    file, _, pointer = schema["$ref"].partition("#")
    root = schemas()[file.removesuffix(".schema.json")] if file else root
    found = root
    for part in pointer.strip("/").split("/"):
        found = found[part]
    return _resolved(found, root)


def _example(schema: Any, root: Any) -> Any:
    if "examples" in schema:
        return schema["examples"][0]
    body, _ = _resolved(schema, root)
    return body["const"] if "const" in body else body["examples"][0]
