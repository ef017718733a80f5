"""What building and verifying a pack tell the user, in words and as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from itsmctl.evidence.attestation import Signature, Status
from itsmctl.evidence.bag import NO_END, NOT_IN_ORDER, OF_WINDOWS
from itsmctl.evidence.chain import BreakKind, ChainReport
from itsmctl.evidence.container import Difference, Fault
from itsmctl.evidence.timestamp import REASONS, Timestamp
from itsmctl.evidence.timestamp import Status as StampStatus
from itsmctl.evidence.verify import VerifyReport
from itsmctl.language import Language, msg, number_text, printable, tr, trn
from itsmctl.reports.plain import cells, fit

if TYPE_CHECKING:  # verifying must not pay for what only building needs
    from itsmctl.evidence.pack import PackSummary
    from itsmctl.evidence.reveal import Person

_MEANINGS: Mapping[Fault, str] = {
    "altered": msg("altered: {algorithm} should be {expected}, is {found}"),
    "missing": msg("missing"),
    "added": msg("added: no manifest lists it"),
    "malformed": msg("malformed: {about}"),
    "duplicate": msg("lists a file twice: {about}"),
    "unsafe": msg("lists a path that leads outside the pack: {about}"),
    "incomplete": msg("altered: does not list {about}"),
    "disagrees": msg("altered: what it says about {about} is contradicted by the other manifests"),
    "not-a-file": msg("not a regular file, but a link or a device"),
    "oxum": msg("says that the payload is {found} (bytes.files), but it is {expected}"),
    "archive": msg("altered in the zip file: {about}"),
    "unsigned": msg("missing: the pack is not signed"),
    "contradicts": msg("altered: it is not what {about} holds"),
    "other-pack": msg("signed for another pack: {about} has other digests"),
    "other-key": msg("another key: should be {expected}, is {found}"),
    "bad-timestamp": msg("not a good time-stamp for this pack: {about}"),
    "bad-signature": msg("bad signature: key sha256:{found} did not sign this"),
}

_PARTS_OF_A_ZIP: Mapping[str, str] = {
    "base folder": msg("the name of the folder in it"),
    "bytes after the archive": msg("there are bytes after its end"),
    "bytes before the archive": msg("there are bytes before its beginning"),
    "checksum": msg("its checksum"),
    "dates of the members": msg("the dates of the files in it"),
    "directory entry": msg("its entry in the directory"),
    "end": msg("where it ends"),
    "end record": msg("the end of the directory"),
    "header": msg("its header"),
    "order of members": msg("the order of the files in it"),
    "position": msg("where it begins"),
    "times in the archive": msg("it stands in it more than once"),
}
_PHRASES = frozenset((NO_END, NOT_IN_ORDER, OF_WINDOWS, *REASONS))
_LINE = re.compile(r"line (\d+)")


def summary_lines(summary: PackSummary, language: Language) -> list[str]:
    """What was built, its digest, and what the pack lacks."""
    files = trn("{n} file", "{n} files", summary.files, language)
    size = tr("{n} bytes", language, n=number_text(summary.bytes))
    told = tr("{files}, {size}", language, files=files, size=size)
    lines = [
        f"{summary.path}{tr(': ', language)}{told}",
        *_digest_lines(summary.digest, summary.archive_sha256, language),
    ]
    if summary.commit_unknown:
        told = tr(
            "The commit of the definitions is unknown ({why}): the pack has no document-control log.",
            language,
            why=tr(summary.commit_unknown, language),
        )
        lines.append(told)
    elif not summary.commit:
        lines.append(tr("The definitions are not kept in git: the pack has no document-control log.", language))
    elif summary.history == "unavailable":
        lines.append(tr("The history of that commit cannot be read here: no document-control log.", language))
    elif summary.history == "shallow":
        lines.append(tr("This is a shallow clone: the document-control log does not reach back.", language))
    if summary.dirty:
        lines.append(tr("The definitions have changes that are not in the commit.", language))
    if summary.key:
        lines.append(_signature_line(Signature("enclosed-key", summary.key), language))
    else:
        lines.append(tr("Write the pack digest down elsewhere: the pack carries no signature.", language))
    return [*lines, *_changed_signer(summary, language)]


def _changed_signer(summary: PackSummary, language: Language) -> Iterator[str]:
    """What to do where the pack before has another signature: whoever verifies the chain will be told that it changes."""
    old, new = summary.previous_key, summary.key
    if not old or old == new:
        return
    if new:
        told = msg(
            "! The pack before is signed by another key, sha256:{old}. If that is as it should be, give both public keys to whoever verifies the chain; if not, find out who signed it."
        )
    else:
        told = msg(
            "! The pack before is signed, by key sha256:{old}, and this one is not: whoever verifies the chain cannot tell who continued it. Build it with --key."
        )
    yield tr(told, language, old=old)


def report_lines(report: VerifyReport, language: Language) -> list[str]:
    """Whether the pack is intact, and otherwise every file that differs."""
    if report.intact:
        files = trn("{n} file", "{n} files", report.files, language)
        verdict = [tr("{pack}: intact, {files}", language, pack=report.pack, files=files)]
    else:
        names = len(report.files_that_differ)
        told = trn("altered, {n} file differs", "altered, {n} files differ", names, language)
        if not report.altered:
            told = tr(
                "not proven: the files are as the manifests list them, but the signature or the time-stamp is not there or not good",
                language,
            )
        verdict = [f"{report.pack}{tr(': ', language)}{told}"]
        verdict += [f"  {difference_text(difference, language)}" for difference in report.differences]
    digests = _digest_lines(report.digest, report.archive_sha256, language, altered=report.altered)
    if report.intact and report.signature.status == "unsigned":
        signature = tr(_UNSIGNED, language)
    else:
        signature = _signature_line(report.signature, language)
    return [*verdict, *digests, signature, *timestamp_lines(report.timestamp, language)]


_BREAKS: Mapping[BreakKind, str] = {
    "gap": msg("the pack before it, number {about}, is not here: sha256:{expected}"),
    "replaced": msg(
        "the pack before it was altered or replaced: {about} is sha256:{found}, should be sha256:{expected}"
    ),
    "fork": msg("names the same pack before it as {about} does"),
    "start": msg("names no pack before it, but the chain begins with {about}"),
    "position": msg("says that it is number {found} of the chain, but it is number {expected}"),
    "order": msg("is of {found}, but the pack before it, {about}, is of {expected}"),
    "unreadable": msg("cannot be read: {about}"),
}


def chain_lines(report: ChainReport, language: Language) -> list[str]:
    """Each pack of a chain with what differs in it, then where the chain does not hold."""
    lines: list[str] = []
    for pack in report.packs:
        first, *others = report_lines(pack.report, language)
        lines += [f"{pack.position}  {first}", *(f"   {other}" for other in others)]
    for found in report.breaks:
        values = {"expected": found.expected, "found": found.found, "about": found.about}
        lines.append(printable(f"{found.pack}: {tr(_BREAKS[found.kind], language, **values)}"))
    lines += _changed_signers(report, language)
    if report.intact:
        return [*lines, trn("a chain of {n} pack, whole", "a chain of {n} packs, whole", len(report.packs), language)]
    return [*lines, tr("the chain is not whole", language)]


def _changed_signers(report: ChainReport, language: Language) -> Iterator[str]:
    """Where a chain goes on under another key, or under none, and nobody named the keys that may sign it."""
    for before, pack in pairwise(report.packs):
        old, new = before.report.signature, pack.report.signature
        if old.status != "enclosed-key" or new.status not in ("enclosed-key", "unsigned") or new.key == old.key:
            continue
        values = {"position": pack.position, "old": old.key, "new": new.key}
        if new.status == "unsigned":
            told = msg(
                "! pack {position} is not signed, the one before it was by key sha256:{old}: whoever has no key could have made it"
            )
        else:
            told = msg(
                "! pack {position} is signed by key sha256:{new}, the one before it by sha256:{old}: whether that may be, only --public-key tells"
            )
        yield tr(told, language, **values)


def chain_json(report: ChainReport) -> str:
    """The report of a chain for machines."""
    packs = [
        {**_facts(p.report), "position": p.position, "previous": p.previous or None, "day": p.day or None}
        for p in report.packs
    ]
    breaks = [
        {
            "pack": str(found.pack),
            "break": found.kind,
            "expected": found.expected or None,
            "found": found.found or None,
            "about": found.about or None,
        }
        for found in report.breaks
    ]
    facts = {"format": "itsmctl/chain/v1", "intact": report.intact, "packs": packs, "breaks": breaks}
    return json.dumps(facts, ensure_ascii=False, indent=2, sort_keys=True)


def report_json(report: VerifyReport) -> str:
    """The report for machines."""
    return json.dumps(_facts(report), ensure_ascii=False, indent=2, sort_keys=True)


def _facts(report: VerifyReport) -> dict[str, object]:
    differences = [
        {
            "file": difference.file,
            "fault": difference.fault,
            "algorithm": difference.algorithm or None,
            "expected": difference.expected or None,
            "found": difference.found or None,
            "about": difference.about or None,
        }
        for difference in report.differences
    ]
    return {
        "format": "itsmctl/verification/v1",
        "pack": str(report.pack),
        "intact": report.intact,
        "files": report.files,
        "bytes": report.bytes,
        "digest": report.digest or None,
        "archive_sha256": report.archive_sha256 or None,
        "timestamp": {
            "status": report.timestamp.status,
            "at": report.timestamp.at or None,
            "authority": report.timestamp.authority or None,
        },
        "signature": {"status": report.signature.status, "key": report.signature.key or None},
        "differences": differences,
    }


_SIGNATURES: Mapping[Status, str] = {
    "unsigned": msg("signature    none"),
    "enclosed-key": msg("signature    good, by key sha256:{key}; only --public-key tells whose it is"),
    "trusted-key": msg("signature    good, by key sha256:{key} ({file})"),
    "not-good": msg("signature    not good"),
    "altered-since": msg("signature    does not hold: the pack differs from what key sha256:{key} signed"),
}
_UNSIGNED = msg("signature    none; compare the pack digest with the one noted elsewhere")
"""Of a pack in which all is as its manifests list it: whoever alters an unsigned pack can write these anew."""


_TIMESTAMPS: Mapping[StampStatus, str] = {
    "not-checked": msg("time-stamp   {at} by {authority}; only --tsa tells whether that is so"),
    "trusted": msg("time-stamp   {at} by {authority}, good"),
    "not-good": msg("time-stamp   not good"),
    "altered-since": msg("time-stamp   does not hold: the pack differs from what {authority} saw at {at}"),
}


def timestamp_lines(stamp: Timestamp, language: Language) -> list[str]:
    """When the pack was stamped and by whom; nothing where it was not."""
    if stamp.status == "none":
        return []
    authority = stamp.authority or "–"
    return [printable(tr(_TIMESTAMPS[stamp.status], language, at=stamp.at, authority=authority))]


def _signature_line(signature: Signature, language: Language) -> str:
    return tr(_SIGNATURES[signature.status], language, key=signature.key, file=signature.file)


def revealed_lines(people: Sequence[Person], language: Language) -> list[str]:
    """One line for each person: the pseudonym and the name."""
    if not people:
        return [tr("nobody is shown under a pseudonym", language)]
    absent = f"  ({tr('does not occur', language)})"
    return [
        printable(f"{person.pseudonym}  {person.name}{'' if person.occurs else absent}".rstrip()) for person in people
    ]


def _digest_lines(digest: str, archive_sha256: str, language: Language, altered: bool = False) -> list[str]:
    """Both in a column, with what the lines about signature and time-stamp say.

    An altered pack may have the digest that somebody noted, as it is that of the manifests.
    """
    labels = tr("pack digest", language), tr("zip file", language)
    room = max(map(cells, labels))
    but = tr("; but the pack was altered", language) if altered else ""
    told = zip(labels, (digest, archive_sha256), (but, ""), strict=True)
    return [f"{fit(label, room)}  sha256:{value}{more}" for label, value, more in told if value]


def difference_text(difference: Difference, language: Language) -> str:
    """One sentence about a difference, beginning with the file's name."""
    name = difference.file or tr("the zip file itself", language)
    values = {
        "algorithm": difference.algorithm,
        "expected": difference.expected,
        "found": difference.found,
        "about": _about(difference, language),
    }
    return f"{printable(name)}{tr(': ', language)}{printable(tr(_MEANINGS[difference.fault], language, **values))}"


def _about(difference: Difference, language: Language) -> str:
    about = difference.about
    if difference.fault == "archive":
        return tr(_PARTS_OF_A_ZIP[about], language)
    if line := _LINE.fullmatch(about):
        return tr("line {n}", language, n=line[1])
    if about in _PHRASES:
        detail = f" ({difference.found})" if difference.found else ""
        return f"{tr(about, language)}{detail}"
    return about or difference.found or "–"
