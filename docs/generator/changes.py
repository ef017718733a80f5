"""The changes that `itsmctl diff` tells apart: code, path and direction of every part of every kind."""

from __future__ import annotations

from collections.abc import Mapping

from generator.markdown import code, in_both, table
from itsmctl.change.difference import code_of
from itsmctl.change.kinds import KINDS
from itsmctl.change.parts import Part
from itsmctl.language import LANGUAGES, tr
from itsmctl.model import Language

INTRODUCTION: Mapping[Language, str] = {
    "en": """# Changes

What `itsmctl diff` tells apart. A code is the kind of definition, the part, and what happened to it: `-added`, `-removed` or
`-changed`. Of a whole definition it is `KIND-added` or `KIND-removed`; of an earlier id that is no longer known,
`KIND-alias-removed`; of one that another definition bore before, or by which exports may now name a service or a customer,
`KIND-alias-added`; of rows in the CSV files of a register, `register-rows-changed`. A rule that was loosened while its
`version` stayed also gives `rule-version-not-raised`.

`loosened` and `tightened` are computed from the two values; where a direction cannot be computed, the class is `review`.
How that is done is told in [What a change means](../explanation/changes.md).

""",
    "zh": """# 变更一览

`itsmctl diff` 区分哪些变更。代码由定义的种类、部分和发生的事组成：`-added`（新增）、`-removed`（删除）或 `-changed`（改变）。整项定义为
`KIND-added` 或 `KIND-removed`；不再认得的旧 id 为 `KIND-alias-removed`；原属另一项定义、或导出文件从此可以用来称呼服务或客户的 id 为 `KIND-alias-added`；台账 CSV 文件中的行为 `register-rows-changed`。规则放宽而 `version`
不变时，另有 `rule-version-not-raised`。

`loosened`（放宽）和 `tightened`（收紧）由前后两个值计算得出；无法计算方向时，归为 `review`（由人判断）。计算方法见
[一处变更意味着什么](../explanation/changes.zh.md)。

""",
}
HEAD: Mapping[Language, tuple[str, str, str]] = {"en": ("code", "path", "direction"), "zh": ("代码", "路径", "方向")}


def pages() -> dict[str, str]:
    """One page in each language, with a table for each kind."""
    return in_both("changes", *(page(language) for language in LANGUAGES))


def page(language: Language) -> str:
    """The changes of every kind."""
    return INTRODUCTION[language] + "\n".join(_kind(kind, language) for kind in sorted(KINDS))


def _kind(kind: str, language: Language) -> str:
    rows = [_row(kind, pattern, part, language) for pattern, part in KINDS[kind].parts.items()]
    return f"## {kind}\n\n" + table(HEAD[language], rows)


def _row(kind: str, pattern: str, part: Part, language: Language) -> tuple[str, str, str]:
    return code(code_of(kind, part, tuple(pattern.split("/")))), code(pattern), tr(part.rule, language)
