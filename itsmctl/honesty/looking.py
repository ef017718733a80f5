"""What stands in an imported dataset beside its canonical columns: gaps, hours of the day, personal data, columns nobody took."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from itsmctl.checks.no_secrets import PATTERNS
from itsmctl.engine.session import Session, file_text, name, quote
from itsmctl.honesty.honesty import Gap, Lookalike, OfficeDay, Personal
from itsmctl.importers.export import RAW, Staged
from itsmctl.importers.receipt import Receipt
from itsmctl.language import local
from itsmctl.model import PEOPLE_COLUMNS, TEXT_COLUMNS, MappingDefinition
from itsmctl.suggestion.matching import SURE, known_words, matches
from itsmctl.suggestion.names import Vocabulary
from itsmctl.suggestion.profile import profiles
from itsmctl.zones import zone_info

SAMPLE = 20_000
"""Records of which the columns that nobody took are looked at."""
MOST_GAPS = 5
_KINDS = ("mail-address", "mobile-number")
_HALF_HOUR, _WINDOW = 1800, 18


def create_record(session: Session, folder: Path) -> None:
    """Make the view `record` over the records of a dataset folder."""
    session.run(f"CREATE VIEW record AS SELECT * FROM read_parquet({quote(file_text(folder / 'record.parquet'))})")


def gaps(session: Session) -> tuple[Gap, ...]:
    """The largest runs of missing ticket numbers between the first and the last."""
    rows = session.rows(
        "SELECT before_number, number, n - before - 1 AS missing FROM (SELECT number, n, "
        "lag(n) OVER (PARTITION BY prefix ORDER BY n) AS before, lag(number) OVER (PARTITION BY prefix ORDER BY n) AS before_number "
        r"FROM (SELECT DISTINCT number, regexp_extract(number, '^(.*?)[0-9]{1,18}$', 1) AS prefix, "
        r"CAST(regexp_extract(number, '([0-9]{1,18})$', 1) AS BIGINT) AS n FROM record WHERE regexp_matches(number, '[0-9]$'))) "
        f"WHERE n - before > 1 ORDER BY missing DESC, number LIMIT {MOST_GAPS}"
    )
    return tuple(Gap(str(before), str(after), int(str(missing))) for before, after, missing in rows)


def office_day(session: Session, zone: str) -> OfficeDay | None:
    """When on the clock of the zone most records were opened; None where there are too few with a time of day to say."""
    halves: Counter[int] = Counter()
    rows = session.rows(
        f"SELECT epoch_ms(opened_at) // {1000 * _HALF_HOUR} AS half, count(*) FROM record "
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


def personal(session: Session, receipt: Receipt, kept: Sequence[tuple[str, Sequence[str]]]) -> Iterator[Personal]:
    """Columns that name people, and others in which addresses or telephone numbers stand."""
    texts = [column for column in TEXT_COLUMNS if column in receipt.mapped]
    counted = [f"count({name(column)})" for column in texts]
    for kind in _KINDS:
        counted += [f"count(*) FILTER (WHERE regexp_matches({name(c)}, {quote(PATTERNS[kind])}))" for c in texts]
    found = [int(str(n)) for n in session.one(f"SELECT {', '.join(counted)} FROM record")] if texts else []
    for column, n in zip(texts, found, strict=False):
        if n and column in PEOPLE_COLUMNS:
            yield Personal(column, "person", n)
    for i, kind in enumerate(_KINDS, 1):
        for column, n in zip(texts, found[i * len(texts) :], strict=False):
            if n:
                yield Personal(column, kind, n)
    for column, values in kept:
        for kind in _KINDS:
            if n := sum(bool(re.search(PATTERNS[kind], value)) for value in values):
                yield Personal(column, kind, n, sampled=True)


def kept_columns(session: Session) -> dict[str, dict[int, str]]:
    """The columns that no canonical one takes, of a sample of the records: by name the values, by their place in the sample."""
    kept: dict[str, dict[int, str]] = {}
    rows = session.rows(f"SELECT attributes FROM record ORDER BY md5(record_id), record_id LIMIT {SAMPLE}")
    for place, (attributes,) in enumerate(rows):
        for column, value in json.loads(str(attributes or "{}")).items():
            kept.setdefault(column, {})[place] = str(value)
    return kept


def lookalikes(
    session: Session, receipt: Receipt, kept: dict[str, dict[int, str]], mappings: Sequence[MappingDefinition]
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
