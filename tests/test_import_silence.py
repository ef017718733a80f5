"""Logs of changes, and lists, as they are exported month by month: with a month left out, over holidays, and from the middle of a life."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from itsmctl.audit import AuditOptions, audit
from itsmctl.definitions import load
from itsmctl.engine.results import read_verdicts
from itsmctl.importers.importing import import_files
from itsmctl.importers.receipt import Receipt, read_receipt
from itsmctl.model import Definitions
from itsmctl.reference import reference_root

LOG = "number,incident_state,sys_updated_by,sys_updated_at,opened_at,sys_mod_count,priority,resolved_at,closed_at,caller_id,opened_by,made_sla,sys_created_at"
LIST = "Number,Caller,Opened,State,Priority,Short description,Category,Assignment group,Resolved,Closed"
Verdicts = Mapping[tuple[str, str], tuple[bool | None, str]]
Life = list[tuple[str, datetime]]
"""The states of a ticket, and since when."""


@pytest.fixture(scope="module")
def definitions() -> Definitions:
    return load(reference_root())


def told(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}" if moment else ""


def office(
    first: datetime, days: int, closed_after: timedelta = timedelta(days=3), rest: range = range(0)
) -> Iterator[Life]:
    """Tickets of an office: one each hour of each working day, resolved in two hours, closed days later; nobody works on the days of `rest`."""

    def at_work(moment: datetime) -> datetime:
        while moment.weekday() > 4 or (moment - first).days in rest:
            moment += timedelta(days=1)
        return moment

    for day in range(days):
        for hour in range(9, 17):
            opened = first.replace(hour=0, minute=0, second=0) + timedelta(
                days=day, hours=hour, minutes=day % 60, seconds=hour
            )
            if at_work(opened) != opened:
                continue
            resolved = opened + timedelta(hours=1, minutes=30)
            yield [
                ("New", opened),
                ("Active", opened + timedelta(minutes=20)),
                ("Resolved", resolved),
                ("Closed", at_work(resolved + closed_after)),
            ]


def rows(lives: Mapping[str, Life], ended: bool = True) -> Iterator[tuple[datetime, str]]:
    """The rows of a log with their moments; whether rows from before its end know how a ticket `ended`."""
    for number, life in lives.items():
        for n, (state, at) in enumerate(life):
            known = dict(life if ended else life[: n + 1])
            cells = [
                number,
                state,
                "Bob",
                told(at),
                told(life[0][1]),
                str(n),
                "3 - Moderate",
                told(known.get("Resolved")),
                told(known.get("Closed")),
            ]
            yield at, ",".join([*cells, "Ann", "Bob", "true", told(life[0][1])])


def numbered(lives: Iterator[Life]) -> dict[str, Life]:
    return {f"INC{n:05}": life for n, life in enumerate(lives)}


def files_of(folder: Path, head: str, pieces: Mapping[str, list[str]]) -> Path:
    for name, lines in pieces.items():
        (folder / f"{name}.csv").write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    return folder


def by_month(lines: Iterator[tuple[datetime, str]], form: str = "m%Y-%m") -> dict[str, list[str]]:
    pieces: dict[str, list[str]] = {}
    for at, line in lines:
        pieces.setdefault(at.strftime(form), []).append(line)
    return pieces


def brought(folder: Path, definitions: Definitions) -> Receipt:
    return import_files(sorted(folder.glob("*.csv")), None, definitions.mappings, "UTC", folder / "dataset")


def judged(folder: Path, definitions: Definitions, *rules: str, as_of: str = "") -> Verdicts:
    options = AuditOptions(rules=rules, as_of=as_of, all_verdicts=True)
    audit(definitions, folder / "dataset", options, verdicts=folder / "verdicts.parquet")
    return {(one.rule, one.record_id): (one.passed, one.reason) for one in read_verdicts(folder / "verdicts.parquet")}


JANUARY = datetime(2026, 1, 5, tzinfo=UTC)
RULES = ("INC-02", "INC-06", "INC-16", "INC-25")


def codes(receipt: Receipt) -> list[str]:
    return [code for code, _ in receipt.warnings if code in ("file-ends-early", "log-silent")]


@pytest.mark.parametrize("one_file", [False, True])
def test_a_month_that_a_log_lacks_accuses_nobody(one_file: bool, tmp_path: Path, definitions: Definitions) -> None:
    """Tickets that were resolved in March are closed in April unresolved, and those that were closed in it are open for ever."""
    lives = numbered(office(JANUARY, 120))
    months = by_month(rows(lives, ended=False))
    del months["m2026-03"]
    if one_file:
        months = {"log": [line for month in months.values() for line in month]}
    receipt = brought(files_of(tmp_path, LOG, months), definitions)
    (silence,) = receipt.silences
    assert (silence.last[:7], silence.next[:10], silence.processes) == ("2026-02", "2026-04-01", ("incident",))
    assert codes(receipt) == ["log-silent"] or (codes(receipt) == ["file-ends-early"] and not one_file)
    found = judged(tmp_path, definitions, *RULES)
    assert not [key for key, (passed, _) in found.items() if passed is False]
    across = [n for n, life in lives.items() if life[0][1].month <= 3 and life[3][1].month >= 4]
    assert across
    assert {found["INC-02", n] for n in across} == {(None, "history-gap:state")}
    open_then = [n for n, life in lives.items() if life[0][1].month == 2 and life[3][1].month == 3]
    assert {found["INC-16", n] for n in open_then} <= {(None, "file-ends:resolved_at,state"), (None, "file-ends:state")}
    whole = [n for n, life in lives.items() if life[3][1].month <= 2 or life[0][1].month >= 4]
    assert {found["INC-02", n][0] for n in whole} == {True}
    assert read_receipt(tmp_path / "dataset") == receipt


@pytest.mark.parametrize(
    ("rest", "form"),
    [
        (range(0), "w%Y-%W"),
        (range(0), "d%Y-%m-%d"),
        (range(47, 57), "m%Y-%m"),
        (range(47, 57), "w%Y-%W"),
        (range(47, 57), "log"),
    ],
    ids=[
        "weekly",
        "daily",
        "monthly over the Spring Festival",
        "weekly over the Spring Festival",
        "one file over the Spring Festival",
    ],
)
def test_nights_weekends_and_holidays_are_no_holes(
    rest: range, form: str, tmp_path: Path, definitions: Definitions
) -> None:
    lives = numbered(office(datetime(2026, 1, 1, tzinfo=UTC), 100, rest=rest))
    receipt = brought(files_of(tmp_path, LOG, by_month(rows(lives), form)), definitions)
    assert (receipt.silences, codes(receipt)) == ((), [])


def test_a_shutdown_after_which_tickets_are_typed_in_is_no_hole(tmp_path: Path, definitions: Definitions) -> None:
    """For three weeks nobody is there. Who wrote an e-mail on the last evening gets a ticket that says so."""
    lives = numbered(office(datetime(2026, 6, 1, tzinfo=UTC), 100, rest=range(60, 81)))
    back = next(life for life in lives.values() if life[0][1] > datetime(2026, 8, 20, tzinfo=UTC))
    lives |= {f"INC9{n:04}": [("New", back[0][1] - timedelta(minutes=n)), *back[1:]] for n in range(1, 6)}
    assert brought(files_of(tmp_path, LOG, by_month(rows(lives), "log")), definitions).silences == ()


def test_a_log_that_ends_before_its_tickets_do_is_not_whole(tmp_path: Path, definitions: Definitions) -> None:
    """Every row says when its ticket was closed, also in April; but the last month that was exported is March."""
    lives = numbered(office(JANUARY, 100))
    months = by_month(rows(lives))
    last = max(life[3][1] for life in lives.values())
    del months["m2026-04"]
    receipt = brought(files_of(tmp_path, LOG, months), definitions)
    assert codes(receipt) == ["log-silent"]
    assert receipt.silences[0].last[:7] == "2026-03"
    assert receipt.last_moment <= told(last).replace(" ", "T") + "Z"
    found = judged(tmp_path, definitions, *RULES, "DQ-07")
    assert not [key for key, (passed, _) in found.items() if passed is False], "nothing lies in the future"
    still = [n for n, life in lives.items() if life[0][1].month == 3 and life[3][1].month == 4]
    assert {found["INC-02", n] for n in still} == {(None, "file-ends:state")}


def test_what_began_before_its_log_is_not_judged_by_what_is_left_of_it(
    tmp_path: Path, definitions: Definitions
) -> None:
    """The log of a quarter begins with tickets that were resolved before, and are closed in it."""
    lives = numbered(office(JANUARY, 100))
    months = by_month(rows(lives))
    files_of(tmp_path, LOG, {name: lines for name, lines in months.items() if name > "m2026-01"})
    brought(tmp_path, definitions)
    found = judged(tmp_path, definitions, *RULES, "DQ-13")
    before = [n for n, life in lives.items() if life[0][1].month == 1 and life[3][1].month == 2]
    assert {found[rule, n] for n in before for rule in ("INC-02", "INC-25")} == {(None, "history-gap:state")}
    assert {found["DQ-13", n][0] for n in before} == {False}, "that it is so is a finding all the same"
    assert {found["INC-25", n][0] for n, life in lives.items() if life[0][1].month > 1} == {True}


AUDIT = "documentkey,fieldname,oldvalue,newvalue,user,sys_created_on"


def listed(lives: Mapping[str, Life], until: datetime | None = None, category: str = "Software") -> Iterator[str]:
    """The rows of a list that was exported at a moment, or after all."""
    for number, life in lives.items():
        known = {state: at for state, at in life if until is None or at < until}
        if known:
            state = list(known)[-1].replace("Active", "In Progress")
            moments = f"{told(known.get('Resolved'))},{told(known.get('Closed'))}"
            yield f"{number},Ann,{told(life[0][1])},{state},3 - Moderate,a,{category},Desk,{moments}"


def changes(lives: Mapping[str, Life]) -> Iterator[tuple[datetime, str]]:
    """What a list of changes says of them."""
    for number, life in lives.items():
        for (old, _), (new, at) in zip(life, life[1:], strict=False):
            words = [word.replace("Active", "In Progress") for word in (old, new)]
            yield at, f"{number},state,{words[0]},{words[1]},Bob,{told(at)}"


def test_a_list_of_changes_that_begins_late_does_not_say_what_was_before(
    tmp_path: Path, definitions: Definitions
) -> None:
    """Its first change leads from resolved to closed, which does not mean that the ticket was resolved when it was opened."""
    lives = numbered(office(JANUARY, 100))
    late = {number: life for number, life in lives.items() if life[3][1].month > 1}
    history = by_month(changes(lives))
    del history["m2026-01"]
    files_of(tmp_path, LIST, {"incidents": list(listed(late))})
    files_of(tmp_path, AUDIT, {f"audit-{name}": lines for name, lines in history.items()})
    brought(tmp_path, definitions)
    found = judged(tmp_path, definitions, "INC-06", "INC-25")
    before = [n for n, life in late.items() if life[2][1].month == 1]
    assert before
    assert {found["INC-06", n][0] for n in before} == {None}, (
        "a clock that stopped when it began is kept by nobody's work"
    )
    assert {found["INC-25", n] for n in before} == {(None, "history-gap:state")}
    assert {found["INC-25", n][0] for n, life in late.items() if life[0][1].month > 1} == {True}


def test_a_month_that_a_list_of_changes_lacks(tmp_path: Path, definitions: Definitions) -> None:
    lives = numbered(office(JANUARY, 120))
    history = by_month(changes(lives))
    del history["m2026-03"]
    files_of(tmp_path, LIST, {"incidents": list(listed(lives))})
    files_of(tmp_path, AUDIT, {f"audit-{name}": lines for name, lines in history.items()})
    assert codes(brought(tmp_path, definitions)) == ["log-silent"]
    found = judged(tmp_path, definitions, "INC-02", "INC-06")
    across = [n for n, life in lives.items() if life[0][1].month == 3 and life[3][1].month == 4]
    assert {found["INC-02", n] for n in across} == {(None, "history-gap:state")}
    assert {found["INC-06", n][0] for n, life in lives.items() if life[0][1].month == 1} == {True}


def test_a_short_list_that_ends_early_accuses_nobody_either(tmp_path: Path, definitions: Definitions) -> None:
    """Three tickets of the fourth week of June, the last still open; and those of the months to October."""
    june, rest = datetime(2026, 6, 22, tzinfo=UTC), datetime(2026, 7, 6, tzinfo=UTC)
    end = june + timedelta(days=4, hours=14)
    few = dict(list(numbered(office(june, 5)).items())[::12])
    many = {f"INC1{n[4:]}": life for n, life in numbered(office(rest, 80)).items()}
    files_of(tmp_path, LIST, {"june": list(listed(few, end)), "autumn": list(listed(many))})
    receipt = brought(tmp_path, definitions)
    assert [bool(file.known_until) for file in receipt.files if file.name == "june.csv"] == [True]
    still = [n for n, life in few.items() if life[0][1] < end <= life[2][1]]
    found = judged(tmp_path, definitions, "INC-16")
    assert {found["INC-16", n][0] for n in still} == {None}


def test_of_a_list_in_which_all_is_closed_nothing_is_unknown(tmp_path: Path, definitions: Definitions) -> None:
    """The tickets closed in January, and those closed in March: the first list is early, and says all."""
    lives = numbered(office(JANUARY, 90))
    pieces: dict[str, list[str]] = {}
    for (_, life), line in zip(lives.items(), listed(lives), strict=True):
        pieces.setdefault(f"m{life[3][1].month}", []).append(line)
    receipt = brought(files_of(tmp_path, LIST, {name: pieces[name] for name in ("m1", "m3")}), definitions)
    assert codes(receipt) == []


def test_what_an_early_list_leaves_empty_may_have_been_filled_since(tmp_path: Path, definitions: Definitions) -> None:
    lives = numbered(office(JANUARY, 90))
    end = datetime(2026, 2, 1, tzinfo=UTC)
    january = {n: life for n, life in lives.items() if life[0][1] < end}
    march = {n: life for n, life in lives.items() if life[0][1].month == 3}
    files_of(tmp_path, LIST, {"january": list(listed(january, end, category="")), "march": list(listed(march))})
    brought(tmp_path, definitions)
    found = judged(tmp_path, definitions, "DQ-08")
    closed = {n for n, life in january.items() if life[3][1] < end}
    assert {found["DQ-08", n][0] for n in closed} == {False}
    assert {found["DQ-08", n] for n in january.keys() - closed} == {(None, "file-ends:priority,category,state,group")}


def test_an_office_that_rests_over_christmas_has_exported_all_lists(tmp_path: Path, definitions: Definitions) -> None:
    """A desk round the clock goes on while the office rests: both lists are of the second of January."""
    lives = numbered(office(datetime(2025, 10, 1, tzinfo=UTC), 82))
    end = datetime(2026, 1, 2, 9, tzinfo=UTC)
    night = {
        f"INC1{n:05}": [
            ("New", opened),
            ("Active", opened),
            ("Resolved", opened + timedelta(hours=1)),
            ("Closed", opened + timedelta(hours=2)),
        ]
        for n in range(90 * 6)
        for opened in [datetime(2025, 10, 4, tzinfo=UTC) + timedelta(hours=4 * n)]
    }
    open_still = list(listed(lives, datetime(2025, 12, 20, tzinfo=UTC)))
    files_of(tmp_path, LIST, {"office": open_still, "desk": list(listed(night, end))})
    assert codes(brought(tmp_path, definitions)) == []


def test_the_log_of_another_process_that_begins_later_hides_nothing(tmp_path: Path, definitions: Definitions) -> None:
    """An incident whose history lacks its beginning fails, whenever the log of changes begins."""
    lives = numbered(office(JANUARY, 60))
    half = next(n for n, life in lives.items() if life[0][1].month == 2)
    lines = [line for _, line in changes(lives) if not line.startswith(f"{half},state,New")]
    files_of(tmp_path, LIST, {"incidents": list(listed(lives))})
    files_of(tmp_path, AUDIT, {"audit": lines})
    head = "number,state,type,start_date,sys_mod_count,sys_updated_by,sys_updated_at,opened_at"
    rows = [
        "CHG1,New,normal,,0,Bob,2026-03-02 09:00:00,2026-03-02 09:00:00",
        "CHG1,Assess,normal,,1,Bob,2026-03-02 10:00:00,2026-03-02 09:00:00",
    ]
    files_of(tmp_path, head, {"changes": rows})
    brought(tmp_path, definitions)
    assert judged(tmp_path, definitions, "INC-25")["INC-25", half] == (False, "")
