"""PM4Py's directly-follows graph of the states of every incident: the rule about transitions.

The graph counts which state follows which; pairs that the process does not allow are kept, and the incidents that hold one of
them are found with PM4Py's filter.
"""

from __future__ import annotations

import pm4py
import tickets as t
import token_replay

COLUMNS = {"activity_key": "state", "case_id_key": "record_id", "timestamp_key": "at"}


def main() -> None:
    """Find the pairs that are not allowed, and write the incidents that hold one."""
    tables, output, as_of = t.asked()
    log = token_replay.states(tables, as_of)
    follows, _, _ = pm4py.discover_dfg(log, **COLUMNS)
    wrong = [(old, new) for old, new in follows if new not in t.TRANSITIONS[old]]
    found = pm4py.filter_directly_follows_relation(log, wrong, retain=True, **COLUMNS)
    t.write(output, [("BEN-18", record_id) for record_id in found["record_id"].unique()])


if __name__ == "__main__":
    main()
