"""Build an evidence pack from a result folder and the definitions that judged it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import itsmctl
from itsmctl import definitions as definition_reader
from itsmctl import history
from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.evidence import documents
from itsmctl.evidence.bag import TAG_MANIFESTS
from itsmctl.evidence.counted import contradictions
from itsmctl.evidence.derived import derived, in_language
from itsmctl.evidence.reading import Judged, read_result
from itsmctl.evidence.samples import samples
from itsmctl.evidence.sealing import Seals
from itsmctl.evidence.statement import data, statements
from itsmctl.evidence.statement.pdf import pdf
from itsmctl.evidence.statement.versions import Versions
from itsmctl.evidence.statement.words import in_words
from itsmctl.evidence.tables import csv_bytes, json_bytes
from itsmctl.evidence.write import Content, write_pack
from itsmctl.importers.receipt import Receipt, ReceiptFile, read_receipt
from itsmctl.language import LANGUAGES
from itsmctl.model import Definitions
from itsmctl.reference import schema_folder
from itsmctl.scratch import scratch

NEEDED = ("result.json", "verdicts.parquet", "findings.csv", "report.html", "receipt.json")
"""What the result folder of an audit must hold."""
_REPORT = re.compile(r"report(\.[a-z]{2})?\.html")


@dataclass(frozen=True)
class PackSummary:
    """What was built. `digest` is the SHA-256 of `tagmanifest-sha256.txt`, the same for a folder and its zip."""

    path: Path
    files: int
    bytes: int
    digest: str
    archive_sha256: str
    """SHA-256 of the zip file, or empty for a folder."""
    commit: str
    dirty: bool
    history: history.HistoryState
    key: str = ""
    """The id of the key that signed it, or empty."""
    commit_unknown: str = ""
    """Why the audit could not ask git about the definitions, or empty."""
    previous_key: str = ""
    """The id of the key that signed the pack before, or empty."""


def build(
    result_dir: Path,
    out: Path,
    *,
    root: Path | None = None,
    seals: Seals = Seals(),  # noqa: B008 - frozen
    with_names: bool = False,
    papers: Sequence[Path] = (),
) -> PackSummary:
    """Write the pack of an audit to `out`; the same result, definitions and history give the same bytes.

    `papers` are the filled-in working papers of samples that go with it. Raises ItsmctlError when the result folder is not
    one, when its parts contradict each other, when the definitions at `root` have changed since, or when a sample is not
    what it says.
    """
    _check_folder(result_dir)
    judged = read_result(result_dir / "result.json")
    _check_files(result_dir, judged)
    if judged.people != "pseudonyms" and not with_names:
        message = (
            "this result names people, and a pack goes to others; audit again without --with-names, or build with it"
        )
        raise ItsmctlError(Problem("names-in-result", message, Where(str(result_dir))))
    receipt = read_receipt(result_dir)
    if receipt.digest != judged.dataset_digest:
        message = "the receipt belongs to other tickets than the result; audit again"
        raise ItsmctlError(Problem("receipt-changed", message, Where(str(result_dir / "receipt.json"))))
    definitions = definition_reader.load(root)
    if definitions.digest != judged.definitions_digest:
        raise _changed(definitions.root)
    wrong = list(contradictions(judged, definitions, result_dir / "verdicts.parquet"))
    if wrong:
        raise ItsmctlError(wrong)
    log = _log(definitions, judged)
    _check_order(judged, seals)
    examined = samples(papers, judged)
    fields = [*_info(judged, receipt), *seals.fields()]
    with scratch() as folder:
        payload = _payload(result_dir, judged, receipt, definitions, log, folder)
        for sample in examined:
            payload |= sample.files
        names = frozenset(payload)
        for language in LANGUAGES:
            payload[in_language(language, "data/README.md")] = documents.readme(
                judged, names, log.state, seals, examined, language
            )
        written = write_pack(out, payload, fields, judged.as_of, seals.over(judged))
    return PackSummary(
        out,
        len(written.digests),
        sum(found.size for found in written.digests.values()),
        written.digests[TAG_MANIFESTS["sha256"]].sha256,
        written.archive_sha256,
        judged.commit,
        judged.dirty,
        log.state,
        seals.key_id,
        judged.commit_unknown,
        seals.previous.key if seals.previous else "",
    )


def _check_order(judged: Judged, seals: Seals) -> None:
    """A chain goes forward in time."""
    day, link = judged.as_of.date().isoformat(), seals.previous
    if link and link.day > day:
        message = "the pack before is of {before}, and this audit of {day}: a chain goes forward in time"
        raise ItsmctlError(Problem("previous-later", message, values={"before": link.day, "day": day}))


def _check_folder(folder: Path) -> None:
    missing = [name for name in NEEDED if not (folder / name).is_file()]
    if missing:
        values = {"names": ", ".join(missing)}
        message = "this is not the result folder of an audit: there is no {names}"
        raise ItsmctlError(Problem("no-result", message, Where(str(folder)), values))


def _check_files(folder: Path, judged: Judged) -> None:
    """Refuse a folder in which a file is not the one that the audit wrote beside this `result.json`."""
    unsaid = [name for name in NEEDED if name != "result.json" and name not in judged.files]
    if unsaid:
        message = "it does not say which {names} the audit wrote beside it, so nobody can tell; audit again"
        where = Where(str(folder / "result.json"))
        raise ItsmctlError(Problem("result-without-digests", message, where, {"names": ", ".join(unsaid)}))
    message = "this is not the file that the audit wrote: result.json has another digest for it; audit again"
    altered = [name for name, sha256 in sorted(judged.files.items()) if _sha256(folder / name) != sha256]
    if altered:
        raise ItsmctlError(Problem("result-altered", message, Where(str(folder / name))) for name in altered)


def _sha256(path: Path) -> str:
    """The digest of a file, or nothing where it is not there."""
    if not path.is_file():
        return ""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _changed(root: Path) -> ItsmctlError:
    message = (
        "the definitions here are not those that the audit used, so the pack would prove nothing; "
        "audit again, or name the folder of the audit's definitions with --root"
    )
    return ItsmctlError(Problem("definitions-changed", message, Where(str(root))))


def _log(definitions: Definitions, judged: Judged) -> history.DocumentLog:
    """The log up to the audit's own commit, so that later commits do not change the pack."""
    if not judged.commit:
        return history.DocumentLog("unavailable")
    return history.log_of(definitions.root, definitions.files, revision=judged.commit)


def _payload(
    result_dir: Path,
    judged: Judged,
    receipt: Receipt,
    definitions: Definitions,
    log: history.DocumentLog,
    scratch: Path,
) -> dict[str, Content]:
    payload: dict[str, Content] = {f"data/result/{name}": result_dir / name for name in _result_files(judged)}
    payload["data/receipts/receipt.json"] = result_dir / "receipt.json"
    payload["data/inputs.csv"] = _inputs(receipt.files)
    files = _definition_files(definitions)
    payload |= {f"data/definitions/{name}": content for name, content in files.items()}
    payload["data/definitions.json"] = _definitions_json(judged, definitions, files, log)
    if log.entries:
        payload["data/history.csv"] = _history(log.entries)
    found = statements(definitions, judged)
    versions = Versions(log)
    words = [in_words(definitions, judged, found, versions, language) for language in LANGUAGES]
    payload["data/statement.json"] = json_bytes(data.document(definitions, judged, found, versions))
    for told in words:
        payload[in_language(told.language, "data/statement.html")] = documents.statement_page(told)
        payload[in_language(told.language, "data/statement.md")] = documents.statement(told)
        payload[in_language(told.language, "data/statement.pdf")] = pdf(told)
    verdicts, findings = result_dir / "verdicts.parquet", result_dir / "findings.csv"
    return payload | derived(definitions, judged, found, words, verdicts, findings, scratch)


def _result_files(judged: Judged) -> list[str]:
    """The files of an audit's result, and nothing else that somebody put beside them."""
    known = {"verdicts.parquet", "verdicts.csv", "findings.csv", "redaction.json", "people.csv"}
    return ["result.json", *(name for name in judged.files if name in known or _REPORT.fullmatch(name))]


def _definition_files(definitions: Definitions) -> dict[str, bytes]:
    """The definition files as the digest knows them, and the schemas that they were checked against.

    They are read once, and the digest is computed again over what was read: a file edited at this very moment
    must not slip in.
    """
    files: dict[str, bytes] = {}
    for name in definitions.files:
        if Path(name).is_absolute():
            message = "this definition is a link to a file outside the root, so a pack cannot hold it"
            raise ItsmctlError(Problem("unsafe-name", message, Where(name)))
        files[name] = (definitions.root / name).read_bytes()
    lines = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in files.items())
    if hashlib.sha256(lines.encode()).hexdigest() != definitions.digest:
        raise _changed(definitions.root)
    schemas = schema_folder()
    files |= {f"schemas/{path.name}": path.read_bytes() for path in sorted(schemas.glob("*.schema.json"))}
    return files


def _definitions_json(
    judged: Judged, definitions: Definitions, files: Mapping[str, bytes], log: history.DocumentLog
) -> bytes:
    listed = [
        {"path": name, "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
        for name, content in sorted(files.items())
    ]
    return json_bytes(
        {
            "format": "itsmctl/definitions/v1",
            "commit": judged.commit,
            "digest": judged.definitions_digest,
            "dirty": judged.dirty,
            "reference": definitions.is_reference,
            "history": log.state,
            "files": listed,
        }
    )


def _history(entries: Sequence[history.LogEntry]) -> bytes:
    header = ("file", "name_then", "commit", "committed_at", "author", "committer", "subject", "signed", "merge")
    return csv_bytes(
        header,
        (
            (e.path, e.path_then, e.hash, _utc(e.committed_at), e.author, e.committer, e.subject, e.signed, e.merge)
            for e in entries
        ),
    )


def _inputs(files: Sequence[ReceiptFile]) -> bytes:
    header = ("name", "member", "sha256", "bytes", "rows_read", "rows_imported", "rows_rejected")
    return csv_bytes(
        header, ((f.name, f.member, f.sha256, f.bytes, f.rows_read, f.rows_imported, f.rows_rejected) for f in files)
    )


def _info(judged: Judged, receipt: Receipt) -> list[tuple[str, str]]:
    what = f"Audit evidence: {str(judged.title) or 'IT service management'}, as of {judged.as_of:%Y-%m-%dT%H:%M:%SZ}, "
    rules = len(judged.rules) + len(judged.enquiries)
    return [
        ("Bag-Software-Agent", f"itsmctl {itsmctl.__version__}"),
        ("External-Description", f"{what}{judged.records} records, {len(receipt.files)} input files, {rules} rules"),
    ]


def _utc(moment: int) -> str:
    return f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%dT%H:%M:%SZ}"
