"""Schema errors as problems that a person can act on: the place, what was allowed, and the nearest word."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from itsmctl.errors import Phrase, Problem, did_you_mean
from itsmctl.language import msg
from itsmctl.reference import schema_folder
from itsmctl.source import Document, Path_
from itsmctl.worktime.durations import in_days

if TYPE_CHECKING:  # definitions that are kept need none of them, and they are slow to load
    import jsonschema_rs
    from jsonschema import Draft7Validator
    from jsonschema.exceptions import ValidationError
    from referencing import Registry

SUFFIX = ".schema.json"
NOT_KINDS = ("any", "common")

_TYPE_NAMES = {
    "object": msg("a mapping"),
    "array": msg("a list"),
    "string": msg("text"),
    "integer": msg("a whole number"),
    "number": msg("a number"),
    "boolean": msg("true or false"),
    "null": msg("nothing"),
}


@cache
def schemas() -> Mapping[str, dict[str, Any]]:
    """Every schema by name (`rule`, `common`, …)."""
    paths = sorted(schema_folder().glob("*" + SUFFIX))
    return {path.name.removesuffix(SUFFIX): json.loads(path.read_text(encoding="utf-8")) for path in paths}


def kinds() -> list[str]:
    """Every kind of definition, sorted."""
    return [name for name in schemas() if name not in NOT_KINDS]


@cache
def _registry() -> Registry[Any]:
    from referencing import Registry, Resource
    from referencing.jsonschema import DRAFT7

    resources = [(name + SUFFIX, Resource.from_contents(body, DRAFT7)) for name, body in schemas().items()]
    by_id = [(str(body["$id"]), Resource.from_contents(body, DRAFT7)) for body in schemas().values() if "$id" in body]
    registry: Registry[Any] = Registry().with_resources(resources + by_id)
    return registry


@cache
def _validator(kind: str) -> Draft7Validator:
    return _explaining(schemas()[kind])


def _explaining(schema: Mapping[str, Any]) -> Draft7Validator:
    from jsonschema import Draft7Validator

    return Draft7Validator(dict(schema), registry=_registry())


@cache
def _compiled(kind: str) -> jsonschema_rs.Draft7Validator:
    """The same schema compiled: it only says yes or no, but much faster; the other one says what is wrong."""
    return _compile(schemas()[kind])


def _compile(schema: dict[str, Any]) -> jsonschema_rs.Draft7Validator:
    import jsonschema_rs

    return jsonschema_rs.Draft7Validator(schema, registry=_compiled_registry())


@cache
def _compiled_registry() -> jsonschema_rs.Registry:
    import jsonschema_rs

    return jsonschema_rs.Registry([(name + SUFFIX, body) for name, body in schemas().items()])


def check_document(document: Document) -> list[Problem]:
    """Return everything about one document that its kind's schema does not allow."""
    data = document.data
    if not isinstance(data, dict):
        return [Problem("not-a-definition", "a definition is a mapping that starts with `kind:`", document.where())]
    kind = data.get("kind")
    if kind is None:
        return [
            Problem(
                "missing-key",
                "key 'kind' is missing; it is one of {allowed}",
                document.where(),
                {"allowed": ", ".join(kinds())},
            )
        ]
    if kind not in kinds():
        return [
            _unknown("unknown-kind", "unknown kind {word!r}; one of {allowed}", str(kind), kinds(), document, ("kind",))
        ]
    if _compiled(str(kind)).is_valid(data):
        return []
    return check_value(_validator(str(kind)), data, document, ())


def check_parameters(schema: Mapping[str, Any], value: object, document: Document, path: Path_) -> list[Problem]:
    """Check a part of a document against a schema of its own (the parameters of a check type)."""
    if _compile(dict(schema)).is_valid(value):
        return []
    return check_value(_explaining(schema), value, document, path)


def check_value(validator: Draft7Validator, value: object, document: Document, base: Path_) -> list[Problem]:
    """Return the schema's complaints about `value`, which stands at `base` in the document, without repeats."""
    found: dict[tuple[str, str, str], Problem] = {}
    for error in validator.iter_errors(value):
        for problem in _problems(error, document, base):
            found.setdefault((problem.code, str(problem.where), problem.message), problem)
    return list(found.values())


def _problems(error: ValidationError, document: Document, base: Path_) -> Iterator[Problem]:
    path: Path_ = (*base, *error.absolute_path)
    wanted: Any = error.validator_value
    instance: Any = error.instance
    if "propertyNames" in error.absolute_schema_path:
        values = {"key": _shown(instance), "example": _example(error)}
        yield Problem(
            "wrong-key",
            "key {key!r} does not have the right form{example}",
            document.where((*path, str(instance)), key=True),
            values,
        )
        return
    match error.validator:
        case "additionalProperties":
            known = sorted((error.schema if isinstance(error.schema, dict) else {}).get("properties", {}))
            for key in instance:
                if key not in known:
                    yield _unknown(
                        "unknown-key",
                        "unknown key {word!r}; allowed here: {allowed}",
                        key,
                        known,
                        document,
                        (*path, key),
                        key=True,
                    )
        case "required":
            for key in wanted:
                if key not in instance:
                    yield Problem(
                        "missing-key",
                        "key {key!r} is missing{hint}",
                        document.where(path),
                        {"key": key, "hint": _near_key(key, instance)},
                    )
        case "dependencies":
            for key in (key for holder, keys in wanted.items() if holder in instance for key in keys):
                if key not in instance:
                    yield Problem(
                        "missing-key", "key {key!r} is missing{hint}", document.where(path), {"key": key, "hint": ""}
                    )
        case "enum" | "const":
            allowed = [str(choice) for choice in (wanted if error.validator == "enum" else [wanted])]
            yield _unknown(
                "not-allowed",
                "{word!r} is not allowed here; one of {allowed}",
                _shown(instance),
                allowed,
                document,
                path,
            )
        case "type":
            names = [wanted] if isinstance(wanted, str) else wanted
            values = {
                "value": _shown(instance),
                "found": Phrase(_type_name(instance)),
                "wanted": _one_of_types(names),
                "example": _example(error),
            }
            template = "{value} is {found}; it must be {wanted}{example}"
            yield Problem("wrong-type", template, document.where(path), values)
        case "pattern" if "1bd" in _examples(error) and (days := in_days(str(instance))):
            yield replace(days, where=document.where(path))
        case "pattern":
            yield Problem(
                "wrong-form",
                "{value!r} does not have the right form{example}",
                document.where(path),
                {"value": _shown(instance), "example": _example(error)},
            )
        case "anyOf" | "oneOf" | "allOf" | "if" | "not":
            yield from _problems_inside(error, document, base, path)
        case _:
            yield Problem(
                "not-allowed",
                "{value}: {message}",
                document.where(path),
                {"value": _shown(instance), "message": _limit_message(error)},
            )


def _problems_inside(error: ValidationError, document: Document, base: Path_, path: Path_) -> Iterator[Problem]:
    """Of the branches that a value may follow, complain about the one it got furthest in."""
    if not error.context:
        yield Problem(
            "not-allowed", "{value} is not allowed here", document.where(path), {"value": _shown(error.instance)}
        )
        return
    branches: dict[object, list[ValidationError]] = {}
    for inner in error.context:
        branches.setdefault(inner.schema_path[0] if inner.schema_path else 0, []).append(inner)
    wrong_type_last = sorted(
        branches.values(), key=lambda errors: (any(e.validator == "type" and not e.path for e in errors), len(errors))
    )
    for inner in wrong_type_last[0]:
        yield from _problems(inner, document, base)


def _unknown(
    code: str, template: str, word: str, allowed: Iterable[str], document: Document, path: Path_, *, key: bool = False
) -> Problem:
    choices = list(allowed)
    near = did_you_mean(word, choices)
    values = {"word": word, "allowed": ", ".join(choices) or "nothing"}
    return Problem(code, template, document.where(path, key=key), values, suggestion=near)


def _near_key(key: str, instance: Mapping[str, object]) -> Phrase | str:
    near = did_you_mean(key, instance)
    return Phrase(msg(" ({near!r} stands there)"), {"near": near}) if near and near != key else ""


def _shown(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if 0 < len(text) <= 60 else repr(text) if not text else text[:57] + "…"


def _type_name(value: object) -> str:
    for kind, name in (
        (bool, "boolean"),
        (dict, "object"),
        (list, "array"),
        (str, "string"),
        (int, "integer"),
        (float, "number"),
    ):
        if isinstance(value, kind):
            return _TYPE_NAMES[name]
    return _TYPE_NAMES["null"]


def _one_of_types(names: Sequence[str]) -> Phrase:
    first, *others = names
    known = Phrase(_TYPE_NAMES[first])
    return Phrase(msg("{first} or {second}"), {"first": known, "second": _one_of_types(others)}) if others else known


def _example(error: ValidationError) -> Phrase | str:
    examples = _examples(error)
    return Phrase(msg("; for example {example}"), {"example": _shown(examples[0])}) if examples else ""


def _examples(error: ValidationError) -> Sequence[object]:
    return error.schema.get("examples", ()) if isinstance(error.schema, dict) else ()


def _limit_message(error: ValidationError) -> Phrase | str:
    limit = {"limit": error.validator_value}
    match error.validator:
        case "minItems" | "minProperties" | "minLength":
            few = msg("it must not be empty") if error.validator_value == 1 else msg("at least {limit} wanted")
            return Phrase(few, limit)
        case "maxItems" | "maxProperties" | "maxLength":
            return Phrase(msg("at most {limit} allowed"), limit)
        case "minimum" | "exclusiveMinimum":
            return Phrase(msg("the least is {limit}"), limit)
        case "maximum" | "exclusiveMaximum":
            return Phrase(msg("the most is {limit}"), limit)
        case "uniqueItems":
            return Phrase(msg("a value stands twice in the list"))
        case _:
            return error.message
