"""What git knows about the definitions: the commit they stand at, their log, and what they were at other revisions.

The only package that uses git. The stamp and the log say as a value where the repository or the commit is missing, and
never fail for that; who asks for a revision is told why it cannot be had. Where there is a repository and git cannot be asked about it,
the stamp fails: an audit notes why it does not know the commit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from itsmctl.lazily import homes, loader

if TYPE_CHECKING:
    from itsmctl.history.log import DocumentLog as DocumentLog
    from itsmctl.history.log import HistoryState as HistoryState
    from itsmctl.history.log import LogEntry as LogEntry
    from itsmctl.history.log import log_of as log_of
    from itsmctl.history.revisions import Revision as Revision
    from itsmctl.history.revisions import at_revision as at_revision
    from itsmctl.history.stamp import Commit as Commit
    from itsmctl.history.stamp import changes_seen as changes_seen
    from itsmctl.history.stamp import commit_of as commit_of

_HOME = homes(
    {
        "log": "DocumentLog HistoryState LogEntry log_of",
        "revisions": "Revision at_revision",
        "stamp": "Commit changes_seen commit_of",
    }
)
__all__ = list(_HOME)  # noqa: PLE0605
__getattr__ = loader(__name__, _HOME)


def __dir__() -> list[str]:
    return sorted(_HOME)
