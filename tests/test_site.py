"""`itsmctl site build`: every link leads somewhere, nothing is loaded or run, the same bytes everywhere, found in both languages."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from click.testing import CliRunner
from jsonschema import Draft7Validator

from itsmctl import cli
from itsmctl.cli import group
from itsmctl.definitions import load
from itsmctl.errors import ItsmctlError
from itsmctl.evidence.reading import COUNTS, Judged, JudgedClock, JudgedRule
from itsmctl.model import Definitions, Text
from itsmctl.site import build, gather, site_schema
from itsmctl.site.addresses import addresses, linked
from itsmctl.site.building import files
from itsmctl.site.parts import PART_OF
from itsmctl.site.shapes import Setter
from itsmctl.site.words import terms
from itsmctl.views import calendar
from itsmctl.views.page import Grid
from itsmctl.views.service_map import around

DEFINITIONS = load()
POLICY = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'"


class Read(HTMLParser):
    """A page as its elements: ids, links, attributes of every element, and what it says."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.said: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.elements.append((tag, found))
        self.ids += [found["id"]] if "id" in found else []
        self.links += [found[name] for name in ("href", "src", "action") if name in found]

    def handle_data(self, data: str) -> None:
        self.said.append(data)

    def of(self, tag: str) -> list[dict[str, str]]:
        """The attributes of every element of a name."""
        return [found for name, found in self.elements if name == tag]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The portal of the reference set, in both languages."""
    out = tmp_path_factory.mktemp("portal") / "site"
    build(gather(DEFINITIONS, ("en", "zh")), out)
    return out


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[str, Read]:
    """Every page of it by its path."""
    return {path.relative_to(site).as_posix(): Read(path.read_text("utf-8")) for path in site.rglob("*.html")}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A management system as it begins."""
    folder = tmp_path_factory.mktemp("small") / "ours"
    assert cli.run(["init", str(folder), "--yes", "-q"]) == 0
    return folder


def target_of(path: str, link: str) -> str:
    """The file to which a link on a page leads, from the top of the folder."""
    return unquote(urlsplit(urljoin(f"file:///{path}", link)).path).removeprefix("/")


def dead(pages: dict[str, Read], site: Path) -> list[tuple[str, str]]:
    """Links that lead nowhere: to no file, to no place on a page, or out of the folder."""
    found = []
    for path, page in pages.items():
        for link in page.links:
            to = urlsplit(link)
            target = target_of(path, link)
            missing = to.scheme or to.netloc or not (site / target).is_file()
            if missing or (to.fragment and unquote(to.fragment) not in pages[target].ids):
                found.append((path, link))
    return found


def test_every_link_and_every_anchor_leads_somewhere(pages: dict[str, Read], site: Path) -> None:
    assert sum(len(page.links) for page in pages.values()) > 20_000
    assert dead(pages, site) == []
    doubled = [(path, name) for path, page in pages.items() for name, n in Counter(page.ids).items() if n > 1]
    assert doubled == []


def test_what_the_portal_is_made_from_has_a_schema(site: Path) -> None:
    told = json.loads((site / "site.json").read_text("utf-8"))
    Draft7Validator(site_schema()).validate(told)
    assert set(told["pages"]) == {"en", "zh"} and not Draft7Validator(site_schema()).is_valid({**told, "seen": 1})


def test_everything_that_may_be_asked_for_is_on_one_page_that_the_first_page_leads_to(pages: dict[str, Read]) -> None:
    asked = " ".join(pages["zh/asking.html"].said)
    live = [s for s in DEFINITIONS.services.values() if s.type == "business" and s.stage == "live"]
    assert sum(len(service.requests) for service in live) > 10
    for service in live:
        assert service.for_users.get_help.zh in asked
        assert all(request.title.zh in asked for request in service.requests), service.id
    assert len([link for link in pages["zh/index.html"].links if link.startswith("asking.html#")]) == 2


def test_the_boxes_of_a_service_map_lead_to_the_pages_of_their_services(pages: dict[str, Read]) -> None:
    for service in DEFINITIONS.services:
        page = pages[f"en/technicians/{service}.html"]
        spots = [found for tag, found in page.elements if tag == "a" and "aria-label" in found]
        near = {*around(DEFINITIONS, service)} - {service}
        assert {found["href"] for found in spots} == {f"{id_}.html" for id_ in near}, service
        assert len(page.of("rect")) == len(near)


def test_every_definition_that_people_read_has_a_page_in_each_language(site: Path, pages: dict[str, Read]) -> None:
    for language in ("en", "zh"):
        for kind in PART_OF:
            there = len(list((site / language / kind).glob("*.html")))
            people = {assignment.person for assignment in DEFINITIONS.assignments.values()}
            assert there == len(people if kind == "person" else DEFINITIONS.of_kind(kind)), kind
        assert len(list((site / language / "technicians").glob("*.html"))) == len(DEFINITIONS.services)
    home = pages["en/index.html"].links
    unseen = {path for path in pages if path.startswith("en/")} - reached("en/index.html", pages)
    assert home and unseen == set(), "a page to which no way leads"


def reached(start: str, pages: dict[str, Read]) -> set[str]:
    """The pages to which links lead from one."""
    found, waiting = {start}, [start]
    while waiting:
        path = waiting.pop()
        for link in pages[path].links:
            to = target_of(path, link)
            if to in pages and to not in found:
                found.add(to)
                waiting.append(to)
    return found


def test_nothing_is_loaded_from_elsewhere_and_nothing_stands_in_a_page_to_be_run(
    pages: dict[str, Read], site: Path
) -> None:
    for path, page in pages.items():
        policies = [meta["content"] for meta in page.of("meta") if meta.get("http-equiv") == "Content-Security-Policy"]
        assert len(policies) == 1 and policies[0].startswith("default-src 'none'"), path
        assert policies == [POLICY] or path == "index.html"
        assert not page.of("style") and all("src" in script for script in page.of("script")), path
        assert not [name for _, found in page.elements for name in found if name.startswith("on") or name == "style"], (
            path
        )
        assert all(image.get("alt") for image in page.of("img")), path
    for path in site.rglob("*"):
        if path.suffix in (".css", ".js", ".svg"):
            text = path.read_text("utf-8")
            assert not re.search(r"@import|url\((?!#)|fetch\(|XMLHttpRequest|innerHTML|eval\(", text), path
            assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", text) or path.name == "search.js", path


def test_the_same_definitions_give_the_same_bytes_whatever_the_machine(small: Path, tmp_path: Path) -> None:
    here = tmp_path / "here"
    build(gather(load(small), ("en", "zh")), here)
    elsewhere = {**os.environ, "TZ": "Pacific/Kiritimati", "LANG": "C", "LC_ALL": "C", "PYTHONHASHSEED": "7"}
    asked = [
        sys.executable,
        "-c",
        "from itsmctl.cli import main; main()",
        "site",
        "build",
        "--root",
        str(small),
        "-o",
        str(tmp_path / "there"),
        "-q",
    ]
    subprocess.run(asked, env=elsewhere, cwd=tmp_path, check=True, timeout=120)
    assert content(here) == content(tmp_path / "there")


def content(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_system_that_has_only_begun_has_a_portal_without_empty_parts(small: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(
        group, ["site", "build", "--root", str(small), "-o", str(tmp_path / "site"), "--lang", "zh"]
    )
    assert result.exit_code == 0, result.output
    assert "从" in result.output, "the command speaks the language of the only pages"
    assert not (tmp_path / "site" / "en").exists()
    first = Read((tmp_path / "site" / "index.html").read_text("utf-8"))
    assert "0; url=zh/index.html" in [meta.get("content") for meta in first.of("meta")]
    pages = {
        p.relative_to(tmp_path / "site").as_posix(): Read(p.read_text("utf-8"))
        for p in (tmp_path / "site").rglob("*.html")
    }
    assert dead(pages, tmp_path / "site") == []
    for page in pages.values():
        assert page.of("html")[0]["lang"] == "zh-Hans"


def test_a_folder_that_holds_something_else_is_left_alone(small: Path, tmp_path: Path) -> None:
    portal = gather(load(small), ("en",))
    out = tmp_path / "site"
    out.mkdir()
    (out / "thesis.txt").write_text("years of work", encoding="utf-8")
    with pytest.raises(ItsmctlError, match=r"thesis\.txt"):
        build(portal, out)
    assert content(out) == {"thesis.txt": b"years of work"}
    (out / "thesis.txt").unlink()
    build(portal, out)
    (out / "en" / "old.html").write_text("from an earlier build", encoding="utf-8")
    build(portal, out)
    assert not (out / "en" / "old.html").exists()
    assert list(tmp_path.iterdir()) == [out], "nothing half-written is left behind"


def hostile(definitions: Definitions) -> Definitions:
    """The definitions, one of whose services attacks its reader."""
    service = next(iter(definitions.services.values()))
    evil = '<script>alert(1)</script> "><img src=x onerror=alert(2)> javascript:alert(3) \u202etxt.exe </title>'
    attack = replace(service, title=Text(evil, evil), description=Text(evil * 50, evil), supported_by=(evil,))
    return replace(definitions, services={**definitions.services, service.id: attack})


def test_hostile_text_is_shown_as_text(small: Path) -> None:
    portal = gather(load(small), ("en",))
    made = dict(files(replace(portal, definitions=hostile(portal.definitions))))
    for path, text in made.items():
        assert "\u202e" not in text or path.endswith("search.js"), path
        if path.endswith(".html"):
            page = Read(text)
            assert not [found for tag, found in page.elements if tag == "script" and "src" not in found], path
            assert not [name for _, found in page.elements for name in found if name.startswith("on")], path
            assert not [link for link in page.links if urlsplit(link).scheme], path
    assert "<" not in made["assets/search.js"].replace("\\u003c", ""), "harmless also where it is written into a page"
    assert "<script" not in made["assets/search.js"]


def test_what_an_audit_found_stands_beside_services_and_rules(small: Path) -> None:
    definitions = load(small)
    service, rule = next(iter(definitions.services)), next(iter(definitions.rules))
    counts = {**dict.fromkeys(COUNTS, 0), "in_scope": 40, "passed": 37, "failed": 3}
    judged = Judged(
        title="", as_of=datetime(2026, 6, 30, tzinfo=UTC), period_from="", period_to="", commit="",
        definitions_digest=definitions.digest, dirty=False, dataset_digest="", records=1234,
        rules=(JudgedRule(rule, 1, "major", (), "fail", counts),), enquiries=(), waivers=(), people="names", files={},
        clocks=(JudgedClock("response", service, "2026-05", 8, 6, 95.0), JudgedClock("response", service, "2026-06", 12, 12),
                JudgedClock("resolution", service, "2026-06", 5, 5, None, 5)),
    )  # fmt: skip
    made = dict(files(gather(definitions, ("en",), judged=judged)))
    page = " ".join(Read(made[f"en/service/{service}.html"]).said)
    assert (
        "May 2026" in page
        and "75.0%" in page
        and "100%" in page
        and "As judged on 2026-06-30, from 1,234 records." in page
    )
    services = " ".join(Read(made["en/services.html"]).said)
    assert "90.0%" in services, "18 of 20 over both months"
    assert "50.0–100%" in page and "50.0–100%" in services, "five more were promised a resolution, and nobody can tell"
    assert "✕ fail" in " ".join(Read(made[f"en/rule/{rule}.html"]).said)
    assert "✕ fail" in " ".join(Read(made["en/rules.html"]).said)


def test_text_is_cut_into_words_and_pairs_of_characters() -> None:
    assert list(terms("Rule INC-01: Café ＶＰＮ")) == ["rule", "inc-01", "inc", "01", "cafe", "vpn"]
    assert list(terms("变更管理 v2")) == ["v2", "变更", "更管", "管理"]
    assert list(terms("变")) == ["变"]


@pytest.mark.skipif(shutil.which("node") is None, reason="no JavaScript here")
def test_the_search_finds_pages_in_english_and_chinese(site: Path) -> None:
    asked = [
        "order management",
        "变更管理策略",
        "inc-05",
        "policies change",
        "张敏",
        "8.6.1",
        "zzz",
        "Zhang MIN",
        "人",
        "change",
        "变更 INC-05",
    ]
    program = """
    const fs = require("fs"), vm = require("vm"), window = {}, document = {addEventListener() {}};
    for (const name of ["search.js", "site.js"]) vm.runInNewContext(fs.readFileSync(process.argv[1] + "/" + name, "utf8"), {window, document, Object, Math});
    const index = window.itsmctlIndex;
    const found = JSON.parse(process.argv[2]).map(q => window.itsmctlSearch(index, q).map(n => index.pages[n][0]));
    const meant = ["incdent managment", "incident", "zzz", "变更"].map(q => window.itsmctlMeant(index, q));
    console.log(JSON.stringify({found, meant}));
    """
    done = subprocess.run(
        ["node", "-e", program, str(site / "assets"), json.dumps(asked)], capture_output=True, check=True, timeout=60
    )
    told = json.loads(done.stdout)
    assert told["meant"] == ["incident management", "", "", ""], "only what nothing holds is put right"
    found = dict(zip(asked, told["found"], strict=True))
    assert found["order management"][0] in ("service/order-management.html", "technicians/order-management.html")
    assert found["变更管理策略"][0] == found["policies change"][0] == "policy/change-management-policy.html"
    assert found["inc-05"][0] == "rule/INC-05.html"
    assert found["张敏"][0].startswith("person/Zhang-Min") and found["张敏"][0] == found["Zhang MIN"][0]
    assert "framework/iso-20000-1.html" in found["8.6.1"]
    assert found["zzz"] == []
    assert "service/hr-self-service.html" in found["人"][:3] and found["change"][0] == "process/change.html"
    assert "role/service-owner.html" in found["人"], "one character, also as the last of a word"
    assert found["变更 INC-05"][0] == "process/incident.html", "both languages in one question"


def test_a_page_in_chinese_speaks_chinese(pages: dict[str, Read]) -> None:
    """The frame and the labels of every page have been translated; what the authors left in one language is theirs."""
    allowed = re.compile(r"itsmctl|commit|RACI|KPI|KGI|SLA|OLA|English|JavaScript|PDF")
    for path in ("zh/index.html", "zh/services.html", "zh/technicians.html", "zh/search.html", "zh/policies.html"):
        for element in ("form", "nav", "ul"):
            labels = [found.get("aria-label", "") for found in pages[path].of(element)]
            assert not [label for label in labels if re.search("[A-Za-z]{3}", label) and not allowed.search(label)], (
                path
            )


def test_shares_are_written_in_one_way_and_chinese_without_the_marks_of_english(site: Path) -> None:
    for language, attainment in (("en", "Time to resolve: 95%"), ("zh", "解决时间：95%")):
        text = (site / language / "service/order-management.html").read_text("utf-8")
        assert attainment in text
        assert not re.search(r"\d %", text)
    footer = (site / "zh/service/order-management.html").read_text("utf-8").split("<footer>")[1]
    assert not re.search("。 |[0-9a-f]生成", footer), footer


def test_texts_link_to_what_they_name_and_to_nothing_else() -> None:
    known = addresses(DEFINITIONS, "en")
    here = "process/incident.html"
    assert linked("Incident management (incident)", here, known) == "Incident management", (
        "not to the page it stands on"
    )
    assert linked("Change management (change), INC-05", here, known) == (
        '<a href="change.html">Change management</a>, <a href="../rule/INC-05.html" class="piece">INC-05</a>'
    )
    clause = '<a href="../framework/iso-20000-1.html#8.6.1" class="piece">ISO/IEC 20000-1 8.6.1</a>'
    assert linked("iso-20000-1 8.6.1 x", here, known) == f"{clause} x"
    assert linked("iso-20000-1 8.6", here, known).startswith('<a href="../framework/iso-20000-1.html"'), "a heading"
    assert ">8.6.1<" in linked("iso-20000-1:8.6.1", here, known, "iso-20000-1"), "under the head of its framework"
    for text in ("Something else (incident)", "the incident", "INC-999", "8.6.1", "iso-20000-1 99.9"):
        assert linked(text, here, known) == text
    assert linked("say `a <b>` now", here, known) == "say <code>a &lt;b&gt;</code> now"


def test_a_calendar_folds_into_months_where_the_window_is_narrow(site: Path, pages: dict[str, Read]) -> None:
    (narrow,) = pages["en/calendar/cn-office.html"].of("source")
    drawing = (site / "en" / "calendar" / narrow["srcset"]).read_text(encoding="utf-8")
    office = DEFINITIONS.calendars["cn-office"]
    year = calendar.year_of(office)
    days = (date(year + 1, 1, 1) - date(year, 1, 1)).days
    assert int(narrow["width"]) < 375 and drawing.count("<title>") == days + 1, "a square for each day, and the whole"
    assert narrow["media"].startswith("screen"), "paper is wide enough for the map of the year"


def test_a_table_leaves_out_columns_in_which_nothing_stands() -> None:
    shape = Setter("all.html", addresses(DEFINITIONS, "en")).shape(
        Grid(("a", "b", "n"), (("x", "", "1"), ("y", "", "22 %")))
    )
    assert shape.heads == (("a", ""), ("n", "num"))
    assert [[str(cell.text) for cell in row] for row in shape.rows] == [["x", "1"], ["y", "22 %"]]
