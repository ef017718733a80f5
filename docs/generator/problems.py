"""Problem codes: every `Problem(code, template, …)` of the source, found in its syntax tree."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import itsmctl
from generator.markdown import code, in_both, table
from generator.schemas import ENDING
from itsmctl.definitions.lint import LAWS
from itsmctl.definitions.references import REFERENCES
from itsmctl.language import REASONS, reason_remedy, reason_text, tr
from itsmctl.model import Language
from itsmctl.reports.phrases import phrase_text

SOURCE = Path(itsmctl.__file__).parent

INTRODUCTION: Mapping[Language, str] = {
    "en": """# Codes

Every message ends in a stable code in brackets: `file:line:column: message [code]`. Scripts may rely on the code, not
on the words. A problem with the input ends a command with exit code 2; a warning does not. A code with a link is that of
a [law](lint/index.md).

""",
    "zh": """# 代码

每条消息以方括号中的固定代码结尾：`文件:行:列: 消息 [代码]`。脚本可以依赖代码，不可依赖文字。输入有问题时，命令以退出码 2 结束；警告则不会。
带链接的代码属于[定义的准则](lint/index.zh.md)。

""",
}
REASONS_INTRODUCTION: Mapping[Language, str] = {
    "en": """## Why something was not testable

A verdict that could not be given carries a reason, such as `missing:impact`: a code, and what it is about.

""",
    "zh": """## 为何无法检验

无法给出的判定带有原因，如 `missing:impact`：一个代码，以及它所指的对象。

""",
}
WARNINGS_INTRODUCTION: Mapping[Language, str] = {
    "en": """## Warnings about an export

They say how far the tickets can be trusted. What an import notices stands in the receipt and in every report; what only an audit can
notice, as it takes the definitions, stands in its result and its reports.

""",
    "zh": """## 关于导出数据的警告

说明工单在多大程度上可信。导入时发现的，写在回执和每份报告中；要有定义、只有审核才能发现的，写在审核的结果和报告中。

""",
}
HEADS: Mapping[Language, tuple[tuple[str, str, str], ...]] = {
    "en": (("code", "message", "from"), ("reason", "meaning", "what helps"), ("code", "message", "noticed by")),
    "zh": (("代码", "消息", "出处"), ("原因", "含义", "如何解决"), ("代码", "消息", "由谁发现")),
}


@dataclass(frozen=True)
class Maker:
    """A function that makes a problem: which argument is the code, and which the template."""

    code: int | str
    template: int | str


@dataclass(frozen=True)
class Found:
    """A code with one of its templates."""

    code: str
    template: str
    file: str


def pages() -> dict[str, str]:
    """One page with every code, in each language."""
    return in_both("problems", page("en"), page("zh"))


def page(language: Language) -> str:
    """The codes of problems, of reasons and of warnings."""
    rows = [(linked(found.code, language), tr(found.template, language), code(found.file)) for found in collect()]
    reasons = [(code(name), reason_text(sample, language), reason_remedy(sample, language)) for name, sample in samples()]  # fmt: skip
    noticed = (("import", "importers"), ("audit", "audit"))
    told = [(code(name), phrase_text(words, language), f"`{by}`") for by, package in noticed for name, words in sorted(warnings_of(package))]  # fmt: skip
    problems, untested, warned = HEADS[language]
    return (
        INTRODUCTION[language]
        + table(problems, rows)
        + "\n"
        + REASONS_INTRODUCTION[language]
        + table(untested, reasons)
        + "\n"
        + WARNINGS_INTRODUCTION[language]
        + table(warned, told)
    )


def linked(name: str, language: Language) -> str:
    """A code, with a link to its page if it is that of a law."""
    return f"[{code(name)}](lint/{name}{ENDING[language]})" if any(name == law.CODE for law in LAWS) else code(name)


ABOUT = {"process-not-exported": "change", "no-rows": "supplier-reviews"}
"""What reasons are about that are about no rule and no column."""


def samples() -> Iterator[tuple[str, str]]:
    """Every reason with something for it to be about."""
    for name, (meaning, _) in sorted(REASONS.items()):
        about = ABOUT.get(name, "DQ-06" if "{rules}" in meaning else "state" if "{columns}" in meaning else "")
        yield name, f"{name}:{about}" if about else name


@cache
def collect() -> tuple[Found, ...]:
    """Every code and template of the source, sorted; each pair once."""
    found: dict[tuple[str, str], Found] = {}
    for path in sorted(SOURCE.rglob("*.py")):
        for name, template in _pairs(path):
            found.setdefault((name, template), Found(name, template, path.relative_to(SOURCE.parent).as_posix()))
    return tuple(found[key] for key in sorted(found))


def _pairs(path: Path) -> Iterator[tuple[str, str]]:
    tree = _tree(path)
    makers = _makers(path)
    for imported in _imported(path):
        makers = {**_makers(imported), **makers}
    for scope, call in _calls(tree):
        maker = makers.get(_called(call))
        if maker is None:
            continue
        for name in _texts(_named(tree, _argument(call, maker.code)), scope, call.lineno):
            for template in _texts(_argument(call, maker.template), scope, call.lineno):
                yield from ((each, template) for each in _spelled(name))


def _named(tree: ast.Module, node: ast.expr | None) -> ast.expr | None:
    """A constant of the module (`CODE`) as what it stands for; anything else as it is."""
    if isinstance(node, ast.Name) and node.id.isupper():
        return next((one.value for one in tree.body if isinstance(one, ast.Assign) and _gives(one, node.id)), node)
    return node


@cache
def _tree(path: Path) -> ast.Module:
    """The syntax tree of a module, read by every module that takes names from it."""
    return ast.parse(path.read_text("utf-8"))


@cache
def _nodes(path: Path) -> tuple[ast.AST, ...]:
    """All nodes of a module: to walk a tree is what takes the time here."""
    return tuple(ast.walk(_tree(path)))


@cache
def _makers(path: Path) -> dict[str, Maker]:
    """`Problem`, and the functions of this module that hand their own arguments on to it."""
    makers = {"Problem": Maker(0, 1)}
    functions = [node for node in _nodes(path) if isinstance(node, ast.FunctionDef)]
    calls = {function: [node for node in ast.walk(function) if isinstance(node, ast.Call)] for function in functions}
    for _ in range(2):
        for function in functions:
            for call in calls[function]:
                inner = makers.get(_called(call))
                if inner is None or function.name in makers:
                    continue
                made = _handed_on(function, _argument(call, inner.code), _argument(call, inner.template))
                if made is not None:
                    makers[function.name] = made
    return makers


def _imported(path: Path) -> Iterator[Path]:
    """Our own modules from which this one takes names."""
    for node in _nodes(path):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("itsmctl."):
            taken = SOURCE.parent / ((node.module or "").replace(".", "/") + ".py")
            if taken.is_file():
                yield taken


def _handed_on(function: ast.FunctionDef, name: ast.expr | None, template: ast.expr | None) -> Maker | None:
    names = [argument.arg for argument in function.args.args if argument.arg != "self"]

    def place(node: ast.expr | None) -> int | str | None:
        if isinstance(node, ast.Name) and node.id in names:
            return names.index(node.id)
        return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None

    made = (place(name), place(template))
    if made[0] is None or made[1] is None or not any(isinstance(part, int) for part in made):
        return None
    return Maker(made[0], made[1])


def _calls(tree: ast.Module) -> Iterator[tuple[ast.AST, ast.Call]]:
    """Every call with the innermost function around it."""
    pending: list[tuple[ast.AST, ast.AST]] = [(tree, tree)]
    while pending:
        scope, node = pending.pop()
        if isinstance(node, ast.Call):
            yield scope, node
        inner = node if isinstance(node, ast.FunctionDef) else scope
        pending += [(inner, child) for child in ast.iter_child_nodes(node)]


def _called(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _argument(call: ast.Call, which: int | str) -> ast.expr | None:
    if isinstance(which, str):
        return ast.Constant(which)
    if which < len(call.args):
        return call.args[which]
    names = {0: "code", 1: "template"}
    return next((k.value for k in call.keywords if k.arg == names.get(which)), None)


def _texts(node: ast.expr | None, scope: ast.AST, line: int = 0) -> Iterator[str]:
    """The texts that an expression may be: itself, either branch of a choice, or what a name was last given."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=parts):
            yield "".join(p.value if isinstance(p, ast.Constant) else _hole(p) for p in parts)
        case ast.IfExp(body=body, orelse=other):
            yield from _texts(body, scope, line)
            yield from _texts(other, scope, line)
        case ast.Name(id=name):
            given = [one for one in ast.walk(scope) if isinstance(one, ast.Assign) and _gives(one, name)]
            before = [one for one in given if one.lineno <= line] or given
            for one in sorted(before, key=lambda assign: assign.lineno)[-1:]:
                yield from _texts(one.value, scope, one.lineno)


def _gives(assign: ast.Assign, name: str) -> bool:
    return any(isinstance(target, ast.Name) and target.id == name for target in assign.targets)


def _hole(part: ast.AST) -> str:
    """The name in a hole of a text, or dots for anything longer."""
    if not isinstance(part, ast.FormattedValue):
        return ""
    return "{" + part.value.id + "}" if isinstance(part.value, ast.Name) else "{…}"


def _spelled(name: str) -> Iterator[str]:
    """A code; one that ends in what is unknown, once for each thing that can be."""
    if "{" not in name:
        yield name
    elif name.startswith("unknown-{"):
        things = {what for _, _, what in REFERENCES} | {"rule", "plan", "lane", "activity", "clause", "record"}
        yield from (f"unknown-{what.replace(' ', '-')}" for what in sorted(things))
    else:
        yield name[: name.index("{")] + "…"


def warnings_of(package: str) -> set[tuple[str, str]]:
    """What a package warns about: (code, message) as its modules say it."""
    found: set[tuple[str, str]] = set()
    for path in sorted((SOURCE / package).rglob("*.py")):
        tree = _tree(path)
        for node in _nodes(path):
            if isinstance(node, ast.Tuple) and len(node.elts) == 2:
                first, second = node.elts
                if isinstance(first, ast.Constant) and _CODE.fullmatch(str(first.value)):
                    for words in _texts(second, tree, node.lineno):
                        if " " in words and not _SQL.match(words):
                            found.add((str(first.value), words))
    return found


_CODE = re.compile(r"[a-z]+(-[a-z]+)*")
_SQL = re.compile(r"\w+\(")
"""How a test of cells begins, which stands beside the code of its failure as a message does."""
