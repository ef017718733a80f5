"""An `itsmctl` for transcripts that starts at once: children of one process that has loaded the program already.

Two hundred commands would each spend half a second on loading the same modules. `folder()` is a folder for the PATH with an
`itsmctl` that hands its arguments, folder, environment and open files to that process, which forks. The child is the
program as ever: it runs `itsmctl.cli.main`, reads and writes where its caller would, and ends with its code.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import pkgutil
import select
import shutil
import socket
import subprocess
import sys
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import NoReturn

SOCKET = "itsmctl.socket"
CALLER = """#!{python} -IS
import json, os, socket, sys
with socket.socket(socket.AF_UNIX) as loaded:
    loaded.connect({place!r})
    asked = json.dumps([sys.argv[1:], os.getcwd(), dict(os.environ)]).encode()
    socket.send_fds(loaded, [len(asked).to_bytes(4, "big")], [0, 1, 2])
    loaded.sendall(asked)
    sys.exit(int(loaded.recv(4) or b"3"))
"""
LATER = ("duckdb", "jinja2", "sqlglot", "reportlab.pdfgen.canvas", "reportlab.pdfbase.cidfonts", "babel.dates", "git")
"""What the program imports only where it needs it."""


@cache
def folder() -> Path:
    """The folder to put in front of the PATH, for as long as this process lives; elsewhere than on Linux, the program's own."""
    if sys.platform != "linux":
        return Path(sys.executable).parent
    place = Path(tempfile.mkdtemp(prefix="itsmctl-warm-"))
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    caller = place / "itsmctl"
    caller.write_text(CALLER.format(python=sys.executable, place=str(place / SOCKET)), encoding="utf-8")
    caller.chmod(0o755)
    command = [sys.executable, "-P", __file__, str(place / SOCKET)]
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    loaded = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)
    atexit.register(loaded.communicate)  # it ends where its standard input does, however this process ends
    assert loaded.stdout is not None and loaded.stdout.readline() == b"loaded\n", "it says why on standard error"
    return place


def serve(place: str) -> None:
    """Load the program, then fork for everyone who asks, until standard input ends."""
    _load()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(place)
        listener.listen()
        os.write(1, b"loaded\n")
        while listener in select.select([listener, 0], [], [])[0]:
            caller, _ = listener.accept()
            if os.fork() == 0:
                listener.close()
                _attend(caller)
            caller.close()
            with suppress(ChildProcessError):
                while os.waitpid(-1, os.WNOHANG)[0]:
                    pass


def _load() -> None:
    import itsmctl

    for module in pkgutil.walk_packages(itsmctl.__path__, "itsmctl."):
        if module.name != "itsmctl.__main__":  # to import it is to run it
            with suppress(ImportError):  # what belongs to an extra that is not installed
                importlib.import_module(module.name)
    for name in LATER:
        importlib.import_module(name)
    gc.freeze()  # what is never collected is not copied either


def _attend(caller: socket.socket) -> NoReturn:
    """Run what one caller asks for in a child, and hand back its exit code."""
    size, files, _, _ = socket.recv_fds(caller, 4, 3)
    with caller.makefile("rb") as stream:
        arguments, where, environment = json.loads(stream.read(int.from_bytes(size, "big")))
    child = os.fork()
    if child == 0:
        caller.close()
        _become(arguments, where, environment, files)
    for file in files:
        os.close(file)
    _, status = os.waitpid(child, 0)
    with suppress(OSError):
        caller.sendall(str(os.waitstatus_to_exitcode(status) & 255).encode())
    os._exit(0)


def _become(arguments: list[str], where: str, environment: dict[str, str], files: list[int]) -> NoReturn:
    from itsmctl.cli import main

    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    os.chdir(where)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["itsmctl", *arguments]
    main()
    raise AssertionError("main ends the process")


if __name__ == "__main__":
    serve(sys.argv[1])
