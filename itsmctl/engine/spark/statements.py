"""Statements that change a table, as queries of what the table holds afterwards: a file of Parquet is never changed."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import Expr, exp, tokenize

HIT = "_hit"
"""A column that says of a row that another one matches it."""


def with_values(sql: str, parameters: Sequence[object]) -> str:
    """A statement with the values of its `?` marks written out."""
    if not parameters:
        return sql
    marks = [token for token in tokenize(sql, read="duckdb") if token.token_type.name == "PLACEHOLDER"]
    assert len(marks) == len(parameters), f"{len(marks)} marks, {len(parameters)} values"
    parts, before = [], 0
    for mark, value in zip(marks, parameters, strict=True):
        parts += [sql[before : mark.start], _written(value)]
        before = mark.end + 1
    return "".join([*parts, sql[before:]])


def _written(value: object) -> str:
    match value:
        case None:
            return "NULL"
        case bool():
            return str(value).lower()
        case int():
            return f"CAST({value} AS BIGINT)"
        case float():
            return f"CAST('{value!r}' AS DOUBLE)"
        case _:
            return "'" + str(value).replace("'", "''") + "'"


def after_update(update: exp.Update, columns: Sequence[str]) -> exp.Select:
    """The rows of a table after an UPDATE, of which at most one row of `FROM` matches each."""
    table = update.this
    alias = table.alias_or_name
    given = {set_.this.name: set_.expression for set_ in update.expressions}
    where = update.args.get("where")
    condition: Expr = where.this if where else exp.true()
    source = update.args.get("from_") or update.args.get("from")
    query = exp.Select().from_(table.copy())
    if source is not None:
        query = query.join(_marked(source.this), on=condition.copy(), join_type="left")
        condition = exp.column(HIT, table=source.this.alias_or_name)
    return query.select(*(_updated(alias, column, given.get(column), condition) for column in columns))


def after_delete(delete: exp.Delete, columns: Sequence[str]) -> exp.Select:
    """The rows of a table that a DELETE leaves."""
    table = delete.this
    where = delete.args.get("where")
    condition = where.this.copy() if where else exp.true()
    told = [exp.column(column, table=table.alias_or_name, quoted=True) for column in columns]
    if using := delete.args.get("using"):
        return exp.Select().select(*told).from_(table.copy()).join(using[0].copy(), on=condition, join_type="left anti")
    gone = exp.Case().when(condition, exp.true()).else_(exp.false())
    inner = exp.Select().select(*told, gone.as_(HIT)).from_(table.copy()).subquery("kept")
    return exp.Select().select(*(exp.column(c, quoted=True) for c in columns)).from_(inner).where(f"NOT {HIT}")


def _updated(table: str, column: str, value: Expr | None, condition: Expr) -> Expr:
    old = exp.column(column, table=table, quoted=True)
    if value is None:
        return old
    return exp.Case().when(condition.copy(), value.copy()).else_(old).as_(column, quoted=True)


def _marked(source: Expr) -> Expr:
    """A source of rows with a column that is true in every row."""
    name = source.alias_or_name
    bare = source.copy()
    bare.set("alias", None)
    query = exp.Select().select("*", exp.true().as_(HIT))
    inner = bare.as_("source") if isinstance(bare, exp.Subquery) else bare
    return query.from_(inner).subquery(name)
