"""How the definitions of each kind are compared: one table per kind, of its parts and their directions."""

from __future__ import annotations

from collections.abc import Mapping

from itsmctl.change.kinds import agreements, audits, catalog, policies, roles, rules
from itsmctl.change.parts import Kind

KINDS: Mapping[str, Kind] = {
    **catalog.KINDS,
    **agreements.KINDS,
    **roles.KINDS,
    **policies.KINDS,
    **rules.KINDS,
    **audits.KINDS,
}
