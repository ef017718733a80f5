"""The page of every rule, in both languages: each section is there, in its language, and is no copy of another rule's."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from functools import cache

import pytest

from itsmctl.checks import CHECKS
from itsmctl.definitions import load
from itsmctl.examples import examples_of
from itsmctl.language import Language, tr
from itsmctl.model import Definitions, Rule
from itsmctl.reference import reference_root
from itsmctl.reports.asked import ASKED
from itsmctl.views.demand import LABELS
from itsmctl.views.rule import facts

SECTIONS = (
    "Severity", "What it asks", "Process", "Records", "Check", "Parameters", "Tolerance", "Data", "Clauses", "Why",
    "Legitimate exceptions", "Remedy",
)  # fmt: skip
PROSE = ("What it asks", "Process", "Clauses", "Why", "Remedy")
SETTING = ("Records", "Parameters", "Data")
"""What the rule asks of which records, which may quote values of either language."""
CHINESE = re.compile(r"[\u4e00-\u9fff]")
SAYING = re.compile(r"\([\u4e00-\u9fff，]+\)")
"""A saying, quoted in brackets for those who know it."""


@cache
def library() -> Definitions:
    return load(reference_root())


@cache
def sections(id_: str, language: Language) -> Mapping[str, str]:
    labels = {tr(section, language): section for section in (*SECTIONS, "Rests on rules")}
    return {labels[label]: text for label, text in facts(library().rules[id_], library(), language)}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_page_has_every_section(language: Language) -> None:
    lacking = {
        (id_, section)
        for id_ in library().rules
        for section in SECTIONS
        if not sections(id_, language).get(section, "").strip()
    }
    assert lacking == set()
    assert all(examples_of(id_) for id_ in library().rules), "a passing and a failing record"


def test_each_language_is_spoken_on_its_page() -> None:
    for rule in library().rules.values():
        en, zh = sections(rule.id, "en"), sections(rule.id, "zh")
        for section in PROSE:
            assert CHINESE.search(zh[section]), (rule.id, section)
            assert not CHINESE.search(SAYING.sub("", en[section])), (rule.id, section)
        for section in SETTING:
            assert CHINESE.search(zh[section]), (rule.id, section)
            assert not re.search(r"[{}']|\bNone\b|\bTrue\b", en[section] if "condition" not in en[section] else ""), (
                rule.id,
                section,
            )
        assert CHINESE.search(rule.title.zh) and not CHINESE.search(rule.title.en), rule.id
        assert all(CHINESE.search(text.zh) and not CHINESE.search(text.en) for text in rule.exceptions), rule.id


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_page_is_a_copy_of_another(language: Language) -> None:
    def said(rule: Rule) -> list[str]:
        return [text.in_(language) for text in (rule.title, rule.rationale, rule.remedy)]

    heard = Counter(text for rule in library().rules.values() for text in said(rule))
    assert [text for text, times in heard.items() if times > 1] == []


def test_every_parameter_of_a_check_has_a_name() -> None:
    assert set(LABELS) == {key for check in CHECKS.values() for key in check.PARAMETERS["properties"]}


def test_parameters_are_told_by_titles_times_and_percents() -> None:
    assert sections("CHG-10", "en")["Parameters"] == (
        "no later than: actual start; at most so much later: 2 business days; roles: Emergency change authority (emergency-change-authority); "
        "counted in the hours of China office hours (cn-office)"
    )
    assert sections("CFG-03", "zh")["Parameters"] == "至少：90%；起判数量：20；逐个：服务、月份；仅限：配置项已填写"
    assert sections("KNW-06", "en")["Parameters"].endswith("at most: 4,380 h; counts while it lasts: yes; to: closed")
    assert sections("SEC-02", "zh")["Parameters"] == "先：新建；随后：转入已评估、误报；时限：30 分"


def test_what_a_check_asks_is_what_the_schema_says() -> None:
    schema = json.loads((reference_root() / "schemas" / "rule.schema.json").read_text(encoding="utf-8"))
    checks = schema["properties"]["check"]["properties"]
    assert dict(ASKED) == {check: body["description"] for check, body in checks.items()}


def test_examples_speak_the_readers_language() -> None:
    """Columns and states of the examples are words in Chinese; no code of the model is left but values of the tools."""
    both = examples_of("INC-26"), examples_of("INC-26", "zh")
    assert both[0] and both[1]
    english, chinese = " ".join(both[0][0].lines), " ".join(both[1][0].lines)
    assert "state closed" in english and "changes: " in english
    assert "状态：已关闭" in chinese and "字段变动：" in chinese
    assert not any(word in chinese for word in ("opened_at", "state", "closed", "changes"))
