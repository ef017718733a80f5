"""What git knows about the definitions: the commit they stand at, their log, and what they were at other revisions.

The only package that uses git. The stamp and the log say as a value where git, the repository or the commit is missing,
and never fail for that; who asks for a revision is told why it cannot be had.
"""

from itsmctl.history.log import DocumentLog, HistoryState, LogEntry, log_of
from itsmctl.history.revisions import Revision, at_revision
from itsmctl.history.stamp import Commit, commit_of

__all__ = [
    "Commit",
    "DocumentLog",
    "HistoryState",
    "LogEntry",
    "Revision",
    "at_revision",
    "commit_of",
    "log_of",
]
