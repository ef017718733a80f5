"""Ed25519 keys: made, read as PEM or OpenSSH, and named by the SHA-256 of their public half."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
    load_ssh_private_key,
    load_ssh_public_key,
)

from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.output import cannot_write

MOST_BYTES = 64 * 1024
PUBLIC_SUFFIX = ".pub"
_OPENSSH = b"-----BEGIN OPENSSH PRIVATE KEY-----"

Ask = Callable[[], str]
"""Asked for the passphrase of a key, and only where it has one; empty where nobody can say."""


@dataclass(frozen=True)
class PublicKey:
    """A key that signatures are checked with; `id` is the SHA-256 of its DER form, as `openssl pkey` writes it."""

    id: str
    pem: bytes
    file: str = ""

    def signed(self, signature: bytes, message: bytes) -> bool:
        """Whether the owner of this key made the signature over the message."""
        try:
            _public(self.pem).verify(signature, message)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True)
class PrivateKey:
    """A key that signs; an Ed25519 signature follows from key and message alone, so packs stay reproducible."""

    key: Ed25519PrivateKey

    @property
    def public(self) -> PublicKey:
        return _named(self.key.public_key())

    def sign(self, message: bytes) -> bytes:
        return self.key.sign(message)


def generate(out: Path, passphrase: str = "") -> PublicKey:
    """Make a key: the private half at `out`, readable by its owner alone, the public half beside it; replaces nothing."""
    private, public = Ed25519PrivateKey.generate(), out.with_name(out.name + PUBLIC_SUFFIX)
    lock: KeySerializationEncryption = BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()
    made = _named(private.public_key(), str(public))
    taken = [path for path in (out, public) if os.path.lexists(path)]
    if taken:
        message = "this file exists already, and a key is never overwritten; name another"
        raise ItsmctlError(Problem("key-exists", message, Where(str(path))) for path in taken)
    _create(out, private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock), 0o600)
    try:
        _create(public, made.pem, 0o644)
    except ItsmctlError:
        out.unlink()
        raise
    return made


def read_private(path: Path, ask: Ask) -> PrivateKey:
    """Read the private half of a key, PEM (PKCS#8) or OpenSSH; raises ItsmctlError where that cannot be."""
    content = _content(path)
    load = load_ssh_private_key if content.lstrip().startswith(_OPENSSH) else load_pem_private_key
    try:
        try:
            key = load(content, None)
        except TypeError:  # how the library says that the key has a passphrase
            key = load(content, _passphrase(path, ask))
    except (ValueError, UnsupportedAlgorithm) as error:
        message = "this is not a private key in PEM or OpenSSH form that can be read, or the passphrase is wrong"
        raise ItsmctlError(Problem("unreadable-key", message, Where(str(path)))) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise _not_ed25519(path)
    return PrivateKey(key)


def read_public(path: Path) -> PublicKey:
    """Read the public half of a key, PEM or the one line of OpenSSH."""
    content = _content(path)
    if b"PRIVATE KEY-----" in content:
        message = "this is a private key; name the public one, and give this one to nobody"
        raise ItsmctlError(Problem("unreadable-key", message, Where(str(path))))
    try:
        key = (load_pem_public_key if b"-----BEGIN" in content else load_ssh_public_key)(content)
    except (ValueError, UnsupportedAlgorithm) as error:
        message = "this is not a public key in PEM or OpenSSH form"
        raise ItsmctlError(Problem("unreadable-key", message, Where(str(path)))) from error
    if not isinstance(key, Ed25519PublicKey):
        raise _not_ed25519(path)
    return _named(key, str(path))


def enclosed(pem: bytes) -> PublicKey | None:
    """The public key that a pack carries, or nothing where the bytes are not those that we would have written."""
    try:
        found = _named(_public(pem))
    except (ValueError, UnsupportedAlgorithm):
        return None
    return found if found.pem == pem else None


def _public(pem: bytes) -> Ed25519PublicKey:
    key = load_pem_public_key(pem)
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError("not an Ed25519 key")
    return key


def _named(key: Ed25519PublicKey, file: str = "") -> PublicKey:
    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return PublicKey(hashlib.sha256(der).hexdigest(), pem, file)


def _passphrase(path: Path, ask: Ask) -> bytes:
    passphrase = ask()
    if not passphrase:
        message = "this key has a passphrase; set ITSMCTL_KEY_PASSPHRASE, or run this in a terminal to be asked for it"
        raise ItsmctlError(Problem("passphrase-needed", message, Where(str(path))))
    return passphrase.encode()


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        values = {"why": error.strerror or str(error)}
        raise ItsmctlError(
            Problem("unreadable-file", "cannot read the file: {why}", Where(str(path)), values)
        ) from error
    if len(content) > MOST_BYTES:
        raise ItsmctlError(Problem("unreadable-key", "this file is too large for a key", Where(str(path))))
    return content


def _create(path: Path, content: bytes, mode: int) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            file.write(content)
    except OSError as error:
        raise cannot_write(path, error) from error


def _not_ed25519(path: Path) -> ItsmctlError:
    message = "this key is not an Ed25519 key; `itsmctl evidence keygen` and `ssh-keygen -t ed25519` make one"
    return ItsmctlError(Problem("wrong-key-type", message, Where(str(path))))
