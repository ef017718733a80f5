"""One DuckDB connection with the settings that every result depends on."""

from __future__ import annotations

import os
import re
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from itsmctl.beside import Beside, Result
from itsmctl.engine.database import duckdb
from itsmctl.errors import ItsmctlError, Problem, Where
from itsmctl.output import FULL, cannot_write, disk_full
from itsmctl.scratch import Claim, claim_folder

Value = str | int | float | bool | bytes | None
Row = tuple[Value, ...]
_Asked = TypeVar("_Asked")
_Told = TypeVar("_Told")

MEMORY = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*([KMGT]i?)B?\s*$", re.IGNORECASE)
_UNITS = {"K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "KI": 2**10, "MI": 2**20, "GI": 2**30, "TI": 2**40}
_MOST = 2**50
"""More memory than any machine has, and few enough bytes for the database to count."""
WHOLE = "_SUCCESS"
"""The file in a folder of Parquet that says that nothing is missing, as Spark has it."""
_AT_A_TIME = 8192
_GROUP = 20_480
"""Rows that a Parquet file keeps together, and its writer in memory: DuckDB's own 122,880 of wide text do not fit a small limit,
and are one piece of work to those who read them."""
WITHIN = "/**/*.parquet"
"""What follows the name of a folder whose files of Parquet, at any depth, are one table."""
PROGRAM = 150 * 2**20
"""What the program holds beside the database: Python, the definitions, the rules and the reports."""
JUDGING = 230 * 2**20
"""The same while rules judge: windows over all changes hold memory that the database does not count.

Measured at a million records, under 400 and 512 MiB: 60 MiB more than PROGRAM, and a statement that asks about many records."""
SURPLUS = 1.3
"""How much the database holds for every byte that it counts: what its allocator keeps, and what it does not count.

Measured 1.03 for a hundred thousand records, 1.08 for a million and 1.26 for five millions, each at the limit."""
LEAST = 100 * 2**20
"""What the database gets in any case, as far as the limit allows it: with less it reads and writes no table."""
ENOUGH = 200 * 2**20
"""What the database gets to judge with, as far as the limit leaves it beside the program, though windows may then exceed the limit:
with less, what looks at all changes of some thousand records does not fit."""
OF_THREAD = 128 * 2**20
"""What one thread needs of the memory: with less, as many as there are processors would take it from each other."""


FEW = 500_000
"""Rows up to which a second thread within a statement costs more than it gains: the database hands it 122,880 at once."""
FEW_WORDS = 200
"""How many different words a column may hold to be numbered: a byte then tells them apart."""


class TooLittleMemory(ItsmctlError):
    """The memory allowed is too small for a statement."""


def as_much_as_fits(ask: Callable[[Sequence[_Asked]], Sequence[_Told]], about: Sequence[_Asked]) -> list[_Told]:
    """The answers to one statement about several things, one for each: of all at once, or of half of them where these do not fit into memory."""
    try:
        return list(ask(about))
    except TooLittleMemory:
        if len(about) == 1:
            raise
    middle = len(about) // 2
    return [*as_much_as_fits(ask, about[:middle]), *as_much_as_fits(ask, about[middle:])]


class _Threads:
    """How many threads a database has: fewer while several connections work, one while a file is written or rows are few."""

    def __init__(self, allowed: int) -> None:
        self.allowed, self._now = allowed, allowed
        self.most = allowed
        self._others = self._writers = 0
        self._lock = threading.Lock()

    def change(self, session: Session, others: int = 0, writers: int = 0) -> None:
        """Count connections that begin to work beside the first or to write, or end it, and share out the threads anew."""
        with self._lock:
            self._others += others
            self._writers += writers
            now = 1 if self._writers else max(1, min(self.most, self.allowed - self._others))
            if now != self._now:
                session.run(f"SET threads = {now}")
                self._now = now


class Session:
    """An in-memory database in UTC that keeps rows in file order and spills to disk; use it as a context manager."""

    def __init__(
        self, *, memory_limit: str = "", spill: Path | None = None, threads: int = 0, program: int = PROGRAM
    ) -> None:
        self._connection = duckdb.connect(
            config={"autoinstall_known_extensions": False, "autoload_known_extensions": False}
        )
        self.run("SET preserve_insertion_order = true")
        self.run("SET enable_progress_bar = false")
        # A checkpoint closes up the places of rows that were deleted, and numbers the others (`rowid`) anew.
        self.run("SET checkpoint_threshold = '1000TB'")
        # Joins are written in the order that suits them; finding that out costs more than it gains.
        self.run("SET disabled_optimizers = 'join_order,build_side_probe_side'")
        self._spill_in = spill
        self._spill: Claim | None = None
        if threads:
            self.run(f"SET threads = {int(threads)}")
        (counted,) = self.one("SELECT CAST(current_setting('threads') AS BIGINT)")
        allowed = int(str(counted))
        if memory_limit:
            share = share_of_database(memory_bytes(memory_limit), program)
            allowed = max(1, min(allowed, share // OF_THREAD))
            self.run(f"SET memory_limit = '{share}B'")
            self.run("SET allocator_background_threads = true")  # what is freed goes back to the system
            self.run(f"SET threads = {allowed}")
        self._threads = _Threads(allowed)
        self._limited = bool(memory_limit)

    def __enter__(self) -> Session:
        self._spill = _place_to_spill(self._spill_in)
        self.run(f"SET temp_directory = {quote(str(self._spill.path) if self._spill else '')}")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._connection.close()
        except duckdb.Error:
            if error is None:
                raise  # otherwise another thread may be at it, and the error under way says why it ends
        finally:
            if self._spill:
                self._spill.end()

    @property
    def in_order(self) -> bool:
        """Whether a plain read of a table returns its rows as they were written, so that neighbours need no sorting."""
        return True

    @property
    def allowed(self) -> int:
        """How many threads the database may use."""
        return self._threads.allowed

    @property
    def halves(self) -> int:
        """In how many pieces work is best cut: one for each of the two connections."""
        return 2

    def expect(self, rows: int) -> None:
        """Hear about how many rows there will be to read: over few, each of two connections at once keeps its one thread."""
        self._threads.most = 1 if rows <= FEW else self.allowed
        self._threads.change(self)

    @contextmanager
    def beside(self, work: Callable[[Session], Result], *, large: bool = False) -> Iterator[Beside[Result]]:
        """Do a piece of work on a second connection to the same database while the block goes on with this one.

        DuckDB gives one processor to a query over few rows, so two queries at once keep two busy; each then has to do with
        fewer threads until the work ends, or they would be in each other's way. What the work makes must not be temporary
        where this connection is to see it. With one thread allowed the work is done first, and so is `large` work under a
        limit of memory, which is to have all of it.
        """
        if self._threads.allowed == 1 or (large and self._limited):
            done = work(self)
            with Beside(lambda: done) as nothing:
                yield nothing
            return
        other = Session.__new__(Session)
        other._connection, other._threads = self._connection.cursor(), self._threads
        other._limited = self._limited

        def there() -> Result:
            try:
                return work(other)
            finally:
                self._threads.change(other, others=-1)

        self._threads.change(self, others=1)
        with Beside(there, other._connection.interrupt) as second:
            yield second

    def lane(self) -> Session:
        """Another connection to the same database, which does with one thread whatever it is asked, one thing after the other."""
        other = Session.__new__(Session)
        other._connection, other._threads = self._connection.cursor(), _Threads(1)
        return other

    def interrupt(self) -> None:
        """Stop what this connection is busy with on another thread."""
        self._connection.interrupt()

    @contextmanager
    def unbuffered(self) -> Iterator[None]:
        """Have joins pass every row on at once within the block: where they gather few rows first, these come out behind later ones."""
        self.run("SET enable_caching_operators = false")
        try:
            yield
        finally:
            self.run("SET enable_caching_operators = true")

    def type_of_words(self, column: str, relation: str) -> str:
        """The type for a column of texts of a relation: where these are few words, one that keeps and compares their numbers."""
        words = [
            str(word)
            for (word,) in self.rows(f"SELECT DISTINCT {column} FROM {relation} ORDER BY 1")
            if word is not None
        ]
        return f"ENUM ({', '.join(map(quote, words))})" if 0 < len(words) <= FEW_WORDS else "VARCHAR"

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Drop the tables and views that are made within the block, so that the same can be made again of something else."""
        before = self._made()
        yield
        for what, made in sorted(self._made() - before):
            self.run(f"DROP {what} IF EXISTS {name(made)}")

    def _made(self) -> frozenset[tuple[str, str]]:
        tables = self.rows("SELECT table_name FROM duckdb_tables() WHERE NOT internal")
        views = self.rows("SELECT view_name FROM duckdb_views() WHERE NOT internal")
        found = [("TABLE", made) for (made,) in tables] + [("VIEW", made) for (made,) in views]
        return frozenset((what, str(made)) for what, made in found)

    def run(self, sql: str, parameters: Sequence[object] = ()) -> None:
        """Execute a statement and drop its result."""
        with _explained():
            self._connection.execute(sql, list(parameters) or None)

    def attempt(self, sql: str, parameters: Sequence[object] = ()) -> bool:
        """Execute a statement; False, with nothing done, where the data are not what it needs (bad CSV, bad UTF-8)."""
        try:
            self.run(sql, parameters)
        except (duckdb.InvalidInputException, duckdb.ConversionException):
            return False
        return True

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[Row]:
        """Execute a query and return all its rows."""
        with _explained():
            return list(self._connection.execute(sql, list(parameters) or None).fetchall())

    def stream(self, sql: str, parameters: Sequence[object] = ()) -> Iterator[Row]:
        """Execute a query and yield its rows, a few thousand in memory at a time; nothing else may run meanwhile."""
        with _explained():
            cursor = self._connection.execute(sql, list(parameters) or None)
            while some := cursor.fetchmany(_AT_A_TIME):
                yield from some

    def rows_or_reason(self, sql: str) -> list[Row] | str:
        """The rows of a query over a file of another's making, or in words why it cannot be read."""
        with _explained():
            try:
                return list(self._connection.execute(sql).fetchall())
            except (duckdb.OutOfMemoryException, duckdb.InterruptException):
                raise
            except duckdb.Error as error:
                return str(error)

    def one(self, sql: str, parameters: Sequence[object] = ()) -> Row:
        """Execute a query that has exactly one row."""
        (row,) = self.rows(sql, parameters)
        return row

    def columns_of(self, files: Sequence[Path]) -> list[Row]:
        """(file, column) of every column of Parquet files."""
        return self.rows("SELECT file_name, name FROM parquet_schema(?)", [[file_text(path) for path in files]])

    def rows_of_files(self, sql: str) -> list[Row]:
        """The rows of a query about nothing but files."""
        return self.rows(sql)

    def insert(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Append rows of values to a table."""
        with _explained():
            appender = self._connection.appender(table, columns=list(columns))
            appender.append_rows(rows)
            appender.flush()

    def write_parquet(self, query: str, path: Path, parameters: Sequence[object] = ()) -> int:
        """Write a query's rows to a Parquet file (Snappy), in the query's order, and return how many there are.

        One thread writes, whatever else is allowed: several would cut the rows into groups as they happen to get them, and
        the same rows would be other bytes.
        """
        how = f"FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE {_GROUP}"
        with self.alone():
            (count,) = self.one(f"COPY ({query}) TO {quote(str(path))} ({how})", parameters)
        return int(count or 0)

    def write_partitioned(self, query: str, to: Path, partition: str, order: Sequence[str]) -> None:
        """Write a query's rows as Parquet, a folder for each value of one column, sorted within."""
        sorting = ", ".join(map(name, (partition, *order)))
        how = f"FORMAT parquet, COMPRESSION snappy, PARTITION_BY ({name(partition)})"
        with self.alone():
            self.run(f"COPY ({query} ORDER BY {sorting}) TO {quote(str(to))} ({how})")
        (to / WHOLE).touch()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Have one thread for all connections within the block."""
        self._threads.change(self, writers=1)
        try:
            yield
        finally:
            self._threads.change(self, writers=-1)

    def home(self) -> Session:
        """The session that reads what this one has made: itself."""
        return self


def _place_to_spill(spill: Path | None) -> Claim | None:
    """A folder for what does not fit into memory, in the one named or the system's; None where that cannot be written to."""
    try:
        near = spill or Path(tempfile.gettempdir())
        near.mkdir(parents=True, exist_ok=True)
        return claim_folder(near, "itsmctl-spill")
    except OSError as error:
        if spill:
            raise cannot_write(spill, error) from error
        return None


_FULL_SAID = tuple(os.strerror(number).lower() for number in FULL)
_DAMAGED = re.compile(r'Failed to read file "(?P<file>[^"]*)": (?P<why>.*)')
"""What is said of a Parquet file whose end is there and whose rows are not what was written."""


@contextmanager
def _explained() -> Iterator[None]:
    """Turn what the machine refuses into what it means: an interruption, too little memory, a full disk."""
    try:
        yield
    except (RuntimeError, duckdb.InterruptException) as error:
        if "interrupt" in str(error).lower():
            raise KeyboardInterrupt from error
        raise
    except duckdb.OutOfMemoryException as error:
        if "max_temp_directory_size" in str(error):  # what does not fit into memory does not fit on the disk either
            raise disk_full() from error
        template = "the memory allowed is too small for these data; raise --memory-limit"
        raise TooLittleMemory(Problem("out-of-memory", template)) from error
    except duckdb.InvalidInputException as error:
        if damaged := _DAMAGED.search(str(error)):
            template = "cannot read the file: {why}"
            raise ItsmctlError(
                Problem("unreadable-file", template, Where(damaged["file"]), {"why": damaged["why"]})
            ) from error
        raise
    except duckdb.IOException as error:
        why = str(error).removeprefix("IO Error: ").splitlines()[0]
        if any(words in why.lower() for words in _FULL_SAID):
            raise disk_full() from error
        raise ItsmctlError(Problem("disk-refuses", "the system refuses: {why}", values={"why": why})) from error


def quote(text: str) -> str:
    """A text as a SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def file_text(path: Path) -> str:
    """A file's name as DuckDB reads it: a bracket, star or question mark stands for itself."""
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in str(path))


def exported(folder: Path, table: str, options: str = "") -> str:
    """The rows of a table of a dataset folder as they were imported, as a relation in SQL; `options` follow the name of the file."""
    path = folder / f"{table}.parquet"
    return f"read_parquet({quote(file_text(path) + (WITHIN if path.is_dir() else ''))}{options})"


def name(identifier: str) -> str:
    """A name as a quoted SQL identifier."""
    return '"' + identifier.replace('"', '""') + '"'


def share_of_database(limit: int, program: int = PROGRAM) -> int:
    """How many bytes the database may count of a limit for the whole process, of which the program holds so many."""
    beside = min(ENOUGH, int((limit - PROGRAM) / SURPLUS))
    return max(int((limit - program) / SURPLUS), beside, min(LEAST, int(limit / SURPLUS)))


def memory_bytes(text: str) -> int:
    """Read an amount of memory such as `1GiB` or `500MB`."""
    match = MEMORY.match(text)
    if not match:
        raise ItsmctlError(
            Problem(
                "bad-memory", "{text!r} is not an amount of memory; write it like 1GiB or 500MB", values={"text": text}
            )
        )
    return min(int(float(match[1]) * _UNITS[match[2].upper()]), _MOST)
