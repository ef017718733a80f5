"""Pseudonyms for people: a keyed hash of the name, the same wherever the key is the same, and nobody's guess without it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from itsmctl.engine.tables.files import files_of
from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.output import cannot_write

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESSIV

PREFIX = "P-"
_DIGITS = 12
"""Of the hash, in hexadecimal: among a hundred thousand people the odds that two share one are 1 in 50,000."""
_HEAD = "itsmctl-people-key-1:"
_FILE = re.compile(rf"{_HEAD}([0-9a-f]{{64}})\s*")
_RECORDS = "record.parquet"


@dataclass(frozen=True)
class PeopleKey:
    """32 bytes that only the organisation has, from a file of its own or from the tickets themselves."""

    secret: bytes
    source: Literal["file", "tickets"]

    @property
    def id(self) -> str:
        """Tells keys apart without telling anything of them."""
        return self._hash("id", "")[:16]

    def pseudonym(self, name: str) -> str:
        """What stands for a person; capitals and blanks around a name do not make another person of it, nor do those within one, which is loaded with plain ones."""
        return PREFIX + self._hash("person", name.strip().lower())[:_DIGITS]

    def seal(self, pseudonym: str, name: str) -> str:
        """The name, for nobody but whoever has the key; the same every time (AES-SIV)."""
        return base64.b64encode(self._cipher().encrypt(name.encode("utf-8", "replace"), [pseudonym.encode()])).decode()

    def open(self, pseudonym: str, sealed: str) -> str | None:
        """The name that was sealed, or nothing where the key is another or the text was altered."""
        from cryptography.exceptions import InvalidTag

        try:
            return self._cipher().decrypt(base64.b64decode(sealed, validate=True), [pseudonym.encode()]).decode()
        except (InvalidTag, ValueError):
            return None

    def _hash(self, purpose: str, text: str) -> str:
        return hmac.new(self.secret, f"itsmctl {purpose}\0{text}".encode("utf-8", "replace"), "sha256").hexdigest()

    def _cipher(self) -> AESSIV:
        from cryptography.hazmat.primitives.ciphers.aead import AESSIV

        return AESSIV(hmac.new(self.secret, b"itsmctl seal", "sha512").digest())


def key_of_tickets(dataset: Path) -> PeopleKey:
    """The key that follows from a dataset: whoever has the same tickets has it, and nobody else.

    No digest of these bytes stands in a result or a pack, so that a pack does not give its own key away.
    """
    try:
        contents = [_digest(file) for file in files_of(dataset / _RECORDS) or [dataset / _RECORDS]]
    except FileNotFoundError as error:
        message = (
            "this is no dataset: there is no {name}; `itsmctl import` makes the one that was audited from its exports"
        )
        raise ItsmctlError(Problem("not-a-dataset", message, Where(str(dataset)), {"name": _RECORDS})) from error
    except OSError as error:
        raise _unreadable(dataset / _RECORDS, error) from error
    content = contents[0] if len(contents) == 1 else hashlib.sha256(b"".join(contents)).digest()
    return PeopleKey(hmac.new(b"itsmctl people of these tickets", content, "sha256").digest(), "tickets")


def _digest(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def make_key(out: Path) -> PeopleKey:
    """Make a key file, readable by its owner alone; it replaces nothing."""
    made = PeopleKey(secrets.token_bytes(32), "file")
    if os.path.lexists(out):
        message = "this file exists already, and a key is never overwritten; name another"
        raise ItsmctlError(Problem("key-exists", message, Where(str(out))))
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(f"{_HEAD}{made.secret.hex()}\n")
    except OSError as error:
        raise cannot_write(out, error) from error
    return made


def read_key(path: Path) -> PeopleKey:
    """Read a key file."""
    try:
        with path.open("rb") as file:
            content = file.read(1024)
    except OSError as error:
        raise _unreadable(path, error) from error
    match = _FILE.fullmatch(content.decode("ascii", "replace"))
    if match is None:
        message = "this is not a key for pseudonyms; `itsmctl evidence keygen --people` makes one"
        raise ItsmctlError(Problem("unreadable-key", message, Where(str(path))))
    return PeopleKey(bytes.fromhex(match.group(1)), "file")


def sealed_names(key: PeopleKey, names: Mapping[str, str]) -> str:
    """people.csv: every pseudonym with its name sealed."""
    lines = "".join(f"{pseudonym},{key.seal(pseudonym, names[pseudonym])}\r\n" for pseudonym in sorted(names))
    return f"pseudonym,sealed\r\n{lines}"


def _unreadable(path: Path, error: OSError) -> ItsmctlError:
    values = {"why": error.strerror or str(error)}
    return ItsmctlError(Problem("unreadable-file", "cannot read the file: {why}", Where(str(path)), values))
