"""Every kind of definition from its JSON Schema, in each language: keys, types, descriptions, examples."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from generator.markdown import block, code, in_both, table, value
from itsmctl.definitions.schema import kinds, schemas
from itsmctl.language import LANGUAGES, description_text, tr
from itsmctl.model import RECORD_COLUMNS, TIME_COLUMNS, Language

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


ENDING: Mapping[Language, str] = {"en": ".md", "zh": ".zh.md"}
"""How the names of the pages of a language end."""


def pages() -> dict[str, str]:
    """A page per kind, one for the shared parts, and an overview, in each language."""
    bodies = schemas()
    found = {
        **in_both("definitions/common", *(common(bodies["common"], language) for language in LANGUAGES)),
        **in_both("definitions/index", *(overview(bodies, language) for language in LANGUAGES)),
    }
    for kind in kinds():
        found |= in_both(f"definitions/{kind}", *(page(bodies[kind], language) for language in LANGUAGES))
    return found


MODELINE = block("# yaml-language-server: $schema=../schemas/any.schema.json", "yaml")
OVERVIEW: Mapping[Language, str] = {
    "en": """# Definitions

A management system is four folders of YAML. Every document says its `kind`; several documents may share a file
(`---` between them). An editor with YAML support checks and completes as you type: the first definition of a file when its first line is

{modeline}
every one of them by [its settings](../../how-to/start-your-own.md#the-editor). `itsmctl validate` checks everything, also what stands in several files.

{kinds}
Parts that several kinds share: [common](common.md).
""",
    "zh": """# 定义

一个管理体系就是四个文件夹的 YAML。每份文档写明自己的种类 `kind`；几份文档可以放在同一个文件中（以 `---` 分隔）。
支持 YAML 的编辑器能边写边补全、边检查：文件的第一行写成下面这样，适用于其中的第一个定义；

{modeline}
按[编辑器的设置](../../how-to/start-your-own.zh.md#编辑器)，则适用于每个定义。`itsmctl validate` 检查一切，包括涉及几个文件的内容。

{kinds}
几种定义公用的部分：[common](common.zh.md)。
""",
}


def overview(bodies: Mapping[str, Schema], language: Language) -> str:
    """All kinds by folder."""
    rows = [
        (
            f"`{FOLDERS[kind]}/`",
            f"[{kind}]({kind}{ENDING[language]})",
            description_text(bodies[kind]["description"], language),
        )
        for kind in kinds()
    ]
    head = ("folder", "kind", "what") if language == "en" else ("文件夹", "种类", "说明")
    return OVERVIEW[language].format(modeline=MODELINE, kinds=table(head, sorted(rows)))


def page(schema: Schema, language: Language) -> str:
    """One kind: its keys, the parts that have keys of their own, and an example."""
    words = WORDS[language]
    kind = words["kind"].format(schema["properties"]["kind"]["const"])
    parts = [
        f"# {description_text(schema['title'], language)}\n\n{kind}{description_text(schema['description'], language)}\n\n"
    ]
    parts.append(properties(schema, language))
    for name, part in schema.get("definitions", {}).items():
        keys = properties(part, language) or type_text(part, language=language) + "\n"
        parts.append(f"\n## {name}\n\n{description_text(part.get('description', ''), language)}\n\n{keys}")
    for example in schema.get("examples", ()):
        parts.append(f"\n## {words['example']}\n\n" + block(yaml_text(example), "yaml"))
    return "".join(parts)


def common(schema: Schema, language: Language) -> str:
    """The parts that several kinds share."""
    words = WORDS[language]
    parts = [
        f"# {description_text(schema['title'], language)}\n\n{description_text(schema['description'], language)}\n\n"
    ]
    for name, part in schema["definitions"].items():
        parts.append(f"## {name}\n\n{description_text(part['description'], language)}\n\n")
        keys = properties(part, language) or typed(part, language) + "\n"
        parts.append(keys + "\n")
        examples = tr(", ", language).join(value(example) for example in part.get("examples", ()))
        parts.append(words["examples"].format(examples) + "\n\n" if examples else "")
    return "".join(parts)


def typed(part: Schema, language: Language) -> str:
    """What a part without keys may be, as a sentence."""
    return WORDS[language]["type"].format(type_text(part, language=language))


WORDS: Mapping[Language, Mapping[str, str]] = {
    "en": {"kind": "`kind: {}`. ", "type": "Type: {}", "example": "Example", "examples": "For example {}"},
    "zh": {"kind": "`kind: {}`。", "type": "类型：{}", "example": "示例", "examples": "例如 {}"},
}


HEAD = {"en": ("key", "required", "type", "what", "example"), "zh": ("键", "必填", "类型", "含义", "示例")}
YES = {"en": "yes", "zh": "是"}


def properties(schema: Schema, language: Language = "en") -> str:
    """A table of keys, nested ones below their parent, or nothing."""
    rows = list(_rows(schema, "", language))
    return table(HEAD[language], rows) if rows else ""


Row = tuple[str, str, str, str, str]


def _rows(schema: Schema, above: str, language: Language) -> Iterator[Row]:
    required = set(schema.get("required", ()))
    for key, body in schema.get("properties", {}).items():
        yield _row(above + key, body, key in required, language)
        yield from _inside(body, above + key, language)
    if isinstance(schema.get("additionalProperties"), dict):
        body = schema["additionalProperties"]
        yield _row(above + "*", body, False, language)
        yield from _inside(body, above + "*", language)


def _inside(body: Schema, name: str, language: Language) -> Iterator[Row]:
    if "$ref" not in body:
        yield from _rows(body, name + ".", language)
        if isinstance(body.get("items"), dict) and "$ref" not in body["items"]:
            yield from _rows(body["items"], name + "[].", language)


def _row(name: str, body: Schema, required: bool, language: Language) -> Row:
    example = value(body["examples"][0]) if body.get("examples") else ""
    words = description_text(str(body.get("description", "")), language)
    return code(name), YES[language] if required else "", type_text(body, "", language), words, example


def type_text(body: Schema, folder: str = "", language: Language = "en") -> str:
    """What a value may be, with a link where the type has a name."""
    words = TYPES[language]
    if "$ref" in body:
        file, _, name = str(body["$ref"]).partition("#/definitions/")
        page = f"{folder}common{ENDING[language]}" if file else ""
        return f"[{name}]({page}#{name})"
    if "const" in body:
        return value(body["const"])
    if "enum" in body:
        return words["enum"].format(choices([str(choice) for choice in body["enum"]], language))
    types = body.get("type", "")
    ways = [words[name] for name in ([types] if isinstance(types, str) else types) if name]
    ways = ways or [type_text(way, folder, language) for word in ("anyOf", "oneOf") for way in body.get(word, ())]
    names = words["or"].join(dict.fromkeys(filter(None, ways)))
    if isinstance(body.get("items"), dict) and (inner := type_text(body["items"], folder, language)):
        names = names.replace(words["array"], words["items"].format(inner))
    return names + limits(body, language)


def choices(allowed: list[str], language: Language = "en") -> str:
    """The values allowed; where they are all columns of the record, or all its moments, these are not listed again."""
    for columns, word in ((RECORD_COLUMNS, "column"), (TIME_COLUMNS, "moment")):
        if set(allowed) >= set(columns):
            others = [word for word in allowed if word not in columns]
            return tr(", ", language).join([*map(code, others), TYPES[language][word]])
    return tr(", ", language).join(map(code, allowed))


TYPES: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "object": "mapping", "array": "list", "string": "text", "integer": "whole number", "number": "number",
        "boolean": "true or false", "null": "nothing", "or": " or ", "items": "list of {}", "enum": "one of {}",
        "column": "the columns of the record", "moment": "the moments of the record", "minimum": ", at least {}", "maximum": ", at most {}",
        "minItems": ", at least {}", "maxItems": ", at most {}",
    },
    "zh": {
        "object": "映射", "array": "列表", "string": "文字", "integer": "整数", "number": "数",
        "boolean": "true 或 false", "null": "空", "or": " 或 ", "items": "列表，每项为{}", "enum": "{} 之一",
        "column": "记录的各列", "moment": "记录的各时刻", "minimum": "，不小于 {}", "maximum": "，不大于 {}",
        "minItems": "，至少 {} 项", "maxItems": "，至多 {} 项",
    },
}  # fmt: skip


def limits(body: Schema, language: Language = "en") -> str:
    """Bounds of a number or a list."""
    words = TYPES[language]
    return "".join(
        words[key].format(body[key]) for key in ("minimum", "maximum", "minItems", "maxItems") if key in body
    )


def yaml_text(data: object) -> str:
    """YAML that reads back as it is."""
    return str(yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=110, default_flow_style=None))
