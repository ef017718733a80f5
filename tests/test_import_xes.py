"""XES event logs: one event row for each event, moments in UTC, and no trick of XML that works."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from importing.mappings import ROOT, mapping, shipped

from itsmctl.engine.session import Session
from itsmctl.errors import ItsmctlError
from itsmctl.importers import plain_events, xes
from itsmctl.importers.container import unpack
from itsmctl.importers.importing import import_files
from itsmctl.importers.receipt import Receipt
from itsmctl.model import MappingDefinition

INCIDENTS = ROOT / ".." / "shared" / "data" / "bpic13-volvo-vinst" / "BPIC13_incidents.xes.gz"
PROBLEMS = INCIDENTS.with_name("BPIC13_closed_problems.xes.gz")


def log_mapping(**values: Any) -> MappingDefinition:
    defaults: dict[str, Any] = {
        "id": "log",
        "format": "xes",
        "shape": "trace",
        "recognise": ("concept:name", "time:timestamp"),
        "columns": {
            "record_id": ("case:concept:name",),
            "state": ("concept:name", "lifecycle:transition"),
            "group": ("org:group",),
        },
        "joined": {"state": "/"},
        "at": "time:timestamp",
        "actor": "org:resource",
        "history": ("state",),
    }
    return mapping(**{**defaults, **values})


def event(name: str, at: str, **more: str) -> str:
    attributes = {
        "concept:name": name,
        "lifecycle:transition": "done",
        **{k.replace("_", ":"): v for k, v in more.items()},
    }
    text = "".join(f'<string key="{key}" value="{value}"/>' for key, value in attributes.items())
    return f'<event>{text}<date key="time:timestamp" value="{at}"/></event>'


def trace(name: str, *events: str, more: str = "") -> str:
    return f'<trace><string key="concept:name" value="{name}"/>{more}{"".join(events)}</trace>'


def log(*traces: str, before: str = "") -> str:
    head = '<global scope="event"><string key="impact" value="UNKNOWN"/></global><float key="f" value="1"><float key="g" value="2"/></float>'
    return f'<?xml version="1.0" encoding="UTF-8"?>{before}<log xes.version="1.0">{head}{"".join(traces)}</log>'


def bring(tmp_path: Path, content: str | bytes, definition: MappingDefinition | None = None, zone: str = "") -> Receipt:
    file = tmp_path / "log.xes"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    known = definition or log_mapping()
    return import_files([file], None, {known.id: known}, zone, tmp_path / "out")


def table(folder: Path, name: str, columns: str = "*", rest: str = "") -> list[tuple[Any, ...]]:
    with Session() as session:
        return session.rows(f"SELECT {columns} FROM read_parquet('{folder / 'out' / name}.parquet') {rest}")


def test_each_event_is_one_event_row(tmp_path: Path) -> None:
    text = log(
        trace(
            "B",
            event("Open", "2026-03-29T01:59:59+01:00", org_resource="Al"),
            event("Open", "2026-03-29T03:00:00.250+02:00"),
        ),
        trace(
            "A",
            event("Open", "2026-10-25T02:30:00+02:00", colour="red"),
            event("Shut", "2026-10-25T02:30:00+01:00", org_group="G"),
        ),
    )
    receipt = bring(tmp_path, text)
    columns = "record_id, seq, strftime(\"at\", '%Y-%m-%dT%H:%M:%SZ'), actor, field, old, new, attributes"
    assert table(tmp_path, "event", columns) == [
        ("A", 1, "2026-10-25T00:30:00Z", None, "state", None, "Open/done", '{"colour": "red"}'),
        ("A", 2, "2026-10-25T01:30:00Z", None, "state", "Open/done", "Shut/done", None),
        ("B", 1, "2026-03-29T00:59:59Z", "Al", "state", None, "Open/done", None),
        ("B", 2, "2026-03-29T01:00:00Z", None, "state", "Open/done", "Open/done", None),
    ]
    found = table(tmp_path, "record", "record_id, state, \"group\", strftime(opened_at, '%H:%M:%S'), source_row")
    assert found == [("A", "Shut/done", "G", "00:30:00", 4), ("B", "Open/done", None, "00:59:59", 2)]
    assert (receipt.records, receipt.events, receipt.files[0].rows_read, receipt.history) == (2, 4, 4, ("state",))
    assert (receipt.zone, receipt.last_moment, receipt.files[0].format) == ("", "2026-10-25T01:30:00Z", "xes")
    assert "opened_at" in receipt.mapped


def test_attributes_of_traces_and_nested_ones_are_kept(tmp_path: Path) -> None:
    more = '<string key="site" value="Gent"><int key="floor" value="3"/></string><list key="tags"><values><string key="tag" value="x"/></values></list>'
    bring(tmp_path, log(trace("A", event("Open", "2026-01-01T00:00:00Z"), more=more)))
    assert table(tmp_path, "record", "attributes") == [('{"site": "Gent", "site/floor": "3", "tags/tag": "x"}',)]


def test_a_trace_of_the_same_name_goes_on_and_an_empty_one_is_a_ticket(tmp_path: Path) -> None:
    text = log(
        trace("A", event("Open", "2026-01-01T00:00:00Z")), trace("E"), trace("A", event("Shut", "2026-01-02T00:00:00Z"))
    )
    receipt = bring(tmp_path, text)
    assert table(tmp_path, "record", "record_id, state, opened_at IS NULL") == [
        ("A", "Shut/done", False),
        ("E", None, True),
    ]
    assert [row[:2] for row in table(tmp_path, "event", "record_id, seq")] == [("A", 1), ("A", 2)]
    assert (receipt.files[0].rows_read, receipt.files[0].rows_imported) == (3, 3)


def test_a_bad_time_is_set_aside_and_its_row_stays(tmp_path: Path) -> None:
    receipt = bring(tmp_path, log(trace("A", event("Open", "2026-01-01T00:00:00Z"), event("Shut", "yesterday"))))
    assert table(tmp_path, "reject") == [("log.xes", 2, "A", None, "time:timestamp", "yesterday", "bad-time")]
    assert (receipt.events, receipt.files[0].rows_imported) == (1, 2)
    assert "rows-without-time" in dict(receipt.warnings)


def test_times_without_offset_need_a_zone(tmp_path: Path) -> None:
    text = log(trace("A", event("Open", "2026-07-01T10:00:00")))
    with pytest.raises(ItsmctlError, match="no-zone"):
        bring(tmp_path, text)
    bring(tmp_path, text, zone="Europe/Berlin")
    assert table(tmp_path, "event", "strftime(\"at\", '%H:%M')") == [("08:00",)]


def test_a_byte_order_mark_gzip_and_utf16_do_not_matter(tmp_path: Path) -> None:
    text = log(trace("事件", event("新建", "2026-01-01T00:00:00Z"), event("关&#10;闭", "2026-01-01T00:00:00Z")))
    wide = text.replace("UTF-8", "UTF-16").encode("utf-16")
    for content in (text.encode("utf-8-sig"), gzip.compress(text.encode(), mtime=0), wide):
        bring(tmp_path, content)
        assert table(tmp_path, "event", "record_id, new") == [("事件", "新建/done"), ("事件", "关\n闭/done")]


LAUGHS = '<!DOCTYPE log [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE log [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (log(trace("&b;"), before=LAUGHS), "xml-entities"),
        (log(trace("A"), before=OUTSIDE), "xml-entities"),
        (log(trace("A")).replace("</trace>", ""), "not-xml"),
        (log(trace("A"))[:-10], "not-xml"),
        ("<unload><incident/></unload>", "unknown-export"),
        (log(), "no-rows"),
        (log(trace("A", event("Open", "2026-01-01T00:00:00Z"))).replace("time:timestamp", "when"), "unknown-export"),
    ],
)
def test_what_is_no_event_log_gets_one_clear_message(tmp_path: Path, content: str, code: str) -> None:
    with pytest.raises(ItsmctlError) as caught:
        bring(tmp_path, content)
    (one,) = caught.value.problems
    assert (one.code, one.where.file) == (code, str(tmp_path / "log.xes"))
    assert [path.name for path in tmp_path.iterdir()] == ["log.xes"]


def test_a_mapping_for_another_format_says_so(tmp_path: Path) -> None:
    (tmp_path / "log.xes").write_text(log(trace("A", event("Open", "2026-01-01T00:00:00Z"))), encoding="utf-8")
    with pytest.raises(ItsmctlError, match=r"mapping tickets reads csv files, this one is xes \[wrong-format\]"):
        import_files([tmp_path / "log.xes"], mapping(), {}, "UTC", tmp_path / "out")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (log(trace("A", "<event>" + '<list key="a">' * 200 + "</list>" * 200 + "</event>")), "too-deep"),
        ("<all><t>" + "<a>" * 200 + "</a>" * 200 + "</t></all>", "too-deep"),
        (log(trace("A", event("Open", "2026-01-01T00:00:00Z", **{f"k{i}": "x" for i in range(5000)}))), "too-many-columns"),
        (log(trace("A")).replace("UTF-8", "UTF-99"), "unknown-encoding"),
        (log(trace("A")).replace("UTF-8", "zlib"), "unknown-encoding"),
        (log(trace("事")).replace("UTF-8", "Big5").encode("utf-8") + b"\xff", "wrong-encoding"),
    ],
)  # fmt: skip
def test_what_would_cost_without_end_is_refused(tmp_path: Path, content: str | bytes, code: str) -> None:
    with pytest.raises(ItsmctlError) as caught:
        bring(tmp_path, content)
    assert [problem.code for problem in caught.value.problems] == [code]


def test_a_trace_that_never_ends_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xes, "_LONGEST", 3)
    bring(tmp_path, log(trace("A", *[event("Open", "2026-01-01T00:00:00Z")] * 3)))
    with pytest.raises(ItsmctlError, match="trace-too-long"):
        bring(tmp_path, log(trace("A", *[event("Open", "2026-01-01T00:00:00Z")] * 4)))


@pytest.mark.parametrize("encoding", ["GBK", "GB18030", "Big5", "Shift_JIS", "UTF-8", "utf-16"])
def test_an_encoding_that_the_file_declares_is_believed(tmp_path: Path, encoding: str) -> None:
    text = log(trace("A", event("新建", "2026-01-01T00:00:00Z"))).replace("UTF-8", encoding)
    bring(tmp_path, text.encode("big5" if encoding == "Big5" else encoding, "xmlcharrefreplace"))
    assert table(tmp_path, "event", "new") == [("新建/done",)]


# Plain events are taken out of the text before it is parsed, which must change nothing

PIECES = (
    "<trace>", "</trace>", "<event>", "</event>", "<event/>", '<event n="1">', "<!--", "-->", "<![CDATA[", "]]>", "<?x", "?>",
    '<string key="a" value="1"/>', '<string key="a" value="2" />', "<int key='b' value='2'/>", '<date key="c" value="x/>y"/>',
    '<string key="a&amp;" value="&lt;"/>', '<string key="a" value=""/>', '<string value="v"/>', '<list key="l"><values>',
    "</values></list>", '<string key="p" value="q">', "</string>", "\n\t", "text", "&", "<", f'<event {plain_events.MARK}="1"/>',
    f'<string key="{plain_events.MARK}" value="1"/>', "\x01", "\ufffe", "事", '<string key="a"  value="3"/>', "</log>", "<log>",
)  # fmt: skip
PLAIN = '<event><string key="a" value="1"/><int key="b" value="2"/></event>'
FRAGMENTS = st.one_of(st.sampled_from(PIECES), st.just(PLAIN), st.just(f"<trace>{PLAIN}</trace>"))


def outcome(folder: Path, data: bytes, *, shorten: bool) -> object:
    """The rows of a log, or why it is refused, read with its plain events taken out and as it is written."""
    for path in folder.iterdir():
        path.unlink()
    (folder / "log").write_bytes(data)
    try:
        (plain,) = unpack(folder / "log", folder)
        log_read = xes._read(plain, folder / "rows", plain_events.Shortened(plain.path) if shorten else None)
    except ItsmctlError as refused:
        return [problem.code for problem in refused.problems]
    except plain_events.Irregular:
        return None
    return log_read.rows, tuple(log_read.columns), (folder / "rows").read_bytes()


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(FRAGMENTS, max_size=12))
@example(["<trace>", "<!--", PLAIN, "-->", PLAIN, "</trace>"])
@example(["<trace>", "<![CDATA[", PLAIN, "]]>", PLAIN, '<string key="a" value="1"/>', "</trace>"])
@example(["<trace>", '<list key="l"><values>', PLAIN, "</values></list>", "</trace>"])
@example(["<trace>", "<event>", PLAIN, "</event>", "</trace>"])
@example(["<trace>", "<?x", PLAIN, "?>", "<event/>", "</trace>", PLAIN])
def test_taking_plain_events_out_changes_nothing(tmp_path: Path, fragments: list[str]) -> None:
    data = f"<log>{''.join(fragments)}</log>".encode()
    short = outcome(tmp_path, data, shorten=True)
    assert short in (None, outcome(tmp_path, data, shorten=False))


def test_plain_events_are_taken_out_at_all(tmp_path: Path) -> None:
    (tmp_path / "log").write_text(f"<log><trace>{PLAIN * 3}</trace></log>", encoding="utf-8")
    assert "string" not in "".join(plain_events.Shortened(tmp_path / "log").pieces())


# The real log


@pytest.fixture(scope="module")
def bpic(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Receipt]:
    if not INCIDENTS.exists():
        pytest.skip("the BPIC13 incident log is not here")
    folder = tmp_path_factory.mktemp("bpic")
    return folder, import_files([INCIDENTS], None, shipped(), "", folder / "out")


def exported_events() -> Iterator[tuple[str, str, str, int]]:
    """(trace, status/sub-status, resource, UTC seconds) of each event, read by another parser than ours."""
    with gzip.open(INCIDENTS) as stream:
        for _, element in ElementTree.iterparse(stream):
            if element.tag.endswith("trace"):
                name = next(child.get("value", "") for child in element if child.get("key") == "concept:name")
                for one in (child for child in element if child.tag.endswith("event")):
                    cells = {child.get("key", ""): child.get("value", "") for child in one}
                    at = datetime.fromisoformat(cells["time:timestamp"]).astimezone(UTC)
                    state = f"{cells['concept:name']}/{cells['lifecycle:transition']}"
                    yield name, state, cells["org:resource"], int(at.timestamp())
                element.clear()


def test_bpic_counts(bpic: tuple[Path, Receipt]) -> None:
    """The counts of SOURCE.md; its one UNKNOWN is the default that the log declares, not an event."""
    folder, receipt = bpic
    assert (receipt.mapping, receipt.records, receipt.events, receipt.files[0].rows_read) == (
        "xes-vinst",
        7554,
        65533,
        65533,
    )
    status = dict(table(folder, "event", "split_part(new, '/', 1), count(*)", "GROUP BY 1"))
    assert status == {"Accepted": 40117, "Completed": 13867, "Queued": 11544, "Unmatched": 5}
    assert dict(table(folder, "event", "split_part(new, '/', 2), count(*)", "GROUP BY 1")) == {
        "In Progress": 30239,
        "Awaiting Assignment": 11544,
        "Resolved": 6115,
        "Closed": 5716,
        "Wait - User": 4217,
        "Assigned": 3221,
        "In Call": 2035,
        "Wait": 1533,
        "Wait - Implementation": 493,
        "Wait - Vendor": 313,
        "Wait - Customer": 101,
        "Unmatched": 5,
        "Cancelled": 1,
    }


def test_bpic_events_equal_those_of_another_parser(bpic: tuple[Path, Receipt]) -> None:
    """Every event with its moment in UTC, in order: winter and summer alike."""
    folder, _ = bpic
    rows = table(folder, "event", 'record_id, new, actor, epoch_ms("at") // 1000')
    assert rows == sorted(exported_events(), key=lambda one: one[0])
    summer = [row for row in rows if row[3] == 1270047582]  # 2010-03-31T16:59:42+02:00
    assert [(row[0], row[2]) for row in summer] == [("1-364285768", "Frederic")]
    winter = [row for row in rows if row[3] == 1296468742]  # 2011-01-31T11:12:22+01:00
    assert [(row[0], row[2]) for row in winter] == [("1-467153946", "Adam")]


def test_bpic_last_event_gives_the_record(bpic: tuple[Path, Receipt]) -> None:
    folder, receipt = bpic
    with Session() as session:
        record, events = (f"read_parquet('{folder / 'out' / name}.parquet')" for name in ("record", "event"))
        wrong = session.rows(
            f"SELECT r.record_id FROM {record} r JOIN {events} e USING (record_id) "
            'QUALIFY e.seq = max(e.seq) OVER (PARTITION BY r.record_id) AND (e.new <> r.state OR e.actor_group <> r."group")'
        )
    assert wrong == []
    assert receipt.kept == ("resource country", "organization country", "organization involved", "org:role")


def test_bpic_states_outside_the_codes_are_reported(bpic: tuple[Path, Receipt]) -> None:
    folder, _ = bpic
    found = table(folder, "reject", '"column", value, reason, count(*)', "GROUP BY ALL ORDER BY ALL")
    states = "concept:name/lifecycle:transition"
    assert found == [
        (states, "Unmatched/Unmatched", "unknown-code", 5),
    ]


def test_closed_problems_are_read_too(tmp_path: Path) -> None:
    if not PROBLEMS.exists():
        pytest.skip("the BPIC13 problem log is not here")
    receipt = import_files([PROBLEMS], None, shipped(), "", tmp_path / "out")
    assert (receipt.records, receipt.events) == (1487, 6660)
