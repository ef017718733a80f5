"""`itsmctl import --suggest`: a mapping for an export that none reads yet, with what speaks for it and what it leaves open."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from itsmctl.engine.session import Session
from itsmctl.errors import ItsmctlError, Where
from itsmctl.importers.container import Plain, files_in, unpack
from itsmctl.importers.database import Query, open_query
from itsmctl.importers.export import RAW, REJECT, Export, Staged, create_reject
from itsmctl.importers.faces import FACE, read_faces
from itsmctl.importers.header import TITLE
from itsmctl.importers.opening import ImportOptions, open_file, stage
from itsmctl.importers.recognition import best_mapping, settled, sources
from itsmctl.importers.times import order_of
from itsmctl.importers.values import time_cells
from itsmctl.model import (
    Definitions,
    Effective,
    MappingDefinition,
    MappingShape,
    Text,
)
from itsmctl.scratch import scratch
from itsmctl.suggestion.coding import coded, fields, process_of
from itsmctl.suggestion.halves import with_times_of_day
from itsmctl.suggestion.keys import in_agreement
from itsmctl.suggestion.matching import Match, known_words
from itsmctl.suggestion.names import BESIDE, Vocabulary
from itsmctl.suggestion.profile import Profile, empty_words, profiles, varies_within
from itsmctl.suggestion.suggestion import Suggestion
from itsmctl.suggestion.tables import table_of

__all__ = ["NOTHING_KNOWN", "Suggestion", "suggest"]

_HISTORY = ("state", "group", "assignee", "priority", "impact", "urgency", "category", "subcategory", "ci", "service")
"""Columns of which changes are worth telling, unless the tool fills them in hindsight."""


def suggest(
    sources: Sequence[Path | Query],
    definitions: Definitions,
    known: Mapping[str, MappingDefinition],
    options: ImportOptions = ImportOptions(),  # noqa: B008 - frozen
) -> tuple[Suggestion, ...]:
    """Look at exports, or at what a database answers, and propose how to read each table, after what `known` mappings call things.

    Of a file with several tables those are left out of which nothing useful can be said; where there are several files
    the keys by which their rows find each other are looked for. Raises ItsmctlError where a file cannot be read at all.
    """
    with scratch() as folder, Session(spill=folder) as session:
        files = folder / "files"
        files.mkdir()
        labels = tuple({**known, **definitions.mappings}.values())
        found: list[Suggestion] = []
        for source, exports in _opened(session, sources, files, options):
            tables = [_of_table(session, export, definitions, labels, files) for export in exports]
            words = source.words if isinstance(source, Query) else (str(source),)
            found += [replace(one, words=words) for one in _useful(tables)]
    return _told_apart(in_agreement(found) if len(found) > 1 else found)


def _opened(
    session: Session, sources: Sequence[Path | Query], scratch: Path, options: ImportOptions
) -> Iterator[tuple[Path | Query, list[Export]]]:
    for source in sources:
        if isinstance(source, Query):
            yield source, [open_query(source, scratch)]
            continue
        for file in files_in(source):
            yield file, [one for p in unpack(file, scratch) for one in _tables_of(session, p, scratch, options)]


def _tables_of(session: Session, plain: Plain, scratch: Path, options: ImportOptions) -> list[Export]:
    """The tables of a file; where a title stands above the header, under the row that looks like it, for people to look at."""
    try:
        return open_file(session, plain, scratch, options)
    except ItsmctlError as error:
        (problem, *_) = error.problems
        if problem.code != TITLE or options.header_row:
            raise
        return open_file(session, plain, scratch, replace(options, header_row=int(str(problem.values["row"]))))


def _useful(tables: Sequence[Suggestion]) -> list[Suggestion]:
    """Of the tables of a file those that tell something of tickets, at least the likeliest; they know of the others.

    Where tickets are found, or a mapping reads some of the tables as they are, more is asked of the others.
    """
    best = max(tables, key=lambda s: (s.table == "record", sum(match.score for match in s.matches.values())))
    found = best.of_tickets or any(one.readers for one in tables)
    useful = [one for one in tables if one is best or (one.telling and (not found or one.readers or one.of_tickets))]
    others = tuple(one.file for one in tables if one not in useful)
    return [replace(one, others=others if one is best else ()) for one in useful]


def _told_apart(found: Sequence[Suggestion]) -> tuple[Suggestion, ...]:
    """Each under an id of its own."""
    ids: dict[str, int] = {}
    for one in found:
        ids[one.id] = ids.get(one.id, 0) + 1
    seen: dict[str, int] = {}
    apart = []
    for one in found:
        seen[one.id] = seen.get(one.id, 0) + 1
        apart.append(replace(one, id=f"{one.id}-{seen[one.id]}") if ids[one.id] > 1 else one)
    return tuple(apart)


def _of_table(
    session: Session,
    export: Export,
    definitions: Definitions,
    mappings: Sequence[MappingDefinition],
    scratch: Path,
) -> Suggestion:
    for name in (RAW, REJECT):
        session.run(f"DROP TABLE IF EXISTS {name}")
    create_reject(session)
    staged = stage(session, [export], NOTHING_KNOWN, scratch)
    seen = profiles(session, staged)
    fitting = _fitting(export, definitions.mappings)
    mappings = sorted(mappings, key=lambda mapping: mapping is not fitting)  # the one that fits is believed first
    words = known_words(mapping.codes for mapping in mappings)
    table, shape, found = table_of(session, staged, seen, mappings, words, fitting)
    number = found.get("number", found.get("record_id"))
    words = known_words(mapping.codes for mapping in mappings if mapping.table == table)
    of = process_of(seen, number, export.name, definitions.processes, words.get("process", {}))
    perhaps = of.perhaps.name if of.perhaps else ""
    found = {
        column: match
        for column, match in found.items()
        if match.name != of.column and (column, match.name) != ("type", perhaps)
    }
    found = {column: _of_several(match, staged, found) for column, match in found.items()}
    found = with_times_of_day(found, seen)
    codes = coded(found, words, of, definitions.processes, fitting.codes if fitting else {})
    if table == "event":
        codes = {"field": fields(found["field"].profile, Vocabulary("record", mappings))}
    used = {match.name for match in found.values()} | {of.column}
    used |= {match.clock.name for match in found.values() if match.clock}
    moments = [match for match in found.values() if match.moments]
    unread = _unread(session, fitting, staged, seen) if fitting else ()
    strangers = _strangers(fitting, staged, seen) if fitting else ()
    return Suggestion(
        file=export.shown,
        words=(export.shown,),
        id=_id(export),
        format="xes" if export.format == "xes" else "table",
        header_row=export.header_row,
        table=table,
        shape=shape,
        rows=staged.rows_read[0],
        matches={column: match for column, match in found.items() if column not in BESIDE},
        beside={column: found[column] for column in BESIDE if column in found},
        history=_history(session, staged, found, shape),
        of=of,
        processes=tuple(sorted(definitions.processes)),
        codes=codes,
        missing=empty_words(session, staged, sorted(used & set(staged.columns))),
        patterns=tuple(dict.fromkeys(pattern for match in moments for pattern in _patterns(match, moments))),
        unsettled=_unsettled(moments),
        zoneless=tuple(
            sorted(
                (one for one in moments if one.moments and not one.moments.zoned),
                key=lambda one: staged.columns.index(one.name),
            )
        ),
        order=staged.columns,
        key=max(seen, key=lambda profile: (not profile.moments and not profile.measured, profile.distinct)),
        unused=tuple(profile for profile in seen if profile.name not in used),
        readers=(fitting.id,) if fitting and not unread and not strangers else (),
        stumbles=(fitting.id,) if fitting and (unread or strangers) else (),
        unread=unread,
        strangers=strangers,
        others=(),
    )


def _history(session: Session, staged: Staged, found: Mapping[str, Match], shape: MappingShape) -> tuple[str, ...]:
    """The columns whose changes rows of updates tell; in an event log only the state changes with each event."""
    if shape == "records":
        return ()
    key = found["record_id"].name
    some = [column for column in (_HISTORY if shape == "updates" else ("state",)) if column in found]
    return tuple(column for column in some if varies_within(session, staged, key, found[column].name) > 0)


def _patterns(match: Match, moments: Sequence[Match]) -> Sequence[str]:
    """How a column writes moments; where it leaves day and month open, as the columns do that decide."""
    if match.moments is None:
        return ()
    order = _decided(moments)
    if match.moments.order != "open" or not order:
        return match.moments.patterns
    return [pattern for pattern in match.moments.patterns if order_of(pattern) in ("", order)]


def _unsettled(moments: Sequence[Match]) -> tuple[Match, ...]:
    """The columns that leave day and month open, where no other decides: a tool writes all in one way."""
    return () if _decided(moments) else tuple(m for m in moments if m.moments and m.moments.order == "open")


def _decided(moments: Sequence[Match]) -> str:
    """Which of day and month comes first, where the columns that decide agree."""
    orders = {match.moments.order for match in moments if match.moments} - {"", "open"}
    return next(iter(orders)) if len(orders) == 1 else ""


def _of_several(match: Match, staged: Staged, found: Mapping[str, Match]) -> Match:
    """A match of the first of several columns with one name, of which no other has a meaning of its own."""
    again = f"{match.name} (2)"
    split = again in staged.columns and again not in {other.name for other in found.values()}
    return replace(match, take="first") if split and not match.moments and not match.take else match


def _strangers(mapping: MappingDefinition, staged: Staged, seen: Sequence[Profile]) -> tuple[str, ...]:
    """What stands in the column by which a mapping tells processes, where it knows the process of less than half of the rows."""
    name = settled(mapping, staged.columns).process_column
    told = next((profile for profile in seen if profile.name == name and profile.filled), None)
    if told is None or mapping.process:
        return ()
    codes = mapping.codes.get("process", {})
    strange = [(value, count) for value, count in told.frequent if value.strip() not in codes]
    return tuple(value for value, _ in strange) if 2 * sum(count for _, count in strange) > told.filled else ()


def _fitting(export: Export, mappings: Mapping[str, MappingDefinition]) -> MappingDefinition | None:
    """The mapping that recognises an export."""
    try:
        return best_mapping(export, mappings)
    except ItsmctlError:
        return None  # several read it equally well, and --mapping has to name one


def _unread(session: Session, mapping: MappingDefinition, staged: Staged, seen: Sequence[Profile]) -> tuple[str, ...]:
    """The columns in which a mapping looks for moments, and of which it can read less than half."""
    found, _ = sources(mapping, staged.columns)
    days = {source.shown: source.exported[0] for source in found.values()}
    told = {profile.name: profile.filled for profile in seen}
    session.run(f"DROP TABLE IF EXISTS {FACE}")
    try:
        cells = time_cells(found, settled(mapping, staged.columns), staged)
        filled = {name: count for name in cells if (count := told.get(days.get(name, name)))}
        columns, _ = read_faces(session, staged, {name: cells[name] for name in filled}, mapping)
    except ItsmctlError:
        return ()  # day and month cannot be told apart, which is asked
    if not columns:
        return ()
    read = session.one(f"SELECT {', '.join(f'count(l{column.number})' for column in columns)} FROM {FACE}")
    counts = {column.name: int(str(count)) for column, count in zip(columns, read, strict=True)}
    return tuple(name for name, count in filled.items() if 2 * counts[name] < count)


def _id(export: Export) -> str:
    """A name for the mapping, after the file."""
    stem = re.sub(r"[^a-z0-9]+", "-", Path(export.source.member or export.source.name).stem.split(".")[0].lower())
    stem = re.sub(r"^[^a-z]+|-+$", "", stem)
    return stem or "own-export"


NOTHING_KNOWN = MappingDefinition(
    kind="mapping",
    id="none",
    title=Text("None", "无"),
    effective=Effective(),
    where=Where(),
    aliases=(),
    tool="",
    format="table",
    shape="records",
    process="",
    recognise=(),
    missing=("",),
    time_formats=(),
    zone="",
    columns={},
    joined={},
    order_by=(),
    at="",
    actor="",
    actor_group="",
    history=(),
    codes={},
)
"""What rows are staged by before anything is known of them."""
