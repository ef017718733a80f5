"""What building and verifying a pack tell the user, in words and as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from itsmctl.evidence.container import Difference, Fault
from itsmctl.evidence.verify import VerifyReport
from itsmctl.language import Language, msg, number_text, tr, trn

if TYPE_CHECKING:  # verifying must not pay for what only building needs
    from itsmctl.evidence.pack import PackSummary

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
}


def summary_lines(summary: PackSummary, language: Language) -> list[str]:
    """What was built, its digest, and what the pack lacks."""
    files = trn("{n} file", "{n} files", summary.files, language)
    size = tr("{n} bytes", language, n=number_text(summary.bytes))
    lines = [f"{summary.path}: {files}, {size}", *_digest_lines(summary.digest, summary.archive_sha256, language)]
    if not summary.commit:
        lines.append(tr("The definitions are not kept in git: the pack has no document-control log.", language))
    elif summary.history == "unavailable":
        lines.append(tr("The history of that commit cannot be read here: no document-control log.", language))
    elif summary.history == "shallow":
        lines.append(tr("This is a shallow clone: the document-control log does not reach back.", language))
    if summary.dirty:
        lines.append(tr("The definitions have changes that are not in the commit.", language))
    lines.append(tr("Write the pack digest down elsewhere: the pack carries no signature.", language))
    return lines


def report_lines(report: VerifyReport, language: Language) -> list[str]:
    """Whether the pack is intact, and otherwise every file that differs."""
    if report.intact:
        files = trn("{n} file", "{n} files", report.files, language)
        verdict = [tr("{pack}: intact, {files}", language, pack=report.pack, files=files)]
    else:
        names = len(report.files_that_differ)
        verdict = [f"{report.pack}: {trn('altered, {n} file differs', 'altered, {n} files differ', names, language)}"]
        verdict += [f"  {difference_text(difference, language)}" for difference in report.differences]
    return [*verdict, *_digest_lines(report.digest, report.archive_sha256, language)]


def report_json(report: VerifyReport) -> str:
    """The report for machines."""
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
    facts: dict[str, object] = {
        "format": "itsmctl/verification/v1",
        "pack": str(report.pack),
        "intact": report.intact,
        "files": report.files,
        "bytes": report.bytes,
        "digest": report.digest or None,
        "archive_sha256": report.archive_sha256 or None,
        "differences": differences,
    }
    return json.dumps(facts, ensure_ascii=False, indent=2, sort_keys=True)


def _digest_lines(digest: str, archive_sha256: str, language: Language) -> list[str]:
    lines = [f"{tr('pack digest', language)}  sha256:{digest}"] if digest else []
    return [*lines, f"{tr('zip file', language)}  sha256:{archive_sha256}"] if archive_sha256 else lines


def difference_text(difference: Difference, language: Language) -> str:
    """One sentence about a difference, beginning with the file's name."""
    name = difference.file or tr("the zip file itself", language)
    values = {
        "algorithm": difference.algorithm,
        "expected": difference.expected,
        "found": difference.found,
        "about": difference.about or difference.found or "–",
    }
    return f"{_printable(name)}: {_printable(tr(_MEANINGS[difference.fault], language, **values))}"


def _printable(text: str) -> str:
    """A name from a pack that somebody else made must not steer the terminal."""
    return "".join(character if character.isprintable() else repr(character)[1:-1] for character in text)
