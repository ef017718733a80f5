"""The rules of the reference set, in English and Chinese, as the YAML has them."""

from __future__ import annotations

from collections.abc import Iterator

from generator.markdown import code, table
from itsmctl.definitions import load
from itsmctl.examples import examples_of
from itsmctl.language import severity_text, tr
from itsmctl.model import Condition, Definitions, Limit, Parameter, Rule, Text
from itsmctl.reference import reference_root
from itsmctl.reports.asked import ASKED
from itsmctl.views.demand import parameters_text
from itsmctl.views.rule import data_text

INTRODUCTION = """# Rules

The rules of the reference set: what an auditor asks, as a machine can ask it. They are this example organisation's
own policy, tied to clauses of ISO/IEC 20000-1:2018 (numbers and titles in our words; the standard's text is not
reproduced) and of FitSM-1 (CC BY 4.0, ITEMO e.V.). Copy them, change the numbers, add your own:
[how to add a rule](../how-to/add-a-rule.md).

A failure is `major` when something required is missing or fails as a system, `minor` when it is a lapse,
an `observation` when it is worth a look. An *enquiry* is a pattern with innocent explanations: it is reported apart
and is never a verdict.

"""


def pages() -> dict[str, str]:
    """One page with every rule."""
    definitions = load(reference_root())
    rules = [definitions.rules[rule_id] for rule_id in sorted(definitions.rules)]
    rows = [(f"[{rule.id}](#{rule.id.lower()})", kind(rule), rule.title.en, rule.title.zh) for rule in rules]
    parts = [INTRODUCTION, table(("rule", "severity", "title", "标题"), rows), "\n"]
    parts += ["".join(page(rule, definitions)) for rule in rules]
    return {"rules.md": "".join(parts)}


def kind(rule: Rule) -> str:
    """Severity, or that it is an enquiry."""
    return "enquiry" if rule.enquiry else rule.severity


def page(rule: Rule, definitions: Definitions) -> Iterator[str]:
    """One rule."""
    yield f"## {rule.id}\n\n**{rule.title.en}** · {rule.title.zh}\n\n"
    facts = [
        ("severity", f"{kind(rule)} · {'问询' if rule.enquiry else severity_text(rule.severity, 'zh')}"),
        ("asks", f"{ASKED[rule.check]} · {tr(ASKED[rule.check], 'zh')}"),
        ("version", str(rule.version)),
        ("records", rule.process + "".join(f", {condition(c)}" for c in rule.scope)),
        ("check", f"[{rule.check}](checks.md#{rule.check}) " + code(parameters(rule))),
        ("that is", parameters_text(rule, definitions, "en")),
        ("即", parameters_text(rule, definitions, "zh")),
        ("tolerance", limit(rule.tolerance)),
        ("data", data_text(rule, definitions, "en")),
        ("数据", data_text(rule, definitions, "zh")),
        ("rests on", ", ".join(f"[{r}](#{r.lower()})" for r in rule.rests_on)),
        ("clauses", "; ".join(clause(name, definitions) for name in rule.clauses)),
    ]
    yield table(("", ""), [(name, text) for name, text in facts if text])
    yield "\n" + both("Why", rule.rationale) + both("Remedy", rule.remedy)
    exceptions = [f"{text.en} · {text.zh}" for text in rule.exceptions] or ["none · 无"]
    yield "Legitimate exceptions 正当的例外:\n\n" + "".join(f"- {text}\n" for text in exceptions) + "\n"
    both_ways = zip(
        ("Passes 通过", "Fails 不通过"), examples_of(rule.id) or (), examples_of(rule.id, "zh") or (), strict=False
    )
    for label, example, translated in both_ways:
        name = f" {code(example.name)}" if example.name else ""
        lines = (f"- {code(line)}\n  {other}\n" for line, other in zip(example.lines, translated.lines, strict=True))
        yield f"{label}:{name}\n\n" + "".join(lines) + "\n"


def both(label: str, text: Text) -> str:
    """A paragraph in both languages."""
    return f"*{label}.* {text.en}\n\n{text.zh}\n\n"


def condition(c: Condition) -> str:
    """One condition of the scope in words."""
    words = {"in": "is", "not-in": "is not", "at-least": "is at least", "at-most": "is at most"}
    if c.test in ("present", "absent"):
        return f"`{c.column}` is {'filled' if c.test == 'present' else 'empty'}"
    return f"`{c.column}` {words[c.test]} {' or '.join(code(str(value)) for value in c.values)}"


def limit(tolerance: Limit) -> str:
    """How many failures are still a pass."""
    parts = [f"{tolerance.count} records"] if tolerance.count else []
    parts += [f"{tolerance.percent:g} %"] if tolerance.percent else []
    return ", ".join(parts) or "none"


def clause(name: str, definitions: Definitions) -> str:
    """A clause with its title in our words."""
    framework, _, number = name.partition(":")
    title = definitions.frameworks[framework].requirements[number].title
    return f"{code(name)} {title.en} {title.zh}".rstrip()


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
