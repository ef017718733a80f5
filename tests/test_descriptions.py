"""What editors and the reference say of every key exists in both languages, and a schema is the same one in both."""

from __future__ import annotations

import copy
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import itsmctl
from itsmctl.cli import group
from itsmctl.definitions.editor_schemas import complete_schemas, editor_schemas
from itsmctl.descriptions import described, texts
from itsmctl.language import description_text, tr
from itsmctl.reference import schema_folder
from itsmctl.reports.asked import ASKED

CHINESE = re.compile("[\u4e00-\u9fff]")
CODE = re.compile(r"`[^`]*`")
TRICKY: dict[str, Any] = {
    "title": "Rule",
    "properties": {
        "title": {
            "description": "Name for people.",
            "examples": [{"title": "Rule", "description": "Name for people."}],
        },
        "description": {"title": "Rule", "const": "Rule", "default": {"title": "Rule"}},
        "examples": {"description": "One rule id.", "enum": ["Rule"]},
    },
    "definitions": {"default": {"description": "Name for people."}},
    "anyOf": [{"title": "Rule"}, {"items": {"description": "Name for people."}}],
    "examples": [{"title": "Rule"}],
}


def test_only_what_describes_is_translated(monkeypatch: pytest.MonkeyPatch) -> None:
    before = copy.deepcopy(TRICKY)
    monkeypatch.setattr("itsmctl.descriptions.description_text", lambda text, language: f"{language}: {text}")
    found = described(TRICKY, "zh")
    assert before == TRICKY
    assert found == {
        "title": "zh: Rule",
        "properties": {
            "title": {
                "description": "zh: Name for people.",
                "examples": [{"title": "Rule", "description": "Name for people."}],
            },
            "description": {"title": "zh: Rule", "const": "Rule", "default": {"title": "Rule"}},
            "examples": {"description": "zh: One rule id.", "enum": ["Rule"]},
        },
        "definitions": {"default": {"description": "zh: Name for people."}},
        "anyOf": [{"title": "zh: Rule"}, {"items": {"description": "zh: Name for people."}}],
        "examples": [{"title": "Rule"}],
    }


PACKAGE = Path(itsmctl.__file__).parent
OF_OUTPUTS = {path.name: json.loads(path.read_text("utf-8")) for path in sorted(PACKAGE.rglob("*.schema.json"))}


OF_DEFINITIONS = complete_schemas()


@pytest.mark.parametrize("name", [*OF_DEFINITIONS, *OF_OUTPUTS])
def test_every_description_is_chinese_and_names_the_same_keys(name: str) -> None:
    """A description that was changed is another text, and has no Chinese until somebody writes one."""
    schema = OF_OUTPUTS.get(name) or OF_DEFINITIONS[name]
    english = list(texts(schema))
    chinese = list(texts(described(schema, "zh")))
    assert len(english) == len(chinese) > 1
    assert [text for text in chinese if not CHINESE.search(text)] == []
    assert [text for text in english if CHINESE.search(text)] == [], "two languages in one text"
    differ = [
        (e, c) for e, c in zip(english, chinese, strict=True) if sorted(CODE.findall(e)) != sorted(CODE.findall(c))
    ]
    assert differ == []


def test_a_schema_is_the_same_in_both_languages_but_for_its_words() -> None:
    english, chinese = editor_schemas("en"), editor_schemas("zh")
    assert list(english) == list(chinese) == sorted(path.name for path in schema_folder().glob("*.schema.json"))
    for name, text in chinese.items():
        last = {path[-1] for path in _differing(json.loads(english[name]), json.loads(text))}
        assert {"title", "description"} <= last <= {"title", "description", "patternErrorMessage"}, name


def _differing(one: Any, other: Any, path: tuple[object, ...] = ()) -> Iterator[tuple[object, ...]]:
    """Where two values differ, down to the last part."""
    if isinstance(one, dict) and isinstance(other, dict) and list(one) == list(other):
        for key in one:
            yield from _differing(one[key], other[key], (*path, key))
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for place, (left, right) in enumerate(zip(one, other, strict=True)):
            yield from _differing(left, right, (*path, place))
    elif one != other:
        yield path


def test_what_a_check_asks_is_said_in_the_same_words_everywhere() -> None:
    asked = {check: description_text(text, "zh") for check, text in ASKED.items()}
    assert asked == {check: tr(text, "zh") for check, text in ASKED.items()}


def test_the_command_prints_a_schema_in_the_language_of_the_reader() -> None:
    def title(*arguments: str, **environment: str) -> str:
        result = CliRunner(env=environment).invoke(group, ["schema", *arguments], catch_exceptions=False)
        assert result.exit_code == 0
        return str(json.loads(result.output)["title"])

    assert title("sla") == "Service level agreement"
    assert title("sla", "--lang", "zh") == "服务级别协议"
    assert title("sla", ITSMCTL_LANG="zh") == "服务级别协议"
    assert (title("receipt"), title("receipt", "--lang", "zh")) == ("Receipt", "回执")


def test_nobody_else_loads_the_descriptions(tmp_path: Path) -> None:
    code = (
        "import sys; from itsmctl import language; from itsmctl.cli import run\n"
        "opened = []; sys.addaudithook(lambda event, values: opened.append(str(values[0])) if event == 'open' else None)\n"
        "run(['--lang', 'zh', 'rules', 'list']); sys.stderr.write(' '.join(p for p in opened if p.endswith('.mo')))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, cwd=tmp_path, check=False, text=True)
    assert [Path(name).name for name in run.stderr.split()] == ["itsmctl.mo"], run.stderr
