"""Lists of records that were exported at different times: what was open in an early one is not open for ever."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from test_checks import build_rule

from itsmctl.audit import AuditOptions, audit
from itsmctl.definitions import load
from itsmctl.engine.results import read_verdicts
from itsmctl.engine.session import Session
from itsmctl.errors import Where
from itsmctl.importers.importing import import_files
from itsmctl.importers.receipt import Receipt
from itsmctl.importers.times import SPREADSHEETS, offset_sql, readings_sql, seconds_sql, stamp_sql, strptime_format
from itsmctl.model import Definitions
from itsmctl.reference import reference_root

HEAD = "Number,Caller,Opened,State,Priority,Short description,Assignment group,Resolved,Closed\n"
RULES = ("INC-06", "INC-16", "INC-04", "INC-01")


@pytest.fixture(scope="module")
def definitions() -> Definitions:
    return load(reference_root())


def told(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}" if moment else ""


def month(
    first: datetime, number: int, days: int = 28, every: int = 8, open_ones: int = 3, closing: bool = True
) -> str:
    """A list as exported at the end of a month: a ticket every so many hours, each resolved in two, the last ones still open."""
    count = days * 24 // every
    rows = []
    for n in range(count):
        opened = first + timedelta(hours=n * every, minutes=n % 60, seconds=n % 59)
        resolved, closed = opened + timedelta(hours=2), opened + timedelta(hours=2, minutes=30) if closing else None
        state = "Closed" if closing else "Resolved"
        last = ("New", "", "") if n >= count - open_ones else (state, told(resolved), told(closed))
        rows.append(f"INC{number + n:05},Ann,{told(opened)},{last[0]},3 - Moderate,a,Desk,{last[1]},{last[2]}\n")
    return HEAD + "".join(rows)


def brought(folder: Path, definitions: Definitions, **lists: str) -> Receipt:
    for name, text in lists.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    files = sorted(folder.glob("*.csv"))
    return import_files(files, None, definitions.mappings, "UTC", folder / "dataset")


def reasons(folder: Path, definitions: Definitions, as_of: str = "") -> dict[tuple[str, str], tuple[bool | None, str]]:
    options = AuditOptions(rules=RULES, as_of=as_of, all_verdicts=True)
    audit(definitions, folder / "dataset", options, verdicts=folder / "verdicts.parquet")
    return {(one.rule, one.record_id): (one.passed, one.reason) for one in read_verdicts(folder / "verdicts.parquet")}


JANUARY, MARCH = datetime(2026, 1, 1, 8, tzinfo=UTC), datetime(2026, 3, 1, 8, tzinfo=UTC)
LATE = ("INC00081", "INC00082", "INC00083")
"""Those that were open when January was exported."""


def test_who_was_open_at_the_end_of_an_early_list_is_not_accused(tmp_path: Path, definitions: Definitions) -> None:
    receipt = brought(tmp_path, definitions, january=month(JANUARY, 0), march=month(MARCH, 500))
    early, late = receipt.files
    assert (early.known_until[:10], late.known_until) == ("2026-01-30", "")
    assert dict(receipt.warnings)["file-ends-early"] == (
        "january.csv tells nothing after 2026-01-29T00:23:24Z, other files do until 2026-03-29T00:23:24Z: export all at the same time"
    )
    judged = reasons(tmp_path, definitions)
    assert {judged["INC-16", one] for one in LATE} == {(None, "file-ends:resolved_at,state")}
    assert {judged["INC-06", one][0] for one in LATE} == {None}
    assert judged["INC-01", "INC00010"] == (True, ""), "what was over is over"
    assert not [key for key, (passed, _) in judged.items() if key[0] == "INC-16" and passed is False]


def test_who_was_open_at_the_end_of_an_early_list_was_in_no_burst_before(
    tmp_path: Path, definitions: Definitions
) -> None:
    """Twenty tickets that were still open made all others untestable that anybody had closed, months ago."""

    def closed_by(listed: str) -> str:
        head, *rows = listed.splitlines()
        return "\n".join([f"{head},Closed by", *(f"{row},{'' if row.endswith(',') else 'Bob'}" for row in rows)]) + "\n"

    january, march = month(JANUARY, 0, open_ones=25), month(MARCH, 500)
    brought(tmp_path, definitions, january=closed_by(january), march=closed_by(march))
    options = AuditOptions(rules=("INT-04",), all_verdicts=True)
    audit(definitions, tmp_path / "dataset", options, verdicts=tmp_path / "verdicts.parquet")
    found = {one.record_id: (one.passed, one.reason) for one in read_verdicts(tmp_path / "verdicts.parquet")}
    assert found["INC00010"] == (True, "")
    assert found[LATE[0]] == (None, "file-ends:closed_at,closed_by")
    assert found["INC00510"] == (None, "others-lack:closed_by,closed_at")


def test_a_link_of_another_kind_may_be_filled_in_after_the_end_of_an_early_list(
    tmp_path: Path, definitions: Definitions
) -> None:
    def linked(listed: str) -> str:
        """Each names another that is not as demanded; what else the last ones are linked to somebody may have filled in since."""
        head, *rows = listed.splitlines()
        return "\n".join([f"{head},Problem,Caused by Change", *(f"{row},INC00511," for row in rows)]) + "\n"

    brought(tmp_path, definitions, january=linked(month(JANUARY, 0)), march=linked(month(MARCH, 500)))
    check = {"types": ["problem", "caused_by"], "process": "incident", "where": {"requester": "Bob"}}
    rules = {"CASE-01": build_rule({"check": {"linked": check}}, 1)}
    options = AuditOptions(all_verdicts=True)
    audit(replace(definitions, rules=rules), tmp_path / "dataset", options, verdicts=tmp_path / "verdicts.parquet")
    found = {one.record_id: (one.passed, one.reason) for one in read_verdicts(tmp_path / "verdicts.parquet")}
    assert found["INC00010"] == (False, "")
    assert found[LATE[0]] == (None, "file-ends:problem,caused_by")


def test_at_the_time_of_the_early_list_all_is_known(tmp_path: Path, definitions: Definitions) -> None:
    brought(tmp_path, definitions, january=month(JANUARY, 0), march=month(MARCH, 500))
    judged = reasons(tmp_path, definitions, "2026-01-29")
    assert not [reason for _, reason in judged.values() if reason.startswith("file-ends")]


def test_lists_of_one_day_and_slow_processes_end_together(tmp_path: Path, definitions: Definitions) -> None:
    """Of two lists one has a ticket every ten days: its silence at the end is nothing unusual."""
    slow = month(datetime(2025, 4, 20, 8, tzinfo=UTC), 900, days=330, every=240)
    receipt = brought(tmp_path, definitions, january=month(MARCH, 0, days=20), march=month(MARCH, 500), slow=slow)
    assert [file.known_until for file in receipt.files if file.name != "january.csv"] == ["", ""]


def test_where_a_list_closes_nothing_the_resolved_are_over(tmp_path: Path, definitions: Definitions) -> None:
    brought(tmp_path, definitions, january=month(JANUARY, 0, closing=False), march=month(MARCH, 500))
    judged = reasons(tmp_path, definitions)
    assert judged["INC-06", "INC00010"][1].split(":")[0] != "file-ends"
    assert judged["INC-06", LATE[0]][1].startswith("file-ends:")


@pytest.mark.parametrize(("early", "later"), [("january", "march"), ("march", "january")])
def test_a_ticket_that_a_later_list_tells_in_the_same_words_was_still_so_then(
    early: str, later: str, tmp_path: Path, definitions: Definitions
) -> None:
    """A false clean of the list, and of nobody: what lay there for sixty days was not testable, as if no list had told it since."""
    told_early = month(JANUARY, 0)
    again = next(row for row in told_early.splitlines(keepends=True) if row.startswith(LATE[0]))
    receipt = brought(tmp_path, definitions, **{early: told_early, later: month(MARCH, 500) + again})
    assert {file.name: file.known_until[:10] for file in receipt.files} == {
        f"{early}.csv": "2026-01-30",
        f"{later}.csv": "",
    }
    judged = reasons(tmp_path, definitions)
    assert judged["INC-16", LATE[0]] == (False, "")
    assert {judged["INC-16", one] for one in LATE[1:]} == {(None, "file-ends:resolved_at,state")}
    with Session() as session:
        row = session.rows(
            f"SELECT source_file, source_row FROM read_parquet('{tmp_path / 'dataset' / 'record.parquet'}') WHERE record_id = '{LATE[0]}'"
        )
    assert row == [(f"{later}.csv", 85)]


LOG = "number,incident_state,sys_updated_by,sys_updated_at,opened_at,sys_mod_count,priority,resolved_at,closed_at,caller_id,opened_by,made_sla,sys_created_at\n"


def log(listed: str) -> str:
    """The same as a log of changes: a row when each ticket was opened, and one when it was closed."""
    rows = []
    for line in listed.splitlines()[1:]:
        number, _, opened, _, _, _, _, resolved, closed = line.split(",")
        moments = [("New", opened), *([("Closed", closed)] if closed else [])]
        rows += [
            f"{number},{state},Bob,{at},{opened},{n},3 - Moderate,{resolved},{closed},Ann,Bob,true,{opened}\n"
            for n, (state, at) in enumerate(moments)
        ]
    return LOG + "".join(rows)


def test_a_log_ends_where_the_next_does_not_go_on(tmp_path: Path, definitions: Definitions) -> None:
    """January and March without February: what was open may have been closed in between."""
    receipt = brought(tmp_path, definitions, january=log(month(JANUARY, 0)), march=log(month(MARCH, 500)))
    assert receipt.mapping == "servicenow-audit-log"
    (silence,) = receipt.silences
    assert (silence.known_until[:10], silence.next) == ("2026-01-30", "2026-03-01T08:00:00Z")
    assert dict(receipt.warnings)["file-ends-early"] == (
        "january.csv tells nothing after 2026-01-29T00:23:24Z, and the next file goes on at 2026-03-01T08:00:00Z: is one missing?"
    )
    judged = reasons(tmp_path, definitions)
    assert {judged["INC-16", one] for one in LATE} == {(None, "file-ends:resolved_at,state")}


def test_logs_that_follow_each_other_end_with_the_last(tmp_path: Path, definitions: Definitions) -> None:
    months = {f"m{n}": log(month(JANUARY + timedelta(days=28 * n), 100 * n)) for n in range(3)}
    receipt = brought(tmp_path, definitions, **months)
    assert receipt.silences == ()
    judged = reasons(tmp_path, definitions)
    assert judged["INC-16", LATE[0]] == (False, ""), "nothing happened to it in any later file"


@pytest.mark.parametrize(
    "wrong", [("2026-12-03 09:00:00",), ("2026-12-03 09:00:00", "2026-12-20 10:00:00", "2027-01-08 11:00:00")]
)
def test_by_a_moment_that_was_typed_wrong_nobody_else_is_judged(
    wrong: tuple[str, ...], tmp_path: Path, definitions: Definitions
) -> None:
    """The third of December for the twelfth of March: whoever is open would be open for nine months."""
    head, *rows = month(MARCH, 0).splitlines(keepends=True)
    for n, moment in enumerate(wrong, start=10):
        rows[n] = rows[n].rsplit(",", 1)[0] + f",{moment}\n"
    receipt = brought(tmp_path, definitions, march=head + "".join(rows))
    assert receipt.last_moment == "2026-03-29T00:23:24Z"
    assert (
        f"as typing errors: {len(wrong)}; open tickets are judged as of 2026-03-29T00:23:24Z"
        in dict(receipt.warnings)["lone-moments"]
    )
    judged = reasons(tmp_path, definitions)
    assert judged["INC-16", LATE[0]] == (True, "")


def test_a_few_late_moments_are_believed_where_there_were_silences_before(
    tmp_path: Path, definitions: Definitions
) -> None:
    """Five tickets in a year tell nothing about how long nothing happens; and no log of a tool is typed."""
    late = month(datetime(2026, 6, 1, 8, tzinfo=UTC), 900, days=1).splitlines(keepends=True)[1]
    few = month(JANUARY, 0, days=8, every=24).splitlines(keepends=True)
    assert brought(tmp_path, definitions, few="".join([*few, late])).last_moment == "2026-06-01T08:00:00Z"


def test_the_moments_of_a_log_are_those_of_the_tool(tmp_path: Path, definitions: Definitions) -> None:
    late = month(datetime(2026, 6, 1, 8, tzinfo=UTC), 900, days=1).splitlines(keepends=True)[1]
    receipt = brought(tmp_path, definitions, log=log(month(MARCH, 0) + late))
    assert (receipt.last_moment, "lone-moments" in dict(receipt.warnings)) == ("2026-06-01T08:00:00Z", False)


def audited(folder: Path, definitions: Definitions, *rules: str) -> dict[str, tuple[bool | None, str]]:
    audit(
        definitions,
        folder / "dataset",
        AuditOptions(rules=rules, all_verdicts=True),
        verdicts=folder / "verdicts.parquet",
    )
    return {one.record_id: (one.passed, one.reason) for one in read_verdicts(folder / "verdicts.parquet")}


UPDATED = """number,caller_id,opened_at,state,closed_at,sys_created_on,sys_updated_on
INC1,Ann,2012-05-06 09:00:00,Closed,2012-05-07 09:00:00,2012-05-06 09:01:00,2012-05-07 09:00:00
INC2,Ann,2012-05-08 09:00:00,Closed,{closed},2012-05-08 09:01:00,2012-05-09 09:00:00
INC3,Ann,2012-05-09 10:00:00,New,,2012-05-09 10:01:00,{updated}
"""


def test_a_list_that_tells_its_updates_was_made_after_the_last(tmp_path: Path, definitions: Definitions) -> None:
    text = UPDATED.format(closed="2012-12-09 09:00:00", updated="2012-07-01 08:00:00")
    receipt = brought(tmp_path, definitions, list=text)
    assert receipt.last_moment == "2012-07-01T08:00:00Z"
    assert "sys_updated_on" in receipt.kept, "a list keeps it like every column that no other shows"
    judged = audited(tmp_path, definitions, "DQ-07")
    assert {one: passed for one, (passed, _) in judged.items()} == {"INC1": True, "INC2": False, "INC3": True}


def test_an_update_that_is_written_less_exactly_is_no_earlier(tmp_path: Path, definitions: Definitions) -> None:
    text = UPDATED.format(closed="2012-05-09 09:00:00", updated="2012-05-09 10:00:30")
    assert brought(tmp_path, definitions, list=text).last_moment == "2012-05-09T10:01:00Z"


def test_where_no_update_can_be_read_the_list_ends_with_what_happened(tmp_path: Path, definitions: Definitions) -> None:
    lines = UPDATED.format(closed="2012-05-09 09:00:00", updated="").splitlines()
    text = "\n".join([lines[0], *(line.rsplit(",", 1)[0] + "," for line in lines[1:])]) + "\n"
    assert brought(tmp_path, definitions, list=text).last_moment == "2012-05-09T10:01:00Z"


def test_nobody_recorded_a_ticket_after_the_export(tmp_path: Path, definitions: Definitions) -> None:
    """The last ticket was stored a minute after it was opened: the export is no older than that."""
    head = "number,caller_id,opened_at,state,sys_created_on\n"
    rows = [f"INC{n},Ann,2026-03-0{n} 09:00:00,New,2026-03-0{n} 09:01:00\n" for n in range(1, 6)]
    assert brought(tmp_path, definitions, list=head + "".join(rows)).last_moment == "2026-03-05T09:01:00Z"
    assert {passed for passed, _ in audited(tmp_path, definitions, "DQ-07").values()} == {True}


def test_a_moment_years_after_all_others_is_passed_over_and_told(tmp_path: Path, definitions: Definitions) -> None:
    head, *rows = month(MARCH, 0, days=2).splitlines(keepends=True)
    rows[1] = rows[1].rsplit(",", 1)[0] + ",2106-03-02 09:00:00\n"
    receipt = brought(tmp_path, definitions, march=head + "".join(rows))
    assert receipt.last_moment[:10] == "2026-03-03"
    assert "typing errors: 1;" in dict(receipt.warnings)["lone-moments"]


def test_of_a_few_tickets_years_apart_none_is_a_typing_error(tmp_path: Path, definitions: Definitions) -> None:
    """Major incidents, say: one in 2021, 2023 and 2026."""
    head = "number,caller_id,opened_at,state\n"
    rows = [f"INC{n},Ann,{year}-03-01 09:00:00,Closed\n" for n, year in enumerate((2021, 2023, 2024, 2026))]
    receipt = brought(tmp_path, definitions, few=head + "".join(rows))
    assert receipt.last_moment == "2026-03-01T09:00:00Z"
    assert {passed for passed, _ in audited(tmp_path, definitions, "DQ-07").values()} == {True}


TWICE = "number,caller_id,opened_at,state,assigned_to,sys_updated_on\n"
EARLY = "INC1,Ann,2026-01-05 09:00:00,New,Bob,{}\n"
LATER = "INC1,Ann,2026-01-05 09:00:00,Closed,Eve,{}\n"


def states(folder: Path) -> list[tuple[object, ...]]:
    with Session() as session:
        return session.rows(
            f"SELECT state, assignee, source_file FROM read_parquet('{folder / 'dataset' / 'record.parquet'}')"
        )


def set_aside(folder: Path) -> list[tuple[object, ...]]:
    with Session() as session:
        return session.rows(
            f"SELECT source_file, \"column\", reason FROM read_parquet('{folder / 'dataset' / 'reject.parquet'}') ORDER BY ALL"
        )


@pytest.mark.parametrize(("early", "later"), [("january", "march"), ("march", "january")])
def test_of_two_lists_the_row_that_was_changed_last_tells_the_ticket(
    early: str, later: str, tmp_path: Path, definitions: Definitions
) -> None:
    lists = {early: TWICE + EARLY.format("2026-01-30 10:00:00"), later: TWICE + LATER.format("2026-02-03 10:00:00")}
    receipt = brought(tmp_path, definitions, **lists)
    assert states(tmp_path) == [("Closed", "Eve", f"{later}.csv")]
    assert set_aside(tmp_path) == [(f"{early}.csv", "sys_updated_on", "superseded")]
    assert [(file.rows_imported, file.rows_rejected) for file in receipt.files if file.name == f"{early}.csv"] == [
        (0, 1)
    ]
    assert audited(tmp_path, definitions, "DQ-05") == {"INC1": (True, "")}, "it stands for one ticket"


@pytest.mark.parametrize(
    ("early", "later"),
    [
        ("2026-02-03 10:00:00", "2026-02-03 10:00:00"),  # joined with something else, a row for each
        ("2026-02-03 09:30:00", "2026-02-03 10:00:00"),  # clocks may have been put back in between
        ("", "2026-02-03 10:00:00"),
        ("01/02/2026 10:00:00", "02/01/2026 10:00:00"),  # January or February
    ],
)
def test_where_the_later_row_is_in_doubt_neither_is_believed(
    early: str, later: str, tmp_path: Path, definitions: Definitions
) -> None:
    clear = "INC2,Ann,2026-01-05 09:00:00,New,Bob,{}\n".format("13/02/2026 10:00:00" if "/" in early else later)
    brought(tmp_path, definitions, both=TWICE + EARLY.format(early) + LATER.format(later) + clear)
    assert states(tmp_path)[0] == (None, None, "both.csv")
    assert {reason for _, _, reason in set_aside(tmp_path)} == {"contradicted", "duplicate-id"}


def test_to_leave_out_formats_by_the_shape_of_a_text_loses_no_reading() -> None:
    own = ("yyyy-MM-dd HH:mm:ss", "yyyy-dd-MM HH:mm:ss", "iso", "dd/MMM/yy h:mm a", "MM-dd-yyyy HH:mm")
    forms = tuple(dict.fromkeys((*own, *SPREADSHEETS)))
    moments = [
        datetime(2026, m, d, h, 7, 9, tzinfo=UTC)
        for m, d, h in ((1, 2, 3), (2, 1, 13), (11, 12, 0), (3, 31, 12), (12, 9, 23))
    ]
    texts = [
        "",
        "x",
        "Total",
        "2026",
        "2026-02-30 10:00:00",
        "13/13/2026 1:00",
        "2026-02-01T10:00:00+02:00",
        "2026-02-01 10:00:00.5Z",
    ]
    texts += [
        "2026/2/1 下午 1:07",
        "2026/2/1 下午1:07:09",
        "1.2.2026\u00a01:07 p. m.",
        "1/2/26  1:07",
        "\t1/2/26 1:07 ",
        "01-02-2026 13:07:9",
    ]
    for form in forms:
        if form != "iso":
            written = [f"{one.strftime(strptime_format(form, Where('x')))}" for one in moments]
            texts += [
                *written,
                *(re.sub(r"\b0(\d)", r"\1", text) for text in written),
                *(f" {text.lower()} " for text in written),
            ]
    plainly = ", ".join(
        f"{seconds_sql(stamp_sql('cell', form, Where('x')))} - coalesce({offset_sql('cell', form)}, 0)"
        for form in forms
    )
    with Session() as session:
        session.run("CREATE TABLE text (cell VARCHAR)")
        session.insert("text", ("cell",), [(text,) for text in texts])
        rows = session.rows(f"SELECT cell, {readings_sql('cell', own, Where('x'))}, [{plainly}] FROM text")
    known = [(text, {*shaped} - {None}, {*every} - {None}) for text, shaped, every in rows]  # type: ignore[misc]
    assert [one for one in known if one[1] != one[2]] == []
    assert sum(bool(every) for _, _, every in known) > 500
