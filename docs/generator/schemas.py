"""Every kind of definition from its JSON Schema: keys, types, descriptions, examples."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from generator.markdown import block, code, codes, table, value
from itsmctl.definitions.schema import kinds, schemas
from itsmctl.model import RECORD_COLUMNS

Schema = Mapping[str, Any]

FOLDERS = {
    "service": "catalog", "sla": "catalog", "ola": "catalog", "contract": "catalog", "calendar": "catalog",
    "customer": "catalog", "supplier": "catalog",
    "role": "roles", "position": "roles", "assignment": "roles", "raci": "roles",
    "process": "policies", "priority-matrix": "policies", "code-list": "policies", "rule": "policies", "framework": "policies", "crosswalk": "policies",
    "kpi": "policies", "complaint": "policies", "procedure": "policies",
    "policy": "policies", "separation": "roles",
    "audit": "audits", "mapping": "audits", "programme": "audits", "waiver": "audits", "baseline": "audits",
    "questionnaire": "audits", "assessment": "audits", "survey": "audits", "nonconformity": "audits", "review": "audits",
    "register": "audits",
}  # fmt: skip
"""In which folder of a management system a kind usually lives."""


def pages() -> dict[str, str]:
    """A page per kind, one for the shared parts, and an overview."""
    bodies = schemas()
    found = {f"definitions/{kind}.md": page(bodies[kind]) for kind in kinds()}
    found["definitions/common.md"] = common(bodies["common"])
    found["definitions/index.md"] = overview(bodies)
    return found


def overview(bodies: Mapping[str, Schema]) -> str:
    """All kinds by folder."""
    rows = [(f"`{FOLDERS[kind]}/`", f"[{kind}]({kind}.md)", str(bodies[kind]["description"])) for kind in kinds()]
    return (
        "# Definitions\n\nA management system is four folders of YAML. Every document says its `kind`; several documents may share a file\n"
        "(`---` between them). An editor with YAML support checks and completes as you type when the first line of the file is\n\n"
        + block("# yaml-language-server: $schema=../schemas/any.schema.json", "yaml")
        + "\nand `itsmctl validate` checks everything, also what stands in several files.\n\n"
        + table(("folder", "kind", "what"), sorted(rows))
        + "\nParts that several kinds share: [common](common.md).\n"
    )


def page(schema: Schema) -> str:
    """One kind: its keys, the parts that have keys of their own, and an example."""
    parts = [f"# {schema['title']}\n\n`kind: {schema['properties']['kind']['const']}`. {schema['description']}\n\n"]
    parts.append(properties(schema))
    for name, part in schema.get("definitions", {}).items():
        parts.append(f"\n## {name}\n\n{part.get('description', '')}\n\n{properties(part) or type_text(part) + chr(10)}")
    for example in schema.get("examples", ()):
        parts.append("\n## Example\n\n" + block(yaml_text(example), "yaml"))
    return "".join(parts)


def common(schema: Schema) -> str:
    """The parts that several kinds share."""
    parts = [f"# {schema['title']}\n\n"]
    for name, part in schema["definitions"].items():
        parts.append(f"## {name}\n\n{part['description']}\n\n")
        parts.append((properties(part) or f"Type: {type_text(part)}\n") + "\n")
        examples = ", ".join(value(example) for example in part.get("examples", ()))
        parts.append(f"For example {examples}\n\n" if examples else "")
    return "".join(parts)


def properties(schema: Schema) -> str:
    """A table of keys, nested ones below their parent, or nothing."""
    rows = list(_rows(schema, ""))
    return table(("key", "required", "type", "what", "example"), rows) if rows else ""


def _rows(schema: Schema, above: str) -> Iterator[tuple[str, str, str, str, str]]:
    required = set(schema.get("required", ()))
    for key, body in schema.get("properties", {}).items():
        yield _row(above + key, body, key in required)
        yield from _inside(body, above + key)
    if isinstance(schema.get("additionalProperties"), dict):
        body = schema["additionalProperties"]
        yield _row(above + "*", body, False)
        yield from _inside(body, above + "*")


def _inside(body: Schema, name: str) -> Iterator[tuple[str, str, str, str, str]]:
    if "$ref" not in body:
        yield from _rows(body, name + ".")
        if isinstance(body.get("items"), dict) and "$ref" not in body["items"]:
            yield from _rows(body["items"], name + "[].")


def _row(name: str, body: Schema, required: bool) -> tuple[str, str, str, str, str]:
    example = value(body["examples"][0]) if body.get("examples") else ""
    return code(name), "yes" if required else "", type_text(body), str(body.get("description", "")), example


def type_text(body: Schema, folder: str = "") -> str:
    """What a value may be, with a link where the type has a name."""
    if "$ref" in body:
        file, _, name = str(body["$ref"]).partition("#/definitions/")
        page = f"{folder}common.md" if file else ""
        return f"[{name}]({page}#{name})"
    if "const" in body:
        return value(body["const"])
    if "enum" in body:
        return "one of " + choices([str(choice) for choice in body["enum"]])
    types = body.get("type", "")
    names = " or ".join(TYPES[name] for name in ([types] if isinstance(types, str) else types) if name)
    if isinstance(body.get("items"), dict):
        names = names.replace("list", f"list of {type_text(body['items'], folder)}")
    return names + limits(body)


def choices(allowed: list[str]) -> str:
    """The values allowed; the columns of the record are not listed again."""
    if set(allowed) < set(RECORD_COLUMNS) or not set(allowed) > set(RECORD_COLUMNS):
        return codes(allowed)
    return codes([word for word in allowed if word not in RECORD_COLUMNS] + ["any column of the record"])


TYPES = {
    "object": "mapping", "array": "list", "string": "text", "integer": "whole number", "number": "number",
    "boolean": "true or false", "null": "nothing",
}  # fmt: skip


def limits(body: Schema) -> str:
    """Bounds of a number or a list."""
    words = (("minimum", "at least"), ("maximum", "at most"), ("minItems", "at least"), ("maxItems", "at most"))
    said = [f"{word} {body[key]}" for key, word in words if key in body]
    return ", " + ", ".join(said) if said else ""


def yaml_text(data: object) -> str:
    """YAML that reads back as it is."""
    return str(yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=110, default_flow_style=None))
