"""Verify a pack, folder or zip: every file that differs is named; nothing is unpacked, everything is streamed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.evidence import archive
from itsmctl.evidence.attestation import FILES as SIGNATURE_FILES
from itsmctl.evidence.attestation import Signature, check_signature
from itsmctl.evidence.bag import (
    ALGORITHMS,
    BAGIT,
    DECLARATION,
    INFO,
    MANIFESTS,
    TAG_FILES,
    TAG_MANIFESTS,
    Algorithm,
    Digests,
    Listing,
    digest,
    info_field,
    read_manifest,
)
from itsmctl.evidence.container import Difference, Fault, Opened, Part, content_of, open_pack, unreadable
from itsmctl.evidence.timestamp import FILES as TIMESTAMP_FILES
from itsmctl.evidence.timestamp import Timestamp, check_timestamp

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

    from itsmctl.evidence.keys import PublicKey


_SEALS: frozenset[Fault] = frozenset({"unsigned", "other-key", "bad-timestamp"})
"""What is wrong with a seal, where no file is other than its manifest says."""


@dataclass(frozen=True)
class VerifyReport:
    """What verifying found; `digest` is the SHA-256 of `tagmanifest-sha256.txt`, to compare with the one noted."""

    pack: Path
    files: int
    bytes: int
    digest: str
    archive_sha256: str
    differences: tuple[Difference, ...]
    signature: Signature = Signature()
    timestamp: Timestamp = Timestamp()

    @property
    def intact(self) -> bool:
        return not self.differences

    @property
    def altered(self) -> bool:
        """Whether files are not what the manifests list, rather than a seal alone not there or not good."""
        return _altered(self.differences)

    @property
    def files_that_differ(self) -> tuple[str, ...]:
        """Every file named, once, in order."""
        return tuple(sorted({difference.file for difference in self.differences}))


def verify(pack: Path, keys: Sequence[PublicKey] = (), authorities: Sequence[Certificate] = ()) -> VerifyReport:
    """Check a pack against its manifests, the manifests against each other, and the signature against what is there.

    With `keys`, a pack that none of them signed is not intact; with `authorities`, one that none of them stamped.

    Raises ItsmctlError when it is not a pack, cannot be read, or exceeds what a pack may be.
    """
    try:
        opened = open_pack(pack)
        return _report(opened, "" if pack.is_dir() else digest(Part(pack).chunks()).sha256, keys, authorities)
    except OSError as error:
        raise unreadable(Path(error.filename or pack), error.strerror or str(error)) from error


def check_intact(pack: Path) -> VerifyReport:
    """The report of a pack that is intact; raises ItsmctlError where it is not, or is none."""
    report = verify(pack)
    if not report.intact:
        message = "this pack is not intact ({names}); see `itsmctl evidence verify`"
        values = {"names": ", ".join(report.files_that_differ[:5])}
        raise ItsmctlError(Problem("pack-altered", message, Where(str(pack)), values))
    return report


def _report(
    opened: Opened, archive_sha256: str, keys: Sequence[PublicKey], authorities: Sequence[Certificate]
) -> VerifyReport:
    if not any(name in opened.parts for name in (*MANIFESTS.values(), *TAG_MANIFESTS.values())):
        raise unreadable(opened.pack, "it holds no manifest, so it is not an evidence pack")
    found = {path: digest(part.chunks()) for path, part in sorted(opened.parts.items())}
    differences = [*opened.differences, *_tag_differences(opened, found)]
    altered = {difference.file for difference in differences}
    differences += _payload_differences(opened, found, altered)
    differences += _container_differences(opened, found, differences)
    signature, faults = check_signature(opened, found, keys)
    differences += faults
    stamp, faults = check_timestamp(opened, found, authorities, altered=bool(differences))
    differences += faults
    if _altered(differences):
        signature, stamp = _of_other_files(signature, stamp)
    tag_manifest = found.get(TAG_MANIFESTS["sha256"])
    return VerifyReport(
        opened.pack,
        len(found),
        sum(digests.size for digests in found.values()),
        tag_manifest.sha256 if tag_manifest else "",
        archive_sha256,
        tuple(sorted(set(differences))),
        signature,
        stamp,
    )


def _altered(differences: Iterable[Difference]) -> bool:
    return any(difference.fault not in _SEALS for difference in differences)


def _of_other_files(signature: Signature, stamp: Timestamp) -> tuple[Signature, Timestamp]:
    """The seals of an altered pack: a signature may hold for the manifests, and is good for nothing all the same."""
    if signature.status in ("enclosed-key", "trusted-key"):
        signature = replace(signature, status="altered-since")
    if stamp.status in ("not-checked", "trusted"):
        stamp = replace(stamp, status="altered-since")
    return signature, stamp


def _tag_differences(opened: Opened, found: Mapping[str, Digests]) -> Iterator[Difference]:
    """Compare the tag files with the tag manifests; these have no manifest above them, so they judge each other."""
    listings = {a: _listing(opened, TAG_MANIFESTS[a], a, payload=False) for a in ALGORITHMS}
    yield from (Difference(name, "missing") for name in TAG_MANIFESTS.values() if name not in opened.parts)
    for algorithm, listing in listings.items():
        yield from _line_faults(TAG_MANIFESTS[algorithm], listing)
    present = {a for a in ALGORITHMS if TAG_MANIFESTS[a] in opened.parts}
    names = {*TAG_FILES, *(path for listing in listings.values() for path in listing.digests)}
    for path in sorted(names):
        yield from _judge_tag_file(path, {a: listings[a].digests.get(path, "") for a in present}, found.get(path))
    tags = {path for path in opened.parts if not path.startswith("data/")}
    yield from (
        Difference(path, "added")
        for path in sorted(tags - names - set(TAG_MANIFESTS.values()) - set(SIGNATURE_FILES) - set(TIMESTAMP_FILES))
    )


def _judge_tag_file(path: str, claims: Mapping[Algorithm, str], found: Digests | None) -> Iterator[Difference]:
    """A change of the file contradicts every tag manifest; a contradiction of one alone lies in that one."""
    listed = [a for a in ALGORITHMS if claims.get(a)]
    if found is None:
        if path in TAG_FILES:
            yield Difference(path, "missing")
        else:
            yield from (Difference(TAG_MANIFESTS[a], "disagrees", a, about=path) for a in listed)
        return
    yield from (Difference(TAG_MANIFESTS[a], "incomplete", a, about=path) for a in claims if not claims[a])
    wrong = [a for a in listed if claims[a] != found.of(a)]
    alone = len(wrong) == 1 and len(listed) > 1
    for algorithm in wrong:
        if alone:
            claim = claims[algorithm]
            yield Difference(TAG_MANIFESTS[algorithm], "disagrees", algorithm, found.of(algorithm), claim, path)
        else:
            yield Difference(path, "altered", algorithm, claims[algorithm], found.of(algorithm))


def _payload_differences(opened: Opened, found: Mapping[str, Digests], altered: set[str]) -> Iterator[Difference]:
    """Compare the payload with both manifests; a manifest known to be altered is not believed on its own."""
    listings = {a: _listing(opened, MANIFESTS[a], a, payload=True) for a in ALGORITHMS}
    for algorithm, listing in listings.items():
        yield from _line_faults(MANIFESTS[algorithm], listing)
    believed = {a for a in ALGORITHMS if MANIFESTS[a] not in altered and not listings[a].faults}
    payload = {path for path in opened.parts if path.startswith("data/")}
    # An entry of the archive that is no regular file is named already; it is not missing as well.
    names = payload | {path for listing in listings.values() for path in listing.digests}
    for path in sorted(names - {d.file for d in opened.differences if d.fault == "not-a-file"}):
        claims = {a: listings[a].digests[path] for a in ALGORITHMS if path in listings[a].digests}
        digests = found.get(path)
        trusted = believed & claims.keys() or (set(claims) if len(claims) == len(ALGORITHMS) else set())
        if digests is None:
            kind: Fault = "missing"
            yield from [Difference(path, kind)] if trusted else _blame(claims, path)
        elif not claims:
            yield Difference(path, "added")
        else:
            silent = [MANIFESTS[a] for a in ALGORITHMS if a not in claims and MANIFESTS[a] in opened.parts]
            yield from (Difference(name, "incomplete", about=path) for name in silent)
            yield from _judge_payload_file(path, claims, digests, believed)


def _blame(claims: Mapping[Algorithm, str], path: str) -> Iterator[Difference]:
    return (Difference(MANIFESTS[a], "disagrees", a, about=path) for a in claims)


def _judge_payload_file(
    path: str, claims: Mapping[Algorithm, str], digests: Digests, believed: set[Algorithm]
) -> Iterator[Difference]:
    wrong = [a for a in ALGORITHMS if a in claims and claims[a] != digests.of(a)]
    for algorithm in wrong:
        if algorithm in believed or len(wrong) == len(ALGORITHMS):
            yield Difference(path, "altered", algorithm, claims[algorithm], digests.of(algorithm))
        else:
            expected, claim = digests.of(algorithm), claims[algorithm]
            yield Difference(MANIFESTS[algorithm], "disagrees", algorithm, expected, claim, path)


def _container_differences(
    opened: Opened, found: Mapping[str, Digests], known: Iterable[Difference]
) -> Iterator[Difference]:
    """What the pack says about itself as a whole: its declaration, the size of its payload, the zip's own fields."""
    files = {difference.file for difference in known}
    if DECLARATION in found and DECLARATION not in files and content_of(opened, DECLARATION) != BAGIT:
        yield Difference(DECLARATION, "malformed")
    payload = [digests for path, digests in found.items() if path.startswith("data/")]
    oxum = f"{sum(digests.size for digests in payload)}.{len(payload)}"
    fields = content_of(opened, INFO) if INFO in found else b""
    claimed = info_field(fields, "Payload-Oxum")
    # Where the payload itself differs, its size differs because of that, and bag-info.txt is not to blame.
    if INFO in found and claimed != oxum and not any(name.startswith("data/") for name in files):
        yield Difference(INFO, "oxum", expected=oxum, found=claimed)
    for path, crc in opened.crc32.items():
        if path in found and found[path].crc32 != crc and path not in files:
            yield Difference(path, "archive", "crc32", f"{found[path].crc32:08x}", f"{crc:08x}", "checksum")
    if opened.day is not None and INFO not in files:
        yield from _date_differences(opened.day, info_field(fields, "Bagging-Date"))


def _date_differences(day: int, bagged: str) -> Iterator[Difference]:
    try:
        expected = archive.dos_date(date.fromisoformat(bagged))
    except ValueError:
        yield Difference(INFO, "malformed", about="Bagging-Date", found=bagged)
        return
    if day != expected:
        yield Difference("", "archive", expected=str(expected), found=str(day), about="dates of the members")


def _line_faults(name: str, listing: Listing) -> Iterator[Difference]:
    return (Difference(name, fault, about=about) for fault, about in listing.faults)


def _listing(opened: Opened, name: str, algorithm: Algorithm, *, payload: bool) -> Listing:
    if name not in opened.parts:
        return Listing({}, ())
    return read_manifest(content_of(opened, name), algorithm, payload=payload)
