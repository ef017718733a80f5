"""Pseudonyms: nobody is named in what an audit writes, verdicts stay the same, and only the key tells who is who."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import stat
import subprocess
import sys
import zipfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from test_checks import ALL, Case, build_rule, judge

from itsmctl.audit import AuditOptions
from itsmctl.audit.people import PeopleKey, key_of_tickets, make_key, read_key
from itsmctl.audit.redaction import WITHHELD
from itsmctl.cli import run
from itsmctl.definitions import load
from itsmctl.engine.results import read_verdicts
from itsmctl.engine.session import Session
from itsmctl.errors import ItsmctlError
from itsmctl.evidence.pack import build
from itsmctl.evidence.verify import verify
from itsmctl.generate import ZONE, generate
from itsmctl.importers.importing import import_files
from itsmctl.model import FREE_TEXT_COLUMNS, PEOPLE_COLUMNS
from itsmctl.reference import reference_root
from itsmctl.reports.folder import audit_to_folder
from itsmctl.result import AuditResult

KEY = PeopleKey(bytes(range(32)), "file")
NAMED = re.compile(r"\b(Li|Wang|Zhao|Chen|Bo|Ann|ServiceDesk)\b", re.IGNORECASE)
PSEUDONYM = re.compile(r"P-[0-9a-f]{12}")


@dataclass(frozen=True)
class Audited:
    """The same tickets audited with names and with pseudonyms."""

    folder: Path
    named: AuditResult
    hidden: AuditResult
    people: frozenset[str]
    texts: frozenset[str]


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Audited:
    folder = tmp_path_factory.mktemp("people")
    definitions = load(reference_root())
    truth = generate(definitions, 200, 7, folder / "export")
    exports = [folder / "export" / name for name in truth.rows]
    import_files(exports, None, definitions.mappings, ZONE, folder / "dataset")
    make_key(folder / "people.key")
    key = read_key(folder / "people.key")
    named = audit_to_folder(definitions, folder / "dataset", AuditOptions(), folder / "named")
    options = AuditOptions(people=key)
    hidden = audit_to_folder(definitions, folder / "dataset", options, folder / "hidden")
    people, texts = _words_of(folder / "dataset")
    return Audited(folder, named, hidden, people, texts)


def _words_of(dataset: Path) -> tuple[frozenset[str], frozenset[str]]:
    """Every name and every free text of a dataset, longer than a code is."""
    with Session() as session:
        columns = {
            kind: " UNION ALL ".join(f"SELECT {column} AS word FROM '{dataset}/record.parquet'" for column in listed)
            for kind, listed in (("people", PEOPLE_COLUMNS), ("texts", FREE_TEXT_COLUMNS))
        }
        columns["people"] += f" UNION ALL SELECT actor FROM '{dataset}/event.parquet'"
        columns["people"] += f" UNION ALL SELECT approver FROM '{dataset}/approval.parquet'"
        found = {
            kind: frozenset(
                str(word) for (word,) in session.rows(f"SELECT DISTINCT word FROM ({sql}) WHERE word <> ''")
            )
            for kind, sql in columns.items()
        }
    assert len(found["people"]) > 20
    return found["people"], frozenset(text for text in found["texts"] if len(text) > 24)


def _written(folder: Path) -> dict[str, str]:
    """Every file of a result as text; Parquet as its rows."""
    texts = {p.name: p.read_text("utf-8") for p in folder.iterdir() if p.suffix != ".parquet"}
    texts["verdicts.parquet"] = "\n".join(f"{v}" for v in read_verdicts(folder / "verdicts.parquet"))
    return texts


# What an audit writes


def test_nobody_is_named_in_any_file(audited: Audited) -> None:
    before, after = _written(audited.folder / "named"), _written(audited.folder / "hidden")
    assert sum(name in before["verdicts.parquet"] for name in audited.people) > 2, "or this test could not fail"
    signed = {name for use in audited.named.waivers for name in (use.waiver.author, use.waiver.approver)}
    for file, text in after.items():
        assert [name for name in audited.people - signed if name in text] == [], file
        assert [words for words in audited.texts if words in text] == [], file
    assert "\ue000" not in "".join((*before.values(), *after.values()))


def test_the_verdicts_are_the_same(audited: Audited) -> None:
    def told(name: str) -> Counter[tuple[str, str, bool | None, int | None, str]]:
        verdicts = read_verdicts(audited.folder / name / "verdicts.parquet")
        return Counter((v.rule, v.record_id, v.passed, v.at, v.reason) for v in verdicts)

    assert told("named") == told("hidden")
    for before, after in zip(audited.named.rules, audited.hidden.rules, strict=True):
        assert (before.rule.id, before.outcome, before.failed) == (after.rule.id, after.outcome, after.failed)


def test_a_person_has_one_pseudonym_everywhere(audited: Audited) -> None:
    key = read_key(audited.folder / "people.key")
    for before, after in zip(audited.named.explanations, audited.hidden.explanations, strict=True):
        for column in PEOPLE_COLUMNS:
            if column in before.columns:
                assert after.columns[column] == key.pseudonym(before.columns[column])
        assert [m.actor for m in after.moments] == [key.pseudonym(m.actor) if m.actor else "" for m in before.moments]
    report = (audited.folder / "hidden/report.html").read_text("utf-8")
    listed = {
        row["pseudonym"] for row in csv.DictReader(io.StringIO(_written(audited.folder / "hidden")["people.csv"]))
    }
    assert set(PSEUDONYM.findall(report)) <= listed


def test_the_redaction_report_counts_what_was_done(audited: Audited) -> None:
    told = json.loads((audited.folder / "hidden/redaction.json").read_text("utf-8"))
    texts = _written(audited.folder / "hidden")
    shown = Counter(
        v.rule
        for v in read_verdicts(audited.folder / "hidden/verdicts.parquet")
        if PSEUDONYM.search(f"{v.observed}{v.record_id}")
    )
    assert told["people"]["in_verdicts"] == dict(shown)
    assert told["people"]["named"] == len(texts["people.csv"].splitlines()) - 1
    records = audited.named.explanations
    assert told["people"]["in_records"]["assignee"] >= sum("assignee" in entry.columns for entry in records)
    assert told["free_text"]["left_out"]["title"] == sum("title" in entry.columns for entry in records)
    withheld = Counter(
        v.rule for v in read_verdicts(audited.folder / "hidden/verdicts.parquet") if v.observed == WITHHELD
    )
    assert told["withheld"] == dict(withheld)
    assert json.loads(texts["result.json"])["people"] == "pseudonyms"
    assert json.loads(_written(audited.folder / "named")["result.json"])["people"] == "names"


_AUDIT = """import sys; from pathlib import Path
from itsmctl.audit import AuditOptions; from itsmctl.audit.people import read_key; from itsmctl.definitions import load
from itsmctl.reference import reference_root; from itsmctl.reports.folder import audit_to_folder
dataset, key, out = map(Path, sys.argv[1:])
audit_to_folder(load(reference_root()), dataset, AuditOptions(people=read_key(key)), out)"""


def test_the_same_tickets_and_key_give_the_same_bytes_elsewhere(audited: Audited, tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-c", _AUDIT, audited.folder / "dataset", audited.folder / "people.key", tmp_path / "out"],
        env={**os.environ, "TZ": "America/New_York", "LANG": "C", "PYTHONHASHSEED": "1"},
        cwd=tmp_path,
        check=True,
    )
    first, second = (
        {p.name: p.read_bytes() for p in d.iterdir()} for d in (audited.folder / "hidden", tmp_path / "out")
    )
    assert first == second


def _about_people() -> list[Case]:
    """The cases in whose verdicts, by the cases themselves, somebody is named."""
    return [
        case
        for case in ALL
        if case.file in ("authorised", "employed", "different-people", "concentration", "paused-share", "expression")
        and NAMED.search(json.dumps([v[:3] for v in case.data.get("verdicts", [])]))
    ]


def test_the_cases_name_people_in_every_check_that_tells_who_it_was() -> None:
    assert {case.file for case in _about_people()} >= {"authorised", "employed", "different-people", "concentration", "paused-share"}  # fmt: skip


@pytest.mark.parametrize("case", _about_people(), ids=lambda case: f"{case.file}-{case.name[:24]}")
def test_a_check_that_tells_who_it_was_tells_a_pseudonym(case: Case, tmp_path: Path) -> None:
    rules = {rule.id: rule for rule in (build_rule(written, n) for n, written in enumerate(case.rules, 1))}
    _, verdicts = judge(rules, case.data, tmp_path, KEY)
    assert not NAMED.search(json.dumps([(v.record_id, v.observed) for v in verdicts]))
    wanted = sorted(_pseudonymised(f"{record}|{observed or ''}") for record, _, observed, *_ in case.data["verdicts"])
    assert sorted(f"{v.record_id}|{v.observed}" for v in verdicts) == wanted


def _pseudonymised(text: str) -> str:
    return NAMED.sub(lambda match: KEY.pseudonym(match.group()), text)


def _rows(**columns: object) -> dict[str, object]:
    return {"process": "incident", "opened_at": "2026-03-02T08:00:00Z", **columns}


@pytest.mark.parametrize(
    ("check", "observed"),
    [
        ({"share": {"where": {"state": "closed"}, "least": 90, "per": ["assignee"]}}, None),
        ({"expression": {"that": "assignee = 'Zhao' OR closed_by = 'Zhao'"}}, "assignee = {Li}, closed_by = {Wang}"),
        ({"expression": {"that": "resolution <> 'by Li'"}}, WITHHELD),
        ({"init": {"activity": {"field": "assignee", "new": "Zhao"}}}, "assignee = {Li}"),
    ],
)
def test_other_checks_about_people_name_nobody(check: dict[str, object], observed: str | None, tmp_path: Path) -> None:
    row = _rows(record_id="A1", state="new", assignee="Li", closed_by="Wang", resolution="by Li")
    data = {"records": [row], "events": [["A1", "2026-03-02T09:00:00Z", "assignee", "Li", "Wang"], ["A1", "2026-03-02T10:00:00Z", "assignee", "Wang", "Zhao"]]}  # fmt: skip
    _, named = judge({"CASE-01": build_rule({"check": check}, 1)}, data, tmp_path / "named")
    _, hidden = judge({"CASE-01": build_rule({"check": check}, 1)}, data, tmp_path / "hidden", KEY)
    assert NAMED.search(f"{named[0].record_id} {named[0].observed}")
    assert not NAMED.search(f"{hidden[0].record_id} {hidden[0].observed}")
    if observed:
        assert hidden[0].observed == re.sub(r"\{(\w+)\}", lambda m: KEY.pseudonym(m.group(1)), observed)
    else:
        assert hidden[0].record_id == KEY.pseudonym("Li")


# Keys


def test_capitals_and_blanks_make_no_other_person() -> None:
    assert KEY.pseudonym(" Li Wei ") == KEY.pseudonym("li wei") != KEY.pseudonym("li na")
    assert PSEUDONYM.fullmatch(KEY.pseudonym("李伟"))
    assert PeopleKey(bytes(32), "file").pseudonym("Li") != KEY.pseudonym("Li")


def test_a_sealed_name_opens_with_its_key_alone() -> None:
    sealed = KEY.seal("P-1", "李伟")
    assert KEY.seal("P-1", "李伟") == sealed
    assert KEY.open("P-1", sealed) == "李伟"
    assert KEY.open("P-2", sealed) is None
    assert PeopleKey(bytes(32), "file").open("P-1", sealed) is None
    assert KEY.open("P-1", "AAAA" + sealed[4:]) is None
    assert KEY.open("P-1", "?") is None


def test_a_key_file_is_made_once_and_read_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "people.key"
    assert run(["evidence", "keygen", "--people", "-o", str(path)]) == 0
    assert capsys.readouterr().out.endswith(f"{read_key(path).id}\n")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert run(["evidence", "keygen", "--people", "-o", str(path)]) == 2
    for content in ("", "itsmctl-people-key-1:00", "-----BEGIN PRIVATE KEY-----"):
        path.write_text(content)
        with pytest.raises(ItsmctlError) as problem:
            read_key(path)
        assert [found.code for found in problem.value.problems] == ["unreadable-key"]


# Packs


def test_a_pack_reveals_its_people_to_the_key_alone(audited: Audited, capsys: pytest.CaptureFixture[str]) -> None:
    pack, key = audited.folder / "pack.zip", str(audited.folder / "people.key")
    build(audited.folder / "hidden", pack, root=reference_root())
    assert verify(pack).intact
    signed = {name for use in audited.named.waivers for name in (use.waiver.author, use.waiver.approver)}
    for file, content in _files_of(pack).items():
        if "/data/definitions/" not in file:
            assert [name for name in audited.people - signed if name.encode() in content] == [], file
    assert run(["evidence", "reveal", str(pack), "--people-key", key]) == 0
    lines = [line.split("  ", 1) for line in capsys.readouterr().out.splitlines()]
    assert {name for _, name in lines} <= audited.people
    assert dict(lines) == audited.hidden.redaction.names  # type: ignore[union-attr]
    pseudonym, name = lines[0]
    assert run(["evidence", "reveal", str(pack), "--people-key", key, pseudonym, name, "Nobody At All"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[:2] == [f"{pseudonym}  {name}"] * 2
    assert told[2].endswith("Nobody At All  (does not occur)")
    assert run(["evidence", "reveal", str(pack), "--tickets", str(audited.folder / "dataset")]) == 2
    assert "[wrong-people-key]" in capsys.readouterr().err
    make_key(audited.folder / "other.key")
    assert run(["evidence", "reveal", str(pack), "--people-key", str(audited.folder / "other.key")]) == 2
    assert run(["evidence", "reveal", str(pack)]) == 2


def test_nobody_is_named_for_what_a_forger_put_beside_their_pseudonym(
    audited: Audited, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pack, key = tmp_path / "pack", str(audited.folder / "people.key")
    build(audited.folder / "hidden", pack, root=reference_root())
    assert run(["evidence", "reveal", str(pack), "--people-key", key]) == 0
    one, other = (line.split()[0] for line in capsys.readouterr().out.splitlines()[:2])
    report = pack / "data/result/report.html"
    report.write_text(report.read_text("utf-8") + f"<p>{one}, not {other}, did it</p>", encoding="utf-8")
    assert run(["evidence", "reveal", str(pack), "--people-key", key, one]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "data/result/report.html" in told.err
    assert "[pack-altered]" in told.err


def _files_of(pack: Path) -> dict[str, bytes]:
    """Every file of a zip, and of the workbooks in it."""
    found: dict[str, bytes] = {}
    with zipfile.ZipFile(pack) as outer:
        for name in outer.namelist():
            content = outer.read(name)
            if name.endswith(".xlsx"):
                with zipfile.ZipFile(io.BytesIO(content)) as workbook:
                    content = b"".join(workbook.read(part) for part in workbook.namelist())
            found[name] = content
    assert len(found) > 300
    return found


def test_a_result_that_names_people_is_packed_only_when_asked(audited: Audited, tmp_path: Path) -> None:
    with pytest.raises(ItsmctlError) as problem:
        build(audited.folder / "named", tmp_path / "pack", root=reference_root())
    assert [found.code for found in problem.value.problems] == ["names-in-result"]
    build(audited.folder / "named", tmp_path / "pack", root=reference_root(), with_names=True)
    assert "names people" in (tmp_path / "pack/data/README.md").read_text("utf-8")


def test_the_command_names_nobody_unless_asked(
    audited: Audited, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dataset = str(audited.folder / "dataset")
    base = ["audit", "--tickets", dataset, "-q", "--fail-on", "never", "--rule", "INT-15", "--rule", "INC-11", "-o"]
    assert run([*base, str(tmp_path / "a")]) == 0
    assert run([*base, str(tmp_path / "b"), "--with-names"]) == 0
    assert run([*base, str(tmp_path / "c"), "--people-key", str(audited.folder / "people.key"), "--with-text"]) == 0
    assert run([*base, str(tmp_path / "d"), "--with-names", "--with-text"]) == 2
    capsys.readouterr()
    names = {folder: _written(tmp_path / folder)["verdicts.parquet"] for folder in "abc"}
    assert [sum(name in text for name in audited.people) > 0 for text in names.values()] == [False, True, False]
    assert names["a"] != names["c"]
    assert (tmp_path / "b" / "people.csv").exists() is False
    told = {folder: json.loads(_written(tmp_path / folder)["redaction.json"])["free_text"] for folder in "ac"}
    assert told["a"]["left_out"]
    assert told["c"] == {"asked_for": True, "left_out": {}}
    assert run(["evidence", "reveal", str(tmp_path / "a"), "--tickets", dataset]) == 0
    assert {line.split("  ")[1] for line in capsys.readouterr().out.splitlines()} <= audited.people
    assert key_of_tickets(audited.folder / "dataset").id == json.loads(_written(tmp_path / "a")["redaction.json"])["people"]["key"]["id"]  # fmt: skip
