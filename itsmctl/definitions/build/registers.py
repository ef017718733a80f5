"""Definitions under `audits/registers/`: what a register holds, and where its rows stand."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from itsmctl import model
from itsmctl.definitions.build.builder import Builder, text, unique_ids
from itsmctl.definitions.references import unknown
from itsmctl.definitions.registers.derived import COLUMNS


def _register(b: Builder) -> model.Register:
    d = b.data
    unique_ids(b, "columns")
    columns = tuple(
        model.RegisterColumn(
            id=x["id"],
            title=text(x["title"]),
            type=x["type"],
            to=x.get("to", ""),
            values=tuple(x.get("values", ())),
            required=x.get("required", False),
            description=text(x.get("description")),
        )
        for x in d["columns"]
    )
    _check_types(b, columns)
    _check_names(b, columns)
    _check_sources(b, columns)
    return model.Register(
        **b.common(),
        purpose=text(d["purpose"]),
        process=d["process"],
        owner=d["owner"],
        columns=columns,
        key=tuple(d.get("key", ())),
        dated=d.get("dated", ""),
        fresh_for=int(d["fresh-for"].removesuffix("mo")) if "fresh-for" in d else None,
        sources=tuple(d.get("from", ())),
        files=tuple(d.get("files", ())),
        entries=tuple(d.get("entries", ())),
    )


def _check_types(b: Builder, columns: tuple[model.RegisterColumn, ...]) -> None:
    """Codes have values and references a kind; nothing else has either."""
    for position, column in enumerate(columns):
        for key, kind, given in (("values", "code", bool(column.values)), ("to", "reference", bool(column.to))):
            if given and column.type != kind:
                template = "only a column of type `{type}` has the key {key!r}"
                b.report("wrong-column", template, ("columns", position, key), type=kind, key=key)
            elif column.type == kind and not given:
                template = "a column of type `{type}` needs the key {key!r}"
                b.report("wrong-column", template, ("columns", position, "type"), type=kind, key=key)


def _check_names(b: Builder, columns: tuple[model.RegisterColumn, ...]) -> None:
    """The key and the date are columns, and what must stay fresh has a date."""
    names = frozenset(column.id for column in columns)
    for position, word in enumerate(b.data.get("key", ())):
        if word not in names:
            b.problems.append(unknown(b.document, ("key", position), word, "column", names))
    days = frozenset(column.id for column in columns if column.type in ("date", "moment"))
    if "dated" in b.data and b.data["dated"] not in days:
        b.problems.append(unknown(b.document, ("dated",), b.data["dated"], "column", days))
    if "fresh-for" in b.data and "dated" not in b.data:
        b.report("no-date", "how old a row is can only be told with the key `dated`", ("fresh-for",))


def _check_sources(b: Builder, columns: tuple[model.RegisterColumn, ...]) -> None:
    """A register whose rows are definitions has only columns that those definitions fill."""
    sources = b.data.get("from", ())
    if not sources or "files" in b.data or "entries" in b.data:
        return
    made = frozenset(name for source in sources for name in COLUMNS[source])
    for position, column in enumerate(columns):
        if column.id not in made:
            b.problems.append(unknown(b.document, ("columns", position, "id"), column.id, "column", made))


BUILDERS: Mapping[str, Callable[[Builder], model.Definition]] = {"register": _register}
