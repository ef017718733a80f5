"""The laws of definitions: one page for each in each language, from the docstring of its module."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from generator.markdown import block, in_both, table
from generator.schemas import ENDING
from itsmctl.definitions.lint import LAWS
from itsmctl.definitions.lint.law import Page, page_of
from itsmctl.language import LANGUAGES, tr
from itsmctl.model import Language
from itsmctl.reports.laws import SEVERITIES

INTRODUCTION: Mapping[Language, str] = {
    "en": """# Laws

What `itsmctl validate` holds definitions to beyond schema and references. An `error` means that the definitions contradict
themselves: no command uses them before it is put right (exit code 2). A `warning` means that they can be used and
something is missing all the same (exit code 1 with `--fail-on warning`). Laws marked *as of* are asked only with `--as-of DATE`.

The same in the terminal: `itsmctl rules list --lint`, `itsmctl rules show CODE`.

A law can be set aside for a while, on the line of the offending value or on the line above it, with a reason and a
last day:

```yaml
# itsmctl: ignore[one-accountable] reason="Berlin has two team leads until the merger" until=2026-12-31
```

Without reason or last day the comment does nothing and is a finding itself; so is one that nothing needs any more, and,
with `--as-of`, one whose last day has passed. Schema and references can never be set aside.

""",
    "zh": """# 定义的准则

除模式与引用之外，`itsmctl validate` 还按这些准则检查定义。`error`（错误）指定义自相矛盾：改正之前，任何命令都不使用它们（退出码 2）。
`warning`（警告）指定义可以使用，但仍缺少什么（`--fail-on warning` 时退出码 1）。标有“按日期”的准则，只在写 `--as-of DATE` 时检查。

在终端中查看同样的内容：`itsmctl rules list --lint --lang zh`、`itsmctl rules show CODE --lang zh`。

准则可以临时搁置：在出错的值所在行或其上一行，写明原因和截止日期：

```yaml
# itsmctl: ignore[one-accountable] reason="合并之前柏林有两位组长" until=2026-12-31
```

没有原因或截止日期的注释不起作用，并且本身就是一项发现；不再需要的注释也是，写 `--as-of` 时截止日期已过的也是。模式与引用从不可以搁置。

""",
}
HEAD: Mapping[Language, Sequence[str]] = {"en": ("law", "severity", "demands"), "zh": ("准则", "严重程度", "要求")}
WORDS: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "as of": ", *as of*", "severity": "Severity: {}.", "asked": " It is asked only with `--as-of`.", "why": "Why", "passes": "Passes",
        "fails": "Fails", "arrow": "At the line with the arrow.", "remedy": "Remedy",
    },
    "zh": {
        "as of": "，按日期", "severity": "严重程度：{}。", "asked": "仅在写 `--as-of` 时检查。", "why": "原因", "passes": "通过",
        "fails": "不通过", "arrow": "在箭头所指的行报告。", "remedy": "改进办法",
    },
}  # fmt: skip


def pages() -> dict[str, str]:
    """One page for each law, and the list of them, in each language."""
    laws = [page_of(law) for law in LAWS]
    found = in_both("lint/index", *(index(laws, language) for language in LANGUAGES))
    for law in laws:
        found |= in_both(f"lint/{law.code}", *(one(law, language) for language in LANGUAGES))
    return found


def index(laws: Sequence[Page], language: Language) -> str:
    """Every law with what it demands."""
    rows = [
        (f"[{law.code}]({law.code}{ENDING[language]})", severity(law, language), law.title.in_(language))
        for law in laws
    ]
    return INTRODUCTION[language] + table(HEAD[language], rows)


def severity(law: Page, language: Language) -> str:
    """How grave, and whether it needs a day."""
    return tr(SEVERITIES[law.severity], language) + (WORDS[language]["as of"] if law.as_of else "")


def one(law: Page, language: Language) -> str:
    """The page of one law."""
    words = WORDS[language]
    grave = words["severity"].format(tr(SEVERITIES[law.severity], language))
    return (
        f"# {law.code}\n\n**{law.title.in_(language)}**\n\n{grave}{words['asked'] if law.as_of else ''}\n\n"
        f"## {words['why']}\n\n{law.why.in_(language)}\n\n"
        f"## {words['passes']}\n\n{block(law.passes, 'yaml')}\n"
        f"## {words['fails']}\n\n{words['arrow']}\n\n{block(law.fails, 'yaml')}\n"
        f"## {words['remedy']}\n\n{law.remedy.in_(language)}\n"
    )
