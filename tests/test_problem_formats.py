"""Problems in every form: checked against the published schemas, escaped as each forge wants, named the same for ever."""

from __future__ import annotations

import json
import os
import re
import shutil
import unicodedata
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
import xmlschema
from click.testing import CliRunner
from jsonschema import Draft4Validator

from itsmctl.cli import group, run
from itsmctl.definitions import validate
from itsmctl.definitions.lint import LAWS
from itsmctl.errors import Problem, Where
from itsmctl.reference import FOLDERS, reference_root
from itsmctl.reports.problems import FORMATS, Checked

ORACLES = Path(__file__).parent.parent / ".." / "shared" / "oracles"
SARIF, JUNIT = ORACLES / "sarif-schema-2.1.0.json", ORACLES / "junit.xsd"

FILE = "roles/矩阵 a,b:c%.yaml"
NASTY = Problem(
    "one-accountable",
    "{what}",
    Where(FILE, 7, 3),
    {"what": "100 % wrong: a, b\r\nsecond line <&\"'> \x00\x1b 责任\U0001f600"},
    suggestion="a-b",
    subject="raci raci-incident/activities/IM1/A",
)
WARNING = Problem("no-such-law", "a warning of {word}", Where("catalog/services.yaml"), {"word": "x"}, "warning")


def checked(*problems: Problem, **facts: Any) -> Checked:
    return Checked("validate", problems, ("catalog/services.yaml", FILE, "roles/roles.yaml"), **facts)


def many(number: int, severity: Any = "error") -> list[Problem]:
    return [Problem("code", "problem {n}", Where("a.yaml", n), {"n": n}, severity) for n in range(1, number + 1)]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The reference definitions, to be broken."""
    for folder in FOLDERS:
        shutil.copytree(reference_root() / folder, tmp_path / folder)
    return tmp_path


# Every format at once


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_tells_every_problem_in_the_language_asked_for(form: str) -> None:
    render = FORMATS[form]
    assert render(checked(WARNING)) == render(checked(WARNING))
    assert "a warning of x" in render(checked(WARNING))
    assert "one-accountable" in render(checked(NASTY, WARNING)) and "no-such-law" in render(checked(NASTY, WARNING))
    known = Problem("not-yaml", "not readable as YAML: {what}", Where("a.yaml", 1, 1), {"what": "x"})
    assert "无法" in FORMATS[form](checked(known, language="zh")) or "YAML" in FORMATS[form](
        checked(known, language="zh")
    )
    assert FORMATS[form](checked(known, language="zh")) != FORMATS[form](checked(known))


@pytest.mark.parametrize("form", FORMATS)
def test_a_command_prints_or_writes_the_same(form: str, copy: Path) -> None:
    (copy / "catalog" / "odd.yaml").write_text("kind: servce\n", encoding="utf-8")
    printed = CliRunner().invoke(group, ["validate", "--root", str(copy), "--format", form], standalone_mode=False)
    out = copy / "out" / "problems.txt"
    arguments = ["validate", "--root", str(copy), "--format", form, "-o", str(out)]
    written = CliRunner().invoke(group, arguments, standalone_mode=False)
    assert (printed.return_value, written.return_value) == (2, 2)
    assert out.read_text(encoding="utf-8") == printed.stdout and written.stdout == ""
    assert "unknown-kind" in printed.stdout


@pytest.mark.parametrize("form", FORMATS)
def test_nothing_wrong_is_a_whole_report_too(form: str) -> None:
    text = FORMATS[form](checked())
    match form:
        case "text" | "github":
            assert text == ""
        case "junit":
            assert ElementTree.fromstring(text)[0].get("tests") == "3"
        case _:
            assert json.loads(text) is not None


# SARIF and JUnit


@pytest.mark.skipif(not SARIF.is_file(), reason="the published schema is not beside the repository")
@pytest.mark.parametrize("problems", [(), (NASTY,), (NASTY, WARNING, WARNING), tuple(many(12))])
def test_sarif_follows_its_schema(problems: tuple[Problem, ...]) -> None:
    log = json.loads(FORMATS["sarif"](checked(*problems, base="sms")))
    validator = Draft4Validator(json.loads(SARIF.read_text(encoding="utf-8")))
    assert [error.message for error in validator.iter_errors(log)] == []
    log["runs"][0]["columnKind"] = "letters"
    assert list(validator.iter_errors(log)) != []


def test_sarif_names_rules_places_and_what_it_is_about() -> None:
    (run,) = json.loads(FORMATS["sarif"](checked(WARNING, NASTY, base="sms")))["runs"]
    first, second = run["results"]
    assert (first["ruleId"], first["level"], second["level"]) == ("one-accountable", "error", "warning")
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    place = first["locations"][0]["physicalLocation"]
    assert unquote(place["artifactLocation"]["uri"]) == f"sms/{FILE}"
    assert re.fullmatch(r"[!-~]+", place["artifactLocation"]["uri"])
    assert place["region"] == {"startLine": 7, "startColumn": 3}
    assert second["locations"][0]["physicalLocation"]["region"] == {"startLine": 1}
    assert first["locations"][0]["logicalLocations"] == [{"fullyQualifiedName": "raci raci-incident/activities/IM1/A"}]
    law = next(rule for rule in run["tool"]["driver"]["rules"] if rule["id"] == "one-accountable")
    assert law["shortDescription"]["text"] == "Exactly one role is Accountable for each activity."
    assert "Keep the one role" in law["help"]["text"]


@pytest.mark.skipif(not JUNIT.is_file(), reason="the published schema is not beside the repository")
@pytest.mark.parametrize("problems", [(), (NASTY,), (NASTY, WARNING, WARNING), tuple(many(12))])
def test_junit_follows_its_schema(problems: tuple[Problem, ...]) -> None:
    schema = xmlschema.XMLSchema(JUNIT)
    text = FORMATS["junit"](checked(*problems, as_of=date(2026, 6, 30)))
    schema.validate(text)
    with pytest.raises(xmlschema.XMLSchemaValidationError):
        schema.validate(text.replace('hostname="localhost" ', ""))


def test_junit_counts_files_and_says_the_line() -> None:
    suite = ElementTree.fromstring(FORMATS["junit"](checked(NASTY, WARNING, WARNING)))[0]
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("3", "2", "0")
    failures = {case.get("name"): case.find("failure") for case in suite.iter("testcase")}
    assert {name for name, failure in failures.items() if failure is None} == {"roles/roles.yaml"}
    failure = failures["catalog/services.yaml"]
    assert failure is not None and failure.get("type") == "warning" and "(+1)" in str(failure.get("message"))
    nasty = failures[FILE]
    assert nasty is not None and str(nasty.text).startswith(f"{FILE}:7:3: ")


# Forges


@pytest.mark.parametrize("form", ["text", "github"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_name_of_a_file_or_column_begins_no_line(form: str, language: Any) -> None:
    name = "catalog/a\n::error::\x1b[31m.yaml"
    found = [
        Problem("code", "wrong", Where(name, 1)),
        Problem("code", "wrong", Where("x.csv", row=2, column_name=name)),
    ]
    every = [
        Problem("code", "wrong", Where(name, n)) for n in range(30)
    ]  # more than the forge keeps: the rest are plain lines
    told = FORMATS[form](Checked("validate", found + every, (), language=language))
    assert form == "github" or "\x1b" not in told
    assert not [line for line in told.splitlines() if line.startswith("::error::")]


@pytest.mark.parametrize("form", FORMATS)
def test_a_name_that_is_no_utf_8_is_told_too(form: str, copy: Path, tmp_path: Path) -> None:
    name = os.fsdecode(b"catalog/a\xff.yaml")
    (copy / name).write_text("kind: service\n", "utf-8")
    out = tmp_path / "out"
    assert run(["validate", "--root", str(copy), "--format", form, "-o", str(out)]) == 2
    told = out.read_text("utf-8")
    assert form != "sarif" or '"uri": "catalog/a%FF.yaml"' in told
    assert "missing-key" in told


def test_github_escapes_what_would_end_a_command() -> None:
    (line,) = FORMATS["github"](checked(NASTY, base="sms")).splitlines()
    head, _, message = line.removeprefix("::error ").partition("::")
    properties = dict(part.split("=", 1) for part in head.split(","))
    assert properties == {
        "file": "sms/roles/矩阵 a%2Cb%3Ac%25.yaml",
        "line": "7",
        "col": "3",
        "title": "one-accountable",
    }
    assert message.startswith("100 %25 wrong: a, b%0D%0Asecond line")


@pytest.mark.parametrize(("number", "shown", "more"), [(10, 10, 0), (11, 9, 2), (60, 9, 51)])
def test_github_shows_what_it_keeps_and_says_how_many_more(number: int, shown: int, more: int) -> None:
    lines = FORMATS["github"](checked(*many(3, "warning"), *reversed(many(number)))).splitlines()
    commands = [line for line in lines if line.startswith("::")]
    errors = [line for line in commands if line.startswith("::error ")]
    assert len(errors) <= 10 and sum("line=" in line for line in errors) == shown
    assert [line for line in errors if "line=" not in line] == (
        [f"::error title=itsmctl validate::and {more} more, see the log"] if more else []
    )
    assert len(commands) - len(errors) == 3
    assert len(lines) - len(commands) == more, "what has no room stands in the log"
    assert "line=1," in errors[0], "by place"


def test_gitlab_has_the_keys_that_it_reads() -> None:
    first, second = json.loads(FORMATS["gitlab"](checked(NASTY, WARNING, base="sms")))
    assert set(first) == {"description", "check_name", "fingerprint", "severity", "location"}
    assert (first["severity"], second["severity"]) == ("major", "minor")
    assert first["location"] == {"path": f"sms/{FILE}", "lines": {"begin": 7}}
    assert second["location"]["lines"]["begin"] == 1


def fingerprints(root: Path) -> dict[str, tuple[str, int]]:
    rows = json.loads(FORMATS["json"](Checked("validate", validate(root), ())))["problems"]
    found = {row["fingerprint"]: (row["code"], row["line"]) for row in rows}
    assert len(found) == len(rows), "a forge would collapse equal ones"
    return found


def test_a_problem_keeps_its_name_while_lines_and_entries_move(copy: Path) -> None:
    incident = next((copy / "policies").rglob("incident.yaml"))
    text = incident.read_text(encoding="utf-8")
    wrong = text.replace("lane: second-line", "lane: secnd-line").replace(
        "rules: [INC-16, INC-28]", "rules: [INC-61, INC-62]", 1
    )
    incident.write_text(wrong, encoding="utf-8")
    before = fingerprints(copy)
    assert len(before) >= 4
    moved = wrong.replace("\nlanes:\n", "\n\n\nlanes:\n  - {id: a-new-lane, title: New}\n", 1)
    moved = moved.replace(
        "\nactivities:\n",
        "\nactivities:\n  - {id: IM0, title: N, description: N, lane: a-new-lane, inputs: [n], outputs: [n], next: [{to: IM1}]}\n",
        1,
    )
    incident.write_text(moved, encoding="utf-8")
    after = fingerprints(copy)
    assert set(before) <= set(after)
    assert all(after[name][1] > line for name, (_, line) in before.items())
    other = incident.with_name("renamed.yaml")
    incident.rename(other)
    assert set(before) <= set(fingerprints(copy)), "nor does the name of the file belong to it"


# The command line


def test_forges_are_told_paths_from_where_they_run_us(
    copy: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (copy / "catalog" / "odd.yaml").write_text("kind: servce\n", encoding="utf-8")
    for here, arguments, shown in (
        (copy.parent, ["--root", copy.name], f"{copy.name}/catalog/odd.yaml"),
        (copy, [], "catalog/odd.yaml"),
        (copy / "catalog", ["--root", str(copy)], "catalog/odd.yaml"),
    ):
        monkeypatch.chdir(here)
        assert run(["validate", "--format", "github", *arguments]) == 2
        assert f"::error file={shown},line=1," in capsys.readouterr().out


def test_a_day_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["validate", "--as-of", "2026-02-30"]) == 2
    assert "bad-day" in capsys.readouterr().err


def test_laws_are_listed_and_shown_in_both_languages() -> None:
    listed = CliRunner().invoke(group, ["rules", "list", "--lint"], standalone_mode=False).output
    assert all(f"{law.CODE} " in listed for law in LAWS)
    rows = json.loads(CliRunner().invoke(group, ["rules", "list", "--lint", "--format", "json"]).output)["laws"]
    assert [row["code"] for row in rows] == [law.CODE for law in LAWS]
    for language, word in (("en", "relies on the other"), ("zh", "角色")):
        shown = CliRunner().invoke(group, ["rules", "show", "one-accountable", "--lang", language]).output
        assert word in shown and "# <-" in shown
        assert all(unicodedata.category(c) != "Cc" or c == "\n" for c in shown)
