"""Who held which role at which moment, as tables: what checks about people compare the actors of tickets with."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from itsmctl.blanks import plainly_named
from itsmctl.engine.session import Session
from itsmctl.engine.sql import Fragment, each_match, literal_rows, name, quote
from itsmctl.engine.tables.codes import named
from itsmctl.model import NAMING_COLUMNS, PEOPLE_COLUMNS, Assignment, Definitions, Effective
from itsmctl.model.holding import tenures
from itsmctl.zones import EVER, midnight, midnight_after


def person_key(text: str) -> str:
    """SQL for a person's name as it is compared: the same person however tools write capitals and blanks around it; see `named` for those within."""
    return f"lower(trim({text}))"


@dataclass(frozen=True)
class KnownAs:
    """SQL for a person by any of their names, and the join that it needs."""

    who: str
    """The same for each name of a person; NULL where there is none."""
    one: str
    """The same, but NULL for a shared account too, which may be anybody."""
    own_name: str
    """As the assignments write it, else as the export does."""
    shared: str
    """Whether several people act under the name; never NULL."""
    machine: str
    """Whether no person acts under it; never NULL."""
    join: str


def known_as(text: str, alias: str) -> KnownAs:
    """Who it is that `text` names; the join has a name of its own."""
    return _known(text, person_key(text), alias)


def _known(text: str, key: str, alias: str) -> KnownAs:
    who, shared = f"coalesce({alias}.who, {key})", f"coalesce({alias}.kind = 'shared', false)"
    return KnownAs(
        who,
        f"CASE WHEN NOT {shared} THEN {who} END",
        f"coalesce({alias}.own_name, {text})",
        shared,
        f"coalesce({alias}.kind = 'service', false)",
        f" LEFT JOIN alias AS {alias} ON {alias}.person = {key}",
    )


def is_among(field: str, value: str, words: Sequence[str]) -> Fragment:
    """SQL for whether a value of a field is one of some words; of a field of people under their own names, whatever names the words are."""
    if field not in PEOPLE_COLUMNS:
        meant = tuple(map(plainly_named, words)) if field in NAMING_COLUMNS else tuple(words)
        return Fragment(f"{value} IN ({', '.join('?' * len(words))})", meant)
    known = known_as("l.word", "n")
    listed = literal_rows([(plainly_named(word),) for word in words], "l", ("word",))
    return f"{value} IN (SELECT {known.own_name} FROM " + listed + f"{known.join})"


def under_own_names(field: str, rows: Fragment, value: str, others: Sequence[str]) -> Fragment:
    """SELECT of `value`, which is of a field, and other columns of `rows`: a field of people has one value for each person."""
    if field not in PEOPLE_COLUMNS:
        return rows
    known = known_as(f"n.{value}", "w")
    told = ", ".join(f"n.{column}" for column in others)
    return f"SELECT {told}, {known.own_name} AS {value} FROM (" + rows + f") AS n{known.join}"


NAME_BEGINS, NAME_ENDS = "\ue000", "\ue001"
"""Around a person's name in what a check observes, so that it is known for one until it is written; no text has them else."""
_NAME = f"{NAME_BEGINS}[^{NAME_ENDS}]*{NAME_ENDS}"


def called(text: str) -> str:
    """SQL for a person's name, which must not be empty, in what a check observes: marked, so that it can be shown otherwise."""
    return f"concat({quote(NAME_BEGINS)}, {unmarked(text)}, {quote(NAME_ENDS)})"


def unmarked(text: str) -> str:
    """SQL for what a check observes, with names as they are."""
    return f"replace(replace({text}, {quote(NAME_BEGINS)}, ''), {quote(NAME_ENDS)}, '')"


def show_names(session: Session, rules: Sequence[str], shown: Callable[[str], str]) -> Mapping[str, int]:
    """Show every name that `rules` observed as `shown` has it; returns how many texts were changed, by rule.

    Names stand in `observed`, and in `record_id` where the rows of a check are people.
    """
    if not rules:
        return {}
    inside = f'"rule" IN ({", ".join(quote(rule) for rule in rules)})'
    either = " OR ".join(_named(column) for column in _NAMING)
    counted = session.rows(f'SELECT "rule", count(*) FROM tested WHERE {inside} AND ({either}) GROUP BY 1')
    if not counted:
        return {}
    found = " UNION ".join(
        f"SELECT {each_match(column, _NAME)} AS marked FROM tested WHERE {inside} AND {_named(column)}"
        for column in _NAMING
    )
    names = sorted(str(marked).strip(NAME_BEGINS + NAME_ENDS) for (marked,) in session.rows(found))
    session.run("CREATE OR REPLACE TEMP TABLE shown_name (marked VARCHAR, shown VARCHAR)")
    rows = [(f"{NAME_BEGINS}{called}{NAME_ENDS}", shown(called)) for called in names]
    session.insert("shown_name", ("marked", "shown"), rows)
    for column in _NAMING:
        while session.one(f"SELECT count(*) FROM tested WHERE {inside} AND {_named(column)}") != (0,):
            session.run(
                f"""UPDATE tested SET {column} = replace({column}, n.marked, n.shown) FROM shown_name AS n
                WHERE {inside} AND {_named(column)} AND n.marked = regexp_extract({column}, {quote(_NAME)})"""
            )
    return {str(rule): int(str(n)) for rule, n in counted}


_NAMING = ("record_id", "observed")


def _named(text: str) -> str:
    return f"coalesce(regexp_matches({text}, {quote(_NAME)}), false)"


def create_people(session: Session, definitions: Definitions, zone: str) -> None:
    """Create `holding(person, "role", since, until)`, `appointment(person, since, until)` and `alias(person, who, own_name, kind)`.

    Days are days of the audit's zone. A person may go by several names; each has its own rows. An appointment is any
    assignment, or standing in for somebody: outside of them a person is not known to work here. `alias` tells of each
    name, once, who it is, how the assignments write it, and whether it is an account that several people share or none uses.
    """
    assignments = definitions.assignments.values()
    names: dict[str, set[str]] = {}
    for a in assignments:
        names.setdefault(a.person, {a.person}).update(a.also_called)
    held = [
        (word, tenure.role, *_moments(tenure.period, zone))
        for tenure in tenures(assignments, definitions.positions)
        for word in names.get(tenure.person, {tenure.person})
    ]
    periods = [(a.person, a.effective) for a in assignments]
    periods += [(d.person, Effective(d.start, d.end)) for a in assignments for d in a.delegations]
    appointed = [(word, *_moments(period, zone)) for who, period in periods for word in names.get(who, {who})]
    session.run("CREATE TABLE alias (person VARCHAR, who VARCHAR, own_name VARCHAR, kind VARCHAR)")
    session.insert("alias", ("person", "who", "own_name", "kind"), _aliases(names, assignments))
    _create(session, "holding", ("person", "role", "since", "until"), held)
    _create(session, "appointment", ("person", "since", "until"), appointed)


def _aliases(names: Mapping[str, set[str]], assignments: Collection[Assignment]) -> list[tuple[str, str, str, str]]:
    """The rows of `alias`: a name that is somebody's own is nobody else's, and one that anybody shares is shared."""
    persons = {_key(plainly_named(word)): person for person in sorted(names, reverse=True) for word in names[person]}
    persons |= {_key(plainly_named(person)): person for person in sorted(names, reverse=True)}
    kinds: dict[str, str] = {}
    for a in assignments:
        for word in names[a.person]:
            key = _key(plainly_named(word))
            kinds[key] = max(kinds.get(key, "person"), a.account, key=_KINDS.index)
    return [(word, _key(plainly_named(person)), person, kinds[word]) for word, person in sorted(persons.items())]


_KINDS = ("person", "service", "shared")
"""Of what an account may be, what is said most cautiously comes last."""


def _key(text: str) -> str:
    """`person_key` of a text: letter by letter, for a word in Python may end in another letter (Σ) or have one more (İ)."""
    return "".join(letter.lower()[0] for letter in text.strip(_BLANKS))


_BLANKS = "".join(map(chr, (0x20, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000)))
"""What the database takes for blanks around a text: the letters of Unicode's class Zs."""


def _create(session: Session, table: str, columns: tuple[str, ...], rows: Sequence[tuple[object, ...]]) -> None:
    types = {"since": "BIGINT", "until": "BIGINT"}
    typed = ", ".join(f"{name(column)} {types.get(column, 'VARCHAR')}" for column in columns)
    session.run(f"CREATE TABLE {table}_row ({typed})")
    session.insert(f"{table}_row", columns, rows)
    others = "".join(f", {name(column)}" for column in columns[1:])
    session.run(
        f"CREATE TABLE {table} AS SELECT DISTINCT {person_key(named('person'))} AS person{others} FROM {table}_row"
    )


def _moments(period: Effective, zone: str) -> tuple[int, int]:
    return (
        midnight(period.start, zone) if period.start else -EVER,
        midnight_after(period.end, zone) if period.end else EVER,
    )


def judged_acts(acts: Fragment, roles: tuple[str, ...]) -> Fragment:
    """SELECT of acts (tix, person, moment, deed) with `known`, whether anybody of that name is known at all, `shared` and `holds`.

    `holds` says that the person held one of the roles at the moment, or with no roles that an appointment ran.
    """
    held = Fragment("appointment AS h ON h.person = a.person")
    if roles:
        held = Fragment(
            f'holding AS h ON h.person = a.person AND h."role" IN ({", ".join("?" * len(roles))})', tuple(roles)
        )
    account = _known("a.called", "a.person", "w")
    return (
        Fragment(
            f"""SELECT a.tix, a.person, min(a.called) AS called, a.moment, a.deed, max(CASE WHEN k.person IS NULL THEN 0 ELSE 1 END) = 1 AS known, max(CASE WHEN {account.shared} THEN 1 ELSE 0 END) = 1 AS shared,
                max(CASE WHEN h.person IS NULL OR a.moment < h.since OR a.moment >= h.until THEN 0 ELSE 1 END) = 1 AS holds
            FROM (SELECT tix, {person_key("person")} AS person, person AS called, moment, deed FROM ("""
        )
        + acts
        + ") AS act) AS a LEFT JOIN (SELECT DISTINCT person FROM appointment) AS k ON k.person = a.person"
        + f"{account.join} LEFT JOIN "
        + held
        + " GROUP BY a.tix, a.person, a.moment, a.deed"
    )
