"""Two hundred seeded alterations of packs: each is detected, and what was altered is named; and packs made to do harm."""

from __future__ import annotations

import random
import shutil
import stat
import tracemalloc
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from evidence_case import make_case, reseal

from itsmctl.errors import ItsmctlError
from itsmctl.evidence import archive
from itsmctl.evidence.attestation import ENVELOPE, FILES
from itsmctl.evidence.chain import link_to, verify_chain
from itsmctl.evidence.keys import PublicKey, generate, read_private, read_public
from itsmctl.evidence.pack import build
from itsmctl.evidence.sealing import Seals
from itsmctl.evidence.verify import verify

ALTERATIONS = 200
SEED = 20_260_630
BASE = "itsmctl-evidence-2026-06-30"
ZIP = ""
"""How the zip file itself is named in a report."""


@dataclass(frozen=True)
class Packs:
    """Signed packs: `pack` (folder and zip) follows `before`, `other` is of another key, and `after` follows `pack`."""

    folder: Path
    key: PublicKey


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> Packs:
    folder = tmp_path_factory.mktemp("篡改")
    for name in ("audit.key", "forger.key"):
        generate(folder / name)
    result, root = make_case(folder / "case")

    def make(name: str, key: str, previous: str = "") -> None:
        link = link_to(folder / previous) if previous else None
        build(result, folder / name, root=root, seals=Seals(read_private(folder / key, str), link))

    make("before.zip", "audit.key")
    make("pack", "audit.key", "before.zip")
    make("pack.zip", "audit.key", "before.zip")
    make("after.zip", "audit.key", "pack.zip")
    make("forged", "forger.key", "before.zip")
    return Packs(folder, read_public(folder / "audit.key.pub"))


@dataclass(frozen=True)
class Place:
    """Copies to alter, in a folder of their own: `pack` is a folder, `zipped` a zip, as each alteration wants."""

    packs: Packs
    folder: Path
    dice: random.Random

    @property
    def pack(self) -> Path:
        copy = self.folder / "pack"
        if not copy.exists():
            shutil.copytree(self.packs.folder / "pack", copy)
        return copy

    @property
    def zipped(self) -> Path:
        copy = self.folder / "pack.zip"
        if not copy.exists():
            shutil.copy(self.packs.folder / "pack.zip", copy)
        return copy

    def any_file(self, under: str = "") -> str:
        files = sorted(p.relative_to(self.pack).as_posix() for p in self.pack.rglob("*") if p.is_file())
        return self.dice.choice([name for name in files if name.startswith(under)])


Alteration = Callable[[Place], tuple[Path, set[str]]]
"""Alters something, and returns the pack to verify and the files of which one at least must be named."""


def byte_flipped(place: Place) -> tuple[Path, set[str]]:
    name = place.any_file()
    content = bytearray((place.pack / name).read_bytes())
    content[place.dice.randrange(len(content))] ^= 1 << place.dice.randrange(8)
    (place.pack / name).write_bytes(content)
    return place.pack, {name}


def byte_flipped_in_the_zip(place: Place) -> tuple[Path, set[str]]:
    content = bytearray(place.zipped.read_bytes())
    with place.zipped.open("rb") as file:
        members = archive.read_structure(file, "").members
    member = place.dice.choice([member for member in members if member.size])
    content[place.dice.randrange(member.offset, member.end)] ^= 1 << place.dice.randrange(8)
    place.zipped.write_bytes(content)
    return place.zipped, {member.name.removeprefix(f"{BASE}/")}


def file_added(place: Place) -> tuple[Path, set[str]]:
    name = place.dice.choice(
        ["data/result/extra.csv", "note.txt", "signature/second.bin", "data/.hidden", "timestamp/x"]
    )
    (place.pack / name).parent.mkdir(exist_ok=True)
    (place.pack / name).write_bytes(place.dice.randbytes(10))
    return place.pack, {name}


def file_removed(place: Place) -> tuple[Path, set[str]]:
    name = place.any_file()
    (place.pack / name).unlink()
    return place.pack, {name}


def file_renamed(place: Place) -> tuple[Path, set[str]]:
    name = place.any_file("data/")
    new = place.dice.choice([f"{name} ", f"{name}.bak", name.swapcase().replace("DATA/", "data/")])
    (place.pack / new).parent.mkdir(parents=True, exist_ok=True)
    (place.pack / name).rename(place.pack / new)
    return place.pack, {name}


def swapped_between_packs(place: Place) -> tuple[Path, set[str]]:
    other = place.packs.folder / "forged"
    names = [p.relative_to(other).as_posix() for p in sorted(other.rglob("*")) if p.is_file()]
    differing = [n for n in names if (other / n).read_bytes() != (place.pack / n).read_bytes()]
    name = place.dice.choice(differing)
    shutil.copy(other / name, place.pack / name)
    return place.pack, {name, *FILES}


def edited_with_its_manifests(place: Place) -> tuple[Path, set[str]]:
    name = place.any_file("data/")
    with (place.pack / name).open("ab") as file:
        file.write(b" ")
    info = place.pack / "bag-info.txt"
    size = sum(path.stat().st_size for path in (place.pack / "data").rglob("*") if path.is_file())
    count = sum(path.is_file() for path in (place.pack / "data").rglob("*"))
    lines = info.read_text("utf-8").splitlines(keepends=True)
    told = [f"Payload-Oxum: {size}.{count}\n" if line.startswith("Payload-Oxum") else line for line in lines]
    info.write_text("".join(told), encoding="utf-8")
    reseal(place.pack, tags=True)
    return place.pack, {ENVELOPE}


def signature_removed(place: Place) -> tuple[Path, set[str]]:
    if place.dice.random() < 0.5:
        shutil.rmtree(place.pack / "signature")
        return place.pack, set(FILES)
    name = place.dice.choice(FILES)
    (place.pack / name).unlink()
    return place.pack, {name}


def signature_removed_with_every_trace(place: Place) -> tuple[Path, set[str]]:
    shutil.rmtree(place.pack / "signature")
    info = place.pack / "bag-info.txt"
    lines = info.read_text("utf-8").splitlines(keepends=True)
    info.write_text("".join(line for line in lines if "Signing-Key" not in line), encoding="utf-8")
    reseal(place.pack, tags=True)
    return place.pack, {ENVELOPE}


def signed_anew_with_another_key(place: Place) -> tuple[Path, set[str]]:
    if place.dice.random() < 0.5:
        return place.packs.folder / "forged", {ENVELOPE}
    for name in FILES:
        shutil.copy(place.packs.folder / "forged" / name, place.pack / name)
    return place.pack, {ENVELOPE}


def zip_comment(place: Place) -> tuple[Path, set[str]]:
    with zipfile.ZipFile(place.zipped, "a") as file:
        file.comment = place.dice.randbytes(place.dice.randrange(1, 300))
    return place.zipped, {ZIP}


def duplicate_entry(place: Place) -> tuple[Path, set[str]]:
    name = place.any_file("data/")
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(place.zipped, "a") as file:
        file.writestr(f"{BASE}/{name}", place.dice.randbytes(8))
    return place.zipped, {name}


def path_that_leads_outside(place: Place) -> tuple[Path, set[str]]:
    name = place.dice.choice(["../evil", f"{BASE}/../../evil", "/tmp/evil", f"{BASE}/data/../../evil", "C:\\evil"])
    with zipfile.ZipFile(place.zipped, "a") as file:
        file.writestr(zipfile.ZipInfo(name), b"evil")
    return place.zipped, {name, name.removeprefix(f"{BASE}/")}


def symbolic_link(place: Place) -> tuple[Path, set[str]]:
    name = place.any_file()
    content = (place.pack / name).read_bytes()
    (place.folder / "elsewhere").write_bytes(content)
    (place.pack / name).unlink()
    (place.pack / name).symlink_to(place.folder / "elsewhere")
    return place.pack, {name}


def symbolic_link_in_the_zip(place: Place) -> tuple[Path, set[str]]:
    entry = zipfile.ZipInfo(f"{BASE}/data/link")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(place.zipped, "a") as file:
        file.writestr(entry, "/etc/passwd")
    return place.zipped, {"data/link"}


def cut_off(place: Place) -> tuple[Path, set[str]]:
    content = place.zipped.read_bytes()
    place.zipped.write_bytes(content[: place.dice.randrange(len(content) // 2, len(content))])
    return place.zipped, {str(place.zipped)}


IN_A_PACK: tuple[Alteration, ...] = (
    byte_flipped, byte_flipped_in_the_zip, file_added, file_removed, file_renamed, swapped_between_packs,
    edited_with_its_manifests, signature_removed, signature_removed_with_every_trace, signed_anew_with_another_key, zip_comment,
    duplicate_entry, path_that_leads_outside, symbolic_link, symbolic_link_in_the_zip, cut_off,
)  # fmt: skip


def pack_taken_out(place: Place) -> set[str]:
    (place.folder / "pack.zip").unlink()
    return {"after.zip"}


def pack_replaced(place: Place) -> set[str]:
    (place.folder / "pack.zip").unlink()
    shutil.copytree(place.packs.folder / "forged", place.folder / "pack")
    return {"pack", "after.zip"}


def pack_put_in(place: Place) -> set[str]:
    shutil.copytree(place.packs.folder / "forged", place.folder / "second")
    return {"second"}


def first_pack_taken_out(place: Place) -> set[str]:
    (place.folder / "before.zip").unlink()
    return {"pack.zip"}


IN_A_CHAIN = (pack_taken_out, pack_replaced, pack_put_in, first_pack_taken_out)


def _names_of(pack: Path, key: PublicKey) -> set[str]:
    """What verifying names; nothing means that nothing was noticed."""
    try:
        return set(verify(pack, [key]).files_that_differ)
    except ItsmctlError as error:
        return {problem.where.file for problem in error.problems}


def test_the_packs_are_intact_before_they_are_altered(packs: Packs) -> None:
    for name in ("before.zip", "pack", "pack.zip", "after.zip"):
        assert verify(packs.folder / name, [packs.key]).intact
    assert verify_chain([packs.folder / n for n in ("before.zip", "pack.zip", "after.zip")], [packs.key]).intact


def test_two_hundred_alterations_are_each_detected_and_named(packs: Packs, tmp_path: Path) -> None:
    dice, done, unreadable = random.Random(SEED), 0, 0
    kinds = [*IN_A_PACK, *IN_A_CHAIN]
    for number in range(ALTERATIONS):
        kind = kinds[number % len(kinds)]
        place = Place(packs, tmp_path / str(number), dice)
        place.folder.mkdir()
        if kind in IN_A_PACK:
            pack, wanted = kind(place)  # type: ignore[misc]
            found = _names_of(pack, packs.key)
            unreadable += found == {str(pack)}
        else:
            for name in ("before.zip", "pack.zip", "after.zip"):
                shutil.copy(packs.folder / name, place.folder / name)
            wanted = kind(place)  # type: ignore[arg-type]
            report = verify_chain([place.folder], [packs.key])
            found = {found.pack.name for found in report.breaks}
            found |= {p.report.pack.name for p in report.packs if not p.report.intact}
        assert found & wanted, (number, kind.__name__, wanted, found)
        done += 1
        shutil.rmtree(place.folder)
    assert done == ALTERATIONS
    assert unreadable < ALTERATIONS / 8, "most are told by the file, not only refused"
    assert not (tmp_path / "evil").exists()


# Packs made to do harm


def _peak(pack: Path) -> tuple[str, int]:
    """What verifying says of a pack, and how many bytes it held at once."""
    tracemalloc.start()
    try:
        report = verify(pack)
        said = "intact" if report.intact else "altered"
    except ItsmctlError as error:
        said = error.problems[0].code
    finally:
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    return said, peak


def test_a_bomb_is_not_inflated(tmp_path: Path) -> None:
    """A hundred megabytes of zeros in a hundred kilobytes, under every name that a pack has."""
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as file:
        for name in ("bag-info.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt", ENVELOPE):
            with file.open(f"{BASE}/{name}", "w") as member:
                for _ in range(25):
                    member.write(bytes(1 << 20))
    said, peak = _peak(tmp_path / "bomb.zip")
    assert said == "unreadable-pack"
    assert peak < 8 << 20


def test_a_size_that_is_a_lie_costs_nothing(packs: Packs, tmp_path: Path) -> None:
    """Every entry claims four gigabytes."""
    content = bytearray((packs.folder / "pack.zip").read_bytes())
    place = content.find(b"PK\1\2")
    while place >= 0:
        content[place + 20 : place + 28] = b"\xfe\xff\xff\xff" * 2
        place = content.find(b"PK\1\2", place + 4)
    (tmp_path / "liar.zip").write_bytes(content)
    said, peak = _peak(tmp_path / "liar.zip")
    assert said == "unreadable-pack"
    assert peak < 16 << 20


def test_more_entries_than_any_pack_has_are_refused(tmp_path: Path) -> None:
    members = [archive.Member(f"{BASE}/data/{n}", 0, 0, 0) for n in range(archive.MOST_MEMBERS + 3)]
    directory = b"".join(archive.central_header(member, 33) for member in members)
    head = archive.local_header(members[0], 33)
    end = archive.end_record(archive.MOST_MEMBERS, len(directory), len(head))
    (tmp_path / "many.zip").write_bytes(head + directory + end)
    said, peak = _peak(tmp_path / "many.zip")
    assert said == "unreadable-pack"
    assert peak < 128 << 20


def test_a_tag_file_without_end_is_refused(packs: Packs, tmp_path: Path) -> None:
    shutil.copytree(packs.folder / "pack", tmp_path / "pack")
    with (tmp_path / "pack/manifest-sha256.txt").open("r+b") as file:
        file.truncate(65 << 20)
    said, peak = _peak(tmp_path / "pack")
    assert said == "unreadable-pack"
    assert peak < 256 << 20
