"""What ties a pack to its maker and to the pack before: fields of bag-info.txt, and the files made over the tag manifests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import itsmctl
from itsmctl.evidence.attestation import KEY_FIELD, signature_files
from itsmctl.evidence.bag import TAG_MANIFESTS, Digests, digest
from itsmctl.evidence.chain import Link
from itsmctl.evidence.reading import Judged
from itsmctl.evidence.timestamp import REQUEST, request, stamped
from itsmctl.evidence.write import Seal

if TYPE_CHECKING:
    from itsmctl.evidence.keys import PrivateKey


@dataclass(frozen=True)
class Seals:
    """The key that signs a pack, and the pack before it; either may be none."""

    key: PrivateKey | None = None
    previous: Link | None = None

    @property
    def key_id(self) -> str:
        return self.key.public.id if self.key else ""

    def fields(self) -> Iterator[tuple[str, str]]:
        """What bag-info.txt says of them."""
        if self.key:
            yield KEY_FIELD, f"sha256:{self.key_id}"
        if self.previous:
            yield from self.previous.fields()

    def over(self, judged: Judged) -> Seal:
        """The function that makes the files once the tag files are known."""

        def seal(tags: Mapping[str, Digests]) -> dict[str, bytes]:
            files = signature_files(self.key, tags, self._predicate(judged, tags)) if self.key else {}
            about = {**tags, **{path: digest((content,)) for path, content in files.items()}}
            return {**files, REQUEST: request(about[stamped(about)].sha256)}

        return seal

    def _predicate(self, judged: Judged, tags: Mapping[str, Digests]) -> dict[str, object]:
        """What was audited, by which definitions, with what outcome; the same facts as in the pack, signed as such."""
        return {
            "audit": str(judged.title),
            "asOf": f"{judged.as_of:%Y-%m-%dT%H:%M:%SZ}",
            "period": {"from": judged.period_from or None, "to": judged.period_to or None},
            "definitions": {
                "commit": judged.commit or None,
                "digest": {"sha256": judged.definitions_digest},
                "dirty": judged.dirty,
            },
            "dataset": {"digest": {"sha256": judged.dataset_digest}, "records": judged.records},
            "outcomes": dict(sorted(Counter(rule.outcome for rule in judged.rules).items())),
            "packDigest": {"sha256": tags[TAG_MANIFESTS["sha256"]].sha256},
            "previousPack": {"sha256": self.previous.digest} if self.previous else None,
            "verifier": {"id": f"itsmctl {itsmctl.__version__}"},
        }
