"""Time-stamps (RFC 3161): the request that a pack carries, and the response of an authority, attached and checked."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.evidence.attestation import ENVELOPE
from itsmctl.evidence.bag import TAG_MANIFESTS, Digests
from itsmctl.evidence.container import Difference, Opened, content_of
from itsmctl.evidence.der import with_sorted_certificates
from itsmctl.language import msg

if TYPE_CHECKING:  # loading these takes longer than verifying a small pack
    from cryptography.x509 import Certificate
    from rfc3161_client import TimeStampResponse

REQUEST, RESPONSE = "timestamp/request.tsq", "timestamp/response.tsr"
FILES = (REQUEST, RESPONSE)
MOST_BYTES = 1024 * 1024
_BEFORE, _AFTER = bytes.fromhex("30390201013031300d060960864801650304020105000420"), bytes.fromhex("0101ff")
"""A TimeStampReq about a SHA-256 digest that asks for the certificate, without a nonce: the same pack, the same request."""
_SHA256 = "2.16.840.1.101.3.4.2.1"
_GRANTED = (0, 1)
_OTHER = msg("it is about another digest")
_REFUSED = msg("the authority refused it")
_UNREADABLE = msg("it cannot be read")
_NO_CERTIFICATE = msg("it does not hold the certificate of whoever signed it")
_NOT_VALID = msg("the certificate of whoever signed it was not valid at that moment")
_NOT_FOR_THIS = msg("the certificate of whoever signed it is none for time-stamps")
_NOT_TRUSTED = msg("it was altered, or signed by none of the authorities that were named")
REASONS = (_OTHER, _REFUSED, _UNREADABLE, _NO_CERTIFICATE, _NOT_VALID, _NOT_FOR_THIS, _NOT_TRUSTED)
"""Why a response is no good time-stamp."""

Status = Literal["none", "not-checked", "trusted", "not-good", "altered-since"]


@dataclass(frozen=True)
class Timestamp:
    """When an authority saw the pack, as ISO 8601; `not-checked` means that nobody named the authority's certificate.

    `altered-since`: it saw the manifests, but files are not what these list.
    """

    status: Status = "none"
    at: str = ""
    authority: str = ""
    """The name in the certificate of whoever signed it."""


def stamped(names: Container[str]) -> str:
    """The file of a pack that its time-stamp is about: the signature of a signed pack, else what names all other digests."""
    return ENVELOPE if ENVELOPE in names else TAG_MANIFESTS["sha256"]


def request(sha256: str) -> bytes:
    """The request for a digest."""
    return _BEFORE + bytes.fromhex(sha256) + _AFTER


def check_timestamp(
    opened: Opened, found: Mapping[str, Digests], authorities: Sequence[Certificate], *, altered: bool
) -> tuple[Timestamp, list[Difference]]:
    """When the pack was stamped, and what is wrong with that; with `authorities` it has to be stamped by one of them.

    Where the pack is `altered` otherwise, that a stamp is not about what is there now is no fault of the stamp.
    """
    if stamped(found) not in found:
        return Timestamp(), []  # what is missing has been named
    wanted = found[stamped(found)].sha256
    faults = []
    if REQUEST not in opened.parts:
        faults.append(Difference(REQUEST, "missing"))
    elif not altered and content_of(opened, REQUEST) != request(wanted):
        faults.append(Difference(REQUEST, "contradicts", about=stamped(found)))
    if RESPONSE not in opened.parts:
        return Timestamp(), [*faults, *([Difference(RESPONSE, "missing")] if authorities else [])]
    stamp, reason, detail = examine(content_of(opened, RESPONSE), wanted, authorities)
    if reason and not (altered and reason == _OTHER):
        faults.append(Difference(RESPONSE, "bad-timestamp", found=detail, about=reason))
    return stamp, faults


def examine(content: bytes, sha256: str, authorities: Sequence[Certificate] = ()) -> tuple[Timestamp, str, str]:
    """A response, what is wrong with it, or '', and what it or the library says of that.

    Without authorities only what it says of itself is looked at.
    """
    from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response

    try:
        response = decode_timestamp_response(with_sorted_certificates(content[:MOST_BYTES]))
        if response.status not in _GRANTED:
            return Timestamp("not-good"), _REFUSED, "; ".join(response.status_string) or str(response.status)
        told = response.tst_info
        signer = _signer(response)
        at, authority = f"{told.gen_time:%Y-%m-%dT%H:%M:%SZ}", signer.subject.rfc4514_string() if signer else ""
        imprint = told.message_imprint
        if imprint.hash_algorithm.dotted_string != _SHA256 or imprint.message != bytes.fromhex(sha256):
            return Timestamp("not-good", at, authority), _OTHER, ""
        if not authorities:
            return Timestamp("not-checked", at, authority), "", ""
        roots = [certificate for certificate in authorities if certificate.issuer == certificate.subject]
        others = [certificate for certificate in authorities if certificate not in roots]
        VerifierBuilder(roots=roots, intermediates=others).build().verify(response, bytes.fromhex(sha256))
    except VerificationError as error:
        said = str(error).split(": ErrorStack")[0]
        return Timestamp("not-good", at, authority), *_why(signer, told.gen_time, said)
    except ValueError as error:
        return Timestamp("not-good"), _UNREADABLE, str(error)[:80]
    return Timestamp("trusted", at, authority), "", ""


def _why(signer: Certificate | None, moment: datetime, said: str) -> tuple[str, str]:
    """Why a stamp did not hold, and what the library said, where that tells more."""
    if signer is None:
        return _NO_CERTIFICATE, ""
    if not signer.not_valid_before_utc <= moment <= signer.not_valid_after_utc:
        return _NOT_VALID, ""
    return _NOT_FOR_THIS if "EKU" in said else _NOT_TRUSTED, said


def read_authorities(paths: Sequence[Path]) -> list[Certificate]:
    """The certificates in PEM files; raises ItsmctlError where one holds none, or no root stands among all of them."""
    from cryptography.x509 import load_pem_x509_certificates

    found: list[Certificate] = []
    for path in paths:
        try:
            found += load_pem_x509_certificates(path.read_bytes())
        except OSError as error:
            values = {"why": error.strerror or str(error)}
            message = "cannot read the file: {why}"
            raise ItsmctlError(Problem("unreadable-file", message, Where(str(path)), values)) from error
        except ValueError as error:
            message = "this file holds no certificate in PEM form"
            raise ItsmctlError(Problem("unreadable-certificate", message, Where(str(path)))) from error
    if found and all(certificate.issuer != certificate.subject for certificate in found):
        message = "none of these certificates is a root; name the one at the top of the authority's chain as well"
        raise ItsmctlError(Problem("no-root-certificate", message, Where(str(paths[0]))))
    return found


def _signer(response: TimeStampResponse) -> Certificate | None:
    """The certificate that signed, where the response holds it; its subject is only a name until it is checked."""
    from cryptography.x509 import load_der_x509_certificate

    signers = {(signer.issuer, signer.serial_number) for signer in response.signed_data.signer_infos}
    certificates = (load_der_x509_certificate(content) for content in response.signed_data.certificates)
    return next((c for c in certificates if (c.issuer, c.serial_number) in signers), None)
