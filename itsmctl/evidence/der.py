"""As much of DER as is needed to put the certificates of a time-stamp into the order that strict readers ask for."""

from __future__ import annotations

from collections.abc import Iterator

_CERTIFICATES = 0xA0
_WAY = (0, 1, 1, 0)
"""From a TimeStampResp by position: itself, its token, the content of that, the signed data in it."""


def with_sorted_certificates(response: bytes) -> bytes:
    """A time-stamp response with its set of certificates in DER order; anything unexpected comes back as it is.

    The set is not signed, so its order means nothing, and OpenSSL writes it as it comes.
    """
    try:
        start, end = 0, len(response)
        for position in _WAY:
            start, end = list(_elements(response, start, end))[position][1:]
        certificates = next((s, e) for tag, s, e in _elements(response, start, end) if tag == _CERTIFICATES)
        start, end = certificates
        whole = [response[at:stop] for at, stop in _bounds(response, start, end)]
    except (IndexError, StopIteration):
        return response
    return response[:start] + b"".join(sorted(whole)) + response[end:]


def _elements(content: bytes, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """The elements between two places: tag, and where what is in them begins and ends; IndexError where that is no DER."""
    while start < end:
        tag, length, at = content[start], content[start + 1], start + 2
        if length & 0x80:
            size = length & 0x7F
            length = int.from_bytes(content[at : at + size], "big")
            at += size
            if not size or size > 4:
                raise IndexError
        if at + length > end:
            raise IndexError
        yield tag, at, at + length
        start = at + length


def _bounds(content: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Where each element between two places begins, with its tag, and ends."""
    for _, _, stop in _elements(content, start, end):
        yield start, stop
        start = stop
