"""The titles and descriptions in a JSON Schema, which editors show and the reference prints, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from itsmctl.language import Language, description_text

_WORDS = ("title", "description")
_DATA = ("const", "default", "enum", "examples")
"""What holds values of a document, which may have a `title` of their own."""
_NAMED = ("definitions", "properties", "patternProperties", "dependencies")
"""What holds schemas by names of ours, which may be words of JSON Schema too."""


def described(schema: Mapping[str, Any], language: Language) -> dict[str, Any]:
    """The same schema with its titles and descriptions in a language; nothing else differs."""
    found: dict[str, Any] = _said(schema, lambda text: description_text(text, language))
    return found


def texts(schema: Mapping[str, Any]) -> Iterator[str]:
    """Every title and description in a schema, as it is written there."""
    found: list[str] = []

    def note(text: str) -> str:
        found.append(text)
        return text

    _said(schema, note)
    yield from found


def _said(part: Any, say: Callable[[str], str]) -> Any:
    if isinstance(part, list):
        return [_said(one, say) for one in part]
    if not isinstance(part, Mapping):
        return part
    return {key: _said_under(key, value, say) for key, value in part.items()}


def _said_under(key: str, value: Any, say: Callable[[str], str]) -> Any:
    if key in _WORDS and isinstance(value, str):
        return say(value)
    if key in _DATA:
        return value
    if key in _NAMED and isinstance(value, Mapping):
        return {name: _said(body, say) for name, body in value.items()}
    return _said(value, say)
