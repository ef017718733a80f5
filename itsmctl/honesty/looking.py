"""What an imported dataset looks like from outside: the hours of its days, and columns that nobody took."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from itsmctl.engine.session import Session
from itsmctl.honesty.honesty import Lookalike, OfficeDay
from itsmctl.importers.export import RAW, Staged
from itsmctl.importers.receipt import Receipt
from itsmctl.language import local
from itsmctl.model import MappingDefinition
from itsmctl.suggestion.matching import SURE, known_words, matches
from itsmctl.suggestion.names import Vocabulary
from itsmctl.suggestion.profile import profiles
from itsmctl.zones import zone_info

_HALF_HOUR, _WINDOW = 1800, 18


def office_day(session: Session, records: str, zone: str) -> OfficeDay | None:
    """When on the clock of the zone most records were opened; None where there are too few with a time of day to say."""
    halves: Counter[int] = Counter()
    rows = session.rows(
        f"SELECT epoch_ms(opened_at) // {1000 * _HALF_HOUR} AS half, count(*) FROM {records} "
        "WHERE opened_at IS NOT NULL GROUP BY half"
    )
    where = zone_info(zone or "UTC")
    for half, count in rows:
        at = local(int(str(half)) * _HALF_HOUR, where)
        halves[(at.hour * 60 + at.minute) // 30] += int(str(count))
    total = sum(halves.values())
    if total < 50 or halves[0] * 2 > total:
        return None  # days without a time of day all begin at midnight
    inside = {start: sum(halves[(start + i) % 48] for i in range(_WINDOW)) for start in range(48)}
    start = max(inside, key=lambda one: (inside[one], -one))
    return OfficeDay(start * 30, inside[start] / total)


def lookalikes(
    session: Session, receipt: Receipt, kept: Mapping[str, Mapping[int, str]], mappings: Sequence[MappingDefinition]
) -> tuple[Lookalike, ...]:
    """The kept columns that look like canonical ones that nothing fills."""
    if not kept:
        return ()
    names = tuple(sorted(kept))
    cells = ", ".join(f"c{i} VARCHAR" for i in range(len(names)))
    session.run(f"CREATE TABLE {RAW} (file BIGINT, row BIGINT, {cells})")
    rows = 1 + max(place for values in kept.values() for place in values)
    session.insert(
        RAW,
        ["file", "row", *(f"c{i}" for i in range(len(names)))],
        ([0, place, *(kept[column].get(place) for column in names)] for place in range(rows)),
    )
    words = known_words(mapping.codes for mapping in mappings)
    found = matches(profiles(session, Staged((), names)), Vocabulary("record", mappings), words, ())
    return tuple(
        Lookalike(column, match.name, match.score)
        for column, match in sorted(found.items(), key=lambda pair: -pair[1].score)
        if match.score >= SURE and column not in {*receipt.mapped, "record_id", "number"}
    )
