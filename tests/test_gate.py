"""The gate: one verdict, and a comment, annotations and reports that keep the limits of the forges that show them."""

from __future__ import annotations

import html
import json
import re
import shlex
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest
import xmlschema
from click.testing import CliRunner
from gate_case import FILE, git, repository_at

from itsmctl.audit.facts import definition_facts
from itsmctl.change import Change
from itsmctl.cli import group, run
from itsmctl.definitions import load
from itsmctl.errors import Problem, Where
from itsmctl.gate import Gate
from itsmctl.gate.data import gate_schema
from itsmctl.gate.findings import findings
from itsmctl.gate.formats import FORMATS
from itsmctl.gate.judged import Judged
from itsmctl.gate.markdown import LIMIT, marker, render, whole
from itsmctl.generate import ZONE, generate
from itsmctl.importers.importing import import_files
from itsmctl.reference import reference_root

ORACLES = Path(__file__).parent.parent / ".." / "shared" / "oracles"


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The reference definitions in git: `main`, and `looser` with one target loosened."""
    return repository_at(tmp_path_factory.mktemp("gate") / "ours", "looser")


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place, definitions = tmp_path_factory.mktemp("tickets"), load(reference_root())
    truth = generate(definitions, 300, 5, place / "export")
    import_files([place / "export" / name for name in truth.rows], None, definitions.mappings, ZONE, place / "dataset")
    return place / "dataset"


@pytest.fixture(scope="module")
def gated(repository: Path, dataset: Path) -> Callable[..., Any]:
    def gate(*arguments: str) -> Any:
        every = ["gate", "--root", str(repository), "--base", "main", *arguments]
        return CliRunner().invoke(group, every, standalone_mode=False)

    return gate


def test_a_loosened_target_is_told_with_its_line_its_approvers_and_its_flips(
    gated: Any, dataset: Path, tmp_path: Path
) -> None:
    full = tmp_path / "whole.md"
    result = gated("--head", "looser", "--tickets", str(dataset), "--format", "json", "--full", str(full))
    assert result.return_value == 1, result.output
    told = json.loads(result.stdout)
    jsonschema.Draft7Validator(gate_schema()).validate(told)
    (loosened,) = [finding for finding in told["findings"] if finding["part"] == "diff"]
    assert (loosened["code"], loosened["file"]) == ("sla-target-changed", FILE)
    assert "service-level-manager" in loosened["message"] and "30m → 45m" in loosened["message"]
    assert told["looked_at"]["tickets"] and not told["looked_at"]["time"]
    assert {rule["id"] for rule in told["replay"]["summary"]["rules"]} >= {"INC-05"}
    assert full.read_text("utf-8").startswith(marker(told["command"].rpartition("--root ")[2]))
    missing = [finding for finding in told["findings"] if finding["part"] == "approvals"]
    assert told["looked_at"]["approvals"]
    assert {(f["code"], f["file"]) for f in missing if f["severity"] == "error"} == {("approval-missing", FILE)}


def test_who_approved_on_the_forge_lets_it_through_unless_warnings_fail(gated: Any) -> None:
    definitions = load(reference_root())
    people = sorted({a.person for a in definitions.assignments.values() if a.account == "person"})
    vouched = [word for person in people for word in ("--approved-by", person)]
    assert gated("--head", "looser").return_value == 1
    assert gated("--head", "looser", *vouched).return_value == 0
    strict = gated("--head", "looser", *vouched, "--fail-on", "warning")
    assert strict.return_value == 1 and strict.stdout.startswith("Not to be merged: 0 errors")


@pytest.mark.parametrize(("language", "good"), [("en", "Nothing stands in the way"), ("zh", "可以合并")])
def test_a_gate_that_stops_nothing_does_not_say_that_nothing_is_wrong(gated: Any, language: str, good: str) -> None:
    for form in ("text", "markdown"):
        how = ("--head", "looser", "--fail-on", "never", "--lang", language, "--format", form)
        result = gated(*how)
        assert result.return_value == 0
        assert good not in result.stdout and "✅" not in result.stdout
        assert "--fail-on never" in result.stdout.splitlines()[0 if form == "text" else 1]


def test_what_was_wrong_before_is_counted_and_what_is_new_is_told(gated: Any, repository: Path) -> None:
    broken = repository / FILE
    before = broken.read_text("utf-8")
    try:
        broken.write_text(before.replace("calendar: cn-office", "calendar: cn-ofice"), "utf-8")
        result = gated("--format", "json")
        told = json.loads(result.stdout)
        assert (result.return_value, told["verdict"], told["replay"]) == (1, "fail", None)
        assert [f["severity"] for f in told["findings"]] == ["error"] and told["findings"][0]["file"] == FILE
        assert told["looked_at"] == {"approvals": False, "tickets": False, "time": False}
        lenient = gated("--fail-on", "never")
        assert lenient.return_value == 0
        # Nobody compared them: that there is no change, or no history, would be a claim.
        assert "0 changes" not in lenient.stdout and "No change of meaning" not in lenient.stdout
        assert "not commits of one git history" not in lenient.stdout
        assert "were not looked at: the definitions have errors." in " ".join(lenient.stdout.split())
    finally:
        broken.write_text(before, "utf-8")


def test_an_edited_row_of_a_register_is_told_at_its_file_and_is_not_what_the_commit_holds(
    gated: Any, repository: Path
) -> None:
    name = "audits/registers/data/complaints.csv"
    rows = repository / name
    before = rows.read_bytes()
    try:
        rows.write_bytes(before.replace(b",true,", b",false,", 1))
        assert rows.read_bytes() != before
        told = json.loads(gated("--base", "looser", "--format", "json").stdout)
        (finding,) = [one for one in told["findings"] if one["code"] == "register-rows-changed"]
        assert finding["file"] == name and "it stood at" not in finding["message"]
        assert not told["looked_at"]["approvals"], "nobody can have approved what is not committed"
        assert definition_facts(load(repository)).dirty
        rows.write_bytes(before)
        assert not definition_facts(load(repository)).dirty
    finally:
        rows.write_bytes(before)


def test_what_the_rows_of_a_register_flip_is_told_at_its_file(gated: Any, repository: Path, dataset: Path) -> None:
    """No definition is another: the table alone says that nothing was lodged and settled."""
    name = "audits/registers/data/complaints.csv"
    rows = repository / name
    before = rows.read_bytes()
    try:
        rows.write_bytes(before.split(b"\n")[0] + b"\n")
        told = json.loads(gated("--base", "looser", "--tickets", str(dataset), "--format", "json").stdout)
    finally:
        rows.write_bytes(before)
    by_code = {one["code"]: one for one in told["findings"]}
    assert by_code.keys() == {"register-rows-changed", "rule-comes-out-differently", "verdicts-flip"}
    assert {one["file"] for one in told["findings"]} == {name}
    assert "because of complaints: BRM-01 5" in by_code["verdicts-flip"]["message"]


def test_a_line_of_a_schema_that_is_lost_is_told_and_one_that_never_was_is_not(gated: Any, repository: Path) -> None:
    own, other = repository / FILE, repository / "catalog/sla/finance-erp.yaml"
    texts = {path: path.read_text("utf-8") for path in (own, other)}
    start = git(repository, "rev-parse", "HEAD").strip()
    try:
        first, rest = texts[own].split("\n", 1)
        own.write_text(rest, "utf-8")
        other.write_text(texts[other].replace("# yaml-language-server:", "#\n# yaml-language-server :", 1), "utf-8")
        told = json.loads(gated("--base", "looser", "--format", "json").stdout)
        (finding,) = told["findings"]
        assert (finding["code"], finding["part"], finding["severity"]) == ("schema-line-lost", "validate", "warning")
        assert (finding["file"], finding["line"]) == (FILE, 1)
        assert finding["message"].endswith(first)
        assert gated("--base", "looser").return_value == 0
        git(repository, "checkout", "-q", "--", ".")
        own.write_text(rest, "utf-8")
        git(repository, "commit", "-qam", "Without the line")
        own.write_text(rest + "\n", "utf-8")
        assert json.loads(gated("--base", "looser", "--format", "json").stdout)["findings"] == []
    finally:
        git(repository, "reset", "-q", "--hard", start)
        assert {path: path.read_text("utf-8") for path in texts} == texts


def test_a_law_that_the_change_sets_aside_is_told(gated: Any, repository: Path) -> None:
    """Nobody may own what they approve: the comment takes the error away, and is no change of meaning itself."""
    file = repository / "policies/statements/incident-policy.yaml"
    before = file.read_text("utf-8")
    approver = "approver: top-management"
    assert before.count(approver) == 1
    own = re.sub(r"^owner: .*$", "owner: top-management", before, flags=re.MULTILINE)
    comment = '# itsmctl: ignore[own-approval] reason="he is busy" until=2099-12-31\n'
    start = git(repository, "rev-parse", "HEAD").strip()
    try:
        file.write_text(own.replace(approver, comment + approver), "utf-8")
        told = json.loads(gated("--base", "looser", "--format", "json").stdout)
        by_code = {one["code"]: one for one in told["findings"]}
        assert by_code.keys() == {"law-set-aside"}
        found = by_code["law-set-aside"]
        assert (found["file"], found["severity"]) == ("policies/statements/incident-policy.yaml", "warning")
        assert found["message"] == "this change sets aside own-approval here until 2099-12-31: he is busy"
        git(repository, "commit", "-qam", "Set aside")
        assert json.loads(gated("--base", "looser", "--format", "json").stdout)["findings"] == []
        file.write_text("# above\n" + file.read_text("utf-8"), "utf-8")
        assert json.loads(gated("--base", "looser", "--format", "json").stdout)["findings"] == []
        file.write_text(file.read_text("utf-8").replace("2099", "2199"), "utf-8")
        (later,) = json.loads(gated("--base", "looser", "--format", "json").stdout)["findings"]
        assert later["code"] == "law-set-aside"
    finally:
        git(repository, "reset", "-q", "--hard", start)
        assert file.read_text("utf-8") == before


def test_a_rule_that_comes_out_differently_is_told_where_no_verdict_flips(
    gated: Any, repository: Path, dataset: Path
) -> None:
    """A tolerance decides what becomes of a rule, and flips no verdict."""
    file = repository / "policies/rules/incident.yaml"
    before = file.read_text("utf-8")
    edit = ("at-most: {column: reopen_count, most: 0}\ntolerance: {percent: ", "5}")
    assert before.count("".join(edit)) == 1
    try:
        file.write_text(before.replace("".join(edit), f"{edit[0]}0}}"), "utf-8")
        told = json.loads(gated("--tickets", str(dataset), "--format", "json", "--fail-on", "warning").stdout)
        assert told["verdict"] == "fail" and told["replay"]["summary"]["flips"] == 0
        (finding,) = [one for one in told["findings"] if one["part"] == "replay"]
        assert (finding["code"], finding["file"]) == ("rule-comes-out-differently", "policies/rules/incident.yaml")
        assert "INC-12" in finding["message"] and "pass → fail" in finding["message"]
        assert "1 rule comes out differently" in " ".join(gated("--tickets", str(dataset)).stdout.split())
        replayed = ["replay", "--root", str(repository), "--base", "main", "--tickets", str(dataset)]
        result = CliRunner().invoke(group, replayed, standalone_mode=False)
        assert result.return_value == 1 and not result.stdout.startswith("No verdict flips.")
        assert "INC-12 as a whole comes out differently: pass → fail." in result.stdout
    finally:
        file.write_text(before, "utf-8")


def test_the_command_to_do_it_again_reads_exports_in_the_same_way(gated: Any, repository: Path, tmp_path: Path) -> None:
    generate(load(reference_root()), 60, 5, tmp_path / "export")
    how = [
        "--tickets",
        str(tmp_path / "export/incidents.csv"),
        "--zone",
        "Asia/Shanghai",
        "--mapping",
        "servicenow-audit-log",
    ]
    told = json.loads(gated("--head", "looser", *how, "--fail-on", "never", "--format", "json").stdout)
    again = CliRunner().invoke(group, [*shlex.split(told["command"])[1:], "--format", "json"], standalone_mode=False)
    assert (again.return_value, json.loads(again.stdout)) == (0, told)


def test_no_change_is_no_finding_and_a_wrong_base_no_answer(gated: Any, repository: Path) -> None:
    result = gated("--head", "main", "--lang", "zh")
    assert result.return_value == 0
    assert result.stdout.startswith("可以合并：0 个错误")
    assert run(["gate", "--root", str(repository), "--base", "nowhere"]) == 2


# Formats, over more than any forge shows


def judged(findings_: int, changes: int = 0, **facts: Any) -> Judged:
    problems = tuple(
        Problem(
            "c", "problem {n} | <b> `x`", Where(FILE, n), {"n": n}, "warning" if n % 3 else "error", subject=f"s {n}"
        )
        for n in range(1, findings_ + 1)
    )
    change = Change("sla-target-changed", "loosened", "sla", "sla-x", "clocks/a/targets/P1/within", "4h", "8h",
        Where(FILE, 3, 1), Where(FILE, 3, 1), ("service-level-manager",))  # fmt: skip
    many = tuple(replace(change, id=f"sla-{n}", path=f"clocks/{'长' * 40}/targets/P{n}/within") for n in range(changes))
    gate = Gate(problems, 2, many, None, (), None)
    values = {
        "failed": True,
        "command": "itsmctl gate --base main",
        "replayed": None,
        "base": "main",
        "head": "",
        **facts,
    }
    return Judged(gate, root=reference_root(), files=(FILE, "roles/roles.yaml"), **values)


def test_a_comment_keeps_the_limit_and_says_what_it_left_out() -> None:
    told = judged(400, 900)
    text, full = render(told), whole(told)
    assert len(text.encode("utf-16-le")) // 2 <= LIMIT < len(full)
    assert text.startswith("<!-- itsmctl gate . -->\n## ❌ Not to be merged")
    assert re.search(r"^- \d+ parts? had no room", text, re.MULTILINE) and "had no room" not in full
    assert text.rstrip().endswith("`itsmctl gate --base main`")
    assert text.count("<details>") == text.count("</details>") and full.count("<details>") == full.count("</details>")
    assert "&lt;b&gt;" in text and "<b>" not in text
    rows = [line for line in full.splitlines() if line.startswith(("| ❌", "| ⚠️"))]
    assert len(rows) == 400 + 900 and {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {4}


def test_in_a_terminal_errors_stand_apart_from_warnings() -> None:
    """Both are lines of the same form, and only one of them stops the merge."""
    lines = FORMATS["text"](judged(3)).splitlines()
    assert lines[2] == "Errors" and "problem 3" in lines[3] and lines[4] == "Warnings" and "problem 1" in lines[5]
    assert "Warnings" not in FORMATS["text"](judged(2)), "nothing to tell apart"


def test_a_title_calls_nobody_and_becomes_no_markup(gated: Any, repository: Path) -> None:
    rules = repository / "policies/rules/incident.yaml"
    before = rules.read_text("utf-8")
    title = '"@everyone #12 see @org/team, mail a@x.example `c` <b> | \\n::error::x"'
    try:
        rules.write_text(re.sub(r"(?m)^title: .*$", f"title: {{en: {title}, zh: {title}}}", before, count=1), "utf-8")
        comment = gated("--format", "markdown").stdout
        commands = gated("--format", "github").stdout
    finally:
        rules.write_text(before, "utf-8")
    (row,) = [line for line in comment.splitlines() if "everyone" in line]
    told = html.unescape(re.sub(r"\\([\\`*_\[\]|@#])", r"\1", row))
    assert "@\u200beveryone #\u200b12 see @\u200borg/team, mail a@x.example" in told
    assert len(re.findall(r"(?<!\\)\|", row)) == 7 and "<b>" not in row and "\\`c\\`" in row
    assert not [line for line in commands.splitlines() if line.startswith("::error::")]


def test_annotations_put_errors_first_and_say_how_many_more_there_are() -> None:
    lines = FORMATS["github"](judged(100)).splitlines()
    errors, warnings = ([one for one in lines if one.startswith(f"::{kind} ")] for kind in ("error", "warning"))
    assert (len(errors), len(warnings)) == (10, 10)
    assert errors[-1].endswith("::and 24 more, see the log") and warnings[-1].endswith("::and 58 more, see the log")
    assert all(re.match(r"::\w+ file=[^,]+,line=\d+", one) for one in errors[:-1])


@pytest.mark.parametrize("form", ["sarif", "junit", "gitlab", "json"])
def test_machine_formats_keep_their_schemas(form: str) -> None:
    text = FORMATS[form](judged(30, 5))
    match form:
        case "sarif":
            schema = json.loads((ORACLES / "sarif-schema-2.1.0.json").read_text("utf-8"))
            jsonschema.Draft4Validator(schema).validate(json.loads(text))
            levels = [one["level"] for one in json.loads(text)["runs"][0]["results"]]
            assert levels == sorted(levels)
        case "junit":
            xmlschema.XMLSchema(ORACLES / "junit.xsd").validate(ElementTree.fromstring(text))
        case "gitlab":
            issues = json.loads(text)
            assert len({issue["fingerprint"] for issue in issues}) == len(issues) == 35
            assert all(
                set(issue) == {"description", "check_name", "fingerprint", "severity", "location"} for issue in issues
            )
        case _:
            jsonschema.Draft7Validator(gate_schema()).validate(json.loads(text))


def test_what_stood_on_a_line_or_in_a_file_that_is_gone_is_shown_nearby() -> None:
    last = len((reference_root() / FILE).read_text("utf-8").splitlines())
    gone = (
        Where(FILE, 99_999, 5),
        Where("catalog/sla/gone.yaml", 7, 3),
        Where("elsewhere/x.yaml", 1),
        Where("commit 0123456789ab"),
    )
    told = judged(0)
    problems = tuple(Problem(f"c{n}", "wrong", where) for n, where in enumerate(gone))
    shown = [one.problem for one in findings(replace(told, gate=replace(told.gate, problems=problems)))]
    assert [p.where for p in shown[:2]] == [Where(FILE, last), Where(FILE, 1)]
    assert all(p.where.file in told.files for p in shown)
    assert [p.message for p in shown] == [f"wrong (it stood at {where})" for where in gone]
