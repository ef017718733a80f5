"""The changes that `itsmctl diff` tells apart: code, path and direction of every part of every kind."""

from __future__ import annotations

from generator.markdown import code, table
from itsmctl.change.difference import code_of
from itsmctl.change.kinds import KINDS
from itsmctl.change.parts import Part
from itsmctl.language import tr

INTRODUCTION = """# Changes

What `itsmctl diff` tells apart. A code is the kind of definition, the part, and what happened to it: `-added`, `-removed` or
`-changed`. Of a whole definition it is `KIND-added` or `KIND-removed`; of an earlier id that is no longer known,
`KIND-alias-removed`; of rows in the CSV files of a register, `register-rows-changed`. A rule that was loosened while its
`version` stayed also gives `rule-version-not-raised`.

`loosened` and `tightened` are computed from the two values; where a direction cannot be computed, the class is `review`.
How that is done is told in [What a change means](../explanation/changes.md).

下表列出 `itsmctl diff` 区分的变更：代码由定义种类、部分和变更方式（新增、删除、改变）组成。方向由前后两个值计算得出；无法计算时归为 `review`，由人判断。

"""


def pages() -> dict[str, str]:
    """One page, with a table for each kind."""
    return {"changes.md": INTRODUCTION + "\n".join(_kind(kind) for kind in sorted(KINDS))}


def _kind(kind: str) -> str:
    rows = [_row(kind, pattern, part) for pattern, part in KINDS[kind].parts.items()]
    return f"## {kind}\n\n" + table(("code", "path", "direction", "方向"), rows)


def _row(kind: str, pattern: str, part: Part) -> tuple[str, str, str, str]:
    return code(code_of(kind, part, tuple(pattern.split("/")))), code(pattern), part.rule, tr(part.rule, "zh")
