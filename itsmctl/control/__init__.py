"""Document control from git: who wrote, reviewed and approved what, held against roles and their holders on that day."""

from itsmctl.control.approvals import approvals

__all__ = ["approvals"]
