"""The service quality report: what it counts, what it compares, what it says, and in which forms."""

from __future__ import annotations

import io
import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from zipfile import ZipFile

import jsonschema
import pytest
from click.testing import CliRunner
from rich.cells import cell_len

from itsmctl.audit import AuditOptions, audit
from itsmctl.cli import group
from itsmctl.definitions import load
from itsmctl.delivery import Asked, Quality, period_of, service_quality
from itsmctl.delivery.quality import Attained, Figure
from itsmctl.delivery.statistics import UNKNOWN, count, median, share, verdict
from itsmctl.errors import ItsmctlError
from itsmctl.generate import ZONE, generate
from itsmctl.importers.importing import import_files
from itsmctl.language import LANGUAGES, Language
from itsmctl.model import Definitions
from itsmctl.reference import FOLDERS, reference_root
from itsmctl.reports.service.data import as_json, service_report_schema
from itsmctl.reports.service.forms import render

MAY, MARCH = period_of("2026-05", "--period"), period_of("2026-03", "--compare")


class Made(SimpleNamespace):
    """Definitions of an organisation of its own, its tickets, and the report of May against March."""

    root: Path
    definitions: Definitions
    dataset: Path
    quality: Quality


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    folder = tmp_path_factory.mktemp("service")
    root = folder / "own"
    for name in FOLDERS:
        shutil.copytree(reference_root() / name, root / name)
    definitions = load(root)
    truth = generate(definitions, 400, 7, folder / "export")
    import_files(
        [folder / "export" / name for name in truth.rows], None, definitions.mappings, ZONE, folder / "dataset"
    )
    quality = service_quality(definitions, folder / "dataset", Asked(MAY, compare=MARCH))
    yield Made(root=root, definitions=definitions, dataset=folder / "dataset", quality=quality)


def test_the_figures_are_those_of_the_audit_of_the_same_month(made: Made) -> None:
    result = audit(made.definitions, made.dataset, AuditOptions(as_of="2026-05-31", rules=("SLM-04",)))
    agreed: dict[tuple[str, str], tuple[int, int]] = {}
    for (
        entry
    ) in result.attainment:  # what still runs is counted in the month of the moment of judgement: that is midnight
        if entry.month in ("2026-05", "2026-06"):
            judged, met = agreed.get((entry.service, entry.clock), (0, 0))
            agreed[entry.service, entry.clock] = (judged + entry.judged, met + entry.met)
    ours: dict[tuple[str, str], tuple[int, int]] = {}
    for one in made.quality.services:
        for promise in one.promises:
            key = one.service.id, promise.clock
            judged, met = ours.get(key, (0, 0))
            ours[key] = (judged + promise.judged, met + promise.met)
    ours = {key: counts for key, counts in ours.items() if counts[0]}
    assert len(ours) > 15 and ours == {key: agreed[key] for key in ours}


def test_what_was_open_came_and_went_adds_up(made: Made) -> None:
    volumes = [volume for one in made.quality.services for volume in one.volumes]
    assert volumes and all(v.open_before + v.opened - v.resolved == v.open_after for v in volumes)
    opened = [one.opened for one in made.quality.services]
    assert opened == sorted(opened, reverse=True) and sum(opened) > 50


def test_late_tickets_are_as_many_as_the_promises_lack(made: Made) -> None:
    quarter = service_quality(made.definitions, made.dataset, Asked(period_of("2026-Q1", "--period")))
    late = [(one.late_in_all, sum(promise.late for promise in one.promises)) for one in quarter.services]
    assert all(told == lacking for told, lacking in late) and sum(told for told, _ in late) > 0
    for one in quarter.services:
        over = [ticket.counted - ticket.target for ticket in one.late]
        assert over == sorted(over, reverse=True) and all(seconds > 0 for seconds in over)


def test_a_customer_sees_only_what_is_theirs(made: Made) -> None:
    whole = {one.service.id: one for one in made.quality.services}
    theirs = service_quality(made.definitions, made.dataset, Asked(MAY, customer="shippers"))
    assert theirs.customer and theirs.customer.id == "shippers"
    assert 0 < sum(one.opened for one in theirs.services) < sum(one.opened for one in made.quality.services)
    for one in theirs.services:
        assert one.opened <= whole[one.service.id].opened
        assert {promise.agreement for promise in one.promises} <= {agreement.id for agreement in one.agreements}
    complained = [row.values["customer"] for one in theirs.services for kept in one.registers if kept.register.id == "complaints" for row in kept.rows]  # fmt: skip
    assert set(complained) <= {"shippers"}


def test_registers_of_the_example_company_say_nothing_about_others(made: Made) -> None:
    reference = service_quality(load(reference_root()), made.dataset, Asked(MAY))
    assert not reference.own_registers and not any(one.registers for one in reference.services)
    assert any(one.registers for one in made.quality.services)
    assert "example company" in str(render("text", reference, made.definitions, "en"))


def test_registers_tell_of_the_period_and_leave_out_who(made: Made) -> None:
    told = as_json(made.quality, made.definitions)
    august = service_quality(
        made.definitions, made.dataset, Asked(period_of("2026-06", "--period"), ("warehouse-management",))
    )
    kept = {one.register.id: one.rows for one in august.services[0].registers}
    assert [row.values["id"] for row in kept["complaints"]] == ["CMP-2026-04"]
    for name in ("Zhang Min", "Katrin Vogel", "张敏", "王军"):
        assert name not in told and name not in as_json(august, made.definitions)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-02", date(2026, 2, 1), date(2026, 2, 28)),
        ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31)),
        ("2024", date(2024, 1, 1), date(2024, 12, 31)),
        ("2026-H2", date(2026, 7, 1), date(2026, 12, 31)),
        ("2026-05-04", date(2026, 5, 4), date(2026, 5, 4)),
        ("2026-Q2/2026-07", date(2026, 4, 1), date(2026, 7, 31)),
        ("2026-05-04/2026-05-10", date(2026, 5, 4), date(2026, 5, 10)),
    ],
)
def test_a_period_is_a_month_a_quarter_a_year_or_days(text: str, first: date, last: date) -> None:
    period = period_of(text, "--period")
    assert (period.first, period.last) == (first, last)


def test_the_last_year_of_the_calendar_is_a_period_too() -> None:
    assert [str(period_of(text, "--period").last) for text in ("9999", "9999-Q4", "9999-12")] == ["9999-12-31"] * 3


@pytest.mark.parametrize(
    "text",
    [
        "0000-05",
        "",
        "2026-13",
        "2026-Q5",
        "0000",
        "May",
        "2026-05-10/2026-05-04",
        "2026-02-30/2026-03-01",
        "2026-05-32",
    ],
)
def test_what_is_no_period_is_refused_with_what_is(text: str) -> None:
    with pytest.raises(ItsmctlError, match="is not a period; write a month"):
        period_of(text, "--period")


# Statistics, against figures computed by hand or by published tables


def test_a_share_has_the_interval_of_wilson() -> None:
    assert share(81, 263) == Figure(
        pytest.approx(30.798, abs=0.01), pytest.approx(25.530, abs=0.01), pytest.approx(36.618, abs=0.01), 263
    )
    assert (share(0, 10).low, share(10, 10).high) == (0.0, 100.0)
    assert share(0, 0) == UNKNOWN


def test_a_median_has_the_interval_of_its_order_statistics() -> None:
    found = median([float(n) for n in range(1, 101)])
    assert (found.value, found.low, found.high) == (50.5, 40.0, 61.0)
    assert median([7.0]) == Figure(7.0, None, None, 1)
    assert median([]) == UNKNOWN


def test_a_count_has_nearly_the_exact_poisson_interval() -> None:
    assert (count(10).low, count(10).high) == (pytest.approx(4.795, abs=0.05), pytest.approx(18.39, abs=0.05))
    assert (count(0).low, count(0).high) == (0.0, pytest.approx(3.69, abs=0.05))


def test_only_what_has_nothing_in_common_is_clear() -> None:
    low, high = share(50, 100), share(90, 100)
    assert verdict(low, high, "more") == "better" and verdict(low, high, "less") == "worse"
    assert verdict(high, low, "less") == "better" and verdict(low, high, "neither") == "chance"
    assert verdict(low, share(55, 100), "more") == "chance"
    assert verdict(share(1, 19), share(19, 19), "more") == "few"
    assert verdict(UNKNOWN, high, "more") == "unknown"


@pytest.mark.parametrize(
    ("judged", "met", "untested", "kept", "missed"),
    [(20, 18, 0, True, False), (20, 17, 0, False, True), (20, 18, 5, False, False), (9, 0, 0, False, False)],
)
def test_a_promise_is_judged_only_where_nothing_can_turn_it(
    judged: int, met: int, untested: int, kept: bool, missed: bool
) -> None:
    one = Attained("sla", "response", "", "", 90.0, judged, met, untested)
    assert (one.kept, one.missed) == (kept, missed)


def test_a_comparison_says_when_it_compares_other_things(made: Made) -> None:
    comparison = made.quality.comparison
    assert comparison is not None
    told = str(
        render(
            "markdown",
            replace(made.quality, comparison=replace(comparison, mix=25.0, covered=False)),
            made.definitions,
            "en",
        )
    )
    assert "mix of priorities differs by 25 percentage points" in told
    assert "does not reach over the whole earlier period" in told
    assert "no proof of a cause" in told
    ids = [measure.id for measure in comparison.measures]
    assert [m.quoted for m in comparison.measures[:5]] == ["−79%", "−49%", "+26%", "+54%", "+31%"]
    assert comparison.measures[ids.index("user-productivity")].clear == "unknown"


def test_what_nobody_can_tell_of_a_promise_is_not_left_out_of_its_share(made: Made) -> None:
    """Of clocks that may have been paused only those are judged that were in time: 100% of them says nothing."""
    service = made.quality.services[0]
    torn = tuple(replace(one, judged=8, met=8, not_testable=8) for one in service.attained)
    services = (replace(service, attained=torn), made.quality.services[1])
    told = str(render("markdown", replace(made.quality, services=services), made.definitions, "en"))
    lines = [line for line in told.splitlines() if "50.0–100%" in line]
    assert lines[0].startswith(f"| {service.service.title.in_('en')} |"), "at a glance"
    assert len(lines) > len(torn)


# Forms


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_form_says_the_same(made: Made, language: Language) -> None:
    name = made.quality.services[0].service.title.in_(language)
    for form in ("text", "markdown", "html"):
        told = str(render(form, made.quality, made.definitions, language))
        assert told == render(form, made.quality, made.definitions, language)
        for word in (name, "−49%", {"en": "Before you conclude anything", "zh": "下结论之前"}[language]):
            assert word in told, (form, word)
    lines = str(render("text", made.quality, made.definitions, language)).splitlines()
    assert max(cell_len(line) for line in lines) <= 80


def test_a_chinese_report_has_no_english_sentence_of_ours(made: Made) -> None:
    told = str(
        render(
            "markdown",
            replace(made.quality, services=(replace(made.quality.services[0], registers=()),)),
            made.definitions,
            "zh",
        )
    )
    assert not re.findall(r"\b(?:the|of|not|and|which|was|were|judged)\b", told)


def test_json_follows_its_schema(made: Made) -> None:
    schema = service_report_schema()
    jsonschema.Draft7Validator.check_schema(schema)
    document = json.loads(as_json(made.quality, made.definitions))
    assert not list(jsonschema.Draft7Validator(schema).iter_errors(document))
    del document["services"][0]["late"]
    assert list(jsonschema.Draft7Validator(schema).iter_errors(document)), "the schema must notice what is missing"


def test_the_workbook_has_a_sheet_for_each_table(made: Made) -> None:
    content = render("xlsx", made.quality, made.definitions, "en")
    assert isinstance(content, bytes) and content == render("xlsx", made.quality, made.definitions, "en")
    with ZipFile(io.BytesIO(content)) as book:
        names = re.findall(r'<sheet name="([^"]+)"', book.read("xl/workbook.xml").decode())
        assert names[:4] == ["About", "Contents", "At a glance", "May 2026 against Mar 2026"] and len(names) > 20
        assert not any(b"<f>" in book.read(name) for name in book.namelist() if name.startswith("xl/worksheets"))


def test_the_command_writes_a_page_and_refuses_what_it_cannot_answer(made: Made, tmp_path: Path) -> None:
    run = lambda *more: CliRunner().invoke(group, ["report", "service", "--root", str(made.root), "--tickets", str(made.dataset), "-q", *more])  # noqa: E731 # fmt: skip
    page = tmp_path / "may.html"
    assert run("finance-erp", "--period", "2026-05", "--format", "html", "-o", str(page)).exit_code == 0
    assert "Finance ERP · May 2026" in page.read_text(encoding="utf-8")
    assert run("--period", "2026-05", "--format", "xlsx").exit_code == 2
    for wrong, message in (
        (("finance-erb", "--period", "2026-05"), "unknown service 'finance-erb'"),
        (("--period", "2026-05", "--customer", "shipper"), "unknown customer 'shipper'"),
        (("--period", "2027-05"), "before 2027-05 begins"),
        (("--period", "soon"), "is not a period"),
    ):
        done = run(*wrong)
        assert isinstance(done.exception, ItsmctlError), wrong
        assert message in str(done.exception)
