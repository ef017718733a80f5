"""Every form of the gate and of a replay tells the same numbers: those by which two whole audits differ.

The truth is counted here from the two tables of verdicts and from the YAML of the rules, by none of the program's own functions.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import duckdb
import pytest
import yaml
from change_case import copy_to, edited
from click.testing import CliRunner
from gate_case import FILE, git

from itsmctl.cli import group
from itsmctl.language import LANGUAGES, Language

FORMS = ("text", "markdown", "json", "github", "gitlab", "sarif", "junit")
OUT = "out_of_scope"
KINDS = {
    "newly_failing": ("newly failing", "新增不通过"),
    "newly_in_scope": ("new in scope", "新纳入范围"),
    "newly_out_of_scope": ("newly out of scope", "新移出范围"),
    "newly_passing": ("newly passing", "新增通过"),
    "newly_not_testable": ("newly not testable", "新增无法检验"),
    "newly_testable": ("newly testable", "变为可检验"),
    "newly_waived": ("newly waived", "新增豁免"),
}
Flip = tuple[str, str, str, str]


@dataclass(frozen=True)
class Case:
    """What the gate and a replay said in every form, and the truth."""

    gate: Mapping[tuple[str, str], str]
    replay: Mapping[tuple[str, str], str]
    flips: frozenset[Flip]
    outcomes: Mapping[str, tuple[str, str]]

    def by_kind(self, rule: str = "") -> Counter[str]:
        return Counter(_kind(f) for f in self.flips if rule in ("", f[0]))

    @property
    def rules(self) -> set[str]:
        return {flip[0] for flip in self.flips}


def _kind(flip: Flip) -> str:
    _, _, before, after = flip
    if before == OUT:
        return "newly_in_scope"
    if after == OUT:
        return "newly_out_of_scope"
    if after == "not_testable":
        return "newly_not_testable"
    if before == "not_testable":
        return "newly_testable"
    return {"waived": "newly_waived", "fail": "newly_failing", "pass": "newly_passing"}[after]


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """A branch with shorter targets, a narrower rule and a smaller tolerance, judged in every form and language."""
    place = tmp_path_factory.mktemp("changes")
    root = copy_to(place / "ours")
    git(root, "init", "-q", "-b", "main")
    _committed(root, "Begin")
    _run("generate", "--records", "300", "--seed", "5", "-o", place / "gen", "-q")
    _run("import", place / "gen", "--zone", "Asia/Shanghai", "-o", place / "dataset", "-q")
    before = _audited(root, place / "dataset", place / "before")
    git(root, "checkout", "-qb", "branch")
    (root / FILE).write_text(re.sub(r"within: \w+", "within: 1m", (root / FILE).read_text("utf-8")), "utf-8")
    rule = "at-most: {column: reopen_count, most: 0}\ntolerance: {percent: "
    edited(root, "policies/rules/incident.yaml", (f"{rule}5}}", f"{rule}0}}"))
    text = (root / "policies/rules/incident.yaml").read_text("utf-8")
    parts = text.split("\n---\n")
    (number,) = (n for n, part in enumerate(parts) if re.search(r"^id: INC-11$", part, re.MULTILINE))
    assert "\nscope: {state: [closed]}\n" in parts[number]
    parts[number] = parts[number].replace("{state: [closed]}", "{state: [closed], priority: [P3]}")
    (root / "policies/rules/incident.yaml").write_text("\n---\n".join(parts), "utf-8")
    _committed(root, "Demand more")
    after = _audited(root, place / "dataset", place / "after")
    said: dict[str, dict[tuple[str, str], str]] = {"gate": {}, "replay": {}}
    sides = ["--root", root, "--base", "main", "--head", "branch", "--tickets", place / "dataset", "-q"]
    for language in LANGUAGES:
        also = [word for form in FORMS for word in ("--also", f"{form}={place / form}")]
        _run("gate", *sides, "--lang", language, "-o", place / "answer", *also)
        for form in FORMS:
            said["gate"][form, language] = (place / form).read_text("utf-8")
        for form in ("text", "markdown", "json"):
            said["replay"][form, language] = _run("replay", *sides, "--lang", language, "--format", form)
    enquiries = _enquiries(root)
    keys = (before.keys() | after.keys()) - {key for key in before.keys() | after.keys() if key[0] in enquiries}
    flips = {(*key, before.get(key, OUT), after.get(key, OUT)) for key in keys if before.get(key) != after.get(key)}
    outcomes = [_outcomes(place / name) for name in ("before", "after")]
    changed = {rule: (was, outcomes[1][rule]) for rule, was in outcomes[0].items() if outcomes[1][rule] != was}
    return Case(said["gate"], said["replay"], frozenset(flips), changed)


def _committed(root: Path, message: str) -> None:
    git(root, "add", "-A")
    git(root, "commit", "-qm", message)


def _run(*words: object) -> str:
    result = CliRunner().invoke(group, [str(word) for word in words], standalone_mode=False)
    assert result.exception is None and result.return_value in (0, 1, None), (words, result.output)
    return result.stdout


def _audited(root: Path, dataset: Path, folder: Path) -> dict[tuple[str, str], str]:
    """The state of every record under every rule; the worst where a rule says several things about a group."""
    _run("audit", "--root", root, "--tickets", dataset, "--all-verdicts", "-o", folder, "-q")
    worst = ("fail", "not_testable", "waived", "pass")
    found: dict[tuple[str, str], str] = {}
    rows = duckdb.sql(f"SELECT rule, record_id, passed, waiver FROM '{folder}/verdicts.parquet'").fetchall()
    for rule, record, passed, waiver in rows:
        state = "pass" if passed else "not_testable" if passed is None else "waived" if waiver else "fail"
        found[rule, record] = min(found.get((rule, record), "pass"), state, key=worst.index)
    return found


def _outcomes(folder: Path) -> dict[str, str]:
    return {one["id"]: one["outcome"] for one in json.loads((folder / "result.json").read_text("utf-8"))["rules"]}


def _enquiries(root: Path) -> set[str]:
    texts = [path.read_text("utf-8") for path in (root / "policies/rules").glob("*.yaml")]
    documents = [one for text in texts for one in yaml.safe_load_all(text)]
    return {one["id"] for one in documents if one.get("enquiry")}


def _number(text: str) -> int:
    return int(text.replace(",", "").replace("\u202f", ""))


def test_there_is_something_to_agree_on(case: Case) -> None:
    assert {"newly_failing", "newly_out_of_scope"} <= set(case.by_kind()) and len(case.rules) > 2
    assert case.outcomes["INC-12"] == ("pass", "fail") and "INC-12" not in case.rules


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("command", ["gate", "replay"])
def test_json(case: Case, command: str, language: Language) -> None:
    told = json.loads(getattr(case, command)["json", language])
    replayed = told["replay"] if command == "gate" else told
    summary = replayed["summary"]
    assert summary["flips"] == len(case.flips) and summary["kinds"] == case.by_kind()
    assert {one["id"]: one["kinds"] for one in summary["rules"] if one["kinds"]} == {r: case.by_kind(r) for r in case.rules}  # fmt: skip
    listed = [(f["rule"], f["record_id"], f["before"], f["after"]) for f in replayed["flips"]]
    assert len(set(listed)) == len(listed) and case.flips >= set(listed)
    assert command == "gate" or case.flips == set(listed)
    differing = {one["id"]: one["outcome"] for one in summary["rules"]}
    whole = {r: (o["before"], o["after"]) for r, o in differing.items() if o["before"] != o["after"]}
    assert whole == case.outcomes
    for name in ("services", "months"):
        sums: Counter[str] = Counter()
        for one in summary[name]:
            sums.update(one["kinds"])
        assert sums == case.by_kind(), name
    by_rule = Counter(dict.fromkeys(case.rules, 0))
    for cause in summary["causes"]:
        by_rule[cause["rule"]] += cause["alone"]
    assert by_rule == Counter(f[0] for f in case.flips), "each change here acts alone"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("command", ["gate", "replay"])
def test_markdown(case: Case, command: str, language: Language) -> None:
    text = getattr(case, command)["markdown", language]
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines() if line.startswith("| ")]
    word = LANGUAGES.index(language)
    (head,) = (row for row in rows if any(cell in {names[word] for names in KINDS.values()} for cell in row))
    kinds = [next(kind for kind, names in KINDS.items() if names[word] == cell) for cell in head[2:]]
    assert set(kinds) == set(case.by_kind())
    told = {row[0]: row[2:] for row in rows if re.fullmatch(r"[A-Z]+-\d+", row[0])}
    assert set(told) == case.rules
    for rule, cells in told.items():
        assert {kind: _number(cell) for kind, cell in zip(kinds, cells, strict=True) if cell} == case.by_kind(rule)
    for rule in case.rules:
        part = text[text.index(f"<details><summary>{rule} ") :]
        part = part[: part.index("</details>")]
        assert len(re.findall(r"^  - `", part, re.MULTILINE)) == sum(min(3, n) for n in case.by_kind(rule).values())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("command", ["gate", "replay"])
def test_text(case: Case, command: str, language: Language) -> None:
    lines = getattr(case, command)["text", language]
    text = " ".join(lines.split())
    word = LANGUAGES.index(language)
    for kind, n in case.by_kind().items():
        assert f"{n:,} {KINDS[kind][word]}" in text or f"{KINDS[kind][word]} {n:,}" in text, kind
    for rule in case.rules:
        (part,) = re.findall(rf"^{rule}  .*?(?=\n\n|\Z)", lines, re.MULTILINE | re.DOTALL)
        counts = Counter({kind: _number(n) for kind, names in KINDS.items() for n in re.findall(rf"^  (?:{names[word]} )?([\d,]+)(?: {names[word]}| ?项)", part, re.MULTILINE) if names[word] in part})  # fmt: skip
        assert counts == case.by_kind(rule), part
    for rule, (before, after) in case.outcomes.items():
        assert word or re.search(rf"{rule} as a whole comes out differently: {before} → {after}", text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_verdict_in_a_line_counts_what_is_told(case: Case, language: Language) -> None:
    told = json.loads(case.gate["json", language])
    levels = Counter(one["severity"] for one in told["findings"])
    numbers = [levels["error"], levels["warning"], len(told["changes"]), len(case.flips), len(case.outcomes)]
    for form, lines in (("text", 3), ("markdown", 2)):
        text = " ".join(case.gate[form, language].splitlines()[:lines])
        assert [_number(n) for n in re.findall(r"\d[\d,]*", text.partition("❌")[2] or text)][:5] == numbers, form


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_forges_read_names_each_finding_at_its_place(case: Case, language: Language) -> None:
    findings = json.loads(case.gate["json", language])["findings"]
    truth = Counter((one["code"], one["severity"], one["file"], one["line"]) for one in findings)
    levels = {"error": "error", "warning": "warning", "major": "error", "minor": "warning"}
    sarif = Counter()
    for one in json.loads(case.gate["sarif", language])["runs"][0]["results"]:
        place = one["locations"][0]["physicalLocation"]
        sarif[one["ruleId"], levels[one["level"]], place["artifactLocation"]["uri"], place["region"]["startLine"]] += 1
    assert sarif == truth
    gitlab = Counter((one["check_name"], levels[one["severity"]], one["location"]["path"], one["location"]["lines"]["begin"]) for one in json.loads(case.gate["gitlab", language]))  # fmt: skip
    assert gitlab == truth
    pattern = r"^::(error|warning) file=([^,]+),line=(\d+),(?:col=\d+,)?title=([\w-]+)::"
    github = Counter((code, level, file, int(line)) for level, file, line, code in re.findall(pattern, case.gate["github", language], re.MULTILINE))  # fmt: skip
    assert github <= truth
    rest = re.findall(r"^::(error|warning) [^:]*::\D*(\d+)[^\d:]*$", case.gate["github", language], re.MULTILINE)
    more = {level: int(n) for level, n in rest}
    for level in ("error", "warning"):
        shown, every = (sum(n for key, n in found.items() if key[1] == level) for found in (github, truth))
        assert shown == every or shown + more[level] == every, "a forge shows no more than ten of each"
    suites = ElementTree.fromstring(case.gate["junit", language])
    failing = {str(one.get("name")): one for one in suites.iter("testcase") if one.find("failure") is not None}
    assert set(failing) == {one["file"] for one in findings}
    told = Counter(code for one in failing.values() for code in re.findall(r"\[([\w-]+)\](?: |$)", "".join(one.itertext()), re.MULTILINE))  # fmt: skip
    assert told == Counter(one["code"] for one in findings)
    (suite,) = suites
    assert int(suite.get("failures", 0)) == len(failing)


def test_the_whole_gate_says_what_the_comment_says(case: Case) -> None:
    findings: list[dict[str, Any]] = json.loads(case.gate["json", "en"])["findings"]
    rows = re.findall(r"^\| (❌|⚠️) \|.*?`([\w-]+)` \| `([^`]*)` \|$", case.gate["markdown", "en"], re.MULTILINE)
    symbols = {"error": "❌", "warning": "⚠️"}
    assert Counter((symbol, code) for symbol, code, _ in rows) == Counter((symbols[f["severity"]], f["code"]) for f in findings)  # fmt: skip
