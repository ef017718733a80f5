"""The check types: their docstrings, and their parameters from the JSON Schema that guards them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from generator.markdown import code, in_both, table
from generator.schemas import ENDING, YES, type_text
from itsmctl.checks import CHECKS, declare
from itsmctl.definitions import load
from itsmctl.language import description_text, tr
from itsmctl.locale.extract import CODE, paragraphs
from itsmctl.model import Language
from itsmctl.reference import reference_root
from itsmctl.reports.asked import ASKED

INTRODUCTION: Mapping[Language, str] = {
    "en": """# Check types

A rule names one check type and gives its parameters: `check: {clock-within: {clock: resolution}}`. A check returns
one verdict per record in scope: passed, failed, or not testable. *Names* says of what a parameter is the name: of a
column of the [record](outputs.md#dataset-folder), or of a definition.

## Which check asks what

""",
    "zh": """# 检查类型

每条规则指定一种检查类型及其参数：`check: {clock-within: {clock: resolution}}`。检查对范围内的每条记录给出一个判定：通过、未通过或无法检验。
“所指”一栏说明参数是什么的名称：[记录](outputs.zh.md#数据集文件夹)的一列，或一项定义。

## 按问题查找检查类型

""",
}
WORDS: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "activities": "## Activities",
        "see": "What an activity is, and what is open, stands under [activities](#activities).",
        "used": "Used by {}.",
        "unused": "No reference rule uses it.",
        "bare": "No parameters.",
        "oneOf": "Exactly one of {}.",
        "anyOf": "At least one of {}.",
        "with": " with ",
    },
    "zh": {
        "activities": "## 活动",
        "see": "何为活动、何为未结束，见[活动](#活动)。",
        "used": "采用它的规则：{}。",
        "unused": "参考规则均未采用。",
        "bare": "没有参数。",
        "oneOf": "{} 必须且只能写其一。",
        "anyOf": "{} 至少写其一。",
        "with": " 连同 ",
    },
}
CHOOSING = {"en": ("check", "asks"), "zh": ("检查", "要求")}
HEAD = {"en": ("parameter", "required", "type", "names", "meaning"), "zh": ("参数", "必填", "类型", "所指", "含义")}
NAMED = {
    "calendar": "日历", "clock": "时钟", "code-list": "代码表", "column": "列", "day": "日期", "duty": "职责分离", "expression": "表达式",
    "lane": "泳道", "priority-matrix": "优先级矩阵", "process": "流程", "register": "台账", "role": "角色", "state": "状态",
}  # fmt: skip
"""What parameters are the names of, in Chinese."""

FAMILIES: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("What a record must say", "记录须写明什么"): (
        "required", "allowed", "known", "matrix", "at-most", "meaningful", "no-secrets", "expression",
    ),
    ("How long it may take", "时间与承诺"): (
        "clock-within", "leg-within", "agreement", "elapsed-within", "not-sooner", "dwell-within", "untouched",
        "in-window", "no-later",
    ),
    ("What a group or a month comes to", "按组、按月统计"): (
        "attainment", "percentile", "share", "count-per-month", "trend", "concentration",
    ),
    ("Which way a record takes", "记录所走的路径"): (
        "transition", "conforms", "variants", "in-lane", "returns", "handovers", *sorted(declare.TEMPLATES),
    ),
    ("Who may do it", "由谁来做"): ("approved", "authorised", "employed", "different-people"),
    ("Other records, and registers", "其他记录与台账"): ("linked", "overlap", "similar", "register"),
    ("Whether the export can be believed", "导出数据是否可信"): (
        "readable", "row-count", "number-gaps", "ordered-times", "not-in-future", "traced", "unchanged",
        "reported-agrees",
    ),
    ("Patterns to ask about", "值得询问的模式"): (
        "batch", "late-pause", "loosened", "paused-share", "heaping", "period-end", "period-shift",
        "raised-and-lowered",
    ),
}  # fmt: skip
"""Every check type once, by the question that somebody comes with."""


def pages() -> dict[str, str]:
    """One page with every check type, in each language."""
    users: dict[str, list[str]] = {}
    for rule in load(reference_root()).rules.values():
        users.setdefault(rule.check, []).append(rule.id)
    return in_both("checks", page(users, "en"), page(users, "zh"))


def page(users: Mapping[str, Sequence[str]], language: Language) -> str:
    """The check types by question, then each with its parameters and the rules that use it."""
    words = WORDS[language]
    parts = [INTRODUCTION[language], choosing(language), f"{words['activities']}\n\n{said(declare.__doc__, language)}"]
    for name, check in sorted(CHECKS.items()):
        parts.append(f"## {name}\n\n{said(check.__doc__, language)}")
        if name in declare.TEMPLATES:
            parts.append(f"{words['see']}\n\n")
        parts.append(parameters(check.PARAMETERS, check.NAMES, language))
        used = [f"[{rule}](rules{ENDING[language]}#{rule.lower()})" for rule in sorted(users.get(name, []))]
        parts.append((words["used"].format(tr(", ", language).join(used)) if used else words["unused"]) + "\n\n")
    return "".join(parts)


def said(docstring: str | None, language: Language) -> str:
    """A docstring as Markdown in a language, its examples as they are."""
    parts = paragraphs(docstring or "")
    return "".join((part if part.startswith(CODE) else tr(part, language)) + "\n\n" for part in parts)


def choosing(language: Language) -> str:
    """The check types by question, each with what it asks."""
    parts = []
    for (english, chinese), names in FAMILIES.items():
        rows = [(f"[{name}](#{name})", tr(ASKED[name], language)) for name in names]
        parts.append(f"### {english if language == 'en' else chinese}\n\n{table(CHOOSING[language], rows)}\n")
    return "".join(parts)


def parameters(schema: Mapping[str, Any], names: Mapping[str, str], language: Language) -> str:
    """A table of parameters."""
    required = set(schema.get("required", ()))
    rows = [
        (
            code(key),
            YES[language] if key in required else "",
            type_text(body, "definitions/", language),
            names_of(key, names, language),
            description_text(body["description"], language),
        )
        for key, body in schema.get("properties", {}).items()
    ]
    if not rows:
        return f"{WORDS[language]['bare']}\n\n"
    return table(HEAD[language], rows) + choice(schema, language) + "\n"


def names_of(key: str, names: Mapping[str, str], language: Language) -> str:
    """What a parameter, or each of its parts, is a name of."""
    kinds = dict.fromkeys(what for path, what in names.items() if path.split("/")[0] == key)
    if language == "zh":
        return "、".join(NAMED[what] for what in kinds)
    return ", ".join(f"{'an' if what[0] in 'aeiou' else 'a'} {what}" for what in kinds)


def choice(schema: Mapping[str, Any], language: Language) -> str:
    """Which of the parameters exclude each other, or which there must be."""
    for word in ("oneOf", "anyOf"):
        groups = [branch.get("required", []) for branch in schema.get(word, ())]
        if groups and all(groups):
            ways = (WORDS[language]["with"].join(map(code, group)) for group in groups)
            return "\n" + WORDS[language][word].format(tr(", ", language).join(ways)) + "\n"
    return ""
