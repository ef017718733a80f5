"""The first commit of new definitions: the only place where a repository is written, and so where GitPython serves."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

from itsmctl.errors import ItsmctlError, Problem, Where


def check_beginning(folder: Path) -> None:
    """Raise ItsmctlError unless `begin` can commit a new folder: git is there, knows who commits, and no other repository is around."""
    git = _git(folder)
    around = next((parent for parent in folder.resolve().parents if (parent / ".git").exists()), None)
    if around is not None:
        template = "the folder lies in a repository already ({place}); commit it there yourself"
        raise ItsmctlError(Problem("within-repository", template, Where(str(folder)), {"place": str(around)}))
    try:
        git.Git().var("GIT_AUTHOR_IDENT")
    except git.GitCommandError as error:
        template = "git does not know who commits; say so with: git config --global user.name NAME, and user.email"
        raise ItsmctlError(Problem("nobody-commits", template, Where(str(folder)))) from error


def begin(folder: Path, message: str) -> str:
    """Commit all that lies in a folder to its repository, which is begun where there is none; returns the commit's short hash.

    The author is who git says, and the commit is signed where git is told to sign. Raises ItsmctlError where git refuses;
    the files stay as they are.
    """
    git = _git(folder)
    try:
        repository = git.Repo(folder) if (folder / ".git").exists() else git.Repo.init(folder, initial_branch="main")
        with repository:
            repository.git.add("--all")
            repository.git.commit("--quiet", "--message", message)
            commit: str = repository.head.commit.hexsha
            return commit[:12]
    except git.GitError as error:
        why = str(getattr(error, "stderr", "") or error).strip().strip("'")
        template = "the files are written, but git did not commit them: {why}"
        raise ItsmctlError(Problem("not-committed", template, Where(str(folder)), {"why": why})) from error


def _git(folder: Path) -> ModuleType:
    try:
        import git  # slow to load, and only this command needs it
    except ImportError as error:
        template = "git is not installed, and the files were to be committed"
        raise ItsmctlError(Problem("no-git", template, Where(str(folder)))) from error
    return git
