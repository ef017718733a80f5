"""The DSSE envelope: a payload with its type, and signatures over both, in the one form that we write."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass


@dataclass(frozen=True)
class Envelope:
    """A payload with one signature; `key_id` is a hint and proves nothing."""

    payload_type: str
    payload: bytes
    key_id: str
    signature: bytes

    @property
    def signed_bytes(self) -> bytes:
        """What the signature is over."""
        return pre_authentication(self.payload_type, self.payload)

    def to_json(self) -> bytes:
        """The envelope as a file."""
        facts = {
            "payloadType": self.payload_type,
            "payload": base64.b64encode(self.payload).decode(),
            "signatures": [{"keyid": self.key_id, "sig": base64.b64encode(self.signature).decode()}],
        }
        return (json.dumps(facts, indent=2) + "\n").encode()


def pre_authentication(payload_type: str, payload: bytes) -> bytes:
    """DSSE's pre-authentication encoding (PAE), which no two payloads share."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def read_envelope(content: bytes) -> Envelope | None:
    """An envelope back from its file, or nothing where a byte is not as we would have written it."""
    try:
        facts = json.loads(content)
        (signature,) = facts["signatures"]
        found = Envelope(
            facts["payloadType"],
            base64.b64decode(facts["payload"], validate=True),
            signature["keyid"],
            base64.b64decode(signature["sig"], validate=True),
        )
        return found if found.to_json() == content else None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
