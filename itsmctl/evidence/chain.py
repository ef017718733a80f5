"""The chain of packs: each names the digest of the one before it, so that none can be taken out or put in unseen."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.evidence.bag import DECLARATION, INFO, MANIFESTS, TAG_MANIFESTS, info_field
from itsmctl.evidence.container import content_of, open_pack
from itsmctl.evidence.verify import VerifyReport, verify

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

    from itsmctl.evidence.keys import PublicKey

PREVIOUS_FIELD, POSITION_FIELD = "Previous-Pack", "Chain-Position"
_DIGEST = re.compile(r"sha256:([0-9a-f]{64})")


@dataclass(frozen=True)
class Link:
    """The pack before: its digest, and the position in the chain of the one that names it, counted from 1."""

    digest: str
    position: int
    day: str = ""
    """The day of the pack before."""
    key: str = ""
    """The id of the key that signed the pack before, or empty."""

    def fields(self) -> Iterator[tuple[str, str]]:
        """What bag-info.txt says of it."""
        yield PREVIOUS_FIELD, f"sha256:{self.digest}"
        yield POSITION_FIELD, str(self.position)


def link_to(previous: Path) -> Link:
    """The link to an earlier pack; raises ItsmctlError where that is not intact, as nothing can be built upon it."""
    report = verify(previous)
    if not report.intact:
        message = "this pack is not intact ({names}), so no other is built upon it; see `itsmctl evidence verify`"
        values = {"names": ", ".join(report.files_that_differ[:5])}
        raise ItsmctlError(Problem("previous-altered", message, Where(str(previous)), values))
    info = content_of(open_pack(previous), INFO)
    return Link(report.digest, position_of(info) + 1, info_field(info, "Bagging-Date"), report.signature.key)


BreakKind = Literal["gap", "replaced", "fork", "start", "position", "order", "unreadable"]


@dataclass(frozen=True)
class Chained:
    """A pack of the chain as verified; `previous` is the digest of the pack that it names, or empty."""

    report: VerifyReport
    position: int
    previous: str
    day: str


@dataclass(frozen=True)
class Break:
    """One place where the chain does not hold; `about` names the other pack, or says why one cannot be read."""

    pack: Path
    kind: BreakKind
    expected: str = ""
    found: str = ""
    about: str = ""


@dataclass(frozen=True)
class ChainReport:
    """The packs in the order of the chain, each with its own report, and every break."""

    packs: tuple[Chained, ...]
    breaks: tuple[Break, ...]

    @property
    def intact(self) -> bool:
        return not self.breaks and all(pack.report.intact for pack in self.packs)


def verify_chain(
    places: Iterable[Path], keys: Sequence[PublicKey] = (), authorities: Sequence[Certificate] = ()
) -> ChainReport:
    """Verify packs, and that each but the first follows another of them; a folder that is no pack stands for those in it.

    Raises ItsmctlError where there is no pack at all. The same pack given twice, as folder and zip, counts once; where one of
    them is not intact, as that one.
    """
    packs: dict[str, Chained] = {}
    breaks: list[Break] = []
    for path in _packs_of(places):
        try:
            found = _chained(path, verify(path, keys, authorities))
        except ItsmctlError as error:
            breaks.append(Break(path, "unreadable", about=str(error.problems[0].message)))
            continue
        known = packs.setdefault(name := found.report.digest or str(path), found)
        if known.report.intact:  # a copy whose files are others has the same digest where its manifests are the same
            packs[name] = found
    ordered = sorted(packs.values(), key=lambda pack: (pack.position, pack.day, str(pack.report.pack)))
    return ChainReport(tuple(ordered), (*breaks, *_breaks(ordered, packs)))


def _packs_of(places: Iterable[Path]) -> Iterator[Path]:
    for place in places:
        if not place.is_dir() or _is_pack(place):
            yield place
            continue
        inside = [path for path in sorted(place.iterdir()) if not path.name.startswith(".") and _is_pack(path)]
        if not inside:
            message = "this folder is no evidence pack, and there is none in it"
            raise ItsmctlError(Problem("no-packs", message, Where(str(place))))
        yield from inside


def _is_pack(path: Path) -> bool:
    if path.is_dir():
        return any((path / name).exists() for name in (DECLARATION, *MANIFESTS.values(), *TAG_MANIFESTS.values()))
    return path.suffix.lower() == ".zip"


def _chained(path: Path, report: VerifyReport) -> Chained:
    opened = open_pack(path)
    info = content_of(opened, INFO) if INFO in opened.parts else b""
    return Chained(report, position_of(info), previous_of(info), info_field(info, "Bagging-Date"))


def _breaks(ordered: Sequence[Chained], by_digest: Mapping[str, Chained]) -> Iterator[Break]:
    followers: dict[str, list[Chained]] = defaultdict(list)
    first, *_ = (*(pack for pack in ordered if not pack.previous), *ordered[:1], None)
    for pack in ordered:
        if pack.previous:
            followers[pack.previous].append(pack)
            yield from _link_breaks(pack, by_digest.get(pack.previous), ordered)
        elif pack is not first and first is not None:
            yield Break(pack.report.pack, "start", about=str(first.report.pack))
        elif pack.position != 1:
            yield Break(pack.report.pack, "position", "1", str(pack.position))
    for others in followers.values():
        for other in others[1:]:
            yield Break(other.report.pack, "fork", about=str(others[0].report.pack))


def _link_breaks(pack: Chained, before: Chained | None, ordered: Sequence[Chained]) -> Iterator[Break]:
    """What is wrong between a pack and the one that it names, which may not be there, or not be the same any more."""
    path = pack.report.pack
    if before is None:
        place = next((other for other in ordered if other.position == pack.position - 1), None)
        if place is None:
            yield Break(path, "gap", pack.previous, about=str(pack.position - 1))
        else:
            yield Break(path, "replaced", pack.previous, place.report.digest, str(place.report.pack))
        return
    if pack.position != before.position + 1:
        yield Break(path, "position", str(before.position + 1), str(pack.position))
    if pack.day < before.day:
        yield Break(path, "order", before.day, pack.day, str(before.report.pack))


def position_of(info: bytes) -> int:
    """The position that a pack's bag-info.txt tells; a pack that begins a chain need not say so."""
    text = info_field(info, POSITION_FIELD)
    return int(text) if re.fullmatch(r"[1-9][0-9]{0,8}", text) else 1


def previous_of(info: bytes) -> str:
    """The digest of the pack before, or nothing."""
    match = _DIGEST.fullmatch(info_field(info, PREVIOUS_FIELD))
    return match.group(1) if match else ""
