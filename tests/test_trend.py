"""What has changed since an earlier audit: read from its result.json, compared, and told on the page."""

from __future__ import annotations

import json as stdlib_json
from dataclasses import replace
from pathlib import Path

import pytest
from report_cases import audit_result

from itsmctl.cli import results
from itsmctl.errors import ItsmctlError
from itsmctl.language import LANGUAGES, Language
from itsmctl.reports import html, json, text
from itsmctl.reports.plain import cells
from itsmctl.reports.trend import Before, ClockChange, RuleBefore, trend


def earlier(**outcomes: tuple[str, int, int]) -> Before:
    """The audit of the cases as another one before, in which some rules came out otherwise."""
    result = audit_result()
    rules = {
        entry.rule.id: RuleBefore(entry.outcome, entry.failed, entry.in_scope, entry.rule.meaning)
        for entry in result.rules
    }
    for name, (outcome, failed, in_scope) in outcomes.items():
        id = name.replace("_", "-")
        rules[id] = replace(rules[id], outcome=outcome, failed=failed, in_scope=in_scope)  # type: ignore[arg-type]
    return Before(result.as_of - 86_400, result.definitions.digest, rules, {"resolution": (1000, 700)})


def test_an_audit_compared_with_itself_has_not_changed(tmp_path: Path) -> None:
    (tmp_path / "result.json").write_text(json.render(audit_result()), encoding="utf-8")
    found = trend(audit_result(), results.before(tmp_path))
    assert not (found.outcomes or found.shares or found.new or found.gone or found.redefined)
    assert not found.other_definitions and {clock.points for clock in found.clocks} == {0.0}
    assert found.as_of == audit_result().as_of


def test_a_rule_that_fails_now_got_worse_and_one_that_could_not_be_tested_is_neither() -> None:
    found = trend(audit_result(), earlier(INC_06=("pass", 0, 1200), INC_24=("not_testable", 0, 900)))
    told = {change.now.rule.id: change.better for change in found.outcomes}
    assert told == {"INC-06": False, "INC-24": None}


def test_a_share_that_moved_is_told_and_one_that_hardly_did_is_not() -> None:
    now = next(entry for entry in audit_result().rules if entry.rule.id == "INC-06")
    far, near = (now.in_scope // 2, now.in_scope), (now.failed + 1, now.in_scope)
    assert [c.better for c in trend(audit_result(), earlier(INC_06=("fail", *far))).shares] == [True]
    assert not trend(audit_result(), earlier(INC_06=("fail", *near))).shares


def test_a_rule_that_means_something_else_today_is_not_compared() -> None:
    before = earlier(INC_06=("pass", 0, 1200))
    rules = {
        **before.rules,
        "INC-06": replace(before.rules["INC-06"], meaning="0" * 16),
        "OLD-1": before.rules["INC-06"],
    }
    del rules["INC-24"]
    found = trend(audit_result(), replace(before, rules=rules, digest="ff" * 32))
    assert (found.redefined, found.new, found.gone) == (("INC-06",), ("INC-24",), ("OLD-1",))
    assert not found.outcomes and found.other_definitions


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        ((10_000, 8185), (10_000, 8175), "±0.0"),  # 81.85 and 81.75, both shown as 81.8
        ((1000, 819), (10_000, 8176), "−0.1"),  # 81.9 and 81.8: the shares differ by 0.14
        ((10_000, 8194), (10_000, 8175), "−0.1"),  # 81.9 and 81.8, though they differ by 0.19
        ((1487, 946), (2986, 1918), "+0.6"),  # 63.6 and 64.2, though they differ by 0.62
        ((17, 15), (38, 28), "−14.5"),  # 88.2 and 73.7, though they differ by 14.55
        ((10, 10), (20, 20), "±0.0"),
    ],
)
def test_a_change_is_that_of_the_shares_as_they_are_shown(
    before: tuple[int, int], now: tuple[int, int], told: str
) -> None:
    change = ClockChange("resolution", before, now)
    assert change.told == told and f"{change.points:+.1f}" == told.replace("−", "-").replace("±", "+")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_tells_the_trend(language: Language) -> None:
    before = earlier(INC_06=("pass", 0, 1200))
    page = html.render(audit_result(), language, before)
    assert {"en": "Since the audit of 2026-06-29 18:00", "zh": "与 2026-06-29 18:00 的审核相比"}[language] in page
    part = page[page.index('id="trend"') :]
    assert 'href="#rule/INC-06"' in part[: part.index("</section>")]
    assert 'id="trend"' not in html.render(audit_result(), language)


def test_what_is_no_result_is_refused(tmp_path: Path) -> None:
    (tmp_path / "result.json").write_text(stdlib_json.dumps({"format": "other"}), encoding="utf-8")
    with pytest.raises(ItsmctlError):
        results.before(tmp_path)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_terminal_tells_it_in_80_columns(language: Language) -> None:
    before = earlier(INC_06=("pass", 0, 1200), INC_24=("not_testable", 0, 900))
    told = text.render(audit_result(), language, 80, before=before)
    assert "↓ INC-06" in told and "→ ✕" in told
    assert "+" in next(line for line in told.splitlines() if line.startswith(("↑", "↓")) and "%" in line)
    assert all(cells(line) <= 80 for line in told.splitlines())
    assert "↓ INC-06" not in text.render(audit_result(), language, 80)
