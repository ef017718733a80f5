"""Real databases for the tests, started on a port of their own and stopped again; a test skips where their programs are not here."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

import pytest

Connected = TypeVar("Connected")
PASSWORD = "s3cret-%wort"
_DEADLINE = 60


def program(*names: str) -> str:
    """The first of the programs that is here; skips the test where none is."""
    places = [*map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), "/usr/sbin"]
    path = os.pathsep.join([os.environ.get("PATH", ""), *places])
    found = next((there for name in names if (there := shutil.which(name, path=path))), "")
    if not found:
        pytest.skip(f"{names[0]} is not installed here, so no real database can be started")
    return found


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def unprivileged() -> int | None:
    """Whom the server runs as: nobody where we are root, which databases refuse; else ourselves."""
    return pwd.getpwnam("nobody").pw_uid if os.getuid() == 0 else None


@contextmanager
def served(command: list[str], port: int, folder: Path) -> Iterator[None]:
    """Run a server until the block ends."""
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen(command, stdout=log, stderr=log, user=unprivileged(), cwd=folder) as process,
    ):
        try:
            _wait(process, port, folder / "log")
            yield
        finally:
            process.send_signal(signal.SIGQUIT)  # at once: what it holds is thrown away
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=2)
            process.kill()


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    for _ in range(_DEADLINE * 10):
        if process.poll() is not None:
            break
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise AssertionError(f"the server did not start: {log.read_text('utf-8', 'replace')[-2000:]}")


def ready(connect: Callable[[], Connected], starting: type[Exception]) -> Connected:
    """Connect, again where the server listens already and still says that it is starting."""
    for _ in range(_DEADLINE * 10):
        with suppress(starting):
            return connect()
        time.sleep(0.1)
    return connect()


@contextmanager
def owned() -> Iterator[Path]:
    """A folder that belongs to whom the server runs as; pytest's own would be closed to it."""
    with tempfile.TemporaryDirectory(prefix="itsmctl-server-", ignore_cleanup_errors=True) as name:
        if (user := unprivileged()) is not None:
            os.chown(name, user, -1)
        yield Path(name)


def done(command: list[str], folder: Path) -> None:
    """Run what a server needs before it starts."""
    told = subprocess.run(command, capture_output=True, text=True, user=unprivileged(), cwd=folder)
    assert told.returncode == 0, told.stdout + told.stderr


@contextmanager
def postgresql() -> Iterator[int]:
    """A PostgreSQL with the user postgres; gives its port."""
    initdb, server = program("initdb"), program("postgres")
    with owned() as folder:
        secret, data, port = folder / "secret", folder / "data", free_port()
        secret.write_text(PASSWORD, encoding="utf-8")
        done([initdb, "-D", str(data), "-U", "postgres", "-E", "UTF8", "--locale=C", "-A", "scram-sha-256", "--pwfile", str(secret), "-N"], folder)  # fmt: skip
        command = [server, "-D", str(data), "-p", str(port), "-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={folder}", "-c", "fsync=off", "-c", "timezone=Asia/Shanghai"]  # fmt: skip
        with served(command, port, folder):
            yield port


@contextmanager
def mariadb() -> Iterator[int]:
    """A MariaDB with the user root, who needs no password; gives its port."""
    install, server = program("mariadb-install-db", "mysql_install_db"), program("mariadbd", "mysqld")
    with owned() as folder:
        data, port = folder / "data", free_port()
        done([install, "--no-defaults", f"--datadir={data}", "--auth-root-authentication-method=normal", "--skip-test-db"], folder)  # fmt: skip
        command = [server, "--no-defaults", f"--datadir={data}", f"--port={port}", "--bind-address=127.0.0.1", f"--socket={folder / 's'}", f"--pid-file={folder / 'pid'}", "--skip-name-resolve", "--default-time-zone=+08:00", "--innodb-flush-log-at-trx-commit=0"]  # fmt: skip
        with served(command, port, folder):
            yield port
