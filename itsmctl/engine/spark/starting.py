"""Where Spark runs, and a session on it; everything that can be missing is said before Spark tries."""

from __future__ import annotations

import os
import re
import shutil
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from itsmctl.errors import ItsmctlError, Problem
from itsmctl.scratch import scratch

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

MASTERS = "local[N], spark://HOST:PORT, yarn, k8s://URL"
_MASTER = re.compile(r"local(\[(\d+|\*)(,\d+)?\])?|spark://[^:/\s]+:\d+(,[^:/\s]+:\d+)*|yarn|k8s://\S+")
_PATIENCE = 10.0
"""Seconds in which a master must answer; Spark itself would go on asking for a minute and then say little."""
_ALWAYS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.caseSensitive": "false",
    "spark.sql.parquet.inferTimestampNTZ.enabled": "true",
    "spark.sql.timestampType": "TIMESTAMP_LTZ",
    "spark.sql.unionOutputPartitioning": "false",
}
"""Settings that every verdict depends on; without the last one Spark 4 fails to join the parts of some unions over many rows."""
_USUAL = {"spark.ui.showConsoleProgress": "false", "spark.ui.enabled": "false"}


@dataclass(frozen=True)
class SparkPlace:
    """A cluster: its master, or '' for the one that the surroundings name; a folder that all of it sees; settings beside ours."""

    master: str = ""
    work: Path | None = None
    settings: tuple[tuple[str, str], ...] = ()


def check_place(place: SparkPlace) -> None:
    """Raise ItsmctlError where Spark, Java or the master is missing."""
    try:
        import pyspark  # noqa: F401
    except ImportError as error:
        template = "the Spark engine needs PySpark; install it with: pip install 'itsmctl[spark]'"
        raise ItsmctlError(Problem("no-pyspark", template)) from error
    if place.master and not _MASTER.fullmatch(place.master):
        template = "{master!r} is not the address of a Spark master; write {allowed}"
        raise ItsmctlError(Problem("bad-spark-master", template, values={"master": place.master, "allowed": MASTERS}))
    home = os.environ.get("JAVA_HOME")
    if not shutil.which("java", path=str(Path(home) / "bin") if home else None):
        template = "Spark needs Java 17 or newer, and there is none; install one, or name it with JAVA_HOME"
        raise ItsmctlError(Problem("no-java", template))
    if place.master.startswith("spark://"):
        _check_answers(place.master)


def _check_answers(master: str) -> None:
    """Raise ItsmctlError unless one of the masters of an address answers."""
    import socket  # every audit reads this module, and hardly any asks a cluster

    reasons = []
    for one in master.removeprefix("spark://").split(","):
        host, _, port = one.rpartition(":")
        try:
            with socket.create_connection((host, int(port)), _PATIENCE):
                return
        except (OSError, OverflowError) as error:
            reasons.append(getattr(error, "strerror", None) or str(error))
    values = {"master": master, "why": reasons[0]}
    raise ItsmctlError(Problem("no-spark-master", "no Spark master answers at {master}: {why}", values=values))


@contextmanager
def spark_session(place: SparkPlace) -> Iterator[SparkSession]:
    """A session of the cluster with the settings that verdicts depend on; a Spark that was not running before is stopped."""
    check_place(place)
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    running = SparkSession.getActiveSession()
    with scratch() as folder, _errors_raised_only():
        log = folder / "said.txt"
        try:
            spark = running.newSession() if running else _start(place, log)
        except (Py4JError, PySparkException, OSError) as error:
            raise ItsmctlError(_not_started(place, error, log)) from error
        for setting, value in _ALWAYS.items():
            spark.conf.set(setting, value)
        try:
            yield spark
        finally:
            if running is None:
                spark.stop()


@contextmanager
def _errors_raised_only() -> Iterator[None]:
    """Have what is raised, and an interruption, not be told on standard error as well."""
    import logging

    def of_others(record: logging.LogRecord) -> bool:
        return "py4j" not in Path(record.pathname).parts

    loggers = [logging.getLogger(name) for name in ("SQLQueryContextLogger", "py4j")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    logging.getLogger().addFilter(of_others)
    try:
        yield
    finally:
        logging.getLogger().removeFilter(of_others)
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def _start(place: SparkPlace, log: Path) -> SparkSession:
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.appName("itsmctl")
    if place.master:
        builder = builder.master(place.master)
    settings = dict(_USUAL)
    if place.master.startswith("local"):
        settings |= {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
    for setting, value in {**settings, **dict(place.settings)}.items():
        builder = builder.config(setting, value)
    with _said_to(log), _interruptions_wait():
        return builder.getOrCreate()


@contextmanager
def _interruptions_wait() -> Iterator[None]:
    """Hold an interruption back until the block has come to its end: Java that has only begun to start would outlive us."""
    came: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        came.append(number)

    ours = threading.current_thread() is threading.main_thread()
    held = [n for n in (signal.SIGINT, signal.SIGTERM) if ours and signal.getsignal(n) is signal.default_int_handler]
    for number in held:
        signal.signal(number, note)
    try:
        yield
    finally:
        for number in held:
            if signal.getsignal(number) is note:  # Spark may have one of its own
                signal.signal(number, signal.default_int_handler)
        if came:
            raise KeyboardInterrupt


@contextmanager
def _said_to(log: Path) -> Iterator[None]:
    """Let what this process and those that it starts say on standard error go into a file.

    Spark tells at length what it does and how it recovers; what stops it is told by us.
    """
    sys.stderr.flush()
    kept = os.dup(2)
    with log.open("wb") as file:
        os.dup2(file.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def _not_started(place: SparkPlace, error: Exception, log: Path) -> Problem:
    said = log.read_text(encoding="utf-8", errors="replace") if log.is_file() else ""
    causes = [line for line in said.splitlines() if "Exception" in line or line.startswith("Error")]
    told = causes[-1:] + [line for line in str(error).splitlines() if line.strip()]
    values = {"master": place.master or "-", "why": told[0].strip() if told else type(error).__name__}
    return Problem("spark-not-started", "Spark cannot be started (master {master}): {why}", values=values)
