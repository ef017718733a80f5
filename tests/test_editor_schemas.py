"""What an editor is given judges as `itsmctl validate` does, as far as one document goes, and helps where it can."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import jsonschema_rs
import pytest

from itsmctl.checks import CHECKS
from itsmctl.definitions import definition_files
from itsmctl.definitions.editor_schemas import complete_schemas, editor_schemas
from itsmctl.definitions.schema import schemas
from itsmctl.descriptions import parts
from itsmctl.reference import reference_root
from itsmctl.source import read_documents

RULE: dict[str, Any] = {
    "kind": "rule", "id": "INC-90", "title": "x", "version": 1, "process": "incident", "clauses": ["iso-20000-1:8.6.1"],
    "severity": "minor", "check": {"required": {"columns": ["service"]}}, "rationale": "x", "remedy": "y",
}  # fmt: skip


@cache
def given() -> dict[str, Any]:
    return {name: json.loads(text) for name, text in editor_schemas("zh").items()}


def allowed(name: str, value: object) -> bool:
    registry = jsonschema_rs.Registry(list(given().items()))
    return bool(jsonschema_rs.Draft7Validator(given()[name], registry=registry).is_valid(value))


def of_the_reference() -> Iterator[dict[str, Any]]:
    for path in definition_files(reference_root()):
        yield from (document.data for document in read_documents(path))


def test_nothing_of_the_reference_set_is_wrong_to_an_editor() -> None:
    found = list(of_the_reference())
    assert len(found) > 500
    registry = jsonschema_rs.Registry(list(given().items()))
    any_kind = jsonschema_rs.Draft7Validator(given()["any.schema.json"], registry=registry)
    assert [data["id"] for data in found if not any_kind.is_valid(data)] == []


@pytest.mark.parametrize("begun", [None, "ki", {"kin": "role"}])
def test_what_is_no_definition_yet_is_not_judged_by_every_kind(begun: object) -> None:
    registry = jsonschema_rs.Registry(list(given().items()))
    any_kind = jsonschema_rs.Draft7Validator(given()["any.schema.json"], registry=registry)
    assert [error.schema_path for error in any_kind.iter_errors(begun) if "allOf" in error.schema_path] == []
    assert len(list(any_kind.iter_errors(begun))) == 1


@pytest.mark.parametrize(
    "check",
    [
        {"required": {"colums": ["service"]}},
        {"required": {}},
        {"required": {"columns": ["service"]}, "readable": {}},
        {"clock-within": {"clock": 3}},
    ],
)
def test_an_editor_sees_what_is_wrong_with_a_check(check: dict[str, Any]) -> None:
    assert allowed("rule.schema.json", RULE)
    assert not allowed("rule.schema.json", {**RULE, "check": check})
    assert not allowed("any.schema.json", {**RULE, "check": check})


def test_every_check_has_its_parameters() -> None:
    checks = complete_schemas()["rule"]["properties"]["check"]["properties"]
    assert set(checks) == set(CHECKS)
    for name, check in CHECKS.items():
        assert checks[name] | dict(check.PARAMETERS) == checks[name] and checks[name]["description"], name
    assert "additionalProperties" not in schemas()["rule"]["properties"]["check"]["properties"]["required"], (
        "left as it was"
    )


def test_every_parameter_of_a_check_is_described() -> None:
    """Whoever hovers over one is told what it means, what an empty one stands for, and in which unit it is."""
    bare = [
        (name, key)
        for name, check in CHECKS.items()
        for part in parts(check.PARAMETERS)
        for key, body in part.get("properties", {}).items()
        if part.get("additionalProperties") is False and not body.get("description")
    ]
    assert bare == []
    written = json.loads(editor_schemas("zh")["rule.schema.json"])["properties"]["check"]["properties"]
    told = written["not-sooner"]["properties"]["least"]
    assert told["description"].startswith("可通过的最短时间，以时、分、秒") and told["patternErrorMessage"].endswith(
        told["description"]
    )


def test_no_limit_stands_beside_the_properties_that_it_limits() -> None:
    """The language server would complete nothing there."""
    limited = [part for schema in schemas().values() for part in parts(schema) if "maxProperties" in part]
    aside = [
        part for schema in given().values() for part in parts(schema) if {"maxProperties": 1} in part.get("allOf", ())
    ]
    assert limited and aside
    assert [p for schema in given().values() for p in parts(schema) if "maxProperties" in p and "properties" in p] == []


def test_a_form_is_told_in_words_and_not_as_a_regular_expression() -> None:
    told = {
        part["pattern"]: part.get("patternErrorMessage")
        for name, schema in given().items()
        for part in parts(schema)
        if "pattern" in part and (name != "rule.schema.json" or "examples" in part)
    }
    assert [pattern for pattern, message in told.items() if not message] == []
    common = given()["common.schema.json"]["definitions"]
    assert common["date"]["patternErrorMessage"] == "格式不正确；例如 2026-10-01。日期，写成年-月-日。"
