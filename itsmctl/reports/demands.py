"""What a rule demands, of which records, and how much it tolerates: as one line each."""

from __future__ import annotations

from collections.abc import Mapping

from itsmctl.language import Language, tr, trn
from itsmctl.model import Condition, Limit, Rule


def check_text(rule: Rule) -> str:
    """The check with its parameters, in the words of the YAML."""
    return f"{rule.check} {parameters_text(rule)}".rstrip()


def parameters_text(rule: Rule) -> str:
    """The parameters of the check by themselves; '' without any."""
    return ", ".join(f"{key}: {value_text(value)}" for key, value in sorted(rule.parameters.items()))


def limit_text(limit: Limit, language: Language) -> str:
    """How many records, or what share of them, are let through."""
    parts = [trn("{n} record", "{n} records", limit.count, language)] if limit.count else []
    parts += [f"{limit.percent:g}%"] if limit.percent else []
    return tr(", ", language).join(parts) or tr("none", language)


def value_text(value: object) -> str:
    """A parameter in the words of the YAML."""
    if isinstance(value, tuple):
        return "[" + ", ".join(value_text(child) for child in value) + "]"
    if isinstance(value, Condition):
        return f"{value.column} {value.test} {' '.join(str(v) for v in value.values)}".rstrip()
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {value_text(child)}" for key, child in value.items()) + "}"
    return str(value).lower() if isinstance(value, bool) else str(value)
