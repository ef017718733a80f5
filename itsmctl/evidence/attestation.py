"""What a signature says: an in-toto Statement v1 about the tag files of a pack, in a DSSE envelope, with the parts beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from itsmctl.evidence.bag import ALGORITHMS, INFO, TAG_FILES, TAG_MANIFESTS, Digests, info_field
from itsmctl.evidence.container import Difference, Opened, content_of
from itsmctl.evidence.envelope import Envelope, pre_authentication, read_envelope

if TYPE_CHECKING:  # whoever signs nothing and checks nothing loads no cryptography
    from itsmctl.evidence.keys import PrivateKey, PublicKey

FOLDER = "signature/"
ENVELOPE, SIGNED, KEY, SIGNATURE = (
    f"{FOLDER}{name}" for name in ("attestation.dsse.json", "pae.bin", "public-key.pem", "sig.bin")
)
FILES = (ENVELOPE, SIGNED, KEY, SIGNATURE)
"""The envelope, and what `openssl` needs of it as files: the bytes that are signed, the public key, the signature."""
KEY_FIELD = "Signing-Key"
"""The field of bag-info.txt that names the key, so that a signature cannot just be taken away."""

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PAYLOAD_TYPE = "application/vnd.in-toto+json"
PREDICATE_TYPE = "https://itsmctl.invalid/audit/v1"
SUBJECTS = (*TAG_FILES, *TAG_MANIFESTS.values())

Status = Literal["unsigned", "enclosed-key", "trusted-key", "not-good", "altered-since"]


@dataclass(frozen=True)
class Signature:
    """Who signed a pack: `key` is the id of the key; `enclosed-key` means that nobody named the key to check it with.

    `altered-since`: the key did sign the manifests, but the pack is not what these list.
    """

    status: Status = "unsigned"
    key: str = ""
    file: str = ""
    """The file of the public key that it was checked with."""


def signature_files(key: PrivateKey, tags: Mapping[str, Digests], predicate: Mapping[str, object]) -> dict[str, bytes]:
    """The files of a signature over the tag files of a pack, which name the digest of every other file."""
    payload = json.dumps(_statement(tags, predicate), ensure_ascii=False, sort_keys=True).encode("utf-8", "replace")
    signed, public = pre_authentication(PAYLOAD_TYPE, payload), key.public
    made = Envelope(PAYLOAD_TYPE, payload, public.id, key.sign(signed))
    return {ENVELOPE: made.to_json(), SIGNED: signed, KEY: public.pem, SIGNATURE: made.signature}


def _statement(tags: Mapping[str, Digests], predicate: Mapping[str, object]) -> dict[str, object]:
    return {
        "_type": STATEMENT_TYPE,
        "subject": [{"name": name, "digest": _digests(tags[name])} for name in SUBJECTS],
        "predicateType": PREDICATE_TYPE,
        "predicate": predicate,
    }


def _digests(found: Digests) -> dict[str, str]:
    return {algorithm: found.of(algorithm) for algorithm in ALGORITHMS}


def check_signature(
    opened: Opened, found: Mapping[str, Digests], keys: Sequence[PublicKey]
) -> tuple[Signature, list[Difference]]:
    """Who signed the pack, and what is wrong with that; with `keys` it has to be signed by one of them."""
    claimed = info_field(content_of(opened, INFO), KEY_FIELD) if INFO in opened.parts else ""
    if not claimed and not any(name in opened.parts for name in FILES):
        return Signature(), [Difference(ENVELOPE, "unsigned")] if keys else []
    missing = [Difference(name, "missing") for name in FILES if name not in opened.parts]
    contents = {name: content_of(opened, name) for name in FILES if name in opened.parts}
    envelope = read_envelope(contents.get(ENVELOPE, b""))
    if envelope is None:
        faults = [] if ENVELOPE not in contents else [Difference(ENVELOPE, "malformed", about="DSSE")]
        return Signature("not-good"), [*missing, *faults]
    faults = [*missing, *_part_faults(envelope, contents), *_subject_faults(envelope, found)]
    signature, more = _judge(envelope, contents, claimed, keys)
    faults += more
    return (Signature("not-good", signature.key) if faults else signature), faults


def _part_faults(envelope: Envelope, contents: Mapping[str, bytes]) -> Iterator[Difference]:
    for name, wanted in ((SIGNED, envelope.signed_bytes), (SIGNATURE, envelope.signature)):
        if contents.get(name, wanted) != wanted:
            yield Difference(name, "contradicts", about=ENVELOPE)


def _subject_faults(envelope: Envelope, found: Mapping[str, Digests]) -> Iterator[Difference]:
    """Everything that the statement says of the tag files has to be so, and it has to speak of all of them."""
    try:
        statement = json.loads(envelope.payload)
        kinds = (envelope.payload_type, statement["_type"], statement["predicateType"])
        subjects = {subject["name"]: subject["digest"] for subject in statement["subject"]}
    except (ValueError, KeyError, TypeError, RecursionError):
        kinds, subjects = ("", "", ""), {}
    if kinds != (PAYLOAD_TYPE, STATEMENT_TYPE, PREDICATE_TYPE) or set(subjects) != set(SUBJECTS):
        yield Difference(ENVELOPE, "malformed", about="in-toto Statement")
        return
    for name in SUBJECTS:
        if name in found and subjects[name] != _digests(found[name]):
            yield Difference(ENVELOPE, "other-pack", about=name)


def _judge(
    envelope: Envelope, contents: Mapping[str, bytes], claimed: str, keys: Sequence[PublicKey]
) -> tuple[Signature, list[Difference]]:
    from itsmctl.evidence.keys import enclosed

    own = enclosed(contents[KEY]) if KEY in contents else None
    if KEY in contents and own is None:
        return Signature(), [Difference(KEY, "malformed", about="Ed25519, PEM")]
    named = own.id if own else envelope.key_id
    faults = [
        Difference(name, "other-key", expected=wanted, found=other)
        for name, wanted, other in ((ENVELOPE, named, envelope.key_id), (KEY, claimed, f"sha256:{named}"))
        if wanted != other
    ]
    if own and not own.signed(envelope.signature, envelope.signed_bytes):
        return Signature(key=named), [*faults, Difference(SIGNATURE, "bad-signature", found=own.id)]
    if not keys:
        return Signature("enclosed-key", named), faults
    trusted = next((key for key in keys if key.signed(envelope.signature, envelope.signed_bytes)), None)
    if trusted is None:
        expected = ", ".join(key.id for key in keys)
        return Signature(key=named), [*faults, Difference(ENVELOPE, "other-key", expected=expected, found=named)]
    return Signature("trusted-key", trusted.id, trusted.file), faults
