"""Small pieces of Markdown."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; cells are made safe for it."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(cell(text) for text in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def cell(text: str) -> str:
    """Text in one line of a table."""
    return " ".join(text.split()).replace("|", "\\|") or "–"


def in_both(name: str, english: str, chinese: str) -> dict[str, str]:
    """A page in both languages by its names, each with the way to the other below its heading."""
    other = name.rpartition("/")[2]
    return {
        f"{name}.md": _led(english, f"[中文]({other}.zh.md)"),
        f"{name}.zh.md": _led(chinese, f"[English]({other}.md)"),
    }


def _led(page: str, link: str) -> str:
    heading, _, rest = page.partition("\n\n")
    return f"{heading}\n\n{link}\n\n{rest}"


def code(text: str) -> str:
    """Text as code, or nothing for no text."""
    return f"`{text}`" if text else ""


def codes(texts: Iterable[str]) -> str:
    """Texts as code, with commas."""
    return ", ".join(code(text) for text in texts)


def value(data: object) -> str:
    """A value of JSON or YAML on one line, as code."""
    return code(json.dumps(data, ensure_ascii=False))


def block(text: str, language: str = "text") -> str:
    """A fenced block."""
    return f"```{language}\n{text.rstrip()}\n```\n"
