"""Times in another zone than the one named lie beside the hours in which people work, and an audit says so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from dataset import at, write_dataset

from itsmctl.audit import AuditOptions, audit
from itsmctl.audit.hours import FEW, moved
from itsmctl.definitions import load
from itsmctl.importers.receipt import FILE, read_receipt
from itsmctl.model import Definitions
from itsmctl.reference import reference_root
from itsmctl.reports.phrases import phrase_text

MONDAY = at("2026-03-02T00:00:00+08:00")
HOUR, DAY = 3_600, 86_400


@pytest.fixture(scope="module")
def definitions() -> Definitions:
    return load(reference_root())


def office(count: int, by: int = 0) -> list[int]:
    """So many moments of working hours in Shanghai, all of them so many hours later than they were."""
    days = [MONDAY + (n // 5 * 7 + n % 5) * DAY for n in range(20)]
    return sorted(
        days[n % 20] + (9 * 60 + n * 7 % 180) * 60 + (n % 2) * 4 * HOUR + 1800 * (n % 2) + by * HOUR
        for n in range(count)
    )


def warned(folder: Path, definitions: Definitions, moments: list[int], *, local: bool = True) -> list[str]:
    """What an audit says of incidents that were answered then, and solved a quarter of an hour later."""
    rows = [
        {"record_id": f"INC{n:04}", "service": "finance-erp", "priority": "P2", "state": "resolved", "opened_at": moment - 600, "responded_at": moment, "resolved_at": moment + 900}
        for n, moment in enumerate(moments)
    ]  # fmt: skip
    dataset = write_dataset(folder / "dataset", rows, zone="America/Toronto")
    if not local:
        receipt = replace(read_receipt(dataset), local_times=False)
        (dataset / FILE).write_text(receipt.to_json(), encoding="utf-8")
    result = audit(definitions, dataset, AuditOptions(rules=("INC-06",), as_of="2026-06-01"))
    return [message for code, message in result.dataset.warnings if code == "zone-doubtful"]


def test_times_of_another_zone_are_doubted(tmp_path: Path, definitions: Definitions) -> None:
    (told,) = warned(tmp_path, definitions, office(120, by=13))
    assert told.startswith("calendar cn-office: ") and "would if they came 13 h earlier" in told
    assert "in America/Toronto" in told and "of the answers and solutions looked at" in told  # of many, some
    assert phrase_text(told, "en") == told
    chinese = phrase_text(told, "zh")
    assert chinese.startswith("日历 cn-office：所查看的") and "13 小时" in chinese and "America/Toronto" in chinese


@pytest.mark.parametrize(("count", "by", "local"), [(120, 0, True), (FEW // 2 - 1, 13, True), (120, 13, False)])
def test_those_of_the_right_one_a_few_and_such_as_tell_their_zone_are_not(
    count: int, by: int, local: bool, tmp_path: Path, definitions: Definitions
) -> None:
    assert warned(tmp_path, definitions, office(count, by), local=local) == []


def test_by_how_much_is_the_least_that_brings_most_inside(definitions: Definitions) -> None:
    calendar = definitions.calendars["cn-office"]
    for by in (-9, -5, 4, 8):
        found = moved(calendar, office(200, by))
        assert found is not None and (found.hours, found.moments) == (-by, 200) and found.then > 150 > found.inside


def test_people_who_work_around_the_clock_are_left_in_peace(definitions: Definitions) -> None:
    moments = [MONDAY + n * 5 * HOUR + n % 7 * 600 for n in range(400)]
    assert moved(definitions.calendars["cn-office"], moments) is None
    assert moved(definitions.calendars["around-the-clock"], moments) is None
