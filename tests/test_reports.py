"""Text, JSON and CSV reports: what they say, that it fits, and that hostile text stays text."""

from __future__ import annotations

import csv as stdlib_csv
import io
import json as stdlib_json
from collections.abc import Callable, Sequence
from dataclasses import astuple, replace
from pathlib import Path
from string import Formatter
from tempfile import TemporaryDirectory

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from report_cases import TURNED, at, audit_result, hostile_result, outcome, rule, verdict
from rich.cells import cell_len

from itsmctl.checks.no_secrets import NUMBERS, PATTERNS
from itsmctl.engine.session import Session
from itsmctl.engine.verdicts import create_verdict_table
from itsmctl.language import LANGUAGES, Language, tr
from itsmctl.model import Outcome, Rule
from itsmctl.reports import FORMATS, csv, html, json, render, text
from itsmctl.reports.levels import levels
from itsmctl.reports.phrases import PHRASES, SECRETS, phrase_text
from itsmctl.reports.plain import cut, fit, shown, wrap
from itsmctl.reports.tally import headline, period_text, rate_text
from itsmctl.result import Attainment, AuditResult, Verdict

Golden = Callable[[str, str], None]


@pytest.mark.parametrize("language", LANGUAGES)
def test_text(language: Language, golden: Golden) -> None:
    golden(f"reports/audit.{language}.txt", text.render(audit_result(), language))


def test_json(golden: Golden) -> None:
    golden("reports/result.json", json.render(audit_result()))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("result", [audit_result(), hostile_result()], ids=["plain", "hostile"])
def test_no_line_is_wider_than_asked(result: AuditResult, width: int, language: Language) -> None:
    lines = text.render(result, language, width).splitlines()
    assert max(cell_len(line) for line in lines) <= width


def test_text_counts_first_and_names_the_worst_first() -> None:
    told = text.render(audit_result(), "en")
    places = [told.index(word) for word in ("4 fail", "SLM-04", "INC-06", "INC-24", "INC-11", "Could not be tested", "Enquiries", "\nPass", "No data")]  # fmt: skip
    assert places == sorted(places)
    assert "commit 8c1f0e2b7d3a" in told
    assert "plan: every rule in force" in told


def test_an_enquiry_that_could_not_be_made_says_so() -> None:
    asked = rule("INT-04", "Why in one go?", "", "observation", enquiry=True)
    entry = outcome(asked, "not_testable", 9, 0, 9, because="column-not-exported:closed_by")
    told = text.render(replace(audit_result(), enquiries=(entry,)), "en")
    assert "? INT-04   Why in one go?: The export has no column for “closed by”" in told


def test_colour_only_when_asked() -> None:
    assert "\x1b" not in text.render(hostile_result(), "en")
    assert "\x1b[31m" in text.render(audit_result(), "en", color=True)


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_result_gives_the_same_bytes(name: str) -> None:
    assert render(name, audit_result(), "zh") == render(name, audit_result(), "zh")


@pytest.mark.parametrize("result", [audit_result(), hostile_result()], ids=["plain", "hostile"])
def test_json_follows_its_schema(result: AuditResult) -> None:
    schema = json.result_schema()
    jsonschema.Draft7Validator.check_schema(schema)
    document = stdlib_json.loads(json.render(result))
    assert not list(jsonschema.Draft7Validator(schema).iter_errors(document))
    del document["rules"][0]["not_testable"]
    assert list(jsonschema.Draft7Validator(schema).iter_errors(document)), "the schema must notice a missing count"


def test_json_keeps_hostile_text_whole_and_counts_add_up() -> None:
    document = stdlib_json.loads(json.render(hostile_result()))
    assert TURNED in document["title"]
    for entry in document["rules"]:
        parts = ("passed", "failed", "not_testable", "waived")
        assert entry["in_scope"] == sum(entry[part] for part in parts), entry["id"]
    assert document["as_of"] == "2026-06-30T10:00:00Z"
    assert document["rules"][0]["titles"] == {"en": "The export is not cut at a limit", "zh": "导出未在上限处截断"}


def results(*outcomes: tuple[str, str]) -> AuditResult:
    rules = tuple(
        outcome(rule(f"X-{number}", "Title", "标题", severity), which, 5, 1 if which == "fail" else 0)  # type: ignore[arg-type]
        for number, (severity, which) in enumerate(outcomes)
    )
    return replace(audit_result(), rules=rules)


@pytest.mark.parametrize(
    ("outcomes", "said"),
    [
        ([("major", "fail"), ("minor", "fail")], "1 major rule fails: a candidate for a major nonconformity."),
        ([("minor", "fail"), ("observation", "fail")], "No major rule fails, but 2 lesser rules do."),
        ([("major", "not_testable"), ("minor", "pass")], "Nothing that could be tested fails, but 1 rule could not be tested."),
        ([("minor", "pass"), ("minor", "pass")], "All 2 rules that apply hold."),
        ([("minor", "no_data")], "Nothing was judged: no record was in the scope of any rule."),
        ([], "Nothing was judged: only enquiries were asked for, and they ask."),
    ],
)  # fmt: skip
def test_the_headline_never_calls_clean_what_could_not_be_looked_at(outcomes: list[tuple[str, str]], said: str) -> None:
    assert headline(results(*outcomes), "en") == said


@pytest.mark.parametrize("which", ["pass", "fail", "not_testable"])
def test_groups_too_small_to_judge_are_told_whatever_came_out(which: Outcome) -> None:
    because = "too-few" if which == "not_testable" else ""
    entry = outcome(rule("SLM-04", "Level kept", "达到级别"), which, 0 if because else 5, 5 * (which == "fail"), because=because, too_small=3)  # fmt: skip
    result = replace(audit_result(), rules=(entry,), enquiries=())
    told = "Too few records to judge" if because else "3 groups too small to judge"
    assert told in " ".join(text.render(result, "en").split())
    assert told in html.render(result, "en")
    assert stdlib_json.loads(json.render(result))["rules"][0]["too_small"] == 3


@pytest.mark.parametrize(
    ("judged", "met", "untested", "standing"),
    [(20, 18, 0, "kept"), (20, 17, 0, "below"), (20, 20, 2, "kept"), (20, 18, 1, "torn"), (20, 17, 10, "torn"), (20, 17, 9, "below"), (20, 10, 1, "below"), (9, 9, 0, "few"), (0, 0, 50, "none")],
)  # fmt: skip
def test_a_level_is_kept_or_missed_only_where_the_untested_cannot_turn_it(
    judged: int, met: int, untested: int, standing: str
) -> None:
    entry = Attainment("resolution", "erp", "2026-03", judged, met, 90.0, untested)
    (clock,) = levels(replace(audit_result(), attainment=(entry,)))
    assert clock.services[0].whole.standing == clock.services[0].months[0].standing == standing


def test_the_zone_of_days_and_months_is_said_and_the_export_s_where_it_is_another() -> None:
    other = replace(audit_result(), zone="Europe/Lisbon")
    assert "Days and months in    Asia/Shanghai\n" in text.render(audit_result(), "en")
    assert "Europe/Lisbon, as the plan has it; the export was read in Asia/Shanghai" in html.render(other, "en")
    assert "31 Dec 2025 to" in text.render(other, "en"), "and every day in the report follows it"


def test_a_rate_with_untested_records_is_a_range() -> None:
    assert rate_text(outcome(rule("X", "", ""), "fail", 24918, 9115)) == "36.6%"
    assert rate_text(outcome(rule("X", "", ""), "fail", 1000, 100, 50)) == "10.0–15.0%"
    assert rate_text(outcome(rule("X", "", ""), "not_testable", 10, 0, 10)) == "0–100%"


def test_a_period_that_ends_at_midnight_ends_the_day_before() -> None:
    assert period_text(audit_result(), "en") == "1 Jan 2026 to 30 Jun 2026"
    later = replace(audit_result(), period_to=at("2026-07-01T00:01"))
    assert period_text(later, "zh") == "2026年1月1日至2026年7月1日"
    assert period_text(replace(later, period_from=None), "en") == "1 Jan 2026 to 30 Jun 2026", "that of the openings"
    nothing = replace(later.dataset, opened_from="", opened_to="")
    assert period_text(replace(later, period_from=None, dataset=nothing), "en") == "all that the export holds"


# findings.csv


def findings(*verdicts: Verdict, language: Language = "en", rules: Sequence[Rule] = ()) -> str:
    """What becomes of verdicts that were written to `verdicts.parquet`."""
    rules = rules or [entry.rule for entry in audit_result().rules]
    columns = ("rule", "record_id", "passed", "observed", "expected", "at", "reason", "waiver", "baseline")
    with TemporaryDirectory() as folder, Session() as session:
        create_verdict_table(session)
        session.insert("tested", columns, [astuple(one) for one in verdicts])
        path = Path(folder) / "verdicts.parquet"
        session.write_parquet('SELECT * REPLACE (make_timestamp("at" * 1000000) AS "at") FROM verdict', path)
        session.run("CREATE TABLE record (record_id VARCHAR, source_file VARCHAR, source_row BIGINT)")
        session.insert(
            "record", ("record_id", "source_file", "source_row"), [("INC2", "b.csv", 9), ("INC1", "=a.csv", 7)]
        )
        return "".join(csv.findings(session, path, rules, language))


def test_findings_keep_the_order_of_the_verdicts() -> None:
    written = findings(
        *(verdict("INC-06", f"INC{number:06}", "9h", "4h", "2026-03-05T11:05") for number in range(30_000))
    )
    records = [line.split(",")[4] for line in written.splitlines()[1:]]
    assert records == [f"INC{number:06}" for number in range(30_000)]


def test_a_group_that_is_called_like_a_record_has_no_row() -> None:
    rules = [rule("A-1", "", ""), rule("B-1", "", "", check="share"), rule("C-1", "", "", check="register")]
    written = findings(*(verdict(one.id, "INC1", "9h", "4h", "2026-03-05T11:05") for one in rules), rules=rules)
    rows = stdlib_csv.DictReader(io.StringIO(written.removeprefix("\ufeff"), newline=""))
    assert [(row["rule"], row["source_file"], row["source_row"]) for row in rows] == [
        ("A-1", "'=a.csv", "7"),
        ("B-1", "", ""),
        ("C-1", "", ""),
    ]


CELLS = st.text(st.sampled_from("=+-@\t\r\n \xa0\u3000＝＋－＠a1工'\",|"), max_size=6)


@settings(deadline=None, max_examples=20)
@given(st.lists(CELLS, min_size=1, max_size=200))
def test_cells_are_made_safe_alike_in_sql_and_here(cells: list[str]) -> None:
    with Session() as session:
        session.run("CREATE TABLE cell (place BIGINT, text VARCHAR)")
        session.insert("cell", ("place", "text"), list(enumerate(cells)))
        made = [str(text) for (text,) in session.rows(f"SELECT {csv.safe_sql('text')} FROM cell ORDER BY place")]
        again = csv.as_it_was_sql(f"({csv.harmless_sql('text')})")
        read = [text for (text,) in session.rows(f"SELECT {again} FROM cell ORDER BY place")]
    assert all(text == cell for text, cell in zip(read, cells, strict=True) if not cell.startswith("'"))
    lines = io.StringIO()
    stdlib_csv.writer(lines, lineterminator="\r\n").writerows([csv.harmless(cell), ""] for cell in cells)
    assert "".join(f"{text},\r\n" for text in made) == lines.getvalue()


def test_findings_are_the_failures_with_bom_and_crlf() -> None:
    written = findings(
        verdict("INC-06", "INC1", "9h5m", "4h", "2026-03-05T11:05"),
        verdict("INC-06", "INC2", "1h", "4h", "2026-03-05T11:05", True),
        verdict("INC-06", "INC3", "", "4h", "2026-03-05T11:05", None),
        language="zh",
    )
    assert written.startswith("\ufeffrule,title,")
    assert written.count("\r\n") == written.count("\n") == 2
    rows = list(stdlib_csv.DictReader(io.StringIO(written.removeprefix("\ufeff"), newline="")))
    assert [row["record_id"] for row in rows] == ["INC1"]
    assert rows[0] == {
        "rule": "INC-06",
        "title": "事件在约定时间内解决",
        "severity": "一般",
        "clauses": "iso-20000-1:8.3.3 iso-20000-1:8.6.1",
        "record_id": "INC1",
        "source_file": "'=a.csv",
        "source_row": "7",
        "observed": "9h5m",
        "expected": "4h",
        "at": "2026-03-05T03:05:00Z",
        "reason": "",
        "waiver": "",
        "baseline": "",
    }


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠x", "  =1"]
)
def test_a_cell_that_a_spreadsheet_would_run_is_made_harmless(cell: str) -> None:
    written = findings(verdict("INC-06", cell, cell, "4h", "2026-03-05T11:05")).removeprefix("\ufeff")
    (row,) = stdlib_csv.DictReader(io.StringIO(written, newline=""))
    assert (row["record_id"], row["observed"]) == (f"'{cell}", f"'{cell}")


def test_an_ordinary_cell_is_left_alone() -> None:
    assert csv.harmless("INC-06") == "INC-06"
    assert csv.harmless("") == ""


# Texts


def test_text_from_outside_shows_what_it_is() -> None:
    assert shown("a\u202eb\u2066c\u200fd") == "a[U+202E]b[U+2066]c[U+200F]d"
    assert shown("\x1b[31mred\x00\x9b") == "[U+001B][31mred[U+0000][U+009B]"
    assert shown("two\r\nlines\tand\u2028more") == "two lines and more"
    assert shown("x" * 400) == "x" * 300 + "…"
    assert shown("\ud800").encode("utf-8") == b"[U+D800]"
    assert shown("👩‍💻 naïve 数据") == "👩‍💻 naïve 数据", "joined emoji and accents are ordinary text"


def test_chinese_takes_two_columns_and_is_never_cut_in_half() -> None:
    assert cut("服务级别协议", 7) == "服务级…"
    assert cut("服务级别协议", 8) == "服务级…"
    assert fit("服务", 6) == "服务  "
    assert wrap("服务级别，协议。", 10) == ["服务级", "别，协议。"] or all(cell_len(line) <= 10 for line in wrap("服务级别，协议。", 10))  # fmt: skip
    assert not any(line[0] in "，。" for line in wrap("服务级别，协议。" * 9, 10))
    assert wrap("one two  three", 7) == ["one two", "three"]


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("9h5m", "9 小时 5 分"),
        ("82.4% (70 of 85)", "82.4%（85 件中 70 件）"),
        ("at least 90% (sla-banking)", "至少 90%（sla-banking）"),
        ("empty: closure_code, state", "未填：关闭代码、状态"),
        ("new -> closed", "新建 → 已关闭"),
        ("recomputed: missed, 5h of 4h", "重新计算：未达成，5 小时，目标 4 小时"),
        ("opened_at <= closed_at", "受理 ≤ 关闭"),
        ("P2", "P2"),
        ("true", "是"),
        ("major = false, priority = P1", "重大事件 = 否、优先级 = P1"),
        ("Li (closed, Applications)", "Li（已关闭、Applications）"),
        ("assignee = * followed by resolved", "受理人变更之后有已解决"),
        ("at most 5bd of cn-office", "不超过 5 个工作日（按日历 cn-office 计）"),
        ("approved 65h31m5s after it", "晚于该时刻 65 小时 31 分 5 秒才批准"),
        ("different people: requester, opened_by / approvers", "不同的人：请求人、登记人 / 审批人"),
        ("approvals before in-progress/fulfilled: 1", "在处理中、已履行之前的批准：1"),
        (
            "links, all of them: to change; approval before actual_start",
            "全部关联：指向变更；其审批不晚于本记录的实际开始",
        ),
        ("Weber (INC1, INC2): shared account", "Weber（INC1, INC2）：共用账号"),
        ("tickets with updates whose times run backwards: 1234 (INC1, INC2)", "1,234 张工单的更新时间倒退：INC1, INC2"),
        ("something of another form", "something of another form"),
    ],
)
def test_what_checks_say_is_read_in_chinese(english: str, chinese: str) -> None:
    assert phrase_text(english, "zh") == chinese


def test_every_kind_of_secret_has_a_name() -> None:
    assert set(SECRETS) == {*PATTERNS, *NUMBERS}


def test_no_phrase_is_taken_for_another() -> None:
    for phrase in PHRASES:
        names = {name: "Xq" for _, name, _, _ in Formatter().parse(phrase) if name}
        assert phrase_text(phrase.format(**names), "zh") == tr(phrase, "zh").format(**names), phrase


def test_the_period_of_the_export_ends_at_the_moment_of_the_audit() -> None:
    result = replace(audit_result(), period_from=None, period_to=None)
    opened = replace(result.dataset, opened_from="2026-01-05T01:00:00Z", opened_to="2026-07-31T01:00:00Z")
    assert period_text(replace(result, dataset=opened), "en") == "5 Jan 2026 to 30 Jun 2026"
