"""The HTML report: self-contained, well-formed, nobody named, hostile text shown as text."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import jinja2
import pytest
from report_cases import ENDLESS, HOSTILE, at, audit_result, banking_breach, hostile_result

from itsmctl.errors import Where
from itsmctl.language import LANGUAGES, Language, tr
from itsmctl.model import LegName, Text
from itsmctl.reports import html, pages, timeline
from itsmctl.reports.clauses import clause_text
from itsmctl.reports.people import without_names
from itsmctl.result import Applied, Attainment, AuditResult, Explanation, ExportRow, Ground, Moment, Share, Verdict

VOID = {"meta", "link", "br", "hr", "img", "input"}


class Page(HTMLParser):
    """Elements in order, with attributes; fails where an end tag does not match."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(text)
        self.close()
        assert not self.open, self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open.pop() == tag, (tag, self.getpos())

    def handle_data(self, data: str) -> None:
        if not {"script", "style"} & set(self.open):
            self.text += data


@pytest.fixture(scope="module", params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> Language:
    return request.param  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def page(language: Language) -> Page:
    return Page(html.render(audit_result(), language))


def test_the_page_loads_nothing_and_runs_one_script_of_ours(page: Page, language: Language) -> None:
    tags = Counter(tag for tag, _ in page.elements)
    assert not set(tags) & {"link", "img", "iframe", "object", "embed", "form", "base"}
    assert tags["script"] == 1 and ("script", {}) in page.elements
    source = html.render(audit_result(), language)
    script = source[source.index("<script>") + 8 : source.index("</script>")]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert ("meta", {"http-equiv": "Content-Security-Policy", "content": policy}) in page.elements
    assert not re.search(r"\b(fetch|eval|Function|innerHTML|XMLHttpRequest|import)\b", script)
    for tag, attributes in page.elements:
        assert not [name for name in attributes if name.startswith("on") or name in ("src", "action")], tag
        assert (attributes.get("href") or "#").startswith("#")
    assert "url(" not in (Path(html.__file__).parents[1] / "templates" / "style.css").read_text(encoding="utf-8")


def test_ids_are_unique_and_links_lead_somewhere(page: Page) -> None:
    ids = Counter(attributes["id"] for _, attributes in page.elements if attributes.get("id"))
    assert not [name for name, n in ids.items() if n > 1]
    links = {str(attributes["href"])[1:] for tag, attributes in page.elements if tag == "a"}
    assert links and links <= set(ids)
    assert {"record/INC0010234", "record/INC0010500", "rule/INC-06", "process/incident"} <= links
    assert {f"rule/{entry.rule.id}" for entry in (*audit_result().rules, *audit_result().enquiries)} <= set(ids)
    assert sum(name.startswith("service/") for name in ids) == 3
    for _, attributes in page.elements:
        assert set(str(attributes.get("aria-labelledby") or "").split()) <= set(ids)


def test_the_page_has_landmarks_headings_in_order_and_scoped_headers(page: Page, language: Language) -> None:
    tags = Counter(tag for tag, _ in page.elements)
    assert (tags["main"], tags["header"], tags["footer"], tags["nav"], tags["h1"]) == (1, 1, 1, 1, 1)
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert all(after - before <= 1 for before, after in zip(levels, levels[1:], strict=False))
    assert all(attributes.get("scope") in ("col", "row") for tag, attributes in page.elements if tag == "th")
    assert page.elements[0] == ("html", {"lang": "zh-Hans" if language == "zh" else "en"})
    drawn = [attributes for tag, attributes in page.elements if tag == "svg"]
    assert drawn and all(a.get("role") == "img" or a.get("aria-hidden") == "true" for a in drawn)


def test_the_report_says_what_a_board_asks(language: Language) -> None:
    told = Page(html.render(audit_result(), language)).text
    for word in (
        "82.4%",
        "n = 8",
        "10.0–10.9%",
        "SLM-04",
        "8c1f0e2b7d3a4c5e6f708192a3b4c5d6e7f80912",
        "5b" * 32,
        "6,204",
    ):
        assert word in told, word
    for word in {
        "en": ("These are questions, not verdicts", "could not be looked at", "ISO/IEC 20000-1 8.3.3"),
        "zh": ("这些是问题，不是判定", "未能查看，不算合格", "导出中没有“紧急度”列"),
    }[language]:
        assert word in told, word


def test_a_chinese_report_has_no_english_sentence_of_ours() -> None:
    told = Page(html.render(audit_result(), "zh")).text
    body = told[told.index("1 条严重级规则") :]
    assert not re.findall(r"\b(?:the|of|not|and|which|expected|record|judged)\b", body)


def test_nobody_is_named_and_the_same_person_keeps_one_number() -> None:
    told = html.render(audit_result(), "en")
    assert not [name for name in ("张伟", "王芳", "李 娜", "Müller") if name in told]
    hidden = without_names(audit_result())
    first, second = hidden.explanations[0], hidden.explanations[1]
    assert first.columns["assignee"] == first.columns["resolved_by"] == "P-1"
    assert first.columns["closed_by"] == second.columns["closed_by"] == "P-2"
    assert {moment.actor for moment in second.moments} == {"P-2"}
    assert hidden.enquiries[1].samples[0].observed == "", "a rule about people may observe a name"
    assert hidden.rules[1].samples == audit_result().rules[1].samples


def test_hostile_text_is_shown_as_text(language: Language) -> None:
    source = html.render(hostile_result(), language)
    page = Page(source)
    tags = Counter(tag for tag, _ in page.elements)
    assert (tags["script"], tags["img"]) == (1, 0), "the report's own script, and no other"
    assert HOSTILE in page.text and "safe[U+202E]gnp.exe" in page.text
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00-\x08\x0b-\x1f\x7f]", source)
    assert "{{ 7*7 }}" in page.text and "49" not in page.text.split("{{ 7*7 }}")[0][-4:]
    assert ENDLESS[:200] not in source
    assert len(source) < 3 * len(html.render(audit_result(), language))
    ids = Counter(attributes["id"] for _, attributes in page.elements if attributes.get("id"))
    assert not [
        name for name, n in ids.items() if n > 1 or not re.fullmatch(r"((rule|record|service|process)/)?[\w.-]+", name)
    ]


def test_a_cell_of_ten_megabytes_is_cut_and_the_cut_is_said(language: Language) -> None:
    huge = "<b>" + "长" * 10_000_000
    result = audit_result()
    first = replace(result.explanations[0], columns={**result.explanations[0].columns, "service": huge})
    entry = next(entry for entry in result.rules if entry.rule.id == "INC-06")
    sample = replace(entry.samples[0], observed=huge)
    rules = tuple(replace(e, samples=(sample,)) if e is entry else e for e in result.rules)
    source = html.render(replace(result, rules=rules, explanations=(first, *result.explanations[1:])), language)
    assert len(source) < 1.2 * len(html.render(result, language))
    assert "&lt;b&gt;长" in source
    assert {"en": "9,999,883 more characters", "zh": "还有 9,999,883 个字符"}[language] in source


def test_a_failure_of_a_record_says_what_it_rests_on(language: Language) -> None:
    result = audit_result()
    first = result.explanations[0]
    told = next(verdict for verdict in first.verdicts if verdict.passed is False)
    rule = next(entry.rule for entry in result.rules if entry.rule.id == told.rule)
    target = Applied("target", "4h", Where("catalog/sla/banking.yaml", 41))
    ground = Ground(rule, told, (target,), (ExportRow(first.record_id, "incidents.csv", 7),))
    shown = html.render(replace(result, explanations=(replace(first, grounds=(ground,)),)), language)
    basis = shown[shown.index('<details class="basis">') :]
    basis = basis[: basis.index("</details>")]
    assert tr("What it rests on", language) in basis
    assert "target: 4h [catalog/sla/banking.yaml:41]" in basis and "incidents.csv" in basis
    assert all(clause_text(clause) in basis for clause in rule.clauses)


def test_legs_stand_apart_from_promises_and_go_by_their_names(language: Language) -> None:
    name = LegName(Text("Time to repair", "修复时间"), Text("Network team", "网络团队"))
    leg = Attainment("ola-network/repair", "mail", "2026-03", 40, 30, 95.0)
    result = audit_result()
    result = replace(
        result, attainment=(*result.attainment, leg), leg_names={leg.clock: name}, explanations=(_with_leg(name),)
    )
    page = Page(html.render(result, language))
    assert leg.clock not in page.text
    tiles = [found["href"] for _, found in page.elements if found.get("class") == "tile"]
    assert tiles == ["#levels", "#levels"] and name.in_(language) in page.text
    (drawn,) = re.findall(r"<svg class=.life.*?</svg>", html.render(result, language), re.DOTALL)
    assert f">{name.title.in_(language)}<" in drawn and f">{name.agreement.in_(language)}<" in drawn


def _with_leg(name: LegName) -> Explanation:
    """The breach of a bank's service, its last clock a leg."""
    found = banking_breach()
    *others, last = (clock for clock in found.clocks if clock.cycles)
    return replace(found, clocks=(*others, replace(last, clock="ola-network/repair", leg=name)))


def test_bars_end_where_the_shares_do_and_name_what_did_not_fail() -> None:
    shares = (Share("service", "mail", 100, 3, 0), Share("service", "erp", 100, 1, 0), Share("service", "fax", 9, 0, 0))
    result = audit_result()
    rules = tuple(replace(entry, breakdown=shares) if entry.outcome == "fail" else entry for entry in result.rules)
    shown = html.render(replace(result, rules=rules), "en")
    assert "a full bar is 5%" in shown and 'style="width:60.0%"' in shown and "None failed: fax" in shown


def many_services(services: int) -> AuditResult:
    """The result of an audit of an organisation that is as large as they come."""
    result = audit_result()
    months = [f"{year}-{month:02}" for year in (2024, 2025, 2026) for month in range(1, 13)]
    attainment = tuple(
        Attainment("resolution", f"service {number:05}", month, 20 + services - number, 20, 90.0)
        for number in range(services)
        for month in months
    )
    shares = tuple(Share("service", f"service {number:05}", 30, 10, 0) for number in range(services))
    rules = tuple(replace(entry, breakdown=shares) if entry.outcome == "fail" else entry for entry in result.rules)
    return replace(result, attainment=attainment, rules=rules)


def test_a_large_audit_is_cut_and_says_where_the_rest_is() -> None:
    result = many_services(2000)
    source = html.render(result, "en")
    assert len(source.encode()) < 5_000_000
    told = " ".join(Page(source).text.split())
    assert "1,700 more services, with fewer tickets: result.json has them." in told
    assert "1,960 more services have no section of their own; result.json and findings.csv have them." in told
    assert "1,985 more values: result.json has them." in told
    assert source.count('id="service/') == 40


def test_the_overview_says_what_was_kept_what_fails_and_where(language: Language) -> None:
    told = " ".join(Page(html.render(audit_result(), language)).text.split())
    for word in {
        "en": (
            "Promises kept",
            "What fails, worst first",
            "By clause",
            "1 service below its level",
            "2 services keep their level",
        ),
        "zh": (
            "承诺履行情况",
            "未通过的规则（最严重的在前）",
            "按条款",
            "1 项服务低于约定级别",
            "2 项服务达到约定级别",
        ),
    }[language]:
        assert word in told, word


def test_the_columns_to_export_next_are_told_with_the_rules_they_free() -> None:
    page = html.render(audit_result(), "en")
    wanted = page[page.index("What to export next") :]
    row = wanted[wanted.index("<tbody>") : wanted.index("</tbody>")]
    assert "urgency" in row and 'href="#rule/INC-03"' in row


def banking_sample(result: AuditResult) -> Verdict:
    return next(entry.samples[0] for entry in result.rules if entry.rule.id == "INC-06")


def test_records_whose_names_differ_in_punctuation_only_keep_their_own_links() -> None:
    result = audit_result()
    twins = tuple(replace(result.explanations[0], record_id=name) for name in ("INC 1", "INC/1", "INC-1"))
    sample = tuple(replace(banking_sample(result), record_id=twin.record_id) for twin in twins)
    rules = tuple(replace(entry, samples=sample) if entry.rule.id == "INC-06" else entry for entry in result.rules)
    page = Page(html.render(replace(result, explanations=twins, rules=rules), "en"))
    ids = Counter(attributes["id"] for _, attributes in page.elements if attributes.get("id"))
    assert not [name for name, n in ids.items() if n > 1]
    links = [a["href"] for tag, a in page.elements if tag == "a" and str(a.get("href")).startswith("#record/INC")]
    assert len(set(links)) == 3 and set(Counter(links).values()) == {3}, "from the rule, the service, and themselves"


def test_an_empty_audit_still_makes_a_report(language: Language) -> None:
    result = audit_result()
    bare = replace(
        result,
        rules=(),
        enquiries=(),
        attainment=(),
        states=(),
        months=(),
        explanations=(),
        period_from=None,
        period_to=None,
        chosen_by_default=(),
        dataset=replace(result.dataset, zone="", tool="", sources=(), warnings=(), missing_columns=(), history=()),
        definitions=replace(result.definitions, commit="", is_reference=True),
    )
    page = Page(html.render(bare, language))
    assert ("Nothing was judged" if language == "en" else "没有作出任何判定") in page.text


def test_a_record_page_names_people_and_unfolds_its_ledger(language: Language) -> None:
    page = Page(timeline.explanation_html(banking_breach(), language))
    assert "王芳" in page.text and "catalog/sla.yaml:41" in page.text
    assert all("open" in attributes for tag, attributes in page.elements if tag == "details")
    assert not {"script", "link", "img"} & {tag for tag, _ in page.elements}


def test_a_record_of_very_many_steps_is_cut_and_says_so(language: Language) -> None:
    usual = audit_result()
    states = ("new", "in-progress")
    moments = tuple(
        Moment(at("2026-02-11T10:20") + 60 * n, "李 娜", "Service desk", "state", states[n % 2], states[1 - n % 2])
        for n in range(20_000)
    )
    endless = replace(usual, explanations=(replace(usual.explanations[0], moments=moments), *usual.explanations[1:]))
    page = html.render(endless, language)
    assert len(page) < len(html.render(usual, language)) + 200_000
    assert {"en": "The first 200 of 20,00", "zh": "前 200 条，共 20,00"}[language] in page
    assert tr("Too many steps to draw.", language) in page


def test_templates_are_compiled_once_and_for_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))

    def begin() -> None:
        pages._compiled.cache_clear()
        pages._environment.cache_clear()
        pages.prepare()

    begin()

    def compiled(*_: object) -> str:
        raise AssertionError("compiled again")

    monkeypatch.setattr(jinja2.Environment, "_generate", compiled)
    begin()
