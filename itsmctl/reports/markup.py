"""Elements of SVG written as text, every attribute and text escaped."""

from __future__ import annotations

from functools import cache
from html import escape

from itsmctl.reports.plain import cells, shown

Attribute = str | int | float


def element(name: str, *children: str, **attributes: Attribute) -> str:
    """<name …>children</name>; `class_` and `stroke_width` lose and change their underscores, children are markup."""
    written = "".join(f' {_attribute(key)}="{escape(_number(value))}"' for key, value in attributes.items())
    return f"<{name}{written}>{''.join(children)}</{name}>" if children else f"<{name}{written}/>"


@cache
def _attribute(key: str) -> str:
    return key.rstrip("_").replace("_", "-")


def words(text: str, longest: int = 120) -> str:
    """Text from anywhere as the content of an element."""
    return escape(shown(text, longest))


def _number(value: Attribute) -> str:
    """A number with at most one decimal, so that the bytes do not depend on the platform's last digit."""
    if isinstance(value, float):
        return (
            f"{value:.1f}".removesuffix(".0").replace("-0", "0", 1)
            if abs(value) < 0.05
            else f"{value:.1f}".removesuffix(".0")
        )
    return str(value)


def text_width(text: str, size: float) -> float:
    """About how wide the text is drawn at a font size: wide characters are square, others just over half."""
    return cells(text) * size * 0.56
