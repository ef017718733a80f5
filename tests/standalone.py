"""A Spark cluster on this machine as it would be on several: a master and workers, each a process of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

PATIENCE = 60.0
"""Seconds in which master and workers must have found each other."""


@dataclass
class Standalone:
    """A master with its address, and its workers; every worker has one processor."""

    master: str
    log: Path
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def kill_worker(self) -> None:
        """Kill a worker and the executor that it started, as if its machine had lost power."""
        worker = self.workers.pop()
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()

    def said(self) -> str:
        """What the master has told so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")


@contextmanager
def standalone(folder: Path, workers: int = 2) -> Iterator[Standalone]:
    """Start a cluster whose files lie in a folder; everything of it has ended when the block ends."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    cluster = Standalone(f"spark://127.0.0.1:{port}", folder / "master.log")
    started = [_start(cluster.log, "master.Master", "--port", str(port))]
    try:
        _wait(cluster, "I have been elected leader", 1)
        for number in range(workers):
            place = folder / f"worker-{number}"
            place.mkdir()
            options = ("--cores", "1", "--memory", "1g", "--work-dir", str(place), cluster.master)
            cluster.workers.append(_start(place / "worker.log", "worker.Worker", *options))
            started.append(cluster.workers[-1])
        _wait(cluster, "Registering worker", workers)
        yield cluster
    finally:
        for process in started:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _start(log: Path, what: str, *options: str) -> subprocess.Popen[bytes]:
    import pyspark

    program = Path(pyspark.__file__).parent / "bin" / "spark-class"
    command = [str(program), f"org.apache.spark.deploy.{what}", "--host", "127.0.0.1", "--webui-port", "0", *options]
    surroundings = {**os.environ, "SPARK_DAEMON_MEMORY": "256m", "SPARK_NO_DAEMONIZE": "1"}
    with log.open("wb") as file:
        return subprocess.Popen(
            command, stdout=file, stderr=subprocess.STDOUT, env=surroundings, start_new_session=True
        )


def _wait(cluster: Standalone, words: str, times: int) -> None:
    until = time.monotonic() + PATIENCE
    while cluster.said().count(words) < times:
        assert time.monotonic() < until, f"{words!r} was not said {times} times:\n{cluster.said()[-2000:]}"
        time.sleep(0.2)
