"""Everything a person reads exists in Chinese, and numbers and times do not depend on the machine."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from itsmctl.engine.session import Session
from itsmctl.engine.sql import agreed_text
from itsmctl.engine.sql import percent_text as share_in_sql
from itsmctl.errors import Phrase, Problem, Where
from itsmctl.language import (
    LOCALE,
    REASONS,
    clock_verdict_text,
    closed_up,
    column_text,
    date_text,
    duration_text,
    moment_text,
    month_text,
    outcome_text,
    percent_text,
    place_text,
    problem_line,
    problem_text,
    reason_remedy,
    reason_text,
    severity_text,
    state_text,
    tr,
    trn,
    zone_of,
)
from itsmctl.model import RECORD_COLUMNS
from itsmctl.reports.assessment_words import percent

ROOT = Path(__file__).parent.parent
MESSAGES = LOCALE / "zh" / "LC_MESSAGES"
CATALOGUES = {"itsmctl": "babel.cfg", "schemas": "babel-schemas.cfg"}
"""Each catalogue, and where its texts are found."""
Key = str | tuple[str, str]


@pytest.fixture(scope="module", params=CATALOGUES)
def catalogue(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def translated(catalogue: str) -> Catalog:
    with (MESSAGES / f"{catalogue}.po").open("rb") as file:
        return read_po(file, locale="zh")


@pytest.fixture(scope="module")
def used(catalogue: str) -> set[Key]:
    """Every text of the code and the templates, or of the schemas, found by Babel with the committed configuration."""
    with (ROOT / CATALOGUES[catalogue]).open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file, CATALOGUES[catalogue])
    keywords = {"tr": None, "trn": (1, 2), "ngettext": (1, 2)}
    found = extract_from_dir(ROOT, methods, options, keywords)
    return {message for _, _, message, _, _ in found}


def names(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)[^}]*\}", text))


def texts(value: str | tuple[str, ...] | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def meanings(catalogue: Catalog) -> dict[str, list[str]]:
    return {
        texts(message.id)[0]: texts(message.string)
        for message in catalogue
        if message.id and all(texts(message.string))
    }


def test_every_text_has_a_chinese_one(translated: Catalog, used: set[Key]) -> None:
    assert len(used) > 200
    known = {message.id: message for message in translated if message.id}
    missing = sorted(str(text) for text in used if text not in known or not all(texts(known[text].string)))
    assert not missing, f"not in Chinese, see itsmctl/locale/README.md: {missing}"


def test_no_translation_is_fuzzy_or_unused(translated: Catalog, used: set[Key]) -> None:
    assert not [message.id for message in translated if message.id and message.fuzzy]
    assert not sorted(str(message.id) for message in translated if message.id and message.id not in used)


def test_a_translation_has_the_names_of_its_text(translated: Catalog) -> None:
    for message in translated:
        for chinese in filter(None, texts(message.string) if message.id else []):
            assert names(chinese) == names(texts(message.id)[-1]), message.id


def test_the_compiled_catalogue_is_that_of_the_text(catalogue: str, translated: Catalog) -> None:
    with (MESSAGES / f"{catalogue}.mo").open("rb") as file:
        compiled = read_mo(file)
    assert meanings(compiled) == meanings(translated)


def test_the_extractor_finds_what_babel_alone_does_not() -> None:
    from itsmctl.locale.extract import messages

    code = """
template = "chosen {before}" if late else "or not"
raise Problem("code", "given directly", where)
def refuse(code, template): ...
refuse("code", "handed to a helper")
refuse("code", template="by name")
trn("one", "many", n, language)
unrelated("not this")
"""
    found = [text for _, _, text, _ in messages(io.BytesIO(code.encode()), {}, (), {})]
    expected = ["chosen {before}", "or not", "given directly", "handed to a helper", "by name", ("one", "many")]
    assert sorted(map(str, found)) == sorted(map(str, expected))


def test_a_text_is_translated_and_filled_in() -> None:
    assert tr("expected {value}", "en", value=3) == "expected 3"
    assert tr("expected {value}", "zh", value=3) == "应为：3"
    assert tr("nobody translated this", "zh") == "nobody translated this"
    assert tr("", "zh") == ""
    assert trn("{n} rule", "{n} rules", 1, "en") == "1 rule"
    assert trn("{n} rule", "{n} rules", 1200, "en") == "1,200 rules"
    assert trn("{n} rule", "{n} rules", 1200, "zh") == "1,200 条规则"


def test_a_problem_speaks_chinese_with_its_values() -> None:
    problem = Problem("unreadable-file", "cannot read the file: {why}", values={"why": "{brace}"})
    assert problem_text(problem, "zh") == "无法读取文件：{brace}"
    assert problem_text(problem, "en") == problem.message


@pytest.mark.parametrize(
    ("seconds", "en", "zh"),
    [
        (0, "0 min", "0 分"),
        (45, "45 s", "45 秒"),
        (60, "1 min", "1 分"),
        (5 * 3600 + 1800, "5 h 30 min", "5 小时 30 分"),
        (3600 + 1, "1 h 1 s", "1 小时 1 秒"),
        (90 * 86400, "2,160 h", "2,160 小时"),
        (-300, "−5 min", "−5 分"),
    ],
)
def test_durations_have_hours_as_their_largest_unit(seconds: int, en: str, zh: str) -> None:
    assert duration_text(seconds, "en") == en
    assert duration_text(seconds, "zh") == zh


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [(0, 9, "0%"), (9, 9, "100%"), (9115, 24918, "36.6%"), (1, 24918, "<0.1%"), (24917, 24918, ">99.9%"), (0, 0, "–")],
)
def test_a_percentage_is_never_rounded_to_all_or_nothing(part: int, whole: int, text: str) -> None:
    assert percent_text(part, whole) == text


@pytest.mark.parametrize(
    ("part", "whole", "limit", "text"),
    [(0, 9, 90, "0%"), (9, 9, 90, "100%"), (43, 50, 95, "86.0%"), (2999, 3000, 95, "99.97%"), (1, 3000, 5, "0.03%"), (18999, 20000, 95, "94.995%")],
)  # fmt: skip
def test_a_share_in_a_verdict_is_never_rounded_to_all_or_nothing_or_over_its_limit(
    part: int, whole: int, limit: int, text: str
) -> None:
    with Session() as session:
        share = f"100.0 * {part} / {whole}"
        assert session.one(f"SELECT {share_in_sql(share, str(limit))}") == (text,)
        assert session.one(f"SELECT concat({agreed_text('99.5')}, {agreed_text('95.0')})") == ("99.5%95%",)


@pytest.mark.parametrize(
    ("share", "text"),
    [(None, "–"), (0.0, "0%"), (0.004, "<1%"), (0.006, "1%"), (0.58, "58%"), (0.994, "99%"), (0.997, ">99%"), (1.0, "100%"), (0.1 + 0.2 + 0.7, "100%")],
)  # fmt: skip
def test_a_whole_percentage_is_no_other_than_it_says(share: float | None, text: str) -> None:
    assert percent(share) == text


def test_moments_are_shown_in_the_zone_and_marked_where_they_happen_twice() -> None:
    berlin = zone_of("Europe/Berlin")
    assert moment_text(1792886400, berlin) == "2026-10-25 02:00 +0200"
    assert moment_text(1792890000, berlin) == "2026-10-25 02:00 +0100"
    assert moment_text(1792893600, berlin) == "2026-10-25 03:00"
    assert moment_text(1772611505, zone_of("Asia/Shanghai"), seconds=True) == "2026-03-04 16:05:05"
    assert zone_of("Mars/Base").key == "UTC"
    assert date_text(1772611505, zone_of("Asia/Shanghai"), "zh") == "2026年3月4日"
    assert date_text(1772611505, zone_of("Asia/Shanghai"), "en") == "4 Mar 2026"
    assert (month_text("2026-03", "en"), month_text("2026-03", "zh"), month_text("all", "zh")) == (
        "Mar 2026",
        "2026年3月",
        "all",
    )


def test_reasons_say_what_is_missing_and_what_would_help() -> None:
    assert reason_text("missing:impact,urgency", "en") == "The record has no “impact”, “urgency”"
    assert reason_text("missing:impact,urgency", "zh") == "记录没有“影响度”、“紧急度”"
    assert reason_text("rests-on:DQ-06", "zh") == "依赖 DQ-06，而后者未通过或无法检验"
    assert reason_text("column-not-exported:u_custom", "en") == "The export has no column for “u_custom”"
    assert reason_text("never-heard-of:it", "zh") == "never-heard-of:it"
    assert reason_remedy("never-heard-of:it", "zh") == ""
    for code in REASONS:
        assert reason_text(f"{code}:state", "zh") != reason_text(f"{code}:state", "en")


def test_codes_of_the_model_have_words() -> None:
    assert outcome_text("not_testable", "zh") == "无法检验"
    assert severity_text("major", "zh") == "严重"
    assert clock_verdict_text("running_breached", "zh") == "仍在计时，已经违约"
    assert state_text("awaiting-user", "zh") == "等待用户"
    assert state_text("fail", "zh") == "fail", "an exported state is not one of our words"
    assert all(column_text(column, "zh") != column for column in RECORD_COLUMNS)


def test_the_machine_changes_nothing_and_babel_is_not_needed() -> None:
    code = (
        "import sys; from itsmctl.language import tr, moment_text, zone_of; "
        "print(tr('pass', 'zh'), moment_text(0, zone_of('')), 'babel' in sys.modules)"
    )
    environment = {"LANG": "de_DE.UTF-8", "LANGUAGE": "fr", "TZ": "America/New_York", "PYTHONIOENCODING": "utf-8"}
    run = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=True, cwd=ROOT)
    assert run.stdout.decode("utf-8").strip() == "通过 1970-01-01 00:00 False"


def test_a_message_is_translated_to_its_last_part() -> None:
    inner = Phrase("{first} or {second}", {"first": Phrase("text"), "second": Phrase("a whole number")})
    values = {
        "value": "4",
        "found": Phrase("a list"),
        "wanted": inner,
        "example": Phrase("; for example {example}", {"example": "30m"}),
    }
    problem = Problem("wrong-type", "{value} is {found}; it must be {wanted}{example}", Where("a.yaml", 3, 1), values)
    assert (
        problem_line(problem, "en")
        == "a.yaml:3:1: 4 is a list; it must be text or a whole number; for example 30m [wrong-type]"
    )
    assert problem_line(problem, "zh") == "a.yaml:3:1: 4 是列表；应为文本或整数；例如 30m [wrong-type]"
    row = Problem("x", "the file is empty", Where("a.csv", row=3, column_name="b"))
    assert problem_line(row, "en") == "a.csv: row 3, column b: the file is empty [x]"
    assert place_text(Where("commit 6e2e8db3a756"), "zh") == "提交 6e2e8db3a756"
    assert problem_line(row, "zh").startswith("a.csv：第 3 行，列 b：文件为空")


def test_between_chinese_and_a_value_that_is_chinese_no_space_stays() -> None:
    template = "No change of meaning from {base} to {head}."
    for base, head, told in (
        ("main", "v1.5", "从 main 到 v1.5 没有含义上的变更。"),
        ("main", "当前文件", "从 main 到当前文件没有含义上的变更。"),
        ("旧版", "新 v2", "从旧版到新 v2 没有含义上的变更。"),
        ("", "两 份", "从  到两 份没有含义上的变更。"),
    ):
        assert tr(template, "zh", base=base, head=head) == told
    assert tr(template, "en", base="main", head="当前文件") == "No change of meaning from main to 当前文件."


def test_pages_and_problems_are_closed_up_as_well() -> None:
    values = {"value": "<b>至多</b> 3", "path": "“甲”"}
    assert closed_up("应为 {value}", "zh", values) == "应为{value}"
    assert closed_up("没有 {path} 列", "zh", values) == "没有{path}列"
    assert closed_up("没有 {path} 列", "zh", {"path": "a <b>甲</b>"}) == "没有 {path}列"
    assert closed_up("is {value} x", "en", values) == "is {value} x"
