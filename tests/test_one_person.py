"""One person under several names counts once, and a shared account as nobody in particular, in every figure about people."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from dataset import write_dataset
from scorecard_case import kpi, records, reference
from test_scorecard_views import staffed

from itsmctl.complaints.records import leaning
from itsmctl.delivery.counting import Span as Moments
from itsmctl.delivery.counting import counted, take
from itsmctl.engine import people as names
from itsmctl.engine.session import Session
from itsmctl.engine.tables.codes import named, plainly_named
from itsmctl.model import Definitions
from itsmctl.scorecard.asking import Asked, sources
from itsmctl.scorecard.benefits import benefits_of
from itsmctl.scorecard.competence import key_people
from itsmctl.scorecard.measuring import Sources, measure
from itsmctl.scorecard.periods import Span

ZONE = "Asia/Shanghai"
OWN, OTHER, SHARED = "Wu Ming 吴明", "wu.ming", "hotline"


def people() -> Definitions:
    """The reference, with a second name of Wu Ming and an account that many use."""
    definitions = staffed(date(2026, 6, 30))
    one = replace(definitions.assignments["wu-ming"], person=OWN, also_called=(OTHER,))
    desk = replace(one, id="hotline", person=SHARED, also_called=(), account="shared")
    return replace(definitions, assignments={**definitions.assignments, one.id: one, desk.id: desk})


@contextmanager
def found(folder: Path, resolvers: tuple[str, ...]) -> Iterator[Sources]:
    rows: list[dict[str, Any]] = []
    for number, who in enumerate(resolvers):
        start = int(datetime.fromisoformat("2026-06-03T09:00:00+08:00").timestamp()) + 3600 * number
        rows.append({"record_id": f"INC{number}", "service": "order-management", "category": "software", "priority": "P3", "state": "closed",
                     "reopen_count": 0, "resolved_by": who, "assignee": who, "opened_at": start, "resolved_at": start + 1800, "closed_at": start + 1800})  # fmt: skip
    write_dataset(folder, rows, [], zone=ZONE, exported="2026-07-01T00:00:00+08:00")
    with sources(people(), (), folder, Asked(period="2026-06")) as told:
        yield told


def figures(folder: Path, resolvers: tuple[str, ...]) -> dict[str, object]:
    """Every figure that counts people, for some incidents of June 2026."""
    may, june = (
        Span("month", date(2026, 5, 1), date(2026, 5, 31)),
        Span("month", date(2026, 6, 1), date(2026, 6, 30)),
    )
    sign = replace(
        next(sign for c in reference().complaints.values() for sign in c.signs if sign.figure == "key-person"),
        least_resolved=3,
    )
    with found(folder, resolvers) as told:
        assert told.tickets is not None
        head = kpi(records("per-head", dated="resolved_at"), unit="count", target=1)
        take(told.tickets.session, ["order-management"], [])
        return {
            "key people": key_people(told.tickets),
            "per head": [figure.value for one in measure(told, [head], 1).indicators for figure in one.figures],
            "leaning": leaning(told.tickets, [june], sign)[june],
            "engineers": [(one.measure, one.after) for one in benefits_of(told.tickets, may, june).benefits if "per-engineer" in one.measure],
            "resolvers": counted(told.tickets.session, told.definitions, Moments(0, 2**40), ()).resolvers,
        }  # fmt: skip


def test_one_person_under_several_names_is_one(tmp_path: Path) -> None:
    alike = figures(tmp_path / "one", (OWN, OWN, OWN, "Li Na", "Li Na"))
    assert figures(tmp_path / "two", (OWN, OTHER, " WU.Ming ", "Li Na", "li na")) == alike
    assert (
        figures(tmp_path / "wide", ("Wu\u00a0Ming\u3000吴明", OTHER, "wu  ming 吴明", "Li\tNa", "li\u200b na")) == alike
    )
    assert alike["resolvers"] == 2 and alike["per head"] == [2.5]
    assert figures(tmp_path / "three", (OWN, "Somebody", "Somebody else", "Li Na", "Li Na")) != alike


def test_what_was_done_through_a_shared_account_may_be_the_work_of_whoever_does_most(tmp_path: Path) -> None:
    told = figures(tmp_path / "told", (OWN, OWN, SHARED, "Li Na", "Li Na"))
    (key,) = told["key people"]  # type: ignore[misc, attr-defined]
    assert (key.records, key.people, key.share) == (5, 2, 60.0)
    told = figures(tmp_path / "more", (OWN, OWN, SHARED, SHARED, "Li Na"))
    leaning_on = told["leaning"]
    assert (leaning_on.n, leaning_on.hits, leaning_on.unknown) == (1, 0, 0)  # type: ignore[attr-defined]


def test_names_are_compared_alike_wherever_they_are_written_down() -> None:
    given = [" Wu Ming ", "ΟΔΟΣ", "İsmail", "ẞ", "\tWang", "Ǆ", *map(chr, range(1, 0x3100))]
    with Session() as session:
        told = session.one("SELECT " + ", ".join(names.person_key("?") for _ in given), given)
    assert [(one, key) for one, key in zip(given, told, strict=True) if key != names._key(one)] == []


def test_names_are_loaded_with_the_same_blanks_wherever_they_are_written_down() -> None:
    given = [f"{before}Wu{blank}{blank}Ming{before}" for blank in map(chr, range(1, 0x3100)) for before in ("", blank)]
    with Session() as session:
        session.run("CREATE TABLE given (number BIGINT, name VARCHAR)")
        session.insert("given", ("number", "name"), list(enumerate(given)))
        told = [one for (one,) in session.rows(f"SELECT {named('name')} FROM given ORDER BY number")]
    assert [(name, one) for name, one in zip(given, told, strict=True) if one != plainly_named(name)] == []
    assert told.count("Wu Ming") > 50
