"""The mappings of the reference set: which exports are understood, and what becomes of their columns."""

from __future__ import annotations

from collections.abc import Mapping

from generator.markdown import code, codes, table
from itsmctl.definitions import load
from itsmctl.model import MappingDefinition
from itsmctl.reference import reference_root

INTRODUCTION = """# Mappings

Which exports itsmctl understands without being told. A mapping is recognised by the columns in the header; to read
another export, [write one](../how-to/write-a-mapping.md). Everything that a mapping may say:
[definitions: mapping](definitions/mapping.md).

"""


def pages() -> dict[str, str]:
    """One page with every mapping."""
    mappings = load(reference_root()).mappings
    return {"mappings.md": INTRODUCTION + "".join(page(mappings[name]) for name in sorted(mappings))}


def page(mapping: MappingDefinition) -> str:
    """One mapping."""
    facts = table(("", ""), [(what, words) for what, words in described(mapping) if words])
    columns = table(
        ("column", "exported as"),
        [(code(column), exported(mapping, column, names)) for column, names in mapping.columns.items()],
    )
    values = table(
        ("column", "exported value", "code"),
        [
            (code(column), code(said), code(meant))
            for column, words in mapping.codes.items()
            for said, meant in words.items()
        ],
    )
    title = f"{mapping.title.en} · {mapping.title.zh}"
    return f"## {mapping.id}\n\n{title}\n\n{facts}\n{columns}\n{values}\n"


def described(mapping: MappingDefinition) -> list[tuple[str, str]]:
    """What it reads and how, each with its words; '' where there is nothing to say."""
    names = [" or ".join(code(name) for name in one) for one in mapping.recognise]
    zone = f" in {mapping.zone}" if mapping.zone else "; the zone is asked for where a time has none"
    rows = ROWS[mapping.shape] if mapping.table == "record" else TABLES[mapping.table]
    people = ("at", mapping.at), ("by", mapping.actor), ("of", mapping.actor_group)
    moved = ", ".join(
        f"{word} {' or '.join(map(code, names_of(mapping, word, name)))}" for word, name in people if name
    )
    return [
        ("tool", mapping.tool),
        ("format", f"{FORMATS[mapping.format]}, one {rows}"),
        ("process", ", ".join(map(code, mapping.processes)) + (f" by {code(mapping.process_column)}" if mapping.process_column else "")),
        ("recognised by", ", ".join(names)),
        ("read as missing", codes('""' if word == "" else word for word in mapping.missing)),
        ("times", codes(mapping.time_formats) + zone),
        ("only rows with", conditions(mapping.only)),
        ("no rows with", conditions(mapping.without)),
        ("happened", moved),
        ("history of", codes(mapping.history)),
        ("links", ", ".join(f"{code(name)}: {code(kind)}" for name, kind in mapping.links.items())),
    ]  # fmt: skip


KEYS = {"at": "at", "by": "actor", "of": "actor_group"}


def names_of(mapping: MappingDefinition, word: str, name: str) -> tuple[str, ...]:
    """The names that one column may have."""
    return mapping.alternatives.get(KEYS[word], (name,))


def conditions(wanted: Mapping[str, tuple[str, ...]]) -> str:
    """Values of exported columns."""
    return "; ".join(f"{code(column)}: {codes(words)}" for column, words in wanted.items())


FORMATS = {"table": "CSV, JSON, XML, Excel, Parquet or SQLite", "csv": "CSV", "xes": "XES"}

TABLES = {
    "event": "row per change of a field",
    "approval": "row per approval",
    "link": "row per link",
    "detail": "row of cells that the record itself lacks",
}

ROWS = {
    "records": "row per ticket",
    "updates": "row per update",
    "trace": "trace per ticket, one event per change of state",
}


def exported(mapping: MappingDefinition, column: str, names: tuple[str, ...]) -> str:
    """Where a column comes from: the first that exists, or several joined."""
    if column in mapping.joined:
        return f" {code(mapping.joined[column])} ".join(code(name) for name in names)
    said = " or ".join(code(name) for name in names)
    return f"{said}, taken {mapping.taken[column]}" if column in mapping.taken else said
