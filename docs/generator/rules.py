"""The rules of the reference set, in each language: in words, and as the YAML has them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from generator.markdown import code, in_both, table
from generator.schemas import ENDING
from itsmctl.definitions import load
from itsmctl.examples import examples_of
from itsmctl.language import LANGUAGES, tr
from itsmctl.model import Condition, Definitions, Language, Parameter, Rule
from itsmctl.reference import reference_root
from itsmctl.views.rule import facts, severity

INTRODUCTION: Mapping[Language, str] = {
    "en": """# Rules

The rules of the reference set: what an auditor asks, as a machine can ask it. They are this example organisation's
own policy, tied to clauses of ISO/IEC 20000-1:2018 (numbers and titles in our words; the standard's text is not
reproduced) and of FitSM-1 (CC BY 4.0, ITEMO e.V.). Copy them, change the numbers, add your own:
[how to add a rule](../how-to/add-a-rule.md).

A failure is `major` when something required is missing or fails as a system, `minor` when it is a lapse,
an `observation` when it is worth a look. An *enquiry* is a pattern with innocent explanations: it is reported apart
and is never a verdict.

""",
    "zh": """# 规则

参考集的规则：审核员所问，由机器来问。它们是这个示例组织自己的策略，对应 ISO/IEC 20000-1:2018 的条款（编号，标题为我们的措辞；不转载标准原文）和
FitSM-1 的要求（CC BY 4.0，ITEMO e.V.）。可以复制、改动数字、增加自己的规则：[增加一条规则](../how-to/add-a-rule.zh.md)。

必需的要素缺失或整体失效时，未通过为“严重”（`major`）；个别的疏漏为“一般”（`minor`）；值得一看的为“观察项”（`observation`）。
“问询”是可能有正当原因的模式：单独报告，从不构成判定。

""",
}
HEAD: Mapping[Language, tuple[str, str, str]] = {
    "en": ("rule", "severity", "title"),
    "zh": ("规则", "严重程度", "标题"),
}
COLON: Mapping[Language, str] = {"en": ":", "zh": "："}


def pages() -> dict[str, str]:
    """One page with every rule, in each language."""
    definitions = load(reference_root())
    return in_both("rules", *(page(definitions, language) for language in LANGUAGES))


def page(definitions: Definitions, language: Language) -> str:
    """The list of rules, then each."""
    rules = [definitions.rules[rule_id] for rule_id in sorted(definitions.rules)]
    rows = [(f"[{rule.id}](#{rule.id.lower()})", severity(rule, language), rule.title.in_(language)) for rule in rules]
    parts = [INTRODUCTION[language], table(HEAD[language], rows), "\n"]
    return "".join([*parts, *("".join(one(rule, definitions, language)) for rule in rules)])


def one(rule: Rule, definitions: Definitions, language: Language) -> Iterator[str]:
    """One rule."""
    words = dict(facts(rule, definitions, language))
    why, remedy, exceptions = (words.pop(tr(name, language)) for name in ("Why", "Remedy", "Legitimate exceptions"))
    check, rests_on = tr("Check", language), tr("Rests on rules", language)
    words[check] = f"[{rule.check}](checks{ENDING[language]}#{rule.check}) {code(parameters(rule))}"
    if rule.scope:
        words[tr("Records", language)] += " " + code("{" + ", ".join(plain(one)[1:-1] for one in rule.scope) + "}")
    if rest := [f"[{rule_id}](#{rule_id.lower()})" for rule_id in rule.rests_on]:
        words[rests_on] = tr(", ", language).join(rest)
    colon = COLON[language]
    yield f"## {rule.id}\n\n**{rule.title.in_(language)}**\n\n"
    yield table(("", ""), [*words.items(), (tr("Version", language), str(rule.version))])
    yield f"\n**{tr('Why', language)}{colon}** {why}\n\n**{tr('Remedy', language)}{colon}** {remedy}\n\n"
    yield f"**{tr('Legitimate exceptions', language)}{colon}** {exceptions}\n\n"
    for label, example in zip(("Passes", "Fails"), examples_of(rule.id, language) or (), strict=False):
        name = f" {code(example.name)}" if example.name else ""
        yield f"{tr(label, language)}{colon}{name}\n\n" + "".join(f"- {code(line)}\n" for line in example.lines) + "\n"


def parameters(rule: Rule) -> str:
    """The parameters as in the YAML."""
    return "{" + ", ".join(f"{key}: {plain(body)}" for key, body in rule.parameters.items()) + "}"


def plain(body: Parameter) -> str:
    """One parameter."""
    if isinstance(body, Condition):
        values = list(body.values)
        match body.test:
            case "in":
                test = str(values)
            case "not-in":
                test = f"{{not: {values}}}"
            case "present" | "absent":
                test = "{present: true}" if body.test == "present" else "{present: false}"
            case _:
                test = f"{{{body.test}: {values[0]}}}"
        return f"{{{body.column}: {test}}}".replace("'", "")
    if isinstance(body, tuple):
        if body and all(isinstance(child, Condition) for child in body):
            return ", ".join(plain(child) for child in body)
        return "[" + ", ".join(plain(child) for child in body) + "]"
    return str(body).lower() if isinstance(body, bool) else str(body)
