"""Asking an authority when a pack was there, and putting its answer into the pack."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from itsmctl.errors import ItsmctlError, Phrase, Problem, Where
from itsmctl.evidence.container import content_of, open_pack
from itsmctl.evidence.timestamp import MOST_BYTES, REQUEST, RESPONSE, Timestamp, examine, stamped
from itsmctl.evidence.verify import check_intact
from itsmctl.evidence.write import add_file
from itsmctl.output import write_file

if TYPE_CHECKING:
    from cryptography.x509 import Certificate


def attach(pack: Path, response: Path, authorities: Sequence[Certificate] = ()) -> Timestamp:
    """Put the response of an authority into a pack, which stays the same otherwise.

    Raises ItsmctlError where the pack is not intact or has one already, or where the response is not about this pack.
    """
    report = check_intact(pack)
    opened = open_pack(pack)
    if RESPONSE in opened.parts:
        message = "this pack has a time-stamp of {at} already"
        raise ItsmctlError(Problem("stamped-already", message, Where(str(pack)), {"at": report.timestamp.at}))
    try:
        with response.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        values = {"why": error.strerror or str(error)}
        raise ItsmctlError(
            Problem("unreadable-file", "cannot read the file: {why}", Where(str(response)), values)
        ) from error
    sha256 = hashlib.sha256(content_of(opened, stamped(opened.parts))).hexdigest()
    stamp, reason, detail = examine(content, sha256, authorities)
    if reason:
        message = "this is not a good time-stamp for this pack: {why}{detail}"
        told: dict[str, object] = {"why": Phrase(reason), "detail": f" ({detail})" if detail else ""}
        raise ItsmctlError(Problem("bad-timestamp", message, Where(str(response)), told))
    add_file(opened, RESPONSE, content)
    return stamp


def write_request(pack: Path, out: Path) -> None:
    """Write the request that a pack carries into a file of its own."""
    opened = open_pack(pack) if pack.exists() else None
    if opened is None or REQUEST not in opened.parts:
        message = "it carries no request for a time-stamp: there is no {name}"
        raise ItsmctlError(Problem("no-request", message, Where(str(pack)), {"name": REQUEST}))
    write_file(out, content_of(opened, REQUEST))
