"""Which mapping an export belongs to, and which exported column fills which canonical one."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import assert_never

from itsmctl.engine.session import quote
from itsmctl.engine.tables.codes import bare
from itsmctl.errors import ItsmctlError, Problem, Where, did_you_mean
from itsmctl.importers.export import Export, Staged, original
from itsmctl.importers.header import HeaderRow
from itsmctl.model import MAPPED_COLUMNS, TIME_COLUMNS, MappingDefinition, Taking

CASE = "case:"
"""Before the key of an XES trace attribute, to tell it from the same key of an event; pm4py writes them so too."""


TRUE = ("true", "t", "yes", "y", "1", "是", "within sla")
FALSE = ("false", "f", "no", "n", "0", "否", "sla violated")
"""How tools write yes and no, in lower case; one says so of its SLA in words."""

_IDENTIFYING = ("record_id", "number")
"""Columns by which other files name a record: two names that differ in a blank at the end, which nobody sees, are one."""


@dataclass(frozen=True)
class Source:
    """Where a canonical column comes from: exported columns, joined into one text where there are several."""

    canonical: str
    exported: tuple[str, ...]
    joined_with: str = ""
    take: Taking | None = None

    @property
    def shown(self) -> str:
        """The exported name as a receipt and a reject row show it."""
        return self.joined_with.join(self.exported)

    def sql(self, staged: Staged, prefix: str = "") -> str:
        """SQL for its text in RAW; a name by which other files know a record is without the blanks around it."""
        text = self.as_exported(staged, prefix)
        return bare(text) if self.canonical in _IDENTIFYING else text

    def as_exported(self, staged: Staged, prefix: str = "") -> str:
        """SQL for its text in RAW, whatever stands around it."""
        cells = [prefix + staged.sql(name) for name in self.exported]
        if len(cells) == 1:
            return taken_sql(cells[0], self.take)
        return f"nullif(concat_ws({quote(self.joined_with)}, {', '.join(cells)}), '')"


def taken_sql(cell: str, take: Taking | None) -> str:
    """SQL for what is taken of a cell."""
    match take:
        case None:
            return cell
        case "compact":
            return f"nullif(regexp_replace({cell}, '[\\s\u00a0\u202f]', '', 'g'), '')"
        case "first":
            return f"nullif(trim(string_split_regex({cell}, '(?i)<br ?/?>|[\\r\\n]+')[1]), '')"
        case "time-left":
            left = r"-?[0-9]+:[0-5][0-9](:[0-5][0-9])?"
            return f"CASE WHEN regexp_full_match(trim({cell}), {quote(left)}) THEN CASE WHEN trim({cell}) LIKE '-%' THEN 'false' ELSE 'true' END ELSE {cell} END"
        case "opposite":
            yes, no = (", ".join(map(quote, words)) for words in (TRUE, FALSE))
            word = f"lower(trim({cell}))"
            return f"CASE WHEN {word} IN ({yes}) THEN 'false' WHEN {word} IN ({no}) THEN 'true' ELSE {cell} END"
    assert_never(take)


@dataclass(frozen=True)
class Recognised:
    """Which mapping reads which exports, and the tables of a file that none reads, though it reads others of the file."""

    groups: tuple[tuple[MappingDefinition, tuple[Export, ...]], ...]
    left_out: tuple[Export, ...]


def recognise(
    exports: Sequence[Export], named: Sequence[MappingDefinition], mappings: Mapping[str, MappingDefinition]
) -> Recognised:
    """Find the mapping of every export among those named, else among all.

    Raises ItsmctlError for a file of which no table is recognised, or one that two mappings recognise equally well.
    """
    known = {mapping.id: mapping for mapping in named} if named else mappings
    if len(named) == 1 and len({export.source.name for export in exports}) == len(exports):
        check_mapping(exports, named[0])
    chosen = [best_mapping(export, known) for export in exports]
    for export, mapping in zip(exports, chosen, strict=True):
        if mapping is not None:
            _refuse_repeated(export, mapping)
    read = {export.source.name for export, mapping in zip(exports, chosen, strict=True) if mapping is not None}
    for export in exports:
        if export.source.name not in read:
            raise not_recognised(_nearest_of(exports, export, known), known)
    numbered = [replace(export, number=number) for number, export in enumerate(exports)]
    pairs = list(zip(numbered, chosen, strict=True))
    groups = tuple(
        (mapping, alike)
        for mapping in _sorted(known)
        for alike in _alike(mapping, [export for export, chosen_one in pairs if chosen_one is mapping])
    )
    return Recognised(groups, tuple(export for export, mapping in pairs if mapping is None))


def _alike(mapping: MappingDefinition, exports: Sequence[Export]) -> Iterator[tuple[Export, ...]]:
    """Exports that call what they have by the same names; of one tool in two languages each is read on its own."""
    groups: list[tuple[dict[str, Source], list[Export]]] = []
    for export in exports:
        found, _ = sources(mapping, export.columns)
        for names, together in groups:
            if all(names.get(column, source) == source for column, source in found.items()):
                names.update(found)
                together.append(export)
                break
        else:
            groups.append((dict(found), [export]))
    yield from (tuple(together) for _, together in groups)


def best_mapping(export: Export, mappings: Mapping[str, MappingDefinition]) -> MappingDefinition | None:
    """The most specific mapping that recognises an export; raises ItsmctlError for two that are as good."""
    fitting = [mapping for mapping in _sorted(mappings) if not unmet(mapping, export)]
    most = max((len(mapping.recognise) for mapping in fitting), default=0)
    best = [mapping for mapping in fitting if len(mapping.recognise) == most]
    if len(best) > 1:
        template = "mappings {mappings} recognise this export equally well; name one with --mapping"
        values = {"mappings": " and ".join(mapping.id for mapping in best)}
        raise ItsmctlError(Problem("ambiguous-mapping", template, Where(export.shown), values))
    return best[0] if best else None


def _refuse_repeated(export: Export, mapping: MappingDefinition) -> None:
    """Raise ItsmctlError where the header has a column twice that the mapping reads once, and cannot do without."""
    left_out = repeated(mapping, export.columns)
    read = {
        name
        for column, names in mapping.columns.items()
        if mapping.taken.get(column) != "first"
        for name in names
        if name not in left_out.get(column, ())
    }
    read |= {mapping.at, mapping.actor, mapping.actor_group, mapping.process_column}
    template = (
        "column {name!r} stands in the header twice, as columns {first} and {second}; rename one of them in the file, or name the second "
        "as {other!r} in a mapping of your own"
    )
    places = {column: place for place, column in enumerate(export.columns, 1)}
    problems = [
        Problem(
            "duplicate-column",
            template,
            Where(export.shown),
            {"name": name, "first": places[name], "second": places[column], "other": column},
        )
        for column in export.columns
        if (name := original(column)) != column and name in read and column not in read and name in places
    ]
    if problems:
        raise ItsmctlError(problems)


def _nearest_of(exports: Sequence[Export], export: Export, mappings: Mapping[str, MappingDefinition]) -> Export:
    """Of the tables of a file, the one that comes nearest to a mapping."""
    same = [other for other in exports if other.source.name == export.source.name]
    return min(same, key=lambda one: min((_distance(m, one) for m in mappings.values()), default=(False, 0, 0.0)))


def _distance(mapping: MappingDefinition, export: Export) -> tuple[bool, int, float]:
    """How far a mapping is from an export: one that fills more columns is nearer, whatever it is recognised by."""
    found, _ = sources(mapping, export.columns)
    return mapping.table != "record", -len(found), len(unmet(mapping, export)) / max(1, len(_needed(mapping)))


def check_mapping(exports: Sequence[Export], mapping: MappingDefinition) -> None:
    """Raise ItsmctlError where a named mapping does not fit an export, with every column that is missing."""
    problems: list[Problem] = []
    for export in exports:
        where = Where(export.shown)
        if mapping.header_row and mapping.header_row != export.header_row:
            problems.append(_other_header(mapping, where))
            continue
        if not reads(mapping, export):
            values: dict[str, object] = {"mapping": mapping.id, "wanted": mapping.format, "found": export.format}
            problems.append(
                Problem("wrong-format", "mapping {mapping} reads {wanted} files, this one is {found}", where, values)
            )
            continue
        for names in _needed(mapping):
            if not set(names) & set(export.columns):
                values = {"column": names[0], "mapping": mapping.id}
                near = did_you_mean(names[0], export.columns)
                template = "column {column!r}, which mapping {mapping} needs, is not in the header"
                problems.append(Problem("missing-column", template, where, values, suggestion=near))
    if problems:
        raise ItsmctlError(problems)


def _other_header(mapping: MappingDefinition, where: Where) -> Problem:
    template = "row {row}, which mapping {mapping} names as the header, has not the columns that it needs: {columns}"
    needed = ", ".join(names[0] for names in _needed(mapping))
    values = {"row": mapping.header_row, "mapping": mapping.id, "columns": needed}
    return Problem("other-header-row", template, where, values)


def sources(mapping: MappingDefinition, columns: Sequence[str]) -> tuple[dict[str, Source], tuple[str, ...]]:
    """The source of each canonical column that the export has, in model order, and those that it lacks."""
    found: dict[str, Source] = {}
    missing: list[str] = []
    twice = repeated(mapping, columns)
    for canonical in MAPPED_COLUMNS[mapping.table]:
        names = mapping.columns.get(canonical)
        if names is None:
            continue
        if canonical in mapping.joined:
            usable = tuple(names) if all(name in columns for name in names) else ()
        else:
            usable = tuple(name for name in names if name in columns and name not in twice.get(canonical, ()))[:1]
        if usable:
            take = mapping.taken.get(canonical)
            found[canonical] = Source(canonical, usable, mapping.joined.get(canonical, ""), take)
        else:
            missing.append(canonical)
    return found, tuple(missing)


def repeated(mapping: MappingDefinition, columns: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The exported columns that stand in the header several times, by the canonical one that they would fill: nobody knows which is
    meant, so that none is read. Not those by which an export is known, nor what a record cannot do without.
    """
    needed = {name for names in _needed(mapping) for name in names} | {mapping.at, mapping.actor, mapping.actor_group}
    apart = {name for names in mapping.columns.values() for name in names}
    found = {}
    for canonical, names in mapping.columns.items() if mapping.table == "record" else ():
        read = canonical in _NEVER_LEFT_OUT or canonical in mapping.joined or mapping.taken.get(canonical) == "first"
        twice = tuple(name for name in names if f"{name} (2)" in columns and f"{name} (2)" not in apart)
        if twice and not read and not needed & set(twice):
            found[canonical] = twice
    return found


_NEVER_LEFT_OUT = frozenset({"record_id", "number", "state", *TIME_COLUMNS})


def settled(mapping: MappingDefinition, columns: Sequence[str]) -> MappingDefinition:
    """The mapping with those names of its columns that the export has."""
    found = {
        key: next((name for name in names if name in columns), names[0]) for key, names in mapping.alternatives.items()
    }
    return replace(
        mapping,
        at=found.get("at", mapping.at),
        actor=found.get("actor", mapping.actor),
        actor_group=found.get("actor_group", mapping.actor_group),
        process_column=found.get("process_column", mapping.process_column),
    )


def lacking(export: Export, found: Mapping[str, Source]) -> tuple[str, ...]:
    """The canonical columns that the files fill together and this one alone does not."""
    return tuple(column for column, source in found.items() if not set(source.exported) <= set(export.columns))


def check_alike(exports: Sequence[Export], mapping: MappingDefinition, found: Mapping[str, Source]) -> None:
    """Raise ItsmctlError where a file lacks what the history of the others is made from: its changes would be invented."""
    read = {mapping.at, mapping.actor, mapping.actor_group, *mapping.order_by}
    read |= {name for column in mapping.history if column in found for name in found[column].exported}
    asked = sorted(read & {column for export in exports for column in export.columns})
    template = "column {column!r}, which another of the files has, is not in the header; export the files alike, or import them apart"
    problems = [
        Problem("missing-column", template, Where(export.shown), {"column": column})
        for export in exports
        for column in asked
        if column not in export.columns
    ]
    if problems:
        raise ItsmctlError(problems)


def header_rows(mappings: Iterable[MappingDefinition]) -> list[HeaderRow]:
    """The rows that mappings name as the header, each of which fits where the columns of one of them stand in it."""
    by_row: dict[int, list[MappingDefinition]] = {}
    for mapping in mappings:
        if mapping.header_row:
            by_row.setdefault(mapping.header_row, []).append(mapping)
    return [HeaderRow(row, partial(_names_for, tuple(some))) for row, some in sorted(by_row.items())]


def _names_for(mappings: Sequence[MappingDefinition], names: Sequence[str]) -> bool:
    return any(not _lacks(mapping, names) for mapping in mappings)


def reads(mapping: MappingDefinition, export: Export) -> bool:
    """Whether a mapping is for files of this kind, and under this header: `table` is for all that are rows and columns."""
    alike = export.format == mapping.format or (mapping.format == "table" and export.format != "xes")
    return alike and mapping.header_row in (0, export.header_row)


def unmet(mapping: MappingDefinition, export: Export) -> list[str]:
    """The columns that a mapping needs and the export lacks, each by its first name."""
    if not reads(mapping, export):
        return [*(names[0] for names in _needed(mapping)), ""]
    return _lacks(mapping, export.columns)


def _lacks(mapping: MappingDefinition, columns: Sequence[str]) -> list[str]:
    return [names[0] for names in _needed(mapping) if not set(columns) & set(names)]


def _needed(mapping: MappingDefinition) -> tuple[tuple[str, ...], ...]:
    """What the header must have: the columns it is recognised by, the record id, and the moment of each update."""
    record_id = mapping.columns.get("record_id", ())
    needed = [*mapping.recognise]
    if "record_id" in mapping.joined:
        needed += ((name,) for name in record_id)
    elif record_id:
        needed.append(record_id)
    if mapping.at and (mapping.shape != "records" or mapping.table == "event"):
        needed.append(mapping.alternatives.get("at", (mapping.at,)))
    return tuple(dict.fromkeys(needed))


def _sorted(mappings: Mapping[str, MappingDefinition]) -> list[MappingDefinition]:
    return sorted(mappings.values(), key=lambda mapping: mapping.id)


def not_recognised(export: Export, mappings: Mapping[str, MappingDefinition]) -> ItsmctlError:
    """The refusal of an export that no mapping reads; the nearest is named where half of what it needs is there."""
    where = Where(export.shown)
    found = ", ".join(export.columns[:12]) + (", …" if len(export.columns) > 12 else "")
    candidates = [m for m in _sorted(mappings) if reads(m, export)]
    if not candidates:
        template = "no mapping reads {format} files; the columns found are: {found}"
        return ItsmctlError(Problem("unknown-export", template, where, {"format": export.format, "found": found}))
    near = [m for m in candidates if 2 * len(unmet(m, export)) <= len(_needed(m))]
    values = {"found": found, "file": "EXPORT" if export.format == "database" else shlex.quote(export.source.given)}
    if not near:
        template = "no mapping fits these columns: {found}. Describe the export in a mapping of your own: `itsmctl import {file} --suggest -o own.yaml` proposes one; then name it with --mapping own.yaml"
        return ItsmctlError(Problem("unknown-export", template, where, values))
    nearest = min(near, key=lambda mapping: _distance(mapping, export))
    hints = [
        f"{name} (did you mean {like}?)" if (like := did_you_mean(name, export.columns)) else name
        for name in unmet(nearest, export)
    ]
    template = "no mapping fits these columns: {found}. The nearest is {mapping}; it also needs: {missing}. Describe the export in a mapping of your own: `itsmctl import {file} --suggest -o own.yaml` proposes one; then name it with --mapping own.yaml"
    values |= {"mapping": nearest.id, "missing": ", ".join(hints)}
    return ItsmctlError(Problem("unknown-export", template, where, values))
