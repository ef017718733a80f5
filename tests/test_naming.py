"""Values of records are called in reports as the definitions call them, in the language of the reader."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
from report_cases import at, audit_result, banking_breach

from itsmctl.charts.page import charts
from itsmctl.definitions import load
from itsmctl.figures import Flow, Recurrence, Recurring
from itsmctl.language import Language
from itsmctl.model import Condition, Definitions, Names, Text, names_of
from itsmctl.reference import reference_root
from itsmctl.reports.called import conditions_text, value_text
from itsmctl.reports.life import life_of
from itsmctl.reports.timeline import explanation_html, terminal
from itsmctl.result import Moment, Piece

OWN = Names(
    titles={
        ("incident", "state"): {"at-vendor": Text("With the vendor", "待厂商处理")},
        ("incident", "category"): {
            "net": Text("Network: lines and wireless", "网络：线路与无线"),
            "lan": Text("Network: sockets", "网络：插座"),
        },
        ("", "service"): {"erp": Text("ERP: finance", "ERP：财务")},
    },
    phases={("incident", "at-vendor"): "paused"},
    days={"Spring Festival": Text("Spring Festival", "春节")},
)


@cache
def reference() -> Definitions:
    return load(reference_root())


@pytest.mark.parametrize(
    ("process", "column", "value", "en", "zh"),
    [
        ("incident", "category", "network", "Network and VPN", "网络与VPN"),
        ("incident", "impact", "1", "1 High", "1 高"),
        ("incident", "priority", "P1", "P1 Critical", "P1 紧急"),
        ("incident", "state", "in-progress", "In progress", "处理中"),
        ("change", "category", "emergency", "Emergency", "紧急变更"),
        ("change", "type", "emergency", "Emergency", "紧急变更"),  # that of the category, as no list says otherwise
        ("change", "outcome", "successful", "Successful", "成功"),
        ("change", "service", "email-collaboration", "E-mail and collaboration", "邮件与协作"),
        ("", "service", "email-collaboration", "E-mail and collaboration", "邮件与协作"),
        ("", "state", "closed", "Closed", "已关闭"),
        # What the definitions do not know stays as it is.
        ("incident", "category", "emergency", "emergency", "emergency"),
        ("incident", "category", "3 - Other", "3 - Other", "3 - Other"),
        ("incident", "assignee", "network", "network", "network"),
        ("incident", "category", "", "", ""),
    ],
)
def test_a_value_is_called_by_its_title(process: str, column: str, value: str, en: str, zh: str) -> None:
    names = names_of(reference())
    assert [value_text(names, process, column, value, language) for language in ("en", "zh")] == [en, zh]


def test_without_a_process_only_what_all_call_the_same_has_a_title() -> None:
    names = names_of(reference())
    lists = [codes.codes for codes in reference().code_lists.values() if codes.column == "category"]
    told: dict[str, set[Text]] = {}
    for code in (code for codes in lists for code in codes):
        told.setdefault(code.id, set()).add(code.title)
    torn = [code for code, titles in told.items() if len(titles) > 1]
    assert torn and all(names.title("", "category", code) is None for code in torn)


def test_a_title_of_a_service_is_a_name_and_stays_whole() -> None:
    assert value_text(OWN, "incident", "service", "erp", "en") == "ERP: finance"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_states_of_ones_own_process_have_their_title_and_their_phase(language: Language) -> None:
    waits = Moment(at("2026-03-04T11:20"), "", "", "state", "in-progress", "at-vendor")
    record = replace(banking_breach(), names=OWN)
    record = replace(record, moments=(*record.moments[:3], waits))
    band = life_of(record).bands[-1]
    assert (band.state, band.phase) == ("at-vendor", "paused")
    said = {"en": "With the vendor", "zh": "待厂商处理"}[language]
    assert said in terminal(record, language) and said in explanation_html(record, language)
    assert "at-vendor" not in terminal(record, language)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_changes_and_ledgers_are_told_in_the_language_of_the_reader(language: Language) -> None:
    moved = Moment(at("2026-03-04T10:00"), "", "", "category", "net", "unmapped word")
    record = replace(banking_breach(), names=OWN)
    record = replace(record, moments=(*record.moments, moved))
    said = {"en": "Network → unmapped word", "zh": "网络 → unmapped word"}[language]
    assert said in terminal(record, language, 160)
    for kind, reason, en, zh in (
        ("closed", "Spring Festival", "outside service hours (Spring Festival)", "服务时间外（春节）"),
        ("paused", "at-vendor", "paused (With the vendor)", "暂停（待厂商处理）"),
        ("closed", "A day of no calendar", "outside service hours (A day of no calendar)", "服务时间外（A day of no calendar）"),
    ):  # fmt: skip
        piece = Piece(0, 60, kind, reason)  # type: ignore[arg-type]
        assert life_of(record).ledger_text(piece, language) == {"en": en, "zh": zh}[language]


def test_charts_call_states_and_categories_by_their_titles_and_keep_apart_what_is_called_the_same() -> None:
    result = audit_result()
    rows = tuple(Recurring("erp", category, "", (3, 4), 7, None) for category in ("net", "lan", "other"))
    figures = replace(
        result.figures,
        flows=(Flow("incident", ((("new", "at-vendor"), 5), (("new",), 2)), 2, 7),),
        recurrence=Recurrence(("2026-01", "2026-02"), rows, 3),
    )
    drawn = {chart.told.id: chart for chart in charts(replace(result, figures=figures, names=OWN), "zh")}
    assert drawn["paths-incident"].rows[0][0] == "新建 → 待厂商处理"
    assert [row[0] for row in drawn["recurrence"].rows] == ["erp · net", "erp · lan", "ERP：财务 · other"]


def test_conditions_decisions_and_truths_are_told_in_the_language_of_the_reader() -> None:
    rule = reference().rules["CHG-08"]
    names = names_of(reference())
    assert conditions_text(rule.scope, "zh", names, rule.process).startswith("分类 常规变更、重大变更、紧急变更；")
    assert conditions_text(rule.scope, "en", names, rule.process).startswith("category Normal, Major, Emergency; ")
    assert conditions_text(rule.scope, "en").startswith("category normal, major, emergency; ")
    ended = Condition("closure_code", "in", ("backed-out", "failed"))
    assert (
        conditions_text((ended,), "en", names, "change") == "closure code Backed out, “Failed, and could not be undone”"
    )
    assert value_text(names, "change", "approval", "approved", "zh") == "已批准"
    assert value_text(names, "change", "approval", "nodded at", "zh") == "nodded at"
    assert value_text(names, "incident", "major", "true", "zh") == "是"
