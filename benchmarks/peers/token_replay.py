"""PM4Py's token replay of the states of every incident on the process as a Petri net: the rule about transitions.

A state is a place, an allowed change is a transition with the name of the state that it leads to. An incident fails where
the replay lacks a token, as a change then had no state to start from; where it ends is free, so tokens left over are no fault.
"""

from __future__ import annotations

import pandas as pd
import pm4py
import tickets as t
from pm4py.objects.petri_net.obj import Marking, PetriNet
from pm4py.objects.petri_net.utils.petri_utils import add_arc_from_to


def main() -> None:
    """Replay every incident and write those that do not fit."""
    tables, output, as_of = t.asked()
    log = states(tables, as_of)
    net, initial, final = model()
    replayed = pm4py.conformance_diagnostics_token_based_replay(
        log, net, initial, final, activity_key="state", case_id_key="record_id", timestamp_key="at"
    )
    records = log["record_id"].unique()
    t.write(
        output, [("BEN-18", record) for record, one in zip(records, replayed, strict=True) if one["missing_tokens"]]
    )


def states(tables: object, as_of: object) -> pd.DataFrame:
    """The states that incidents entered, and first the one that the first change left."""
    records = pd.read_csv(f"{tables}/record.csv", usecols=["record_id", "process"])
    incidents = records.loc[records["process"] == "incident", "record_id"]
    events = pd.read_csv(f"{tables}/event.csv", usecols=["record_id", "seq", "at", "field", "old", "new"])
    events = events[(events["field"] == "state") & events["record_id"].isin(incidents)]
    events = events.assign(at=pd.to_datetime(events["at"], format="%Y-%m-%d %H:%M:%S"))
    events = events[events["at"] <= as_of].sort_values(["record_id", "seq"], kind="stable")
    events = events[events["old"].isna() | (events["old"] != events["new"])]
    first = events.groupby("record_id").head(1)
    before = first[first["old"].notna()].assign(new=lambda frame: frame["old"], seq=0)
    life = pd.concat([before, events]).sort_values(["record_id", "seq"], kind="stable")
    known = life.groupby("record_id")["new"].transform(lambda entered: entered.isin(list(t.TRANSITIONS)).all())
    return life[known].rename(columns={"new": "state"})[["record_id", "state", "at"]].reset_index(drop=True)


def model() -> tuple[PetriNet, Marking, Marking]:
    """The net: any state may be the first, as another rule asks for that; it may end in any."""
    net = PetriNet("incident")
    begin, end = PetriNet.Place("begin"), PetriNet.Place("end")
    places = {state: PetriNet.Place(state) for state in t.TRANSITIONS}
    for place in (begin, end, *places.values()):
        net.places.add(place)
    changes = [(begin, state) for state in t.TRANSITIONS]
    changes += [(places[old], new) for old, targets in t.TRANSITIONS.items() for new in targets]
    for number, (source, state) in enumerate(changes):
        transition = PetriNet.Transition(f"{number}", state)
        net.transitions.add(transition)
        add_arc_from_to(source, transition, net)
        add_arc_from_to(transition, places[state], net)
    for state, place in places.items():
        silent = PetriNet.Transition(f"end {state}", None)
        net.transitions.add(silent)
        add_arc_from_to(place, silent, net)
        add_arc_from_to(silent, end, net)
    return net, Marking({begin: 1}), Marking({end: 1})


if __name__ == "__main__":
    main()
