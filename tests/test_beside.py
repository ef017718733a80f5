"""Work on another thread or connection: its result, its errors, and its end when nobody waits for it any more."""

from __future__ import annotations

import signal
import sys
import threading
import time
from pathlib import Path

import pytest

from itsmctl.beside import Beside
from itsmctl.engine.session import JUDGING, PROGRAM, Session, memory_bytes, share_of_database
from itsmctl.errors import ItsmctlError, Problem

ENDLESS = "SELECT count(*) FROM range(1000000000) AS a, range(1000000000) AS b WHERE a.range % 7 = b.range % 3"


def test_the_result_of_work_is_there_when_asked_for() -> None:
    with Beside(lambda: 6 * 7) as work:
        assert work.result() == 42
    assert work.result() == 42


def test_what_work_raises_is_raised_where_somebody_waits() -> None:
    def fail() -> None:
        raise ItsmctlError(Problem("no-rows", "the file has a header and no rows"))

    with pytest.raises(ItsmctlError, match="no rows"), Beside(fail):
        pass


def test_an_interruption_ends_the_query_of_the_other_connection() -> None:
    def interrupted(session: Session) -> None:
        with session.beside(lambda other: other.rows(ENDLESS)):
            time.sleep(0.1)
            raise KeyboardInterrupt

    with Session() as session:
        begin = time.monotonic()
        with pytest.raises(KeyboardInterrupt):
            interrupted(session)
        assert time.monotonic() - begin < 30
        assert session.one("SELECT 1") == (1,)


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_two_connections_share_a_database_and_give_back_the_processors(threads: int, tmp_path: Path) -> None:
    with Session(threads=threads) as session:
        with session.beside(lambda other: other.run("CREATE TABLE there AS SELECT 1 AS n")) as work:
            session.run("CREATE TABLE here AS SELECT 2 AS n")
        work.result()
        assert session.rows("SELECT n FROM there UNION ALL SELECT n FROM here ORDER BY n") == [(1,), (2,)]
        assert session.one("SELECT current_setting('threads')") == (threads,)
        assert session.write_parquet("SELECT * FROM range(5)", tmp_path / "five.parquet") == 5


def test_threads_are_fewer_until_the_work_ends_and_one_while_a_file_is_written(tmp_path: Path) -> None:
    def threads(session: Session) -> object:
        return session.one("SELECT current_setting('threads')")[0]

    told, go_on = threading.Event(), threading.Event()

    def waits(other: Session) -> None:
        told.set()
        go_on.wait(30)

    with Session(threads=4) as session, session.beside(waits) as first, session.beside(waits) as second:
        assert told.wait(30)
        assert threads(session) == 2
        with session.alone():
            assert threads(session) == 1
            go_on.set()
            first.result(), second.result()
            assert threads(session) == 1, "others that end must not give threads to whoever writes"
        assert threads(session) == 4


@pytest.mark.parametrize("large", [False, True])
def test_large_work_is_done_first_where_memory_is_limited(large: bool) -> None:
    for limit in ("", "1GiB"):
        with Session(memory_limit=limit, threads=2) as session:
            with session.beside(lambda _: threading.get_ident(), large=large) as work:
                pass
            assert (work.result() == threading.get_ident()) == (large and limit != "")


@pytest.mark.parametrize(("program", "least"), [(PROGRAM, 300_000_000), (JUDGING, 460_000_000)])
def test_the_program_and_its_database_share_the_memory_allowed(program: int, least: int) -> None:
    limits = [memory_bytes(f"{size}MB") for size in (*range(10, 1000, 10), 2000, 4000, 64_000)]
    shares = [share_of_database(limit, program) for limit in limits]
    assert all(0 < share < limit for share, limit in zip(shares, limits, strict=True)) and shares == sorted(shares)
    assert all(limit - share >= program for share, limit in zip(shares, limits, strict=True) if limit >= least)


@pytest.mark.parametrize(("limit", "threads"), [("12MiB", 1), ("300MB", 1), ("1GiB", 4), ("", 4)])
def test_where_memory_is_small_few_threads_share_it(limit: str, threads: int) -> None:
    with Session(memory_limit=limit, threads=4) as session:
        assert session.one("SELECT CAST(current_setting('threads') AS BIGINT)") == (threads,)


@pytest.mark.skipif(sys.platform == "win32", reason="no signal can be sent to a thread")
def test_who_is_interrupted_while_waiting_at_the_end_leaves_no_work_behind() -> None:
    asked, ended = threading.Event(), threading.Event()

    def work() -> None:
        time.sleep(0.2)  # until the block has come to its end
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
        asked.wait(30)
        ended.set()

    before = signal.signal(
        signal.SIGINT, signal.default_int_handler
    )  # what a shell starts in the background ignores it
    try:
        with pytest.raises(KeyboardInterrupt), Beside(work, asked.set):
            pass
    finally:
        signal.signal(signal.SIGINT, before)
    assert ended.is_set()
