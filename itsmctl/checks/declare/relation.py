"""What an event of one activity may ask of another: the relations that the ordered templates are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Relation:
    """What every event of one activity asks of its neighbours, as SQL over the row and its windows.

    `met` says that the partner is there, `took` how long it took, `broken` that it can no longer come. A `forbidden`
    relation is wrong where it is met. What is neither met nor broken may still come.
    """

    active: str
    met: str
    took: str
    broken: str
    says: str
    """What a broken one looks like, with `{first}`, `{then}` and `{other}`."""
    windows: Mapping[str, str]
    forbidden: bool = False
    whole: bool = False
    """Whether events of the same kinds that are neither of the two count as neighbours."""
    beside: bool = False
    """Whether the order of the neighbours decides, and not only that of the two."""
    says_first: str = ""
    """What a broken one looks like where nothing of the kind came before; '' where that is no case of its own."""
    never_before: str = "false"
    other: str = "CAST(NULL AS VARCHAR)"
    """What stands beside it instead."""
    settled: str = ""
    """When nothing is wrong or open, by the places of the first and last of each activity of a record, `first_a`, `last_a`,
    `first_b` and `last_b`; true only where some event asks. '' where that does not tell."""
    settled_within: str = ""
    """The same where there is a bound, `{bound}`, with which no second is shared, so that kinds may be mixed; '' where that does not tell."""


_LATER = "OVER (PARTITION BY tix ORDER BY place ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING)"
_EARLIER = "OVER (PARTITION BY tix ORDER BY place ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"
LIFE = "OVER (PARTITION BY tix ORDER BY place)"
_NEXT_B = {
    "next_b": f"min(CASE WHEN is_b THEN place END) {_LATER}",
    "next_b_clock": f"min(CASE WHEN is_b THEN clock END) {_LATER}",
}
_LAST_A = {
    "last_a": f"max(CASE WHEN is_a THEN place END) {_EARLIER}",
    "last_a_clock": f"max(CASE WHEN is_a THEN clock END) {_EARLIER}",
}
_NEXT_A = {"next_a": f"min(CASE WHEN is_a THEN place END) {_LATER}"}
_LAST_B = {"last_b": f"max(CASE WHEN is_b THEN place END) {_EARLIER}"}
_AFTER = {
    "after_b": f"lead(is_b) {LIFE}",
    "after_clock": f"lead(clock) {LIFE}",
    "after_label": f"lead(label) {LIFE}",
}
_BEFORE = {
    "before_a": f"lag(is_a) {LIFE}",
    "before_clock": f"lag(clock) {LIFE}",
    "before_label": f"lag(label) {LIFE}",
}
_NOTHING_BEFORE = "{then} without {first} before it"
NOTHING_AFTER = "{first} without {then} after it"

RESPONSE = Relation(
    "is_a",
    "next_b IS NOT NULL",
    "next_b_clock - clock",
    "false",
    NOTHING_AFTER,
    _NEXT_B,
    settled="last_b > last_a",
)
ALTERNATE_RESPONSE = Relation(
    "is_a",
    "next_b IS NOT NULL AND (next_a IS NULL OR next_b <= next_a)",
    "next_b_clock - clock",
    "next_a IS NOT NULL",
    "{first} again before {then}",
    {**_NEXT_B, **_NEXT_A},
    beside=True,
)
CHAIN_RESPONSE = Relation(
    "is_a",
    "coalesce(after_b, false)",
    "after_clock - clock",
    "after_b IS NOT NULL",
    "{first} followed at once by {other}",
    _AFTER,
    other="after_label",
    whole=True,
    beside=True,
)
PRECEDENCE = Relation(
    "is_b",
    "last_a IS NOT NULL",
    "clock - last_a_clock",
    "true",
    _NOTHING_BEFORE,
    _LAST_A,
    settled="first_a < first_b",
)
ALTERNATE_PRECEDENCE = Relation(
    "is_b",
    "last_a IS NOT NULL AND (last_b IS NULL OR last_a >= last_b)",
    "clock - last_a_clock",
    "true",
    "{then} again without {first} in between",
    {**_LAST_A, **_LAST_B},
    beside=True,
    says_first=_NOTHING_BEFORE,
    never_before="last_a IS NULL",
)
CHAIN_PRECEDENCE = Relation(
    "is_b",
    "coalesce(before_a, false)",
    "clock - before_clock",
    "true",
    "{then} at once after {other}",
    _BEFORE,
    other="before_label",
    whole=True,
    beside=True,
    says_first=_NOTHING_BEFORE,
    never_before="before_a IS NULL",
)
NOT_SUCCESSION = Relation(
    "is_a",
    RESPONSE.met,
    RESPONSE.took,
    "false",
    "{first} followed by {then}",
    _NEXT_B,
    forbidden=True,
    settled="first_a IS NOT NULL AND coalesce(last_b <= first_a, true)",
    settled_within="first_a IS NOT NULL AND coalesce(last_a + {bound} < first_b, true)",
)
NOT_CHAIN_SUCCESSION = Relation(
    "is_a",
    CHAIN_RESPONSE.met,
    CHAIN_RESPONSE.took,
    "false",
    "{first} followed at once by {other}",
    _AFTER,
    forbidden=True,
    other="after_label",
    whole=True,
    beside=True,
)
