"""Runs git, the program, so that nothing of the machine or of a hook around us changes its answers."""

from __future__ import annotations

import os
from pathlib import Path

from itsmctl.language import msg

NOT_INSTALLED = msg("git is not installed")
_ENVIRONMENT = {"GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_NO_REPLACE_OBJECTS": "1"}


class NoGit(Exception):
    """There is no git, no repository, or no such revision; its text is what git said, if it said anything."""


def git(root: Path, *arguments: str, asked: bytes = b"", errors: bool = False) -> bytes:
    """The standard output of one git command run in `root`, with its standard error if asked for; `asked` is its standard input."""
    if not in_repository(root):
        raise NoGit
    import subprocess

    command = ["git", "--literal-pathspecs", "-c", "log.showSignature=false", *arguments]
    environment = {**os.environ, "LANGUAGE": "C", "LC_ALL": "C", **_environment(root)}
    try:
        done = subprocess.run(command, cwd=root, env=environment, input=asked, capture_output=True, check=True)
    except subprocess.CalledProcessError as error:
        raise NoGit(error.stderr.decode("utf-8", "replace").strip()) from error
    except FileNotFoundError as error:
        raise NoGit(NOT_INSTALLED) from error
    except OSError as error:
        raise NoGit(str(error)) from error
    return done.stdout + done.stderr if errors else done.stdout


def in_repository(root: Path) -> bool:
    """Whether a folder looks like one of a repository, whatever git says of it; spares the start-up of git where there is nothing for it."""
    folder = root.resolve()
    return root.is_dir() and any((parent / ".git").exists() for parent in (folder, *folder.parents))


def _environment(root: Path) -> dict[str, str]:
    """Inside a hook, GIT_DIR names the repository of the hook, which need not be the one that holds `root`."""
    if "GIT_DIR" not in os.environ and "GIT_WORK_TREE" not in os.environ:
        return _ENVIRONMENT
    folder = root.resolve()
    top = next(parent for parent in (folder, *folder.parents) if (parent / ".git").exists())
    return {**_ENVIRONMENT, "GIT_DIR": str(top / ".git"), "GIT_WORK_TREE": str(top)}
