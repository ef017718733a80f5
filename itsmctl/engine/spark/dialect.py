"""DuckDB's SQL as Spark's: what sqlglot translates, and the functions that mean something else there.

Everything here is about one difference each, found by comparing rows. A query is first changed as a tree, where one
expression has to become several, and then written by sqlglot's own dialect of Spark.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import ClassVar

from sqlglot import Expr, exp, parse_one
from sqlglot.dialects.spark import Spark
from sqlglot.generators.spark import SparkGenerator


class SparkSQL(Spark):
    """Spark's dialect, with texts written so that its parser reads back what was meant."""

    class Generator(SparkGenerator):
        """Writes what sqlglot leaves as it is."""

        EXPRESSIONS_WITHOUT_NESTED_CTES: ClassVar[set[type[Expr]]] = set()
        TYPE_MAPPING = {**SparkGenerator.TYPE_MAPPING, exp.DataType.Type.INT128: "DECIMAL(38, 0)"}
        TRANSFORMS = {
            **SparkGenerator.TRANSFORMS,
            exp.TimeToStr: lambda self, e: self.func("DATE_FORMAT", e.this, _pattern(e.args["format"])),
            exp.Round: lambda self, e: _round(self, e),
        }


_TRIMMED = " \xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
"""What DuckDB takes off a text: the separators of Unicode, and neither tabs nor ends of lines."""
_NUMBER = "tix"
"""The column with the number of a record, which every row about a record has."""
_PARTS = {"%Y": "yyyy", "%m": "MM", "%d": "dd", "%H": "HH", "%M": "mm", "%S": "ss"}
"""Parts of a moment as DuckDB writes them, and as Spark does."""


def _pattern(form: Expr) -> Expr:
    """A pattern of a moment in which letters that stand for themselves are quoted."""
    text, written, place = form.name, "", 0
    while place < len(text):
        part = text[place : place + 2]
        if part in _PARTS:
            written, place = written + _PARTS[part], place + 2
        else:
            letter = text[place]
            written, place = written + (f"'{letter}'" if letter.isalpha() else letter), place + 1
    return exp.Literal.string(written)


def _round(writer: SparkGenerator, node: exp.Round) -> str:
    """Spark rounds the decimal that a number is written as, DuckDB the number times a power of ten."""
    digits = int(node.args["decimals"].name) if node.args.get("decimals") else 0
    scale = f"CAST(1{'0' * digits} AS DOUBLE)"
    return f"(ROUND({writer.sql(node, 'this')} * {scale}, 0) / {scale})"


def translated(tree: Expr, numbers: frozenset[str]) -> str:
    """A query as Spark's SQL; `numbers` are the names of columns that hold numbers with a fraction."""
    root = tree.copy()
    for node in reversed(list(root.dfs())):  # what is inside comes first, as changing a node takes its parts along
        changed = _changed(node, numbers)
        if changed is not node and node is root:
            root = changed
        elif changed is not node:
            node.replace(changed)
    return root.sql(dialect=SparkSQL)


def _changed(node: Expr, numbers: frozenset[str]) -> Expr:
    if type(node) is exp.Concat:
        return _concat(node, numbers)
    change = _CHANGES.get(type(node))
    if change is not None:
        return change(node)
    if type(node) is exp.Cast and node.to.is_type(*exp.DataType.TEXT_TYPES):
        return _text(node, numbers)
    if type(node) is exp.Cast and node.to.is_type(exp.DataType.Type.BIGINT):
        return _whole(node)
    return node


def _sql(text: str, **parts: Expr) -> Expr:
    """A piece of Spark's SQL with expressions in the place of `:names`."""
    return _read(text).transform(
        lambda node: parts[node.name].copy() if isinstance(node, exp.Placeholder) and node.name in parts else node
    )


@cache
def _read(text: str) -> Expr:
    return parse_one(text, read="spark")


def _concat(node: Expr, numbers: frozenset[str]) -> Expr:
    """`concat` leaves out what is NULL; what is no text becomes one first, so that Spark need not read '' as a number."""
    parts = [
        part
        if part.is_string
        else exp.Coalesce(this=_text(exp.cast(part.copy(), "string"), numbers), expressions=[_string("")])
        for part in node.expressions
    ]
    return exp.Concat(expressions=parts, safe=True, coalesce=False)


def _text(node: exp.Cast, numbers: frozenset[str]) -> Expr:
    """A number as text: Spark writes 1.0E7 where DuckDB writes 10000000.0."""
    value = node.this
    if not (isinstance(value, exp.Round) or (isinstance(value, exp.Column) and value.name in numbers)):
        return node
    return _sql(
        r"""CASE WHEN typeof(:x) <> 'double' OR NOT CAST(:x AS STRING) RLIKE 'E' THEN CAST(:x AS STRING)
        WHEN NOT CAST(:x AS STRING) RLIKE 'E(-4|[0-9]|1[0-5])$' THEN regexp_replace(regexp_replace(regexp_replace(regexp_replace(
            CAST(:x AS STRING), '\\.0E', 'E'), 'E(-?)([0-9])$', 'E$10$2'), 'E([0-9])', 'E+$1'), 'E', 'e')
        ELSE regexp_replace(CAST(CAST(CAST(:x AS STRING) AS DECIMAL(38, 20)) AS STRING), '(\\.[0-9]+?)0+$', '$1') END""",
        x=value,
    )


def _whole(node: exp.Cast) -> Expr:
    """The whole number nearest to one with a fraction, of two the even one; Spark would cut the fraction off."""
    if isinstance(node.this, exp.Floor | exp.Literal | exp.Null | exp.Sum | exp.Count):
        return node
    text = (
        """CASE WHEN typeof(:x) = 'double' THEN CAST(rint(CAST(:x AS DOUBLE)) AS BIGINT) ELSE CAST(:x AS BIGINT) END"""
    )
    return _sql(text, x=node.this)


def _lower(node: Expr) -> Expr:
    """Java makes two letters of one, and asks where in the word a sigma stands; DuckDB looks at each letter alone."""
    return exp.Lower(this=exp.Anonymous(this="translate", expressions=[node.this, _string("İΣ"), _string("iσ")]))


def _string(text: str) -> Expr:
    return exp.Literal.string(text)


def _series(node: Expr) -> Expr:
    """Spark counts down where the end lies before the start; for DuckDB there is nothing."""
    low, high = node.args["start"], node.args["end"]
    return _sql("CASE WHEN :low <= :high THEN sequence(:low, :high) END", low=low, high=high)


def _best(node: Expr) -> Expr:
    """What has no value is no candidate for the greatest and the least."""
    value, by = node.this, node.args["expression"]
    name = "max_by" if isinstance(node, exp.ArgMax) else "min_by"
    return _sql(f"{name}(:v, CASE WHEN :v IS NOT NULL THEN :b END)", v=value, b=by).transform(_as_anonymous)


def _as_anonymous(node: Expr) -> Expr:
    if isinstance(node, exp.ArgMax | exp.ArgMin):
        name = "max_by" if isinstance(node, exp.ArgMax) else "min_by"
        return exp.Anonymous(this=name, expressions=[node.this, node.args["expression"]])
    return node


def _literal(node: Expr) -> Expr:
    """A number with a fraction is no decimal but a number of the machine, as it becomes in DuckDB when reckoned with."""
    if node.args["is_string"] or "." not in str(node.this):
        return node
    return exp.Anonymous(this="double", expressions=[exp.Literal.string(str(node.this))])


def _moment(node: Expr) -> Expr:
    """Texts that are no whole day are no moments, though Spark would take a year or a month for its first day."""
    if not isinstance(node, exp.TryCast) or not node.to.is_type("TIMESTAMP", "TIMESTAMPNTZ"):
        return node
    day = _sql(r":x RLIKE '^ *[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}'", x=node.this)
    return exp.Case().when(day, node.copy())


def _trim(node: Expr) -> Expr:
    """Where nothing is said, DuckDB takes off blanks of every kind, Spark plain ones only."""
    if node.args.get("expression") is None:
        node.set("expression", _string(_TRIMMED))
    return node


def _not_in(node: Expr) -> Expr:
    """Where one of two sides might be empty, Spark compares each row with each; the number of a record never is.

    `x NOT IN (…)` says nothing where either has no value, `NOT EXISTS` something: it stands for the other only there.
    """
    asked = node.this
    query = asked.args.get("query") if isinstance(asked, exp.In) else None
    if query is None or not isinstance(asked.this, exp.Column) or asked.this.name != _NUMBER:
        return node
    named = exp.TableAlias(this=exp.to_identifier("found"), columns=[exp.to_identifier("found_number")])
    found = exp.Subquery(this=query.unnest().copy(), alias=named)
    alike = exp.EQ(this=exp.column("found_number", table="found"), expression=asked.this.copy())
    return exp.Not(this=exp.Exists(this=exp.select("1").from_(found).where(alike)))


def _percentile(node: Expr) -> Expr:
    """Spark asks for the values after the share."""
    if isinstance(node.parent, exp.WithinGroup):
        return node
    share = exp.Anonymous(this="percentile_disc", expressions=[node.args["expression"]])
    return exp.WithinGroup(this=share, expression=exp.Order(expressions=[exp.Ordered(this=node.this)]))


def _function(node: Expr) -> Expr:
    """Functions that sqlglot has no name for."""
    change = _FUNCTIONS.get(node.name.lower())
    return change(node) if change else node


def _cte(node: Expr) -> Expr:
    """Spark has no word for a part of a query that is to be kept."""
    node.set("materialized", None)
    return node


def _seconds(node: Expr) -> Expr:
    return _sql("unix_seconds(CAST(:x AS TIMESTAMP))", x=node.this or node.expressions[0])


_FUNCTIONS: Mapping[str, Callable[[Expr], Expr]] = {
    "epoch": _seconds,
    "regexp_split_to_array": lambda node: exp.Anonymous(this="split", expressions=list(node.expressions)),
}
_CHANGES: Mapping[type, Callable[[Expr], Expr]] = {
    exp.CTE: _cte,
    exp.Not: _not_in,
    exp.Trim: _trim,
    exp.PercentileDisc: _percentile,
    exp.Lower: _lower,
    exp.GenerateSeries: _series,
    exp.ArgMax: _best,
    exp.ArgMin: _best,
    exp.Literal: _literal,
    exp.TryCast: _moment,
    exp.TimeToUnix: _seconds,
    exp.Anonymous: _function,
}
