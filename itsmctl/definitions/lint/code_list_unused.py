"""Every code list is used by a process, a record form or a rule.

每个代码表都被流程、记录单或规则使用。

Why
    A list that nothing uses is maintained for nothing, or, worse, the form that should use it lets people type what
    they like.

    没有任何地方使用的代码表，要么白白维护，要么更糟：本该使用它的表单任人随意填写。

Passes
    kind: code-list
    id: priority
    column: priority
    ---
    kind: process
    id: incident
    codes: {priority: priority}

Fails
    kind: code-list
    id: priority  # <-
    column: priority
    ---
    kind: process
    id: incident

Remedy
    Name the list under `codes` of the process or of the field that it is for, or take it out.

    在流程或相应字段的 `codes` 中写明该代码表，或者将其删除。
"""

from __future__ import annotations

from collections.abc import Iterator

from itsmctl import model
from itsmctl.checks import CHECKS
from itsmctl.definitions.lint.system import Placed, System
from itsmctl.definitions.references import values_at
from itsmctl.errors import Problem, Severity

CODE = "code-list-unused"
SEVERITY: Severity = "warning"
READS = ("code-list", "process", "rule")
TELLS = ("code-list",)


def check(system: System) -> Iterator[Problem]:
    """Code lists that nothing names."""
    used = {code for p in system.all(model.Process) for code in p.definition.codes.values()}
    used |= {field.codes for p in system.all(model.Process) for field in p.definition.form}
    used |= {name for rule in system.all(model.Rule) for name in _named(rule)}
    for codes in system.all(model.CodeList):
        if codes.definition.id not in used:
            template = "nothing uses the code list {codes}"
            yield Problem(CODE, template, codes.where("id"), {"codes": codes.definition.id}, SEVERITY)


def _named(rule: Placed[model.Rule]) -> Iterator[str]:
    check = rule.definition.check
    for pattern, kind in CHECKS[check].NAMES.items():
        if kind == "code-list":
            yield from (str(word) for _, word in values_at(rule.document.data, f"check/{check}/{pattern}"))
