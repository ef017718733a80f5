"""A session whose tables lie on a Spark cluster: the statements that DuckDB would run, run there."""

from __future__ import annotations

import itertools
import platform
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from sqlglot import Expr, exp, parse_one

from itsmctl.beside import Beside, Result
from itsmctl.engine.session import WHOLE, WITHIN, Row, Session, name, quote
from itsmctl.engine.spark.dialect import translated
from itsmctl.engine.spark.failing import explained
from itsmctl.engine.spark.starting import SparkPlace, spark_session
from itsmctl.engine.spark.statements import after_delete, after_update, with_values
from itsmctl.errors import ItsmctlError, Problem
from itsmctl.model import NUMBER_COLUMNS
from itsmctl.output import cannot_write
from itsmctl.scratch import claim_folder

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

ROWID = "rowid"
"""What DuckDB calls the place of a row; tables that are changed row by row have it as a column here."""
_NUMBERED = frozenset({"judgement", "tested"})


@dataclass(frozen=True)
class Table:
    """A table as the folders of Parquet that hold its rows in their order, and the names and types of its columns."""

    columns: tuple[tuple[str, str], ...]
    parts: tuple[str, ...] = ()

    @property
    def names(self) -> list[str]:
        """The names of its columns."""
        return [column for column, _ in self.columns]

    @property
    def schema(self) -> str:
        """The columns as Spark declares them."""
        return ", ".join(f"`{column}` {kind}" for column, kind in self.columns)


class Cluster(Session):
    """A session on Spark. Its tables are folders of Parquet that every worker sees, so that a worker may die at any time.

    Nothing is changed in place: a statement writes a new folder, which counts once Spark has marked it as whole. Rows made
    in Python, which are few, are written by a DuckDB of its own, which reads at last what Spark has written (`home`).
    """

    def __init__(self, spark: SparkSession, work: Path, here: Session) -> None:
        self._spark, self._work, self._here = spark, work, here
        self._tables: dict[str, Table] = {}
        self._views: dict[str, exp.Create] = {}
        self._files: set[str] = set()
        self._numbers = set(NUMBER_COLUMNS)
        self._count = itertools.count(1)

    @property
    def in_order(self) -> bool:
        """No: its workers read the parts of a table at once."""
        return False

    @property
    def halves(self) -> int:
        """One: a second statement beside the first would find no worker that is idle."""
        return 1

    def expect(self, rows: int) -> None:
        """Nothing to do: how many rows there are is for Spark to see."""

    @contextmanager
    def beside(self, work: Callable[[Session], Result], *, large: bool = False) -> Iterator[Beside[Result]]:
        """Do the work first, as each statement keeps the whole cluster busy."""
        done = work(self)
        with Beside(lambda: done) as nothing:
            yield nothing

    def type_of_words(self, column: str, relation: str) -> str:
        """VARCHAR: Spark numbers the words of its files by itself."""
        return "VARCHAR"

    @contextmanager
    def unbuffered(self) -> Iterator[None]:
        """Nothing to do: rows are in no order anyway."""
        yield

    def run(self, sql: str, parameters: Sequence[object] = ()) -> None:
        """Execute a statement."""
        self._execute(sql, parameters)

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[Row]:
        """The rows of a query; an INSERT has one, which says how many rows it has written."""
        return self._execute(sql, parameters)

    def columns_of(self, files: Sequence[Path]) -> list[Row]:
        """(file, column) of every column of Parquet files."""
        return self._here.columns_of(files)

    def rows_of_files(self, sql: str) -> list[Row]:
        """The rows of a query about nothing but files, which the machine at hand looks into."""
        return self._here.rows(sql)

    def insert(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Append rows of values to a table."""
        known = self._tables[table]
        typed = ", ".join(f"{name(c)} {'VARCHAR' if kind == 'STRING' else kind}" for c, kind in known.columns)
        self._here.run(f"CREATE OR REPLACE TEMP TABLE shipped ({typed})")
        self._here.insert("shipped", columns, rows)
        place = self._place(table)
        place.mkdir()
        self._here.write_parquet("SELECT * FROM shipped", place / "part-0.parquet")
        self._register(table, replace(known, parts=(*known.parts, str(place))))

    def write_partitioned(self, query: str, to: Path, partition: str, order: Sequence[str]) -> None:
        """Write a query's rows as Parquet, a folder for each value of one column, sorted within; whole or with an error."""
        with explained(query):
            frame = self._frame(parse_one(query, read="duckdb"))
            frame.repartition(partition).sortWithinPartitions(partition, *order).write.partitionBy(partition).parquet(
                str(to), mode="overwrite"
            )
        _check_whole(to)

    def home(self) -> Session:
        """The DuckDB of this session, with every table and view of the cluster to read."""
        for table, made in self._tables.items():
            told = ", ".join(name(column) for column in made.names if column != ROWID)
            files = [str(file) for part in made.parts for file in sorted(Path(part).glob("*.parquet"))]
            if files:
                source = f"read_parquet([{', '.join(map(quote, files))}])"
                self._here.run(f"CREATE VIEW {name(table)} AS SELECT {told} FROM {source}")
            else:
                typed = ", ".join(f"{name(c)} {'VARCHAR' if k == 'STRING' else k}" for c, k in made.columns)
                self._here.run(f"CREATE TABLE {name(table)} ({typed})")
        for view in self._views.values():
            self._here.run(view.sql(dialect="duckdb"))
        return self._here

    def _execute(self, sql: str, parameters: Sequence[object]) -> list[Row]:
        tree = parse_one(with_values(sql, parameters), read="duckdb")
        with explained(sql):
            match tree:
                case exp.Create():
                    self._create(tree)
                case exp.Insert():
                    return [(self._append(tree.this.name, tree.expression),)]
                case exp.Update():
                    self._write(tree.this.name, after_update(tree, self._tables[tree.this.name].names))
                case exp.Delete():
                    self._write(tree.this.name, after_delete(tree, self._tables[tree.this.name].names))
                case exp.Drop():
                    self._drop(next(iter(tree.find_all(exp.Table))).name)
                case _:
                    return [tuple(row) for row in self._frame(tree).collect()]
        return []

    def _create(self, tree: exp.Create) -> None:
        if tree.kind == "VIEW":
            self._views[tree.this.name] = tree
        elif tree.expression is not None:
            self._write(tree.this.name, tree.expression)
        else:
            table = tree.this.this.name
            columns = [(column.name, column.args["kind"].sql("spark")) for column in tree.this.expressions]
            self._numbers |= {column for column, kind in columns if kind == "DOUBLE"}
            if table in _NUMBERED:
                columns.append((ROWID, "STRING"))
            self._register(table, Table(tuple(columns)))

    def _write(self, table: str, query: Expr) -> None:
        """Put a query's rows in the place of a table, whose own are deleted once the new ones are whole."""
        before = self._tables.get(table, Table(()))
        frame = self._frame(query)
        if table in _NUMBERED and ROWID not in frame.columns:
            frame = frame.selectExpr("*", _place_of_row(self._place(table)))
        columns = tuple((field.name, field.dataType.simpleString().upper()) for field in frame.schema.fields)
        self._register(table, Table(columns, (self._written(frame, table),)))
        _delete(before)

    def _append(self, table: str, query: Expr) -> int:
        known = self._tables[table]
        frame = self._frame(query)
        if table in _NUMBERED:
            frame = frame.selectExpr("*", _place_of_row(self._place(table)))
        frame = frame.toDF(*(f"c{n}" for n in range(len(known.columns))))
        typed = [f"CAST(c{n} AS {kind}) AS `{column}`" for n, (column, kind) in enumerate(known.columns)]
        part = self._written(frame.selectExpr(*typed), table)
        self._register(table, replace(known, parts=(*known.parts, part)))
        return int(str(self._here.one(f"SELECT count(*) FROM read_parquet({quote(part + '/*.parquet')})")[0]))

    def _drop(self, table: str) -> None:
        """Forget a table, and delete what it was made of."""
        self._spark.catalog.dropTempView(f"`{table}`")
        _delete(self._tables.pop(table))

    def _register(self, table: str, made: Table) -> None:
        if made.parts:
            frame = self._spark.read.schema(made.schema).parquet(*made.parts)
        else:
            nothing = ", ".join(f"CAST(NULL AS {kind}) AS `{column}`" for column, kind in made.columns)
            frame = self._spark.sql(f"SELECT {nothing} WHERE false")
        frame.createOrReplaceTempView(f"`{table}`")
        self._tables[table] = made

    def _frame(self, tree: Expr) -> DataFrame:
        """A query of DuckDB as one of Spark, looked at but not run.

        A view of Spark is what its tables were when it was made, so those that a query names are made anew.
        """
        for view in sorted({table.name for table in tree.find_all(exp.Table)} & set(self._views)):
            self._frame(self._views[view].expression.copy()).createOrReplaceTempView(f"`{view}`")
        for scan in list(tree.find_all(exp.ReadParquet)):
            assert scan.parent is not None
            scan.parent.set("this", exp.to_identifier(self._file(scan.expressions[0].name), quoted=True))
        return self._spark.sql(translated(tree, frozenset(self._numbers)))

    def _file(self, path: str) -> str:
        """The view of a file of Parquet, or of a folder of them."""
        view = f"file {path}".replace("`", "")
        if view not in self._files:
            self._spark.read.parquet(path.removesuffix(WITHIN)).createOrReplaceTempView(f"`{view}`")
            self._files.add(view)
        return view

    def _place(self, table: str) -> Path:
        word = "".join(letter if letter.isalnum() else "-" for letter in table)
        return self._work / f"{next(self._count):04d}-{word}"

    def _written(self, frame: DataFrame, table: str) -> str:
        place = self._place(table)
        frame.write.parquet(str(place))
        _check_whole(place)
        return str(place)


def _delete(table: Table) -> None:
    for part in table.parts:
        shutil.rmtree(part, ignore_errors=True)  # what is left goes with the folder


def _place_of_row(place: Path) -> str:
    """SQL of Spark for what no other row has; once written it stays."""
    return f"concat('{place.name}-', monotonically_increasing_id()) AS {ROWID}"


def _check_whole(folder: Path) -> None:
    """Raise ItsmctlError unless Spark has marked a folder as whole, and it is seen from here."""
    if not (folder / WHOLE).is_file():
        template = "what Spark has written is not seen here, or not whole; name a folder that driver and workers share with --spark-work"
        raise ItsmctlError(Problem("spark-not-shared", template))


@contextmanager
def on_cluster(place: SparkPlace, here: Session, dataset: Path) -> Iterator[Session]:
    """A session on a cluster, whose tables go away with it; they lie in the folder named for that, or beside the dataset."""
    with here, spark_session(place) as spark:
        try:
            near = place.work or dataset.resolve().parent
            near.mkdir(parents=True, exist_ok=True)
            work = claim_folder(near, f".itsmctl-spark-{platform.node()}")  # locks may hold on this machine only
        except OSError as error:
            raise cannot_write(near, error) from error
        try:
            yield Cluster(spark, work.path.resolve(), here)
        finally:
            work.end()
