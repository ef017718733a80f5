"""The schemas for people and their editors: with the parameters of every check, in their language, and with what editors need."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from itsmctl.checks import CHECKS
from itsmctl.definitions.schema import SUFFIX, schemas
from itsmctl.descriptions import Part, changed, described, texts
from itsmctl.editor import as_text
from itsmctl.language import Language, msg, tr
from itsmctl.source import read_bytes

Schema = Mapping[str, Any]
_CHINESE = re.compile("[\u4e00-\u9fff]")
"""No English description holds such a letter."""


def complete_schemas() -> dict[str, Schema]:
    """Every schema by name, with the parameters of each check."""
    return {name: _with_parameters(name, body) for name, body in schemas().items()}


def editor_schemas(language: Language) -> dict[str, str]:
    """The text of every schema by its file name, so that an editor completes and explains what it can."""

    def for_editor(part: Part) -> Part:
        return _for_editor(part, language)

    spoken = {name: described(body, language) for name, body in complete_schemas().items()}
    return {name + SUFFIX: as_text(changed(body, for_editor)) for name, body in spoken.items()}


def language_written(folder: Path | None) -> Language | None:
    """The language in which the schemas in a folder describe themselves; None where there are none that do."""
    files = sorted(folder.glob("*" + SUFFIX)) if folder else []
    said = [text for file in files for text in texts(_read(file))]
    return ("zh" if any(map(_CHINESE.search, said)) else "en") if said else None


def _read(file: Path) -> Schema:
    try:
        schema = json.loads(read_bytes(file, str(file)))
    except ValueError:  # it is written anew, and the others tell
        return {}
    return schema if isinstance(schema, dict) else {}


def _with_parameters(name: str, schema: Schema) -> Schema:
    """The schema of rules leaves parameters to the checks, which say what they take."""
    if name != "rule":
        return schema
    check = schema["properties"]["check"]
    checks = {one: {**body, **CHECKS[one].PARAMETERS} for one, body in check["properties"].items()}
    return {**schema, "properties": {**schema["properties"], "check": {**check, "properties": checks}}}


def _for_editor(part: Part, language: Language) -> Part:
    """A schema in words that the language server of editors understands.

    It shows a regular expression to whoever writes something else, unless it is given a message. And where properties are limited
    in number it counts those of the mapping above, and completes nothing: it does not see a limit that stands beside them.
    """
    if hint := _hint(part, language):
        part["patternErrorMessage"] = hint
    if "properties" in part and "maxProperties" in part:
        part["allOf"] = [*part.get("allOf", ()), {"maxProperties": part.pop("maxProperties")}]
    return part


def _hint(part: Part, language: Language) -> str:
    """What is wanted where a text has a form; nothing where no example shows it."""
    shown = next((example for example in part.get("examples", ()) if isinstance(example, str)), "")
    if "pattern" not in part or not shown:
        return ""
    what = part.get("description", "")
    template = (
        msg("not the right form; for example {example}. {what}")
        if what
        else msg("not the right form; for example {example}")
    )
    return tr(template, language, example=shown, what=what)
