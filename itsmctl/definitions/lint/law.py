"""What a law is: a plain module whose docstring is its public page, three constants, and a generator of problems."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from itsmctl.definitions.lint.system import System
from itsmctl.errors import Problem, Severity
from itsmctl.model import Text

PARTS = ("Why", "Passes", "Fails", "Remedy")
MARK = "# <-"
"""Ends the line of a failing example at which the problem is reported."""

_HEADING = re.compile(rf"^({'|'.join(PARTS)})$", re.MULTILINE)
_AS_OF = re.compile(r"^# --as-of (\d{4}-\d{2}-\d{2})$", re.MULTILINE)


class Law(Protocol):
    """A module of this package; `READS` are the kinds that must be sound before it can say anything.

    A law with `ALONE = True` looks at each definition by itself, so that one file can be judged without the others; one
    with `TELLS` reports at definitions of those kinds only, and need not be asked about files that hold none of them.
    """

    @property
    def CODE(self) -> str: ...  # noqa: N802 - a constant of the module

    @property
    def SEVERITY(self) -> Severity: ...  # noqa: N802

    @property
    def READS(self) -> tuple[str, ...]: ...  # noqa: N802

    def check(self, system: System, /) -> Iterator[Problem]:
        """Every place where the definitions break the law."""
        ...


@dataclass(frozen=True)
class Page:
    """The page of a law: what it demands, why, one example that passes and one that fails, and what helps."""

    code: str
    severity: Severity
    title: Text
    why: Text
    remedy: Text
    passes: str
    fails: str

    @property
    def as_of(self) -> date | None:
        """The day that its examples are judged at; None for a law that needs no day."""
        return example_day(self.fails)


def stands_alone(law: Law) -> bool:
    """Whether the law looks at each definition by itself."""
    return bool(getattr(law, "ALONE", False))


def told_at(law: Law) -> tuple[str, ...]:
    """The kinds of definitions at which the law may report something."""
    told: tuple[str, ...] = getattr(law, "TELLS", law.READS)
    return told


def page_of(law: Law) -> Page:
    """Read the page of a law from its docstring; raises ValueError where a part is missing."""
    head, *rest = _HEADING.split(inspect.cleandoc(law.__doc__ or ""))
    parts = dict(zip(rest[::2], rest[1::2], strict=True))
    if tuple(parts) != PARTS:
        raise ValueError(f"{law.CODE}: the docstring has the parts {', '.join(parts)}; wanted {', '.join(PARTS)}")
    return Page(
        law.CODE,
        law.SEVERITY,
        _both(law, head),
        _both(law, parts["Why"]),
        _both(law, parts["Remedy"]),
        inspect.cleandoc(parts["Passes"]),
        inspect.cleandoc(parts["Fails"]),
    )


def example_day(example: str) -> date | None:
    """The day of a `# --as-of DAY` line of an example."""
    found = _AS_OF.search(example)
    return date.fromisoformat(found[1]) if found else None


def _both(law: Law, part: str) -> Text:
    """Two paragraphs, English and Chinese, their lines joined as each language does."""
    paragraphs = re.split(r"\n\s*\n", part.strip())
    if len(paragraphs) != 2:
        raise ValueError(f"{law.CODE}: expected an English and a Chinese paragraph: {part!r}")
    english, chinese = ([line.strip() for line in paragraph.splitlines()] for paragraph in paragraphs)
    return Text(" ".join(english), "".join(chinese))
