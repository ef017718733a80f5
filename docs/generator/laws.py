"""The laws of definitions: one page for each, from the docstring of its module."""

from __future__ import annotations

from generator.markdown import block, code, table
from itsmctl.definitions.lint import LAWS
from itsmctl.definitions.lint.law import Page, page_of
from itsmctl.language import tr
from itsmctl.reports.laws import SEVERITIES

INTRODUCTION = """# Laws

What `itsmctl validate` holds definitions to beyond schema and references. An `error` means that the definitions contradict
themselves: no command uses them before it is put right (exit code 2). A `warning` means that they can be used and
something is missing all the same (exit code 1). Laws marked *as of* are asked only with `--as-of DATE`.

The same in the terminal: `itsmctl rules list --lint`, `itsmctl rules show CODE`, in Chinese with `--lang zh`.

A law can be set aside for a while, on the line of the offending value or on the line above it, with a reason and a
last day:

```yaml
# itsmctl: ignore[one-accountable] reason="Berlin has two team leads until the merger" until=2026-12-31
```

Without reason or last day the comment does nothing and is a finding itself; so is one that nothing needs any more, and,
with `--as-of`, one whose last day has passed. Schema and references can never be set aside.

本页列出模式与引用之外的检查。临时搁置某项检查须在出错的值所在行或其上一行写明原因和截止日期。

"""


def pages() -> dict[str, str]:
    """One page for each law, and the list of them."""
    found = [page_of(law) for law in LAWS]
    rows = [(f"[{page.code}]({page.code}.md)", severity(page), page.title.en, page.title.zh) for page in found]
    index = INTRODUCTION + table(("law", "severity", "demands", "要求"), rows)
    return {"lint/index.md": index} | {f"lint/{page.code}.md": one(page) for page in found}


def severity(page: Page) -> str:
    """How grave, and whether it needs a day."""
    return page.severity + (", *as of*" if page.as_of else "")


def one(page: Page) -> str:
    """The page of one law."""
    as_of = " It is asked only with `--as-of`. 仅在指定 `--as-of` 时检查。" if page.as_of else ""
    return (
        f"# {page.code}\n\n**{page.title.en}** {page.title.zh}\n\n"
        f"Severity: {code(page.severity)} {tr(SEVERITIES[page.severity], 'zh')}.{as_of}\n\n"
        f"## Why\n\n{page.why.en}\n\n{page.why.zh}\n\n"
        f"## Passes\n\n{block(page.passes, 'yaml')}\n"
        f"## Fails\n\nAt the line with the arrow.\n\n{block(page.fails, 'yaml')}\n"
        f"## Remedy\n\n{page.remedy.en}\n\n{page.remedy.zh}\n"
    )
