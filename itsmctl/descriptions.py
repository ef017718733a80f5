"""The titles and descriptions in a JSON Schema, which editors show and the reference prints, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from itsmctl.language import Language, description_text

Part = dict[str, Any]
_WORDS = ("title", "description")
_DATA = ("const", "default", "enum", "examples")
"""What holds values of a document, which may have a `title` of their own."""
_NAMED = ("definitions", "properties", "patternProperties", "dependencies")
"""What holds schemas by names of ours, which may be words of JSON Schema too."""


def described(schema: Mapping[str, Any], language: Language) -> Part:
    """The same schema with its titles and descriptions in a language; nothing else differs."""

    def say(part: Part) -> Part:
        return {
            key: description_text(value, language) if _is_words(key, value) else value for key, value in part.items()
        }

    return changed(schema, say)


def texts(schema: Mapping[str, Any]) -> Iterator[str]:
    """Every title and description in a schema, as it is written there."""
    for part in parts(schema):
        yield from (value for key, value in part.items() if _is_words(key, value))


def parts(schema: Mapping[str, Any]) -> list[Part]:
    """The schema and every schema within it, the inner ones first."""
    found: list[Part] = []

    def note(part: Part) -> Part:
        found.append(part)
        return part

    changed(schema, note)
    return found


def changed(schema: Mapping[str, Any], change: Callable[[Part], Part]) -> Part:
    """A copy in which the schema and every schema within it is what `change` makes of it, from the inside out."""
    return change({key: _inside(key, value, change) for key, value in schema.items()})


def _inside(key: str, value: Any, change: Callable[[Part], Part]) -> Any:
    if key in _DATA:
        return value
    if isinstance(value, list | tuple):
        return [changed(one, change) if isinstance(one, Mapping) else one for one in value]
    if not isinstance(value, Mapping):
        return value
    if key in _NAMED:
        return {name: _inside("", body, change) for name, body in value.items()}
    return changed(value, change)


def _is_words(key: str, value: Any) -> bool:
    return key in _WORDS and isinstance(value, str)
