"""Building a pack: what it holds, that others can check it, and that the same inputs give the same bytes."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import bagit
import pytest
from evidence_case import commit, git, make_case, write_definitions, write_result

from itsmctl.definitions import load
from itsmctl.errors import ItsmctlError
from itsmctl.evidence.pack import build
from itsmctl.reference import schema_folder

Case = tuple[Path, Path]


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return make_case(tmp_path_factory.mktemp("case"))


@pytest.fixture(scope="module")
def pack(case: Case, tmp_path_factory: pytest.TempPathFactory) -> Path:
    result, root = case
    out = tmp_path_factory.mktemp("out") / "证据 pack"
    build(result, out, root=root)
    return out


def _tree(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def _code(problem: pytest.ExceptionInfo[ItsmctlError]) -> list[str]:
    return [found.code for found in problem.value.problems]


def test_the_pack_holds_exactly_what_it_promises(pack: Path, case: Case) -> None:
    files = set(_tree(pack))
    schemas = {f"data/definitions/schemas/{path.name}" for path in schema_folder().glob("*.schema.json")}
    assert schemas
    assert files - schemas == {
        "bagit.txt",
        "bag-info.txt",
        "manifest-sha256.txt",
        "manifest-sha512.txt",
        "tagmanifest-sha256.txt",
        "tagmanifest-sha512.txt",
        "timestamp/request.tsq",
        "data/README.md",
        "data/README.zh.md",
        "data/definitions.json",
        "data/definitions/policies/incident.yaml",
        "data/definitions/policies/rules/incident.yaml",
        "data/definitions/policies/框架.yaml",
        "data/enquiries/enquiries.csv",
        "data/enquiries/records.csv",
        "data/exchange/findings.sarif",
        "data/exchange/oscal-assessment-results.json",
        "data/exchange/rules.junit.xml",
        "data/history.csv",
        "data/inputs.csv",
        "data/papers/clauses.xlsx",
        "data/papers/clauses.zh.xlsx",
        "data/papers/rules.xlsx",
        "data/papers/rules.zh.xlsx",
        "data/receipts/receipt.json",
        "data/result/findings.csv",
        "data/result/report.html",
        "data/result/report.zh.html",
        "data/result/result.json",
        "data/result/verdicts.parquet",
        "data/statement.html",
        "data/statement.json",
        "data/statement.md",
        "data/statement.pdf",
        "data/statement.zh.html",
        "data/statement.zh.md",
        "data/statement.zh.pdf",
        "data/tables/clauses.csv",
        "data/tables/clauses.parquet",
        "data/tables/findings.parquet",
        "data/tables/rules.csv",
        "data/tables/rules.parquet",
        "data/tables/verdicts.csv",
    }
    result, root = case
    for name in ("result.json", "verdicts.parquet", "findings.csv", "report.html"):
        assert (pack / "data/result" / name).read_bytes() == (result / name).read_bytes()
    assert (pack / "data/definitions/policies/框架.yaml").read_bytes() == (root / "policies/框架.yaml").read_bytes()


def test_the_reference_library_validates_it(pack: Path) -> None:
    bag = bagit.Bag(str(pack))
    assert bag.validate()
    assert bag.info["Bagging-Date"] == "2026-06-30"
    assert bag.info["Bag-Software-Agent"].startswith("itsmctl ")
    assert "June 六月" in bag.info["External-Description"]
    assert set(bag.algorithms) == {"sha256", "sha512"}


@pytest.mark.parametrize("algorithm", ["sha256", "sha512"])
@pytest.mark.parametrize("kind", ["manifest", "tagmanifest"])
def test_sha256sum_and_sha512sum_check_it(pack: Path, kind: str, algorithm: str) -> None:
    name = f"{kind}-{algorithm}.txt"
    done = subprocess.run(
        [f"{algorithm}sum", "--strict", "-c", name], cwd=pack, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count(": OK") == len((pack / name).read_text("utf-8").splitlines())


@pytest.mark.parametrize("readme", ["README.md", "README.zh.md"])
def test_the_readme_recipe_names_whatever_no_manifest_lists(pack: Path, tmp_path: Path, readme: str) -> None:
    lines = (pack / "data" / readme).read_text("utf-8").splitlines()
    recipe = next(line.strip() for line in lines if line.startswith("    { cut"))

    def named(folder: Path) -> list[str]:
        done = subprocess.run(["sh", "-c", recipe], cwd=folder, capture_output=True, encoding="utf-8", check=True)
        return done.stdout.splitlines()

    own = ["tagmanifest-sha256.txt", "tagmanifest-sha512.txt", "timestamp/request.tsq"]
    assert named(pack) == own
    other = tmp_path / "with a blank 包"
    shutil.copytree(pack, other)
    for name in ("STATEMENT.html", "附件/report.html", "timestamp/report.html", "data/.hidden"):
        (other / name).parent.mkdir(exist_ok=True)
        (other / name).write_text("all is well")
    (other / "data/result/report.html").rename(tmp_path / "report.html")
    (other / "data/result/report.html").symlink_to(tmp_path / "report.html")
    (other / "annex").symlink_to(tmp_path)
    added = ["./annex", "./data/result/report.html", "STATEMENT.html", "data/.hidden", "data/result/report.html"]
    assert named(other) == sorted([*own, *added, "timestamp/report.html", "附件/report.html"])


def test_the_readme_recipes_give_the_digests(pack: Path, case: Case) -> None:
    judged = json.loads((case[0] / "result.json").read_text("utf-8"))
    for language in ("", ".zh"):
        readme = (pack / f"data/README{language}.md").read_text("utf-8")
        assert digest_by_recipe(pack, readme) == judged["definitions"]["digest"]
        assert judged["definitions"]["digest"] in readme
        assert judged["definitions"]["commit"] in readme


REGISTER = """\
kind: register
id: risks
title: Risks
purpose: what may happen
process: incident
owner: owner
columns:
  - {id: risk, title: Risk, type: text, required: true}
key: [risk]
clauses: ["iso-20000-1:9.1"]
files: [data/risks.csv]
"""


def test_the_recipe_of_the_definitions_digest_counts_rows_of_registers(tmp_path: Path) -> None:
    root = write_definitions(tmp_path / "root")
    (root / "audits/data").mkdir(parents=True)
    (root / "audits/risks.yaml").write_text(REGISTER, "utf-8")
    (root / "audits/data/risks.csv").write_text("risk\nflood\n", "utf-8")
    git(root, "init", "-q", "-b", "main")
    result = write_result(tmp_path / "result", root, commit(root, "First version"))
    build(result, tmp_path / "pack", root=root)
    readme = (tmp_path / "pack/data/README.md").read_text("utf-8")
    assert "audits/data/risks.csv" in load(root).files
    assert digest_by_recipe(tmp_path / "pack", readme) == load(root).digest


def digest_by_recipe(pack: Path, readme: str) -> str:
    recipe = next(line.strip() for line in readme.splitlines() if line.strip().startswith("find "))
    done = subprocess.run(
        ["sh", "-c", f"cd data/definitions && {recipe}"], cwd=pack, capture_output=True, text=True, check=True
    )
    return done.stdout.split()[0]


def test_the_pack_digest_is_that_of_the_tag_manifest(case: Case, tmp_path: Path) -> None:
    result, root = case
    as_folder, as_zip = build(result, tmp_path / "pack", root=root), build(result, tmp_path / "p.zip", root=root)
    tag_manifest = (tmp_path / "pack/tagmanifest-sha256.txt").read_bytes()
    assert as_folder.digest == as_zip.digest == hashlib.sha256(tag_manifest).hexdigest()
    assert as_zip.archive_sha256 == hashlib.sha256((tmp_path / "p.zip").read_bytes()).hexdigest()
    assert as_folder.archive_sha256 == ""


def test_the_zip_unpacks_to_the_same_bag(case: Case, pack: Path, tmp_path: Path) -> None:
    result, root = case
    build(result, tmp_path / "p.zip", root=root)
    with zipfile.ZipFile(tmp_path / "p.zip") as archive:
        assert archive.testzip() is None
        assert {info.date_time for info in archive.infolist()} == {(2026, 6, 30, 0, 0, 0)}
        archive.extractall(tmp_path)
    subprocess.run(["unzip", "-tqq", tmp_path / "p.zip"], check=True)
    assert _tree(tmp_path / "itsmctl-evidence-2026-06-30") == _tree(pack)
    assert bagit.Bag(str(tmp_path / "itsmctl-evidence-2026-06-30")).validate()


def test_inputs_and_history_are_tables_that_run_nothing(pack: Path) -> None:
    inputs = list(csv.reader(io.StringIO((pack / "data/inputs.csv").read_text("utf-8-sig"))))
    assert inputs == [
        ["name", "member", "sha256", "bytes", "rows_read", "rows_imported", "rows_rejected"],
        ["'=导出.csv", "", "e" * 64, "1234", "52", "50", "2"],
    ]
    log = list(csv.DictReader(io.StringIO((pack / "data/history.csv").read_text("utf-8-sig"))))
    assert [(row["file"], row["committed_at"], row["author"], row["subject"]) for row in log] == [
        ("policies/incident.yaml", "2026-02-01T02:00:00Z", "Bo", "'=cmd() reviewed, 已评审"),
        ("policies/incident.yaml", "2026-01-05T09:00:00Z", "Ann", "First version"),
        ("policies/rules/incident.yaml", "2026-01-05T09:00:00Z", "Ann", "First version"),
        ("policies/框架.yaml", "2026-01-05T09:00:00Z", "Ann", "First version"),
    ]


_BUILD = "import sys; from pathlib import Path; from itsmctl.evidence.pack import build; a = [Path(x) for x in sys.argv[1:]]; build(a[0], a[1], root=a[2])"


@pytest.mark.parametrize("name", ["pack", "pack.zip"])
def test_other_folders_machines_and_habits_give_the_same_bytes(case: Case, tmp_path: Path, name: str) -> None:
    result, root = case
    git(tmp_path, "clone", "-q", str(root), "other/definitions")
    other_root, other_result = tmp_path / "other/definitions", tmp_path / "other/result"
    other_result.mkdir()
    for path in sorted(result.iterdir(), reverse=True):
        (other_result / path.name).write_bytes(path.read_bytes())
    commit_later = other_root / "README.txt"
    commit_later.write_text("a later commit that touches no definition", encoding="utf-8")
    commit(other_root, "Later")
    outs = []
    for number, (result_dir, root_dir, habits, umask) in enumerate(
        [
            (result, root, {"TZ": "Asia/Shanghai", "LANG": "zh_CN.UTF-8", "PYTHONHASHSEED": "1"}, 0o022),
            (other_result, other_root, {"TZ": "America/New_York", "LANG": "C", "PYTHONHASHSEED": "2"}, 0o077),
        ]
    ):
        out = tmp_path / f"out{number}" / name
        subprocess.run(
            [sys.executable, "-W", "error", "-c", _BUILD, str(result_dir), str(out), str(root_dir)],
            env={**os.environ, **habits},
            umask=umask,
            check=True,
        )
        outs.append(out)
    if name == "pack":
        assert _tree(outs[0]) == _tree(outs[1])
        modes = [
            {p.relative_to(o).as_posix(): (p.stat().st_mode, p.stat().st_mtime) for p in o.rglob("*")} for o in outs
        ]
        assert modes[0] == modes[1]
    else:
        assert outs[0].read_bytes() == outs[1].read_bytes()


def test_definitions_that_changed_are_refused(tmp_path: Path) -> None:
    result, root = make_case(tmp_path)
    with (root / "policies/incident.yaml").open("a", encoding="utf-8") as file:
        file.write("# one more comment\n")
    with pytest.raises(ItsmctlError) as problem:
        build(result, tmp_path / "pack", root=root)
    assert _code(problem) == ["definitions-changed"]
    assert "audit again" in str(problem.value)
    assert not (tmp_path / "pack").exists()


EDITS = {
    "another rule": ([("INC-02", "id", "INC-99")], "INC-99"),
    "a failure made a pass": (
        [("INC-01", "outcome", "pass"), ("INC-01", "failed", 0), ("INC-01", "passed", 47)],
        "INC-01: failed 0, but the verdicts and the definition give 7",
    ),
    "its outcome alone": ([("INC-01", "outcome", "pass")], "outcome 'pass', but"),
    "what was not tested": ([("INC-03", "not_testable", 0), ("INC-03", "passed", 50)], "INC-03: not_testable 0"),
    "fewer in scope": ([("INC-02", "in_scope", 40)], "INC-02: in_scope 40"),
    "a failure called waived": ([("INC-01", "failed", 0), ("INC-01", "waived", 7)], "INC-01: failed 0"),
    "less severe": ([("INC-01", "severity", "observation")], "INC-01: severity 'observation'"),
    "another clause": ([("INC-01", "clauses", ["iso-20000-1:9.1"])], "INC-01: clauses 'iso-20000-1:9.1'"),
}


@pytest.mark.parametrize("name", EDITS)
def test_a_result_that_was_edited_is_refused(tmp_path: Path, name: str) -> None:
    edits, told = EDITS[name]
    result, root = make_case(tmp_path)
    found = json.loads((result / "result.json").read_text("utf-8"))
    for id_, field, value in edits:
        next(rule for rule in found["rules"] if rule["id"] == id_)[field] = value
    (result / "result.json").write_text(json.dumps(found), encoding="utf-8")
    with pytest.raises(ItsmctlError) as problem:
        build(result, tmp_path / "pack", root=root)
    assert set(_code(problem)) == {"result-edited"}
    assert told in str(problem.value)
    assert not (tmp_path / "pack").exists()


def test_a_rule_taken_out_of_a_result_or_made_an_enquiry_is_missed(tmp_path: Path) -> None:
    result, root = make_case(tmp_path)
    found = json.loads((result / "result.json").read_text("utf-8"))
    failing = found["rules"].pop(0)
    for enquiries, told in (([], "it does not name rule 'INC-01'"), ([failing], "rule INC-01: enquiry True")):
        edited = {**found, "enquiries": [*found["enquiries"], *enquiries]}
        (result / "result.json").write_text(json.dumps(edited), encoding="utf-8")
        with pytest.raises(ItsmctlError, match=told):
            build(result, tmp_path / "pack", root=root)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('"format": "itsmctl/result/v1"', '"format": "other"', "unreadable-result"),
        ("2026-06-30T16:00:00Z", "2026-06-30T16:00:00", "unreadable-result"),
        ('"outcome": "pass"', '"outcome": "fine"', "unreadable-result"),
        ('"commit": "', '"commit": "--output=x', "unreadable-result"),
        ('"failed": 7', '"failed": "7"', "unreadable-result"),
        ("d" * 64, "c" * 64, "receipt-changed"),
        ("{", "", "unreadable-result"),
    ],
)
def test_a_broken_result_gives_one_clear_problem(tmp_path: Path, old: str, new: str, code: str) -> None:
    result, root = make_case(tmp_path)
    text = (result / "result.json").read_text("utf-8")
    assert old in text
    (result / "result.json").write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(ItsmctlError) as problem:
        build(result, tmp_path / "pack", root=root)
    assert _code(problem) == [code]


@pytest.mark.parametrize("name", ["verdicts.parquet", "findings.csv", "report.html", "report.zh.html", "receipt.json"])
def test_a_file_that_was_edited_beside_the_result_is_named(tmp_path: Path, name: str) -> None:
    result, root = make_case(tmp_path)
    content = (result / name).read_bytes()
    (result / name).write_bytes(content + b"\n")
    with pytest.raises(ItsmctlError) as problem:
        build(result, tmp_path / "pack", root=root)
    assert _code(problem) == ["result-altered"]
    assert str(result / name) in str(problem.value)
    assert not (tmp_path / "pack").exists()


def test_a_part_that_the_audit_wrote_and_somebody_took_away_is_named(tmp_path: Path) -> None:
    result, root = make_case(tmp_path)
    (result / "report.zh.html").unlink()
    with pytest.raises(ItsmctlError) as problem:
        build(result, tmp_path / "pack", root=root)
    assert _code(problem) == ["result-altered"]
    assert "report.zh.html" in str(problem.value)


def test_a_report_that_the_audit_did_not_write_stays_outside(case: Case, tmp_path: Path) -> None:
    result, root = case
    other = tmp_path / "result"
    shutil.copytree(result, other)
    (other / "report.fr.html").write_text("added later", encoding="utf-8")
    build(other, tmp_path / "pack", root=root)
    assert not (tmp_path / "pack/data/result/report.fr.html").exists()


def test_a_result_without_digests_proves_nothing(tmp_path: Path) -> None:
    result, root = make_case(tmp_path)
    text = (result / "result.json").read_text("utf-8")
    (result / "result.json").write_text(text.replace('"findings.csv"', '"other.csv"'), encoding="utf-8")
    with pytest.raises(ItsmctlError) as problem:
        build(result, tmp_path / "pack", root=root)
    assert _code(problem) == ["result-without-digests"]
    assert "findings.csv" in str(problem.value)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("INC-01,,,,INC0003,'=导出.csv,4,", "INC-01,,,,INC0004,'=导出.csv,4,"),
        ("INC-01,,,,INC0007,", "INC-02,,,,INC0007,"),
        ("record_id,source_file,source_row", "record_id,source_row,source_file"),
        ("INC-01,,,,INC0007,", ""),
    ],
)
def test_findings_that_are_not_those_of_the_verdicts_prove_nothing(tmp_path: Path, old: str, new: str) -> None:
    result, root = make_case(tmp_path)
    before = (result / "findings.csv").read_bytes()
    after = before.decode("utf-8").replace(old, new).encode("utf-8")
    assert before != after
    (result / "findings.csv").write_bytes(after)
    told = (result / "result.json").read_text("utf-8")
    digests = [hashlib.sha256(content).hexdigest() for content in (before, after)]
    (result / "result.json").write_text(told.replace(*digests), encoding="utf-8")
    with pytest.raises(ItsmctlError) as problem:
        build(result, tmp_path / "pack", root=root)
    assert _code(problem) == ["result-edited"]
    assert "findings.csv" in str(problem.value)


@pytest.mark.parametrize("name", ["result.json", "verdicts.parquet", "findings.csv", "report.html", "receipt.json"])
def test_a_folder_without_a_part_is_no_result(tmp_path: Path, name: str) -> None:
    result, root = make_case(tmp_path)
    (result / name).unlink()
    with pytest.raises(ItsmctlError) as problem:
        build(result, tmp_path / "pack", root=root)
    assert _code(problem) == ["no-result"]
    assert name in str(problem.value)


@pytest.mark.parametrize("name", ["pack", "pack.zip"])
def test_only_an_earlier_pack_is_replaced(case: Case, tmp_path: Path, name: str) -> None:
    result, root = case
    out = tmp_path / name
    first = build(result, out, root=root)
    assert build(result, out, root=root) == first
    precious = tmp_path / f"precious-{name}"
    if name == "pack":
        precious.mkdir()
        (precious / "thesis.txt").write_text("years of work", encoding="utf-8")
    else:
        precious.write_text("years of work", encoding="utf-8")
    with pytest.raises(ItsmctlError) as problem:
        build(result, precious, root=root)
    assert _code(problem) == ["not-a-pack"]
    assert (precious / "thesis.txt" if name == "pack" else precious).read_text("utf-8") == "years of work"
    assert {path.name for path in tmp_path.iterdir()} == {name, precious.name}


@pytest.mark.parametrize("name", ["pack", "pack.zip"])
def test_an_output_that_cannot_be_written_leaves_nothing(case: Case, tmp_path: Path, name: str) -> None:
    result, root = case
    (tmp_path / "file").write_text("not a folder", encoding="utf-8")
    with pytest.raises(ItsmctlError) as problem:
        build(result, tmp_path / "file" / name, root=root)
    assert _code(problem) == ["cannot-write"]
    if os.geteuid() != 0:  # root may write anywhere
        locked = tmp_path / "locked"
        locked.mkdir(mode=0o500)
        with pytest.raises(ItsmctlError) as problem:
            build(result, locked / name, root=root)
        assert _code(problem) == ["cannot-write"]
        assert list(locked.iterdir()) == []


@pytest.mark.parametrize("name", ["pack", "pack.zip"])
def test_a_failure_halfway_leaves_the_earlier_pack(
    case: Case, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from itsmctl.evidence import write

    result, root = case
    first = build(result, tmp_path / name, root=root)

    def full(*_: object) -> bytes:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(write, "manifest", full)
    with pytest.raises(ItsmctlError, match="No space left"):
        build(result, tmp_path / name, root=root)
    monkeypatch.undo()
    assert {path.name for path in tmp_path.iterdir()} == {name}
    assert build(result, tmp_path / name, root=root) == first


def test_outside_git_there_is_no_log_and_the_readme_says_so(case: Case, tmp_path: Path) -> None:
    from evidence_case import write_definitions

    root = write_definitions(tmp_path / "system")
    result = write_result(tmp_path / "result", root, "")
    summary = build(result, tmp_path / "pack", root=root)
    assert (summary.commit, summary.history) == ("", "unavailable")
    assert not (tmp_path / "pack/data/history.csv").exists()
    assert "not kept in git" in (tmp_path / "pack/data/README.md").read_text("utf-8")
    assert bagit.Bag(str(tmp_path / "pack")).validate()


def test_a_name_that_tools_read_differently_is_refused(tmp_path: Path) -> None:
    from evidence_case import write_definitions

    root = write_definitions(tmp_path / "system")
    (root / "policies/incident.yaml").rename(root / "policies/100%.yaml")
    result = write_result(tmp_path / "result", root, "")
    with pytest.raises(ItsmctlError) as problem:
        build(result, tmp_path / "pack", root=root)
    assert _code(problem) == ["unsafe-name"]
    assert "100%.yaml" in str(problem.value)


def test_the_audit_is_called_by_its_title_in_the_language_of_the_page(tmp_path: Path) -> None:
    result, root = make_case(tmp_path)
    told = json.loads((result / "result.json").read_text("utf-8"))
    told["titles"] = {"en": "Monthly audit", "zh": "月度审核"}
    (result / "result.json").write_text(json.dumps(told), encoding="utf-8")
    build(result, tmp_path / "pack", root=root)
    for name in ("README", "statement"):
        english, chinese = ((tmp_path / f"pack/data/{name}{dot}.md").read_text("utf-8") for dot in ("", ".zh"))
        assert "Monthly audit" in english and "月度审核" not in english
        assert "月度审核" in chinese and "Monthly audit" not in chinese
