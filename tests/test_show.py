"""`itsmctl show`: every definition in every form, drawings in which no line crosses a box, and BPMN that others read."""

from __future__ import annotations

import json
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from unittest import mock

import pytest
from click.testing import CliRunner

from itsmctl.cli import group, run
from itsmctl.definitions import load
from itsmctl.model import END, Activity, Flow, Lane, Process, Text
from itsmctl.reports.plain import cells
from itsmctl.views import bpmn, calendar, swimlane_svg
from itsmctl.views.flow import START, graph_of
from itsmctl.views.kinds import VIEWS, Asked
from itsmctl.views.page import Facts, Grid, Page, Points, Section, Words, markdown, text
from itsmctl.views.service import affected_by
from itsmctl.views.swimlane import Drawing, Node, draw

NODE = Path(__file__).parent / "node"
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DEFINITIONS = load()
LANGUAGES = ("en", "zh")


def shown(*arguments: str) -> str:
    """What the command prints; the definitions, which are always the same here, are opened once."""
    with mock.patch("itsmctl.cli.show.load", lambda root: DEFINITIONS):
        result = CliRunner().invoke(group, ["show", *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def every() -> Iterator[tuple[str, str]]:
    for kind, view in VIEWS.items():
        for name in sorted(view.found(DEFINITIONS)):
            yield kind, name


@pytest.mark.parametrize("kind", VIEWS)
def test_every_definition_is_shown_in_every_form_and_language(kind: str) -> None:
    view = VIEWS[kind]
    assert view.found(DEFINITIONS)
    for name, one in view.found(DEFINITIONS).items():
        for language in LANGUAGES:
            page = view.page(one, Asked(DEFINITIONS, language))
            assert all(cells(line) <= 80 for line in text(page, 80).splitlines()), (name, language)
            assert markdown(page).startswith("# ")
        assert isinstance(json.loads(json.dumps(view.data(one, Asked(DEFINITIONS, "en")))), dict)
    name = min(view.found(DEFINITIONS))
    assert shown(kind, name) == text(view.page(view.found(DEFINITIONS)[name], Asked(DEFINITIONS, "en")), 80)
    assert isinstance(json.loads(shown(kind, name, "--format", "json")), dict)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_drawing_is_well_formed_and_says_what_it_shows(language: str) -> None:
    for kind, name in every():
        for form in VIEWS[kind].drawings:
            root = ElementTree.fromstring(shown(kind, name, "--format", form, "--lang", language))
            if form == "svg":
                described = [child.tag.rpartition("}")[2] for child in root][:2]
                assert described == ["title", "desc"], (kind, name)
                assert root.find(".//{*}script") is None


def test_a_long_title_ends_within_the_drawing() -> None:
    title = "事件管理流程" * 40
    process = Process(**{**vars(DEFINITIONS.processes["incident"]), "title": Text(title, title)})
    root = ElementTree.fromstring(swimlane_svg.svg(process, "zh", {}))
    heading = root.find(".//{*}text[@class='heading']")
    assert heading is not None and heading.text and heading.text.endswith("…")
    assert 9.5 * cells(heading.text) < float(root.get("width", 0))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("process", DEFINITIONS.processes.values(), ids=lambda p: p.id)
def test_no_line_crosses_a_box(process: Process, language: str) -> None:
    no_line_crosses_a_box(draw(process, language))  # type: ignore[arg-type]


def no_line_crosses_a_box(drawing: Drawing) -> None:
    for edge in drawing.edges:
        for (x1, y1), (x2, y2) in pairwise(edge.points):
            assert x1 == x2 or y1 == y2, f"{edge.id} runs aslant"
            for node in drawing.nodes.values():
                if node.shape == "task":
                    assert not _crosses(node, x1, y1, x2, y2), f"{edge.id} crosses {node.id}"
    tasks = [node for node in drawing.nodes.values() if node.shape == "task"]
    for one in tasks:
        assert drawing.bands[one.lane].top < one.y < drawing.bands[one.lane].top + drawing.bands[one.lane].height
        for other in tasks:
            apart = abs(one.x - other.x) >= one.width or abs(one.y - other.y) >= one.height
            assert one is other or apart, f"{one.id} lies on {other.id}"


def _crosses(node: Node, x1: float, y1: float, x2: float, y2: float) -> bool:
    left, right = node.x - node.width / 2, node.x + node.width / 2
    top, bottom = node.y - node.height / 2, node.y + node.height / 2
    return min(x1, x2) < right and max(x1, x2) > left and min(y1, y2) < bottom and max(y1, y2) > top


def a_process(lanes: list[str], flows: dict[str, tuple[str, list[str]]]) -> Process:
    """A process from lane names and {activity: (lane, where it goes on)}."""
    incident = DEFINITIONS.processes["incident"]
    activities = tuple(
        Activity(**{**vars(incident.activities[0]), "id": name, "title": Text(name, name), "lane": lane,
                    "flows": tuple(Flow(to, Text(f"to {to}", f"到{to}")) for to in onward)})
        for name, (lane, onward) in flows.items()
    )  # fmt: skip
    made = tuple(Lane(name, Text(name, name), ()) for name in lanes)
    return Process(**{**vars(incident), "lanes": made, "activities": activities, "interfaces": ()})


AWKWARD = {
    "skips over boxes of its own lane": a_process(
        ["a"], {"A1": ("a", ["A2", "A3", END]), "A2": ("a", ["A3"]), "A3": ("a", ["A1", END])}
    ),
    "many at once": a_process(
        ["a", "b"],
        {"A1": ("a", ["A2", "A3", "A4"]), "A2": ("b", ["A5"]), "A3": ("b", ["A5"]), "A4": ("a", ["A5", "A1"]), "A5": ("b", [])},
    ),
    "back from everywhere": a_process(
        ["a", "b", "c"],
        {"A1": ("b", ["A2"]), "A2": ("c", ["A1", "A3"]), "A3": ("a", ["A1", "A2", "A4"]), "A4": ("c", ["A1", END])},
    ),
    "one step": a_process(["a"], {"A1": ("a", [])}),
}  # fmt: skip


@pytest.mark.parametrize("process", AWKWARD.values(), ids=list(AWKWARD))
def test_no_line_crosses_a_box_in_awkward_processes(process: Process) -> None:
    no_line_crosses_a_box(draw(process, "en"))
    ElementTree.fromstring(swimlane_svg.svg(process, "zh", {}))


def test_the_graph_begins_and_ends() -> None:
    graph = graph_of(DEFINITIONS.processes["incident"])
    assert [arrow.target for arrow in graph.leaving(START)] == ["IM1"]
    assert [arrow.source for arrow in graph.entering(END)] == ["IM5"]
    assert [arrow.target for arrow in graph.leaving("IM5") if graph.is_back(arrow)] == ["IM3"]
    assert graph.forks("IM2") and graph.joins("IM4") and not graph.joins("IM1")


def test_bpmn_holds_every_activity_in_its_lane() -> None:
    process = DEFINITIONS.processes["incident"]
    root = ElementTree.fromstring(bpmn.bpmn(process, "zh"))
    tasks = {task.get("id"): task.get("name") for task in root.iter(f"{BPMN}task")}
    assert tasks == {a.id: f"{a.id} {a.title.zh}" for a in process.activities}
    lanes = {lane.get("id"): {ref.text for ref in lane.iter(f"{BPMN}flowNodeRef")} for lane in root.iter(f"{BPMN}lane")}
    for activity in process.activities:
        assert activity.id in lanes[f"lane-{activity.lane}"]
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))


def test_other_peoples_bpmn_tools_accept_every_process(tmp_path: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not installed, so no BPMN tool can be asked")
    shutil.copytree(NODE, tmp_path / "node")
    installed = subprocess.run(
        [npm, "install", "--silent", "--no-audit", "--no-fund"], cwd=tmp_path / "node", capture_output=True, text=True
    )
    if installed.returncode:
        pytest.skip(f"the BPMN tools could not be installed: {installed.stderr[-200:]}")
    files = []
    for name, process in {
        **DEFINITIONS.processes,
        **{f"awkward-{i}": p for i, p in enumerate(AWKWARD.values())},
    }.items():
        for language in LANGUAGES:
            path = tmp_path / f"{name}-{language}.bpmn"
            path.write_text(bpmn.bpmn(process, language), encoding="utf-8")  # type: ignore[arg-type]
            files.append(str(path))
    checked = subprocess.run(["node", "check_bpmn.mjs", *files], cwd=tmp_path / "node", capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    broken = tmp_path / "broken.bpmn"
    broken.write_text(Path(files[0]).read_text("utf-8").replace('targetRef="IM1"', 'targetRef="IM9"', 1), "utf-8")
    again = subprocess.run(
        ["node", "check_bpmn.mjs", str(broken)], cwd=tmp_path / "node", capture_output=True, text=True
    )
    assert again.returncode == 1 or "IM1" not in DEFINITIONS.processes, "the check must be able to fail"


def test_a_service_names_all_that_fails_with_it() -> None:
    below = {s.id: set(s.depends_on) for s in DEFINITIONS.services.values()}
    for service in below:
        reached: set[str] = set()
        grown = {name for name, needs in below.items() if service in needs}
        while grown - reached:
            reached |= grown
            grown = {name for name, needs in below.items() if needs & reached}
        assert set(affected_by(DEFINITIONS, service)) == reached - {service}


def test_a_service_shows_both_views_and_what_stands_behind_its_promises() -> None:
    page = shown("service", "order-management", "--as-of", "2026-06-30")
    titles = ["For users", "Promised", "Behind the promise", "For technicians", "Capabilities", "Resources"]
    assert [page.index(f"\n{title}\n") for title in titles] == sorted(page.index(f"\n{title}\n") for title in titles)
    told = json.loads(shown("service", "order-management", "--format", "json", "--as-of", "2026-06-30"))
    assert told["supported_by_agreements"] == [
        "contract-hafenlogik-suite",
        "contract-nordlicht-line",
        "contract-wolkenstein-hosting",
        "ola-application-team",
        "ola-network-team",
        "ola-platform-team",
        "ola-service-desk",
    ]
    assert told["requests"][0]["approval"] == "order-service-owner"
    late = json.loads(shown("service", "order-management", "--format", "json", "--as-of", "2027-12-01"))
    assert "contract-wolkenstein-hosting" not in late["supported_by_agreements"], "its term has ended"


def test_a_person_may_do_what_their_roles_may() -> None:
    told = json.loads(shown("person", "Zhang Min 张敏", "--format", "json", "--as-of", "2026-06-30"))
    assert "service-level-manager" in {held["role"] for held in told["holds"]}
    consulted = {(p["process"], p["activity"]) for p in told["parts"] if p["letter"] == "C"}
    assert ("incident", "IM2") in consulted
    earlier = json.loads(shown("person", "Zhang Min 张敏", "--format", "json", "--as-of", "2020-01-01"))
    assert earlier["holds"] == [] and earlier["parts"] == []


def test_who_stands_in_holds_the_role_and_who_is_away_does_not() -> None:
    during, before, after = "2026-04-15", "2026-04-12", "2026-04-25"
    for day, holder in ((before, "Zhang Min 张敏"), (during, "Katrin Vogel"), (after, "Zhang Min 张敏")):
        told = json.loads(shown("role", "service-level-manager", "--format", "json", "--as-of", day))
        assert [held["person"] for held in told["holders"]] == [holder], day
        person = json.loads(shown("person", "Katrin Vogel", "--format", "json", "--as-of", day))
        stood_in = {held["role"]: held["standing_in_for"] for held in person["holds"]}
        assert stood_in.get("service-level-manager") == ("Zhang Min 张敏" if day == during else None)
        assert ("service-level" in {part["process"] for part in person["parts"] if part["letter"] == "A"}) == (
            day == during
        )
    for language, words in (("en", "standing in"), ("zh", "代理 Zhang Min 张敏")):
        asked = ("--as-of", during, "--format", "markdown", "--lang", language)
        assert words in shown("person", "Katrin Vogel", *asked)
        page = shown("role", "service-level-manager", *asked)
        assert words in page and "Katrin Vogel" in page


@pytest.mark.parametrize(("language", "note"), [("en", "known up to 2026-12-31 only"), ("zh", "仅录入至 2026-12-31")])
def test_a_year_beyond_the_published_days_says_so(language: str, note: str) -> None:
    for year, said in (("2026", False), ("2027", True)):
        for form in ("text", "markdown", "svg"):
            page = shown("calendar", "cn-office", "--year", year, "--format", form, "--lang", language)
            assert (note in page) == said, (year, form)
        told = json.loads(shown("calendar", "cn-office", "--year", year, "--format", "json"))
        assert told["known_until"] == "2026-12-31"
    assert "2026-12-31" not in shown("calendar", "around-the-clock", "--year", "2027", "--format", "markdown")
    assert json.loads(shown("calendar", "around-the-clock", "--format", "json"))["known_until"] is None


def test_a_year_of_a_calendar_adds_up() -> None:
    for found in DEFINITIONS.calendars.values():
        year = calendar.year_of(found)
        minutes = 0
        day = date(year, 1, 1)
        while day.year == year:
            minutes += sum(slot.end - slot.start for slot in calendar.slots_on(found, day))
            day += timedelta(days=1)
        told = sum(seconds for *_, seconds in calendar.open_by_month(found, year))
        assert abs(told - minutes * 60) <= 3600, f"{found.id}: at most the hours that summer time skips or repeats"


def test_a_page_wraps_and_leaves_out_what_is_empty() -> None:
    page = Page(
        "标题 Title",
        "sub",
        (Facts((("name", "value " * 20), ("nothing", ""))),),
        (
            Section("Empty", (Points(()), Words(""), Grid(("a",), ()))),
            Section("Table", (Grid(("one", "two"), (("x", "很长的中文内容" * 10),)),)),
        ),
        "file.yaml:1:1",
    )
    lines = text(page, 40).splitlines()
    assert all(cells(line) <= 40 for line in lines)
    assert "Empty" not in lines and "nothing" not in text(page, 40)
    assert "## Table" in markdown(page) and "## Empty" not in markdown(page)


def test_markdown_takes_no_sign_for_its_own() -> None:
    page = Page("<script>", "a|b", (Grid(("x",), (("a|b *c* `d`",),)),), (), "f:1:1")
    told = markdown(page)
    assert "<script>" not in told and r"a\|b \*c\* \`d\`" in told


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["show", "process", "incidnet"], "unknown-process", "incident"),
        (["show", "sla", "sla-network-vpn", "--format", "svg"], "no-such-form", "markdown"),
        (["show", "service", "network-vpn", "--format", "bpmn"], "no-such-form", "svg"),
        (["show", "role", "user", "--as-of", "2026-02-30"], "bad-day", "2026-06-30"),
    ],
)
def test_what_cannot_be_shown_is_refused(
    arguments: list[str], code: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == 2
    error = capsys.readouterr().err
    assert code in error and said in error


def test_a_drawing_goes_to_a_file_whole_or_not_at_all(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "图" / "incident.svg"
    assert run(["show", "process", "incident", "--format", "svg", "-o", str(out)]) == 0
    assert out.read_text("utf-8").startswith("<svg") and list(out.parent.iterdir()) == [out]
    assert run(["show", "process", "incident", "--format", "svg", "-o", str(tmp_path)]) == 2
    assert "output-exists" in capsys.readouterr().err


def test_a_mapping_says_what_a_row_of_its_table_is() -> None:
    said = " ".join(CliRunner().invoke(group, ["show", "mapping", "servicenow-history"]).output.split())
    assert "a row for each change of a field" in said and "a row for each ticket" not in said
