"""The record of a controlled document: versions, dates, author, approver, what changed, and when it is looked at again."""

from __future__ import annotations

from collections.abc import Mapping

from itsmctl.control.people import day_of
from itsmctl.control.record import ControlRecord, Version
from itsmctl.control.reviews import How, Review
from itsmctl.history.acts import Proof
from itsmctl.language import Language, iso, msg, tr
from itsmctl.reports.changes.words import EFFECT_WORDS
from itsmctl.views.page import Block, Facts, Grid, Page, Section, Words

HOWS: Mapping[How, str] = {
    "trailer": msg("named in the message"),
    "commit": msg("committed it"),
    "merge": msg("merged it"),
    "tag": msg("signed a tag"),
    "forge": msg("approved in the forge"),
}
PROOFS: Mapping[Proof, str] = {
    "none": msg("not signed"),
    "good": msg("signed by {signer}"),
    "unknown-key": msg("signed with a key that nobody knows"),
    "bad": msg("the signature is wrong"),
    "expired": msg("the signature or its key has expired"),
}


def page(record: ControlRecord, language: Language) -> Page:
    """The record for people."""
    one = record.definition
    return Page(
        title=f"{one.title.in_(language)} · {one.id}",
        subtitle=tr("record of a controlled document", language),
        blocks=_facts(record, language),
        sections=tuple(
            Section(
                tr("Version {number} of {day}", language, number=version.number, day=day_of(version.at)),
                _version(version, language),
            )
            for version in record.versions
        ),
        source=str(one.where),
    )


def data(record: ControlRecord) -> dict[str, object]:
    """The record as plain values."""
    return {
        "format": "itsmctl/history/v1",
        "kind": record.definition.kind,
        "id": record.definition.id,
        "roles": list(record.roles),
        "next_review": record.next_review.isoformat() if record.next_review else None,
        "uncommitted": record.uncommitted,
        "versions": [_version_data(version) for version in record.versions],
    }


def _facts(record: ControlRecord, language: Language) -> tuple[Block, ...]:
    rows = [
        (tr("Versions", language), str(len(record.versions))),
        (tr("Approval by", language), tr(", ", language).join(record.roles)),
        (tr("Next review", language), str(record.next_review or "")),
    ]
    unlike = tr("The file here says something else than the last version: it is not committed.", language)
    return (Facts(tuple(rows)), Words(unlike if record.uncommitted else ""))


def _version(version: Version, language: Language) -> tuple[Block, ...]:
    between = tr("; ", language)
    approved = between.join(_review(review, language) for review, counts in version.reviews if counts)
    seen = between.join(_review(review, language) for review, counts in version.reviews if not counts)
    rows = [
        (
            tr("Author", language),
            between.join(person or _unknown(str(who), language) for who, person in version.authors),
        ),
        (tr("Approved by", language), approved or tr("nobody with the authority", language)),
        (tr("Also seen by", language), seen),
        (tr("Signature", language), tr(PROOFS[version.signature.proof], language, signer=version.signature.signer)),
        (tr("Commit", language), f"{version.commit[:12]} {version.subject}"),
    ]
    heads = (tr("Effect", language), tr("what changed", language))
    changes = tuple((tr(EFFECT_WORDS[effect], language), path) for effect, path in version.changes)
    return Facts(tuple(rows)), Grid(heads, changes)


def _review(review: Review, language: Language) -> str:
    who = review.person or _unknown(str(review.identity), language)
    signed = tr(", signed", language) if review.signed else ""
    return f"{who} ({tr(HOWS[review.how], language)}{signed}, {day_of(review.at)})"


def _unknown(who: str, language: Language) -> str:
    return tr("{who} (nobody known)", language, who=who)


def _version_data(version: Version) -> dict[str, object]:
    return {
        "number": version.number,
        "commit": version.commit,
        "at": iso(version.at),
        "file": version.file,
        "subject": version.subject,
        "authors": [{"identity": str(who), "person": person} for who, person in version.authors],
        "signature": {"proof": version.signature.proof, "signer": version.signature.signer},
        "reviews": [
            {
                "identity": str(review.identity),
                "person": review.person,
                "how": review.how,
                "at": iso(review.at),
                "commit": review.commit,
                "signed": review.signed,
                "counts": counts,
            }
            for review, counts in version.reviews
        ],
        "changes": [{"class": effect, "path": path} for effect, path in version.changes],
    }
