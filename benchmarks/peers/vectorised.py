"""A careful pandas script, no loop over rows: all twenty rules. Only the columns that are needed are read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

import numpy as np
import pandas as pd
import tickets as t

TEXTS = [*t.REQUIRED.values(), *t.REQUIRED_WHEN_CLOSED.values(), "closed_by", "channel", "state", "impact", "urgency", "priority"]  # fmt: skip
EVENT = ["record_id", "seq", "at", "field", "old", "new"]
Found = Iterator[tuple[str, pd.Index]]


class Hours:
    """Open seconds since the first opening, of whole columns."""

    def __init__(self) -> None:
        openings = np.array(t.openings(), dtype=np.int64)
        self.begins, self.ends = openings[:, 0], openings[:, 1]
        self.before = np.concatenate(([0], np.cumsum(self.ends - self.begins)))

    def at(self, moments: pd.Series) -> pd.Series:
        """Open seconds up to each moment; not a number where there is none."""
        seconds = moments.astype("datetime64[s]").astype("int64").to_numpy()
        slot = np.searchsorted(self.begins, seconds, side="right") - 1
        within = np.minimum(seconds, self.ends[slot]) - self.begins[slot]
        counted = np.where(slot < 0, 0, self.before[slot] + within)
        return pd.Series(counted, index=moments.index).where(moments.notna())


def main() -> None:
    """Judge every incident and write what fails."""
    tables, output, as_of = t.asked()
    records, events = read(tables, as_of)
    found = [*fields(records, as_of), *clocks(records, events), *flow(events)]
    t.write(output, [(rule, record_id) for rule, failing in found for record_id in failing])


def read(tables: object, as_of: datetime) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The incidents by their id, and what happened to them up to the moment of the audit, in order."""
    records = pd.read_csv(
        f"{tables}/record.csv",
        usecols=[
            "record_id",
            "process",
            *t.MOMENTS,
            t.STORED,
            *dict.fromkeys(TEXTS),
            *(column for column, _ in t.AT_MOST.values()),
        ],
        dtype=dict.fromkeys(["record_id", *t.MOMENTS, t.STORED, *TEXTS], "str"),
        keep_default_na=False,
        na_values=[""],
    )
    records = records[records["process"] == "incident"].set_index("record_id")
    for name in (*t.MOMENTS, t.STORED):
        records[name] = pd.to_datetime(records[name], format="%Y-%m-%d %H:%M:%S")
    events = pd.read_csv(
        f"{tables}/event.csv", usecols=EVENT, dtype={"old": "str", "new": "str"}, keep_default_na=False, na_values=[""]
    )
    events = events[events["field"].isin(["state", "group", "priority"]) & events["record_id"].isin(records.index)]
    events = events.assign(at=pd.to_datetime(events["at"], format="%Y-%m-%d %H:%M:%S"))
    return records, events[events["at"] <= as_of].sort_values(["record_id", "seq"], kind="stable")


def fields(records: pd.DataFrame, as_of: datetime) -> Found:
    """The rules about the fields of a record."""
    moments = records[list(t.MOMENTS)]
    latest = moments.fillna(pd.Timestamp.min.ceil("s")).cummax(axis=1)
    yield "BEN-01", records.index[(moments < latest).any(axis=1)]
    for rule, column in t.REQUIRED.items():
        yield rule, records.index[records[column].isna()]
    closed = records[records["state"] == "closed"]
    for rule, column in t.REQUIRED_WHEN_CLOSED.items():
        yield rule, closed.index[closed[column].isna()]
    yield "BEN-09", records.index[records["channel"].notna() & ~records["channel"].isin(t.CHANNELS)]
    yield "BEN-10", records.index[records["state"].notna() & ~records["state"].isin(list(t.TRANSITIONS))]
    matrix = pd.Series({f"{impact}/{urgency}": priority for (impact, urgency), priority in t.PRIORITY.items()})
    expected = (records["impact"] + "/" + records["urgency"]).map(matrix)
    yield "BEN-11", records.index[records["priority"].notna() & expected.notna() & (records["priority"] != expected)]
    for rule, (column, most) in t.AT_MOST.items():
        yield rule, records.index[records[column] > most]
    resolver = records["resolved_by"].str.lower()
    yield "BEN-14", records.index[resolver.notna() & (resolver == records["closed_by"].str.lower())]
    yield "BEN-15", records.index[(moments > as_of).any(axis=1)]


def clocks(records: pd.DataFrame, events: pd.DataFrame) -> Found:
    """Answered and resolved in time."""
    hours = Hours()
    states = events[events["field"] == "state"]
    states = states.assign(until=states["at"].shift(-1).where(states["record_id"] == states["record_id"].shift(-1)))
    pauses = states[states["new"] == t.PAUSE]
    unknown = [states[side].notna() & ~states[side].isin(list(t.TRANSITIONS)) for side in ("old", "new")]
    doubted = states[unknown[0] | unknown[1]].groupby("record_id")["at"].min()
    priorities = events[events["field"] == "priority"]
    yield "BEN-16", _late(records, "responded_at", t.RESPONSE, pauses.iloc[:0], doubted.iloc[:0], priorities, hours)
    yield "BEN-17", _late(records, "resolved_at", t.RESOLUTION, pauses, doubted, priorities, hours)


def flow(events: pd.DataFrame) -> Found:
    """The rules about the order of states, and about hand-overs."""
    states = events[events["field"] == "state"]
    allowed = {f"{old}/{new}" for old, targets in t.TRANSITIONS.items() for new in (*targets, old)}
    known = states["old"].isin(list(t.TRANSITIONS)) & states["new"].isin(list(t.TRANSITIONS))
    wrong = known & ~(states["old"] + "/" + states["new"]).isin(allowed)
    yield "BEN-18", pd.Index(states.loc[wrong, "record_id"].unique())
    first = {
        state: states[states["new"] == state].groupby("record_id")["seq"].min() for state in ("resolved", "closed")
    }
    resolved = first["resolved"].reindex(first["closed"].index)
    yield "BEN-19", first["closed"].index[resolved.isna() | (resolved > first["closed"])]
    groups = events[(events["field"] == "group")]
    opening = groups.groupby("record_id").head(1).assign(new=lambda frame: frame["old"], seq=0)
    held = pd.concat([opening, groups]).dropna(subset=["new"]).sort_values(["record_id", "seq"], kind="stable")
    changed = (held["record_id"] == held["record_id"].shift()) & (held["new"] != held["new"].shift())
    hands = changed.groupby(held["record_id"]).sum()
    yield "BEN-20", hands.index[hands > t.HANDOVERS]


def _late(
    records: pd.DataFrame,
    stop: str,
    targets: Mapping[str, int],
    pauses: pd.DataFrame,
    doubted: pd.Series,
    priorities: pd.DataFrame,
    hours: Hours,
) -> pd.Index:
    """In a state that nobody knows, since the moments `doubted`, a clock may have paused: it is late only if it was before."""
    believed = records[stop]
    if len(doubted):
        since = doubted.reindex(records.index)
        believed = believed.where(~(since < believed), since)
    begin, end = hours.at(records["opened_at"]), hours.at(believed)
    counted = end - begin
    if len(pauses):
        record = pauses["record_id"].to_numpy()
        last = pd.Series(end.reindex(record).to_numpy(), index=pauses.index)
        opened = pd.Series(begin.reindex(record).to_numpy(), index=pauses.index)
        until = hours.at(pauses["until"]).fillna(last)
        lasted = (np.minimum(until, last) - np.maximum(hours.at(pauses["at"]), opened)).clip(lower=0)
        counted = counted.sub(lasted.groupby(pauses["record_id"]).sum(), fill_value=0).reindex(records.index)
    stops = records[stop].reindex(priorities["record_id"].to_numpy()).to_numpy()
    stored = records[t.STORED].reindex(priorities["record_id"].to_numpy()).to_numpy()
    first = ~priorities["record_id"].duplicated().to_numpy() & priorities["old"].isna().to_numpy()
    set_by_then = priorities[(priorities["at"].to_numpy() <= stops) | (first & (priorities["at"].to_numpy() == stored))]
    target = set_by_then.groupby("record_id")["new"].last().map(targets).reindex(records.index)
    return records.index[(records[stop] >= records["opened_at"]) & (counted > target)]


if __name__ == "__main__":
    main()
