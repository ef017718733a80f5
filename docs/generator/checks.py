"""The check types: their docstrings, and their parameters from the JSON Schema that guards them."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from generator.markdown import code, codes, table
from generator.schemas import type_text
from itsmctl.checks import CHECKS, declare
from itsmctl.definitions import load
from itsmctl.language import tr
from itsmctl.reference import reference_root
from itsmctl.reports.asked import ASKED

INTRODUCTION = """# Check types

A rule names one check type and gives its parameters: `check: {clock-within: {clock: resolution}}`. A check returns
one verdict per record in scope: passed, failed, or not testable. *Names* says of what a parameter is the name: of a
column of the [record](outputs.md#dataset-folder), or of a definition.

"""

FAMILIES: Mapping[str, tuple[str, ...]] = {
    "What a record must say 记录须写明什么": (
        "required", "allowed", "known", "matrix", "at-most", "meaningful", "no-secrets", "expression",
    ),
    "How long it may take 时间与承诺": (
        "clock-within", "leg-within", "agreement", "elapsed-within", "not-sooner", "dwell-within", "untouched",
        "in-window", "no-later",
    ),
    "What a group or a month comes to 按组、按月统计": (
        "attainment", "percentile", "share", "count-per-month", "trend", "concentration",
    ),
    "Which way a record takes 记录所走的路径": (
        "transition", "conforms", "variants", "in-lane", "returns", "handovers", *sorted(declare.TEMPLATES),
    ),
    "Who may do it 由谁来做": ("approved", "authorised", "employed", "different-people"),
    "Other records, and registers 其他记录与台账": ("linked", "overlap", "similar", "register"),
    "Whether the export can be believed 导出数据是否可信": (
        "readable", "row-count", "number-gaps", "ordered-times", "not-in-future", "traced", "unchanged",
        "reported-agrees",
    ),
    "Patterns to ask about 值得询问的模式": (
        "batch", "late-pause", "loosened", "paused-share", "heaping", "period-end", "period-shift",
        "raised-and-lowered",
    ),
}  # fmt: skip
"""Every check type once, by the question that somebody comes with."""


def pages() -> dict[str, str]:
    """One page with every check type."""
    definitions = load(reference_root())
    users: dict[str, list[str]] = {}
    for rule in definitions.rules.values():
        users.setdefault(rule.check, []).append(rule.id)
    parts = [INTRODUCTION, choosing(), f"## Activities\n\n{inspect.cleandoc(declare.__doc__ or '')}\n\n"]
    for name, check in sorted(CHECKS.items()):
        parts.append(f"## {name}\n\n{inspect.cleandoc(check.__doc__ or '')}\n\n")
        if name in declare.TEMPLATES:
            parts.append("What an activity is, and what is open, stands under [activities](#activities).\n\n")
        parts.append(parameters(check.PARAMETERS, check.NAMES))
        used = ", ".join(f"[{rule}](rules.md#{rule.lower()})" for rule in sorted(users.get(name, [])))
        parts.append(f"Used by {used}.\n\n" if used else "No reference rule uses it.\n\n")
    return {"checks.md": "".join(parts)}


def choosing() -> str:
    """The check types by question, each with what it asks in both languages."""
    parts = ["## Which check asks what\n\n按问题查找检查类型。\n\n"]
    for family, names in FAMILIES.items():
        rows = [(f"[{name}](#{name})", ASKED[name], tr(ASKED[name], "zh")) for name in names]
        parts.append(f"### {family}\n\n{table(('check', 'asks', '要求'), rows)}\n")
    return "".join(parts)


def parameters(schema: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """A table of parameters."""
    required = set(schema.get("required", ()))
    rows = [
        (code(key), "yes" if key in required else "", type_text(body, "definitions/"), names_of(key, names))
        for key, body in schema.get("properties", {}).items()
    ]
    note = choice(schema)
    return (table(("parameter", "required", "type", "names"), rows) + note + "\n") if rows else "No parameters.\n\n"


def names_of(key: str, names: Mapping[str, str]) -> str:
    """What a parameter, or each of its parts, is a name of."""
    return ", ".join(
        dict.fromkeys(
            f"{'an' if what[0] in 'aeiou' else 'a'} {what}" for path, what in names.items() if path.split("/")[0] == key
        )
    )


def choice(schema: Mapping[str, Any]) -> str:
    """Which of the parameters exclude each other."""
    for word, meaning in (("oneOf", "Exactly one of"), ("anyOf", "At least one of")):
        groups = [branch.get("required", []) for branch in schema.get(word, ())]
        if groups and all(groups):
            return f"\n{meaning} {codes(key for group in groups for key in group)}.\n"
    return ""
