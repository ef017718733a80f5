"""The chain of packs: each names the one before it, and every way of breaking that is named."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from evidence_case import make_case, reseal, write_result

from itsmctl.cli import run
from itsmctl.errors import ItsmctlError
from itsmctl.evidence.attestation import Signature
from itsmctl.evidence.chain import Chained, ChainReport, link_to, verify_chain
from itsmctl.evidence.keys import generate, read_private, read_public
from itsmctl.evidence.pack import build
from itsmctl.evidence.sealing import Seals
from itsmctl.evidence.verify import VerifyReport, verify
from itsmctl.evidence.wording import chain_lines

MONTHS = ("2026-03-31", "2026-04-30", "2026-05-31", "2026-06-30")
Broken = set[tuple[str, str]]


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the packs of four months in `packs`, each signed, and the results that they were built from."""
    folder = tmp_path_factory.mktemp("chain")
    generate(folder / "key")
    _, root = make_case(folder / "case")
    previous = None
    for month in MONTHS:
        write_result(folder / "results" / month, root, "", f"{month}T16:00:00Z")
        previous = _build(folder, month, folder / "packs" / f"{month}.zip", previous)
    return folder


def _build(original: Path, month: str, out: Path, previous: Path | None) -> Path:
    seals = Seals(read_private(original / "key", str), link_to(previous) if previous else None)
    build(original / "results" / month, out, root=original / "case/系统", seals=seals)
    return out


@pytest.fixture
def packs(original: Path, tmp_path: Path) -> Iterator[Path]:
    shutil.copytree(original / "packs", tmp_path / "packs")
    yield tmp_path / "packs"


def _broken(packs: Path) -> Broken:
    return {(found.pack.name, found.kind) for found in verify_chain([packs]).breaks}


def test_a_whole_chain_is_whole_in_any_order(packs: Path, original: Path) -> None:
    report = verify_chain([packs], [read_public(original / "key.pub")])
    assert report.intact
    assert [pack.position for pack in report.packs] == [1, 2, 3, 4]
    assert [pack.report.pack.stem for pack in report.packs] == list(MONTHS)
    assert verify_chain(sorted(packs.iterdir(), reverse=True)) == verify_chain([packs])
    assert verify_chain([packs / f"{MONTHS[0]}.zip"]).intact


def test_the_same_pack_as_folder_and_zip_is_one_pack(packs: Path) -> None:
    shutil.unpack_archive(packs / f"{MONTHS[1]}.zip", packs)
    assert verify_chain([packs]).intact
    assert len(verify_chain([packs]).packs) == 4


@pytest.mark.parametrize("altered_first", [True, False])
def test_an_altered_copy_does_not_hide_behind_one_that_is_intact(packs: Path, altered_first: bool) -> None:
    shutil.unpack_archive(packs / f"{MONTHS[1]}.zip", packs)
    folder, archive = packs / f"itsmctl-evidence-{MONTHS[1]}", packs / f"{MONTHS[1]}.zip"
    (folder / "data/result/report.html").write_text("forged", encoding="utf-8")
    others = [path for path in packs.iterdir() if path not in (folder, archive)]
    report = verify_chain([*others, *((folder, archive) if altered_first else (archive, folder))])
    assert not report.intact and report.breaks == () and len(report.packs) == 4
    assert [(p.report.pack, p.report.files_that_differ) for p in report.packs if not p.report.intact] == [
        (folder, ("data/result/report.html",))
    ]


def test_what_is_no_pack_and_what_is_hidden_stands_for_none(packs: Path) -> None:
    (packs / "notes.txt").write_text("no pack", encoding="utf-8")
    (packs / "more").mkdir()
    (packs / ".half-copied.zip").write_bytes(b"PK")
    assert verify_chain([packs]).intact


def test_a_pack_without_its_information_is_one_still(packs: Path) -> None:
    shutil.unpack_archive(packs / f"{MONTHS[3]}.zip", packs)
    (packs / f"{MONTHS[3]}.zip").unlink()
    inside = packs / f"itsmctl-evidence-{MONTHS[3]}"
    for name in ("bag-info.txt", "bagit.txt", "manifest-sha256.txt"):
        (inside / name).unlink()
    report = verify_chain([packs])
    (found,) = [pack.report for pack in report.packs if not pack.report.intact]
    assert found.pack == inside
    assert {"bag-info.txt", "bagit.txt", "manifest-sha256.txt"} <= set(found.files_that_differ)
    assert verify_chain([inside]).packs[0].report.pack == inside


def _resealed(packs: Path, month: str, *edits: tuple[str, str]) -> Path:
    """A pack as a folder of which bag-info.txt says something else, as a careful forger would leave it."""
    shutil.unpack_archive(packs / f"{month}.zip", packs)
    (packs / f"{month}.zip").unlink()
    inside = packs / f"itsmctl-evidence-{month}"
    info = (inside / "bag-info.txt").read_text("utf-8")
    for old, new in edits:
        assert old in info
        info = info.replace(old, new)
    (inside / "bag-info.txt").write_text(info, encoding="utf-8")
    reseal(inside, tags=True)
    return inside


def test_a_pack_that_is_older_than_the_one_before_is_named(packs: Path) -> None:
    inside = _resealed(packs, MONTHS[3], (f"Bagging-Date: {MONTHS[3]}", "Bagging-Date: 2026-05-30"))
    (found,) = verify_chain([packs]).breaks
    assert (found.pack, found.kind, found.expected, found.found) == (inside, "order", MONTHS[2], "2026-05-30")
    assert Path(found.about).name == f"{MONTHS[2]}.zip"
    same = _resealed(packs, MONTHS[2], (f"Bagging-Date: {MONTHS[2]}", f"Bagging-Date: {MONTHS[1]}"))
    assert verify_chain([same, packs / f"{MONTHS[1]}.zip", packs / f"{MONTHS[0]}.zip"]).breaks == ()


def test_a_pack_that_begins_a_chain_is_its_first(packs: Path) -> None:
    digest = verify(packs / f"{MONTHS[2]}.zip").digest
    inside = _resealed(packs, MONTHS[3], (f"Previous-Pack: sha256:{digest}\n", ""))
    (found,) = verify_chain([inside]).breaks
    assert (found.kind, found.expected, found.found) == ("position", "1", "4")


@pytest.mark.parametrize(("gone", "named"), [((0,), (1,)), ((1,), (2,)), ((1, 2), (3,)), ((0, 2), (1, 3))])
def test_a_pack_taken_out_leaves_a_gap(packs: Path, gone: tuple[int, ...], named: tuple[int, ...]) -> None:
    for number in gone:
        (packs / f"{MONTHS[number]}.zip").unlink()
    assert _broken(packs) == {(f"{MONTHS[number]}.zip", "gap") for number in named}


def test_the_gap_says_which_pack_is_missing(packs: Path) -> None:
    digest = verify(packs / f"{MONTHS[1]}.zip").digest
    (packs / f"{MONTHS[1]}.zip").unlink()
    (found,) = verify_chain([packs]).breaks
    assert (found.expected, found.about) == (digest, "2")


def test_a_pack_built_anew_in_the_middle_is_named(packs: Path, original: Path) -> None:
    out = packs / f"{MONTHS[1]}.zip"
    out.unlink()
    seals = Seals(None, link_to(packs / f"{MONTHS[0]}.zip"))
    build(original / "results" / MONTHS[1], out, root=original / "case/系统", seals=seals)
    assert _broken(packs) == {(f"{MONTHS[2]}.zip", "replaced")}


def test_a_pack_altered_in_the_middle_is_named_with_its_file(packs: Path) -> None:
    shutil.unpack_archive(packs / f"{MONTHS[1]}.zip", packs)
    (packs / f"{MONTHS[1]}.zip").unlink()
    inside = packs / f"itsmctl-evidence-{MONTHS[1]}"
    (inside / "data/result/report.html").write_text("forged", encoding="utf-8")
    report = verify_chain([packs])
    assert not report.intact
    assert report.breaks == ()
    assert [pack.report.files_that_differ for pack in report.packs if not pack.report.intact] == [
        ("data/result/report.html",)
    ]
    reseal(inside, tags=True)
    assert {(found.pack.name, found.kind) for found in verify_chain([packs]).breaks} == {
        (f"{MONTHS[2]}.zip", "replaced")
    }


def test_two_packs_after_the_same_one_are_a_fork(packs: Path, original: Path) -> None:
    _build(original, MONTHS[3], packs / "second.zip", packs / f"{MONTHS[1]}.zip")
    assert _broken(packs) == {("second.zip", "fork")}


def test_a_pack_that_follows_none_does_not_belong(packs: Path, original: Path) -> None:
    _build(original, MONTHS[3], packs / "second.zip", None)
    assert _broken(packs) == {("second.zip", "start")}


def test_a_position_that_is_wrong_is_named(packs: Path) -> None:
    shutil.unpack_archive(packs / f"{MONTHS[3]}.zip", packs)
    (packs / f"{MONTHS[3]}.zip").unlink()
    inside = packs / f"itsmctl-evidence-{MONTHS[3]}"
    info = (inside / "bag-info.txt").read_text("utf-8")
    (inside / "bag-info.txt").write_text(info.replace("Chain-Position: 4", "Chain-Position: 5"), encoding="utf-8")
    (found,) = verify_chain([packs]).breaks
    assert (found.pack, found.kind, found.expected, found.found) == (inside, "position", "4", "5")


def test_a_chain_goes_forward_in_time(packs: Path, original: Path, tmp_path: Path) -> None:
    with pytest.raises(ItsmctlError) as problem:
        _build(original, MONTHS[0], tmp_path / "out.zip", packs / f"{MONTHS[3]}.zip")
    assert [found.code for found in problem.value.problems] == ["previous-later"]
    assert not (tmp_path / "out.zip").exists()


def test_nothing_is_built_upon_a_pack_that_is_not_intact(packs: Path, original: Path, tmp_path: Path) -> None:
    content = bytearray((packs / f"{MONTHS[3]}.zip").read_bytes())
    content[-200] ^= 1
    (packs / f"{MONTHS[3]}.zip").write_bytes(content)
    with pytest.raises(ItsmctlError) as problem:
        _build(original, MONTHS[3], tmp_path / "out.zip", packs / f"{MONTHS[3]}.zip")
    assert [found.code for found in problem.value.problems] == ["previous-altered"]


def test_a_pack_that_cannot_be_read_is_named_and_the_others_are_checked(packs: Path) -> None:
    (packs / f"{MONTHS[2]}.zip").write_bytes((packs / f"{MONTHS[2]}.zip").read_bytes()[:1000])
    assert _broken(packs) == {(f"{MONTHS[2]}.zip", "unreadable"), (f"{MONTHS[3]}.zip", "gap")}


def test_the_command_tells_it(packs: Path, original: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["evidence", "verify", "--chain", str(packs), "--public-key", str(original / "key.pub")]) == 0
    assert capsys.readouterr().out.endswith("a chain of 4 packs, whole\n")
    out = tmp_path / "next.zip"
    arguments = ["evidence", "build", str(original / "results" / MONTHS[3]), "-o", str(out)]
    arguments += ["--root", str(original / "case/系统"), "--previous", str(packs / f"{MONTHS[3]}.zip")]
    assert run(arguments) == 0
    capsys.readouterr()
    assert run(["evidence", "verify", "--chain", str(packs), str(out)]) == 0
    (packs / f"{MONTHS[1]}.zip").unlink()
    capsys.readouterr()
    assert run(["evidence", "verify", "--chain", str(packs)]) == 1
    assert "the pack before it, number 2, is not here" in capsys.readouterr().out
    assert run(["evidence", "verify", "--chain", str(packs), "--format", "json"]) == 1
    facts = json.loads(capsys.readouterr().out)
    assert [(Path(b["pack"]).name, b["break"]) for b in facts["breaks"]] == [(f"{MONTHS[2]}.zip", "gap")]
    assert run(["evidence", "verify", str(out), str(out)]) == 2
    assert run(["evidence", "verify", "--chain", str(tmp_path / "packs")]) == 1
    (tmp_path / "empty").mkdir()
    assert run(["evidence", "verify", "--chain", str(tmp_path / "empty")]) == 2


def test_who_builds_upon_a_pack_is_told_that_somebody_else_signed_it(
    packs: Path, original: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Somebody may have put another, intact, in its place."""
    generate(tmp_path / "other")
    last = packs / f"{MONTHS[3]}.zip"
    base = ["evidence", "build", str(original / "results" / MONTHS[3]), "--root", str(original / "case/系统")]

    def told(out: str, *more: str, previous: Path = last) -> list[str]:
        assert run([*base, "-o", str(tmp_path / out), "--previous", str(previous), *more]) == 0
        return [line for line in capsys.readouterr().out.splitlines() if line.startswith("! ")]

    key = read_public(original / "key.pub").id
    assert told("same.zip", "--key", str(original / "key")) == []
    (other,) = told("other.zip", "--key", str(tmp_path / "other"))
    assert other.startswith(f"! The pack before is signed by another key, sha256:{key}.")
    (unsigned,) = told("unsigned.zip")
    assert unsigned.startswith(f"! The pack before is signed, by key sha256:{key}, and this one is not:")
    assert told("begun.zip", "--key", str(tmp_path / "other"), previous=tmp_path / "unsigned.zip") == []
    (chinese,) = told("zh.zip", "--lang", "zh")
    assert chinese.startswith(f"! 前一个证据包由密钥 sha256:{key} 签名")


@pytest.mark.parametrize(
    ("signed", "told"),
    [
        (["a", "a", "a"], []),
        (["", "", "a"], []),
        (["a", "b", "b"], ["! pack 2 is signed by key sha256:b, the one before it by sha256:a: whether that may be, only --public-key tells"]),
        (["a", "a", ""], ["! pack 3 is not signed, the one before it was by key sha256:a: whoever has no key could have made it"]),
    ],
)  # fmt: skip
def test_a_chain_that_goes_on_under_another_key_says_so(signed: list[str], told: list[str]) -> None:
    def pack(number: int, key: str) -> Chained:
        signature = Signature("enclosed-key", key) if key else Signature()
        return Chained(VerifyReport(Path(f"{number}.zip"), 1, 1, "d", "", (), signature), number, "", "")

    packs = tuple(pack(number, key) for number, key in enumerate(signed, start=1))
    lines = chain_lines(ChainReport(packs, ()), "en")
    assert [line for line in lines if line.startswith("! ")] == told
    assert lines[-1] == "a chain of 3 packs, whole"
    trusted = replace(packs[1], report=replace(packs[1].report, signature=Signature("trusted-key", "b")))
    assert not [line for line in chain_lines(ChainReport((packs[0], trusted), ()), "en") if line.startswith("! ")]
