"""What an editor needs to complete and check definitions: the schemas in a folder, and settings that point to them."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import cast

from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.output import check_place, replacing
from itsmctl.reference import FOLDERS

SCHEMAS = ".itsmctl/schemas"
"""Where a management system keeps the schemas that its editors use."""
_ANY = "any.schema.json"
_KEY = "yaml.schemas"
_HEAD = 8_192
"""Letters at the beginning of a file, among which it says what it is."""
_LINE = re.compile(r"^#\s*yaml-language-server\s*:.*\$schema=.*", re.MULTILINE)
_KIND = re.compile(r"^kind:\s*['\"]?([a-z-]+)", re.MULTILINE)


def as_text(schema: Mapping[str, object]) -> str:
    """A schema as a file holds it."""
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def own_schemas(root: Path) -> Path | None:
    """The folder of schemas inside a management system; None where it has none."""
    places = (root / "schemas", root / SCHEMAS)
    return next((place for place in places if (place / _ANY).is_file()), None)


def schema_line(root: Path, place: str, kind: str) -> str:
    """The first line of a definition, by which editors find its schema; `place` is relative to `root`."""
    schemas = own_schemas(root) or root / SCHEMAS
    relative = Path(os.path.relpath(schemas, (root / PurePosixPath(place)).parent)).as_posix()
    return f"# yaml-language-server: $schema={relative}/{kind}.schema.json"


def lacking_schema_line(root: Path, files: Sequence[str], every: Callable[[], Sequence[str]]) -> Mapping[str, str]:
    """The line that names its schema, for each of some definition files that has none though most of a root have; these `every` tells.

    A management system without schemas of its own, or most of whose files never had the line, needs none.
    """
    if own_schemas(root) is None or not (lacking := _without_line(root, files)):
        return {}
    others = every()
    if 2 * len(_without_line(root, others)) >= len(others):
        return {}
    return {file: schema_line(root, file, kind) for file, kind in lacking.items()}


def lost_schema_lines(before: Path, after: Path, files: Sequence[str]) -> Mapping[str, str]:
    """The line that names its schema, for each of some definition files that has none `after` and had it under the same name `before`."""
    found = {}
    for file in _without_line(after, files):
        if (before / PurePosixPath(file)).is_file() and (line := _LINE.search(_beginning(before, file))):
            found[file] = line[0]
    return found


def _without_line(root: Path, files: Sequence[str]) -> Mapping[str, str]:
    """The kinds of the definitions whose files do not name their schema, by file."""
    found = {}
    for file in files:
        head = _beginning(root, file)
        if not _LINE.search(head) and (kind := _KIND.search(head)):
            found[file] = kind[1]
    return found


def _beginning(root: Path, file: str) -> str:
    with (root / PurePosixPath(file)).open(encoding="utf-8", errors="replace") as stream:
        return stream.read(_HEAD)


def refresh_schemas(root: Path, files: Mapping[str, str]) -> Path:
    """The folder of schemas inside a management system, with these files in it.

    One under `schemas/` is that of itsmctl itself and stays as it is. Raises ItsmctlError where the place holds other things.
    """
    own = own_schemas(root)
    if own == root / "schemas":
        return own
    folder = root / SCHEMAS
    there = {path.name for path in folder.glob("*.schema.json")} if folder.is_dir() else set()
    check_place(folder, {*files, *there}, _ANY)
    with replacing(folder) as place:
        for name, text in files.items():
            (place / name).write_text(text, encoding="utf-8", newline="\n")
    return folder


def vscode_settings(root: Path, schemas: Path, workspace: Path) -> dict[str, object]:
    """Settings of the YAML extension of VS Code for the definitions under `root`, as seen from a workspace folder."""
    base = _seen(root, workspace)
    patterns = [f"{base}/{folder}/**/*.{ending}".removeprefix("./") for folder in FOLDERS for ending in ("yaml", "yml")]
    place = schemas / _ANY
    inside = place.resolve().is_relative_to(workspace.resolve())
    return {_KEY: {_seen(place, workspace) if inside else place.resolve().as_uri(): patterns}}


def merged(settings: Mapping[str, object], text: str, file: str) -> str:
    """A settings file with ours in it, everything else left as it is; raises ItsmctlError where it cannot be kept."""
    there = _settings(text, file) if text.strip() else {}
    before = there.get(_KEY, {})
    ours = cast("dict[str, object]", settings[_KEY])
    if not isinstance(before, dict):
        template = "{key} is not a mapping from schemas to files"
        raise ItsmctlError(Problem("settings-unreadable", template, Where(file), {"key": _KEY}))
    others = {place: patterns for place, patterns in before.items() if patterns not in ours.values()}
    return json.dumps({**there, _KEY: others | ours}, ensure_ascii=False, indent=2) + "\n"


def _settings(text: str, file: str) -> dict[str, object]:
    try:
        found: object = json.loads(text.removeprefix("\ufeff"))
    except json.JSONDecodeError as error:
        template = (
            "not plain JSON ({what}); comments would be lost, so add what `itsmctl schema --vscode` prints by hand"
        )
        where = Where(file, error.lineno, error.colno)
        raise ItsmctlError(Problem("settings-unreadable", template, where, {"what": error.msg})) from error
    if not isinstance(found, dict):
        raise ItsmctlError(Problem("settings-unreadable", "the settings of an editor are a JSON object", Where(file)))
    return found


def _seen(path: Path, workspace: Path) -> str:
    """A path as settings name it: relative to the workspace where it lies inside."""
    there, here = path.resolve(), workspace.resolve()
    return (
        f"./{there.relative_to(here).as_posix()}".removesuffix("/.") if there.is_relative_to(here) else there.as_posix()
    )
