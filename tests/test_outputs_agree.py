"""Every output tells the same counts, outcomes and lists as the table of verdicts, read as a person would read it.

The truth is counted here, from verdicts.parquet, record.parquet and the YAML of the rules, by none of the program's own functions.
"""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import duckdb
import pytest
import yaml
from importing.mappings import ROOT
from python_calamine import CalamineWorkbook

from itsmctl import cli
from itsmctl.audit import AuditOptions
from itsmctl.definitions import load
from itsmctl.definitions.baselines import baseline_named
from itsmctl.language import LANGUAGES, Language
from itsmctl.reports import render
from itsmctl.reports.findings import outline
from itsmctl.reports.folder import audit_to_folder
from itsmctl.reports.outlines.workbook import workbook
from itsmctl.result import AuditResult

HOSTILE = {
    "INC0010038": '=HYPERLINK("http://x","y")',
    "INC0010131": '<b>INC|1</b> & "工单"',
    "INC0010093": "INC,0010093\nzweite Zeile",
    "INC0010213": "@SUM(1) `x` *y* [a](b)",
}
"""Numbers of tickets that fail something, and what somebody calls them who means harm."""
AS_OF = "2026-06-30"
OUTCOME_WORDS = {
    "fail": ("fail", "未通过"),
    "not_testable": ("not testable", "无法检验"),
    "no_data": ("no data", "无数据"),
    "pass": ("pass", "通过"),
}
SEVERITY_WORDS = {"major": ("major", "严重"), "minor": ("minor", "一般"), "observation": ("observation", "观察项")}


@dataclass(frozen=True)
class Count:
    """What the verdicts of a rule come to."""

    outcome: str
    in_scope: int
    passed: int
    failed: int
    not_testable: int
    waived: int
    known: int


@dataclass(frozen=True)
class Case:
    """One audit: what it left behind, what it returned, and the truth."""

    folder: Path
    pack: Path
    result: AuditResult
    rules: Mapping[str, Count]
    enquiries: Mapping[str, Count]
    severity: Mapping[str, str]
    clauses: Mapping[str, list[str]]
    rows: tuple[dict[str, Any], ...]
    """The verdicts as they stand in the table."""

    def failures(self, rule: str) -> Counter[str]:
        """The records that failed a rule and are not waived, as often as they did, as a page shows them: on one line."""
        return Counter(
            " ".join(row["record_id"].split())
            for row in self.rows
            if row["rule"] == rule and row["passed"] is False and row["waiver"] is None
        )

    def by_outcome(self, outcome: str) -> set[str]:
        return {rule for rule, count in self.rules.items() if count.outcome == outcome}


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """Half a year of tickets with planted faults and harmful names; a waiver that excuses, a baseline that knows."""
    base = tmp_path_factory.mktemp("agree")
    own = base / "own"
    for name in ("catalog", "roles", "policies", "audits"):
        shutil.copytree(ROOT / name, own / name)
    _run("generate", "--records", "300", "--seed", "5", "-o", base / "gen", "-q")
    for path in (base / "gen").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            lines = [[HOSTILE.get(cell, cell) for cell in line] for line in csv.reader(file)]
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(lines)
    _run("import", base / "gen", "--zone", "Asia/Shanghai", "-o", base / "dataset", "-q")
    _run(
        "rules", "waive", "INC-06", "--root", own, "--where", "service: email-collaboration", "--where", "priority: P3",
        "--reason", "Because 因为", "--risk", "Some", "--author", "Peter Schulz", "--approver", "Chen Wei 陈薇",
        "--authority", "incident-process-owner", "--approved", "2026-01-01", "--until", "2026-06-30", "--zone", "Asia/Shanghai",
    )  # fmt: skip
    _run(
        "baseline", "take", "--tickets", base / "dataset", "--root", own, "--id", "old-desk", "--reason", "old", "--author", "Zhao Lei 赵磊",
        "--approver", "Lin Haiyan 林海燕", "--authority", "top-management", "--approved", "2026-05-01", "--until", "2026-12-31", "--as-of", "2026-04-30",
    )  # fmt: skip
    definitions = load(own)
    choices = AuditOptions(as_of=AS_OF, all_verdicts=True, baseline=baseline_named(definitions, "old-desk"))
    result = audit_to_folder(definitions, base / "dataset", replace(choices, own_registers=True), base / "result")
    _run("evidence", "build", base / "result", "-o", base / "pack", "--root", own, "--with-names")
    return _with_truth(base, own, result)


def _run(*arguments: object) -> None:
    assert cli.run([str(argument) for argument in arguments]) == 0, arguments


def _with_truth(base: Path, own: Path, result: AuditResult) -> Case:
    table = duckdb.sql(f"SELECT * FROM read_parquet('{base / 'result' / 'verdicts.parquet'}')")
    names = table.columns
    rows = tuple(dict(zip(names, row, strict=True)) for row in table.fetchall())
    rules = {rule["id"]: rule for path in (own / "policies/rules").glob("*.yaml") for rule in yaml.safe_load_all(path.read_text("utf-8"))}  # fmt: skip
    told = json.loads((base / "result/result.json").read_text("utf-8"))
    judged = {one["id"] for one in (*told["rules"], *told["enquiries"])}
    assert judged == set(rules), "every rule of the folder is judged"
    counts = {id_: _count(rule, [row for row in rows if row["rule"] == id_]) for id_, rule in rules.items()}
    # A rule that looked at nothing leaves no row: only the columns of the export, or the groups that were too small, tell which it is.
    small = {one["id"] for one in (*told["rules"], *told["enquiries"]) if one["too_small"]}
    counts = {
        id_: replace(count, outcome="not_testable") if not count.in_scope and id_ in small else count
        for id_, count in counts.items()
    }
    asked = {id_ for id_, rule in rules.items() if rule.get("enquiry")}
    return Case(
        base / "result",
        base / "pack",
        result,
        {id_: count for id_, count in counts.items() if id_ not in asked},
        {id_: count for id_, count in counts.items() if id_ in asked},
        {id_: rule["severity"] for id_, rule in rules.items()},
        {id_: rule["clauses"] for id_, rule in rules.items()},
        rows,
    )


def _count(rule: Mapping[str, Any], rows: list[dict[str, Any]]) -> Count:
    passed = sum(row["passed"] is True for row in rows)
    waived = sum(row["passed"] is False and row["waiver"] is not None for row in rows)
    failed = sum(row["passed"] is False for row in rows) - waived
    untested = sum(row["passed"] is None for row in rows)
    known = sum(row["baseline"] is not None for row in rows)
    if failed > _let(rule.get("tolerance"), passed + failed):
        outcome = "fail"
    elif untested > _let(rule.get("allowance"), len(rows)):
        outcome = "not_testable"
    else:
        outcome = "pass" if rows else "no_data"
    return Count(outcome, len(rows), passed, failed, untested, waived, known)


def _let(limit: Mapping[str, float] | None, population: int) -> int:
    """How many of a population the rule lets through."""
    limit = limit or {}
    return max(int(limit.get("count", 0)), int(limit.get("percent", 0) * population / 100 + 1e-9))


def test_case_has_a_bit_of_everything(case: Case) -> None:
    assert all(len(case.by_outcome(outcome)) >= 5 for outcome in OUTCOME_WORDS)
    assert {case.severity[rule] for rule in case.by_outcome("fail")} == set(SEVERITY_WORDS)
    assert sum(count.waived for count in case.rules.values()) >= 2
    assert sum(count.known for count in case.rules.values()) >= 20
    assert any(count.failed and count.outcome == "pass" for count in case.rules.values())
    assert any(count.not_testable and count.outcome != "not_testable" for count in case.rules.values())
    assert sum(any(name in row["record_id"] for row in case.rows if row["passed"] is False) for name in HOSTILE.values()) == len(HOSTILE)  # fmt: skip


def test_result_json(case: Case) -> None:
    told = json.loads((case.folder / "result.json").read_text("utf-8"))
    for kind, truth in (("rules", case.rules), ("enquiries", case.enquiries)):
        for one in told[kind]:
            count = truth[one["id"]]
            assert {key: one[key] for key in ("outcome", "in_scope", "passed", "failed", "not_testable", "waived", "known")} == {
                **vars(count), "outcome": one["outcome"] if one["untested_because"] else count.outcome,
            }, one["id"]  # fmt: skip
            assert not one["untested_because"] or one["outcome"] == "not_testable"
            assert sum(reason["records"] for reason in one["reasons"]) == count.not_testable, one["id"]
            shown = Counter(" ".join(sample["record_id"].split()) for sample in one["samples"])
            assert not shown - case.failures(one["id"])
            assert sum(shown.values()) == min(10, count.failed), one["id"]
    summary = told["summary"]
    assert summary["outcomes"] == {outcome: len(case.by_outcome(outcome)) for outcome in OUTCOME_WORDS}
    assert summary["failing"] == Counter(case.severity[rule] for rule in case.by_outcome("fail"))
    assert summary["verdicts"] == {
        key: sum(getattr(count, key) for count in case.rules.values())
        for key in ("in_scope", "passed", "failed", "not_testable", "waived")
    }
    assert sum(one["excused"] - one["elsewhere"] for one in told["waivers"]) == sum(
        c.waived for c in case.rules.values()
    )
    assert told["baseline"]["known"] == sum(count.known for count in case.rules.values())


class _Html(HTMLParser):
    """A page as a person sees it: blocks of text by the section they stand in, and tables cell by cell."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.sections: dict[str, list[str]] = {}
        self.rows: dict[str, list[list[str]]] = {}
        self._inside: list[str] = [""]
        self._cells: list[str] | None = None
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in ("script", "style")
        if tag in ("section", "article", "details"):
            self._inside.append(dict(attrs).get("id") or self._inside[-1])
        if tag == "tr":
            self._cells = []
        elif tag in ("td", "th") and self._cells is not None:
            self._cells.append("")
        if tag in ("p", "div", "h2", "h3", "b", "summary", "span", "li"):
            self.sections.setdefault(self._inside[-1], []).append("")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in ("script", "style")
        if tag == "tr" and self._cells is not None:
            self.rows.setdefault(self._inside[-1], []).append([cell.strip() for cell in self._cells])
            self._cells = None
        if tag in ("section", "article", "details"):
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        if self._cells:
            self._cells[-1] += data
        self.sections.setdefault(self._inside[-1], [""])[-1] += data

    def texts(self, section: str) -> list[str]:
        """The pieces of text of a section, in its order."""
        return [" ".join(text.split()) for text in self.sections.get(section, ()) if text.strip()]


def _number(text: str) -> int:
    return int(text.strip().lstrip("✕?○✓~ ").replace(",", "") or 0) if text.strip() not in ("–", "") else 0


def _is_share(text: str, count: Count) -> bool:
    """Whether a share is that of the failures, and never rounded to nothing or to all; up to those that may have failed."""
    ends = text.removesuffix("%").split("–")
    truth = [100 * count.failed / count.in_scope, 100 * (count.failed + count.not_testable) / count.in_scope]
    shown = [float(end.lstrip("<>")) for end in ends]
    kept = all(
        abs(told - true) <= 0.1 if "<" in end or ">" in end else abs(told - true) <= 0.0501
        for told, true, end in zip(shown, truth, ends, strict=False)
    )
    return kept and (len(ends) == 2 or abs(truth[1] - truth[0]) < 0.1)


def _html(case: Case, language: Language) -> _Html:
    page = _Html()
    page.feed((case.folder / ("report.zh.html" if language == "zh" else "report.html")).read_text("utf-8"))
    return page


def _told_failing(page: _Html, rule: str) -> tuple[str, list[int]]:
    """The share and every number in the figure of a failing rule."""
    texts = page.texts(f"rule/{rule}")
    share = next(text for text in texts if re.fullmatch(r"[<>\d.–]+%", text))
    place = texts.index(share)
    lines = texts[place + 1 : next(i for i, text in enumerate(texts) if rule in text)]
    return share, [int(number.replace(",", "")) for line in lines for number in re.findall(r"\d[\d,]*", line)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_html_overview(case: Case, language: Language) -> None:
    page = _html(case, language)
    texts = page.texts("summary")
    tallies = {word: number for number, word in re.findall(r"(\d+)\s[✕?○✓] (\S+(?: \S+)?)", " | ".join(texts).replace(" | ", " "))}  # fmt: skip
    for outcome, symbol in (("fail", "✕"), ("not_testable", r"\?"), ("no_data", "○"), ("pass", "✓")):
        found = re.search(rf"(\d+) {symbol} ", " ".join(texts))
        assert found and int(found[1]) == len(case.by_outcome(outcome)), (outcome, tallies)
    rows = [row for row in page.rows["by-process"] if len(row) >= 6]
    sums = [sum(_number(row[place]) for row in rows if not row[2].startswith("✕")) for place in (-4, -3, -2, -1)]
    assert sums == [len(case.by_outcome(outcome)) for outcome in ("fail", "not_testable", "no_data", "pass")], sums


@pytest.mark.parametrize("language", LANGUAGES)
def test_html_rules_that_fail(case: Case, language: Language) -> None:
    page = _html(case, language)
    shown = {section.removeprefix("rule/") for section in page.sections if section.startswith("rule/")}
    assert shown == {*case.rules, *case.enquiries}
    for rule in case.by_outcome("fail"):
        count = case.rules[rule]
        share, numbers = _told_failing(page, rule)
        assert _is_share(share, count), (rule, share, count)
        expected = Counter([count.failed, count.in_scope, *(n for n in (count.not_testable, count.waived) if n)])
        if count.known:
            expected += Counter([count.failed - count.known, count.known])
        rest = Counter(numbers) - expected
        assert not expected - Counter(numbers), (rule, numbers, count)
        assert sum(rest.values()) <= 2, (rule, numbers, count)  # what is tolerated, and groups that were too small
        rows = [row for row in page.rows[f"rule/{rule}"] if len(row) == 4][1:]
        assert len(rows) == min(10, count.failed), rule
        assert not Counter(row[0] for row in rows) - Counter(case.failures(rule)), (rule, rows)


@pytest.mark.parametrize("language", LANGUAGES)
def test_html_everything_else(case: Case, language: Language) -> None:
    page = _html(case, language)
    word = LANGUAGES.index(language)
    for rule, count in case.rules.items():
        if count.outcome == "fail":
            continue
        head = next(text for text in page.texts(f"rule/{rule}") if rule in text)
        told = " ".join(page.texts(f"rule/{rule}")[:6])
        assert OUTCOME_WORDS[count.outcome][word] in told, (rule, told)
        numbers = {
            int(number.replace(",", ""))
            for number in re.findall(r"(?<![\w-])\d[\d,]*(?![\w-])", told.replace(head, ""))
        }
        assert not count.in_scope or count.in_scope in numbers, (rule, told)
        assert not count.not_testable or count.not_testable in numbers, (rule, told)
        assert not count.failed or count.failed in numbers, (rule, told)
    asked = {row[0]: row for row in page.rows["enquiries"][1:]}
    assert set(asked) == set(case.enquiries)
    for rule, count in case.enquiries.items():
        if count.outcome == "not_testable":
            assert OUTCOME_WORDS["not_testable"][word] in asked[rule][2]
        else:
            assert sorted(int(n.replace(",", "")) for n in re.findall(r"\d[\d,]*", asked[rule][2])) == sorted([count.failed, count.in_scope])  # fmt: skip
    untested = {row[0] for row in page.rows["untested"]}
    assert case.by_outcome("not_testable") <= untested
    assert {rule for rule, count in case.rules.items() if count.not_testable} <= untested
    assert {row[0]: int(re.search(r"\d+", row[2])[0]) for row in page.rows["waived"][1:] if row[0] == "INC-06"} == {"INC-06": case.rules["INC-06"].waived}  # type: ignore[index]  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_text(case: Case, language: Language) -> None:
    text = render("text", case.result, language)
    head = dict(zip("✕?○✓", re.findall(r"^  [✕?○✓] +([\d,]+) ", text, re.MULTILINE), strict=True))
    assert {symbol: _number(n) for symbol, n in head.items()} == {
        symbol: len(case.by_outcome(outcome))
        for symbol, outcome in zip("✕?○✓", ("fail", "not_testable", "no_data", "pass"), strict=True)
    }
    table = {row[0]: row for row in re.findall(r"^✕ (\S+) +(\S+) +([\d,]+) +([\d,]+) +(\S+%) ", text, re.MULTILINE)}
    assert set(table) == case.by_outcome("fail")
    for rule, (_, severity, failed, in_scope, share) in table.items():
        count = case.rules[rule]
        assert severity == SEVERITY_WORDS[case.severity[rule]][LANGUAGES.index(language)]
        assert (_number(failed), _number(in_scope)) == (count.failed, count.in_scope)
        assert _is_share(share, count), (rule, share)
    assert set(re.findall(r"^\? ([A-Z]+-\d+)(?= )(?!.*: )", text.split("\n\n" + _enquiry_heading(language))[0], re.MULTILINE)) == case.by_outcome("not_testable")  # fmt: skip
    flat = " ".join(line.strip() for line in text.splitlines())
    compact = flat.replace(" ", "")
    clean = compact[compact.index("✓", compact.index(_enquiry_heading(language).replace(" ", ""))) :]
    passing, _, empty = clean.partition("○")
    assert set(re.findall(r"[A-Z]+-\d+", passing)) == case.by_outcome("pass")
    assert set(re.findall(r"[A-Z]+-\d+", empty.split("!")[0])) == case.by_outcome("no_data")
    within = dict(re.findall(r"([A-Z]+-\d+)[(（](\d+)(?:failed|条?.?未通过|条|项)", passing))
    assert {rule: int(n) for rule, n in within.items()} == {
        rule: count.failed for rule, count in case.rules.items() if count.outcome == "pass" and count.failed
    }


def _enquiry_heading(language: Language) -> str:
    return {"en": "Enquiries: questions to ask", "zh": "问询"}[language]


def _table(lines: list[list[str]], columns: int) -> dict[str, list[str]]:
    """The rows of so many cells that begin with the id of a rule."""
    rows = ((row[0].lstrip("✕?○✓» "), row) for row in lines if len(row) == columns)
    return {name: row for name, row in rows if re.fullmatch(r"[A-Z]+-\d+", name)}


def _agrees(case: Case, table: Mapping[str, list[str]], language: Language) -> None:
    """The table of all rules that a document or a workbook has."""
    assert set(table) == set(case.rules)
    for rule, (_, _, severity, outcome, *numbers, _) in table.items():
        count, word = case.rules[rule], LANGUAGES.index(language)
        assert severity == SEVERITY_WORDS[case.severity[rule]][word]
        assert outcome == OUTCOME_WORDS[count.outcome][word], rule
        assert [int(float(n.replace(",", ""))) for n in numbers] == [count.failed, count.in_scope, count.not_testable], rule  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_markdown(case: Case, language: Language) -> None:
    text = render("markdown", case.result, language)
    lines = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in text.splitlines() if line.startswith("|")]  # fmt: skip
    _agrees(case, _table(lines, 8), language)
    _asks(case, _table(lines, 5), language)
    for rule in case.by_outcome("fail"):
        part = text[text.index(f"### {rule} ") :]
        rows = [line for line in part[: part.index("\n#", 4)].splitlines() if line.startswith("| ")][2:]
        assert len(rows) == min(10, case.rules[rule].failed), rule


def _asks(case: Case, table: Mapping[str, list[str]], language: Language) -> None:
    assert set(table) == set(case.enquiries)
    for rule, (_, _, outcome, asked, in_scope) in table.items():
        count = case.enquiries[rule]
        assert [int(float(n.replace(",", ""))) for n in (asked, in_scope)] == [count.failed, count.in_scope], rule
        if count.outcome != "fail":
            assert outcome == OUTCOME_WORDS[count.outcome][LANGUAGES.index(language)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_workbook(case: Case, language: Language) -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(workbook(outline(case.result, language))))
    sheets = {name: [[str(cell) for cell in row] for row in book.get_sheet_by_name(name).to_python()] for name in book.sheet_names}  # fmt: skip
    every = [row for rows in sheets.values() for row in rows]
    _agrees(case, _table(every, 8), language)
    _asks(case, _table(every, 5), language)
    failing = {re.search(r"· ([A-Z]+-\d+)", name)[1]: rows for name, rows in sheets.items() if re.search(r"· [A-Z]+-\d+", name)}  # type: ignore[index]  # fmt: skip
    assert set(failing) == case.by_outcome("fail")
    for rule, (_, *rows) in failing.items():
        assert len(rows) == min(10, case.rules[rule].failed)
        assert not Counter(" ".join(row[0].split()) for row in rows) - case.failures(rule), rule


def test_findings_csv(case: Case) -> None:
    with (case.folder / "findings.csv").open(encoding="utf-8-sig", newline="") as file:
        found = [(row["rule"], _plain(row["record_id"]), row["waiver"], row["baseline"], row["severity"]) for row in csv.DictReader(file)]  # fmt: skip
    truth = [
        (row["rule"], row["record_id"], row["waiver"] or "", row["baseline"] or "", case.severity[row["rule"]])
        for row in case.rows
        if row["passed"] is False
    ]
    assert Counter(one[:4] for one in found) == Counter(one[:4] for one in truth if one[0] not in case.enquiries)
    assert all(severity == case.severity[rule] for rule, *_, severity in found)


def test_findings_lead_to_the_rows_of_the_exports(case: Case) -> None:
    """As the sheets and the table of the pack do, whatever the records are called."""
    rows = {}
    for path in (case.folder.parent / "gen").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            rows[path.name] = list(csv.reader(file))
    with (case.folder / "findings.csv").open(encoding="utf-8-sig", newline="") as file:
        found = [(row["rule"], _plain(row["record_id"]), row["source_file"], row["source_row"]) for row in csv.DictReader(file)]  # fmt: skip
    records = {record for (record,) in duckdb.sql(f"SELECT record_id FROM '{case.folder.parent}/dataset/record.parquet'").fetchall()}  # fmt: skip
    assert {file for _, _, file, _ in found} > {"", "incidents.csv", "changes.csv"}
    for rule, record, file, row in found:
        assert bool(file) == bool(row) == (record in records), (rule, record)
        assert not file or record in rows[file][int(row)], (rule, record)
    data = case.pack / "data"
    table = duckdb.sql(f"SELECT rule, record_id, coalesce(source_file, ''), coalesce(CAST(source_row AS VARCHAR), '') FROM '{data}/tables/findings.parquet'")  # fmt: skip
    assert table.fetchall() == found
    book = CalamineWorkbook.from_path(data / "papers/rules.xlsx")
    listed = [(rule, *line[:3]) for rule in {one[0] for one in found} for line in book.get_sheet_by_name(rule).to_python()[1:]]  # fmt: skip
    assert listed
    told = {(rule, " ".join(record.split()), file, row) for rule, record, file, row in found}
    assert {(rule, " ".join(str(record).split()), str(file), str(row).removesuffix(".0")) for rule, record, file, row in listed} <= told  # fmt: skip
    (run,) = json.loads((data / "exchange/findings.sarif").read_text("utf-8"))["runs"]
    places = [(one["ruleId"], one["properties"]["sourceFile"], one["properties"]["sourceRow"]) for one in run["results"] if "properties" in one]  # fmt: skip
    assert Counter(places) == Counter((rule, file, int(row)) for rule, _, file, row in found if row)


def _plain(cell: str) -> str:
    """What a harmless cell holds: the apostrophe before a formula is no part of it."""
    return cell[1:] if re.match(r"'[=+\-@\t\r]", cell) else cell


def test_sarif(case: Case) -> None:
    (run,) = json.loads((case.pack / "data/exchange/findings.sarif").read_text("utf-8"))["runs"]
    untested = {one["ruleId"] for one in run["results"] if one["kind"] == "open"}
    assert untested == case.by_outcome("not_testable")
    found = [one for one in run["results"] if one["kind"] == "fail"]
    told = Counter((one["ruleId"], one["locations"][0]["logicalLocations"][0]["fullyQualifiedName"]) for one in found)
    truth = [row for row in case.rows if row["passed"] is False and row["rule"] in case.rules]
    assert told == Counter((row["rule"], " ".join(row["record_id"].split())) for row in truth)
    assert run["properties"]["failures"] == len(truth)
    assert sum("suppressions" in one for one in found) == sum(row["waiver"] is not None for row in truth)
    assert sum(one.get("baselineState") == "unchanged" for one in found) == sum(row["baseline"] is not None for row in truth)  # fmt: skip
    levels = {"major": "error", "minor": "warning", "observation": "note"}
    assert all(one["level"] == levels[case.severity[one["ruleId"]]] for one in found)


def _population(text: str) -> dict[str, int]:
    """`3 of 400 failed, 2 not testable` as numbers."""
    numbers = re.match(r"([\d,]+) of ([\d,]+) failed", text)
    assert numbers, text
    told = {"failed": _number(numbers[1]), "in_scope": _number(numbers[2])}
    for name, word in (("not_testable", "not testable"), ("waived", "waived"), ("others", "not in scope")):
        found = re.search(rf"([\d,]+) {word}", text)
        told[name] = _number(found[1]) if found else 0
    return told


def _populated(told: Mapping[str, int], count: Count, rule: str) -> None:
    truth = {key: getattr(count, key) for key in ("failed", "in_scope", "not_testable", "waived")}
    assert {key: told[key] for key in truth} == truth, rule


def test_junit(case: Case) -> None:
    suites = ElementTree.parse(case.pack / "data/exchange/rules.junit.xml").getroot()
    cases = {str(one.get("name")).split()[0]: one for one in suites.iter("testcase")}
    kinds = {"failure": "fail", "error": "not_testable", "skipped": "no_data"}
    told = {rule: next((kinds[part.tag] for part in one if part.tag in kinds), "pass") for rule, one in cases.items()}
    assert told == {rule: count.outcome for rule, count in case.rules.items()}
    totals = [sum(int(suite.get(name, 0)) for suite in suites) for name in ("tests", "failures", "errors", "skipped")]
    assert totals == [len(case.rules), *(len(case.by_outcome(one)) for one in ("fail", "not_testable", "no_data"))]
    for rule, one in cases.items():
        for part in (*one.findall("failure"), *one.findall("error")):
            _populated(_population(str(part.get("message"))), case.rules[rule], rule)


def test_statement(case: Case) -> None:
    data = case.pack / "data"
    told = json.loads((data / "statement.json").read_text("utf-8"))
    for kind, truth in (("rules", case.rules), ("enquiries", case.enquiries)):
        assert {one["id"] for one in told[kind]} == set(truth)
        for one in told[kind]:
            assert {key: one[key] for key in ("in_scope", "passed", "failed", "not_testable", "waived")} == {
                key: getattr(truth[one["id"]], key)
                for key in ("in_scope", "passed", "failed", "not_testable", "waived")
            }
    clauses_of = {one["id"]: one["clauses"] for one in told["rules"]}
    for framework in told["frameworks"]:
        for clause in framework["clauses"]:
            named = [r for r, names in clauses_of.items() if f"{framework['id']}:{clause['clause']}" in names]
            assert sorted(clause["rules"]) == sorted(named)
            assert clause["outcomes"] == Counter(case.rules[rule].outcome for rule in named)
            order = ("fail", "not_testable", "no_data", "pass")
            assert clause["outcome"] == next((o for o in order if clause["outcomes"].get(o)), None)
    lines = re.findall(r"- (?:.*?)([A-Z]+-\d+) v\d+ .*?: [✕?○✓] ([a-z ]+) \(\w+; (.*?)\)", (data / "statement.md").read_text("utf-8"))  # fmt: skip
    assert {rule for rule, *_ in lines} >= set(case.rules)
    for rule, outcome, population in lines:
        if rule in case.enquiries:
            assert outcome != "fail"
            continue
        assert outcome == OUTCOME_WORDS[case.rules[rule].outcome][0]
        _populated(_population(population), case.rules[rule], rule)


def test_records_out_of_scope_are_counted_only_where_records_are_judged(case: Case) -> None:
    """Five groups of 455 records are not `450 not in scope`."""
    records = duckdb.sql(f"SELECT record_id FROM '{case.folder.parent}/dataset/record.parquet'").fetchall()
    ids = {record for (record,) in records}
    told = json.loads((case.pack / "data/statement.json").read_text("utf-8"))
    for one in told["rules"]:
        judged = {row["record_id"] for row in case.rows if row["rule"] == one["id"]}
        if judged and not judged & ids:
            assert one["not_applicable"] == 0, one["id"]
        elif judged <= ids and len(judged) == one["in_scope"] and judged:
            assert one["not_applicable"] == len(ids) - len(judged), one["id"]


def test_tables_and_papers_of_the_pack(case: Case) -> None:
    data = case.pack / "data"
    names = ("outcome", "in_scope", "passed", "failed", "not_testable", "waived")
    with (data / "tables/rules.csv").open(encoding="utf-8-sig", newline="") as file:
        table = {row["rule"]: [row[name] for name in names] for row in csv.DictReader(file)}
    truth = {rule: [str(getattr(count, name)) for name in names] for rule, count in case.rules.items()}
    assert table == truth
    kept = duckdb.sql(f"SELECT rule, outcome, in_scope, passed, failed, not_testable, waived FROM '{data}/tables/rules.parquet'").fetchall()  # fmt: skip
    assert {rule: [str(cell) for cell in cells] for rule, *cells in kept} == truth
    with (data / "tables/verdicts.csv").open(encoding="utf-8-sig", newline="") as file:
        told = Counter((row["rule"], _plain(row["record_id"]), row["passed"]) for row in csv.DictReader(file))
    words = {True: "yes", False: "no", None: ""}
    assert told == Counter((row["rule"], row["record_id"], words[row["passed"]]) for row in case.rows)  # fmt: skip
    for name, word in (("rules.xlsx", 0), ("rules.zh.xlsx", 1)):
        book = CalamineWorkbook.from_path(data / "papers" / name)
        rows = {str(row[0]): row for row in book.get_sheet_by_index(1).to_python()[1:]}
        assert set(rows) == set(case.rules)
        for rule, row in rows.items():
            count = case.rules[rule]
            assert row[3] == OUTCOME_WORDS[count.outcome][word]
            assert [int(float(str(cell))) for cell in row[4:9]] == [count.in_scope, count.passed, count.failed, count.not_testable, count.waived]  # fmt: skip
            if rule in book.sheet_names:
                listed = Counter(str(line[0]) for line in book.get_sheet_by_name(rule).to_python()[1:])
                wrong = Counter(r["record_id"] for r in case.rows if r["rule"] == rule and r["passed"] is False)
                assert listed == wrong or len(listed) >= 100, rule
    with (data / "enquiries/enquiries.csv").open(encoding="utf-8-sig", newline="") as file:
        asked = {row["enquiry"]: [row[name] for name in names[1:]] for row in csv.DictReader(file)}
    assert asked == {rule: [str(getattr(count, name)) for name in names[1:]] for rule, count in case.enquiries.items()}


def test_oscal(case: Case) -> None:
    content = json.loads((case.pack / "data/exchange/oscal-assessment-results.json").read_text("utf-8"))
    findings = [one for part in content["assessment-results"]["results"] for one in part["findings"]]
    told: dict[str, str] = {}
    for finding in findings:
        for line in finding["description"].splitlines():
            rule, _, population = line.partition(" ")[0], "", line.rpartition(": ")[2]
            told[rule] = population
            _populated(_population(population), case.rules[rule], rule)
    assert set(told) == {rule for rule in case.by_outcome("fail") if case.clauses[rule]}


@pytest.mark.parametrize("language", LANGUAGES)
def test_coverage(case: Case, language: Language, capsys: pytest.CaptureFixture[str]) -> None:
    own = case.folder.parent / "own"
    _run("coverage", "--framework", "iso-20000-1", "--result", case.folder, "--root", own, "--format", "json")
    told = json.loads(capsys.readouterr().out)
    named: dict[str, list[str]] = {}
    for rule in case.rules:
        for clause in case.clauses[rule]:
            named.setdefault(clause, []).append(rule)
    order = ("fail", "not_testable", "no_data", "pass")
    for clause in told["clauses"]:
        outcomes = {case.rules[rule].outcome for rule in named.get(f"iso-20000-1:{clause['clause']}", ())}
        assert clause["outcome"] == next((outcome for outcome in order if outcome in outcomes), None), clause["clause"]
    _run("coverage", "--framework", "iso-20000-1", "--result", case.folder, "--root", own, "--lang", language)
    text = capsys.readouterr().out
    fails = re.findall(r"^.{1,3}(\d[\d.]*) .*✕", text, re.MULTILINE)
    assert set(fails) == {one["clause"] for one in told["clauses"] if one["outcome"] == "fail"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_service_levels(case: Case, language: Language) -> None:
    """The months of a service are those that the rule about them judged; every form tells the same sums."""
    told = json.loads((case.folder / "result.json").read_text("utf-8"))["attainment"]
    months = {(one["service"], one["month"]): one for one in told if one["clock"] == "resolution"}
    judged = [row for row in case.rows if row["rule"] == "SLM-04"]
    assert len(judged) >= 5
    for row in judged:
        met, total = re.search(r"\((\d+) of (\d+)\)", row["observed"]).groups()  # type: ignore[union-attr]
        one = months[tuple(row["record_id"].split(" / "))]  # type: ignore[index]
        assert [one["met"], one["judged"]] == [int(met), int(total)]
    promised = [one for one in told if "/" not in one["clock"]]
    sums = {
        clock: [sum(one[key] for one in promised if one["clock"] == clock) for key in ("met", "judged")]
        for clock in {one["clock"] for one in promised}
    }
    shares = sorted((f"{100 * met / total:.1f}%", total) for met, total in sums.values())
    assert len(shares) == 2
    text = render("text", case.result, language)
    assert sorted((share, int(n)) for share, n in re.findall(r"^  \S+ +[▁-█·]+ +([\d.]+%) +\S+ (\d+)$", text, re.MULTILINE)[:2]) == shares  # fmt: skip
    page = " ".join(_html(case, language).texts("attainment"))
    assert all(share in page and str(total) in page for share, total in shares)
    book = CalamineWorkbook.from_filelike(io.BytesIO(workbook(outline(case.result, language))))
    lines = [row for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python() if len(row) == 6]
    by_month = Counter((str(row[1]), str(row[3]), int(float(str(row[4])))) for row in lines if re.fullmatch(r"\d{4}-\d\d", str(row[1])))  # fmt: skip
    assert {(month, total) for month, _, total in by_month} >= {(one["month"], one["judged"]) for one in promised if one["judged"]}  # fmt: skip


SIGNS = {"reached": "✓", "missed": "!", "alarm": "✕", "uncertain": "?", "few": "·", "none": "○"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_scorecard(case: Case, language: Language, capsys: pytest.CaptureFixture[str]) -> None:
    """Every form tells of each indicator the same standing, value and population, and counts them alike."""
    asked = (
        "scorecard",
        "--tickets",
        case.folder.parent / "dataset",
        "--root",
        case.folder.parent / "own",
        "--period",
        "2026-Q2",
    )
    forms = {}
    for form in ("json", "markdown", "text", "html"):
        _run(*asked, "--lang", language, "--format", form)
        forms[form] = capsys.readouterr().out
    told = json.loads(forms["json"])
    now = {}
    for one in told["indicators"]:
        figure = next((f for f in one["figures"] if f["period"] == one["now"]), None)
        now[one["titles"][language]] = one, figure
    lines = [
        [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        for line in forms["markdown"].splitlines()
        if line.startswith("| ")
    ]
    rows = {row[1]: row for row in lines if len(row) == 9 and row[1] in now}
    assert len(now) > 50 and set(rows) == {title for title, (one, _) in now.items() if not one["untold"]}
    page = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", forms["html"]))
    text = " ".join(forms["text"].split())
    assert all(title[:15] in text and title in page for title in now), "what was not computed is told, too"
    for title, (sign, _, value, _, _, period, population, *_) in rows.items():
        one, figure = now[title]
        assert SIGNS[one["standing"]] == sign, title
        assert one["now"] in period, title
        assert int(re.findall(r"\d+", population.replace(",", ""))[0]) == figure["n"], title
        assert (value == "–") == (figure["value"] is None), title
        if one["unit"] == "percent" and figure["value"] is not None:
            assert value == f"{figure['value']:.1f}%", title
        short = title[:20]
        assert re.search(rf"{re.escape(sign)} {re.escape(short)}.{{0,60}}? {re.escape(value)}", text), title
        assert re.search(rf"{re.escape(title)}.{{0,400}}?{re.escape(value)}", page), title
    standings = Counter(one["standing"] or "untold" for one, _ in now.values())
    assert {name: n for name, n in told["counts"].items() if n} == standings
    head = [int(n) for n in re.findall(r"\d+", forms["markdown"].splitlines()[2])]
    assert sum(head) == len(now) and Counter(head) == Counter(standings.values())
