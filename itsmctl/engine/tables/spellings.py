"""Names of things that differ in capitals or in the width of letters only: one thing, under the name that the definitions have for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from itsmctl.blanks import plainly_named, spelt_alike
from itsmctl.engine.session import Session, exported, name, quote
from itsmctl.engine.tables.codes import named
from itsmctl.engine.tables.loading import Loading
from itsmctl.model import THING_COLUMNS

Spellings = Mapping[str, Mapping[str, str]]
"""By column, under which name a thing is known that the export calls otherwise."""


def with_spellings(session: Session, loading: Loading) -> Loading:
    """The same, with a word more for each name that stands for a thing which the definitions, or most records, write otherwise.

    Creates `spelling("column", written, meant)`, the same as a table.
    """
    found = _spellings(session, loading)
    session.run('CREATE TABLE spelling ("column" VARCHAR, written VARCHAR, meant VARCHAR)')
    session.insert("spelling", ("column", "written", "meant"), [(c, *word) for c, words in sorted(found.items()) for word in sorted(words.items())])  # fmt: skip
    codes = {**loading.codes}
    for column, words in found.items():
        codes[column] = {**words, **codes.get(column, {})}
    return replace(loading, codes=codes, spellings=found)


def _spellings(session: Session, loading: Loading) -> Spellings:
    """How things are called that the export calls in more than one way, or otherwise than the definitions."""
    found: dict[str, dict[str, str]] = {}
    for column, written in _written(session, loading).items():
        known = _known(column, loading)
        if words := dict(_other_words(written, known)):
            found[column] = words
    return found


def _other_words(written: Mapping[str, int], known: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    """Every name that is not its own, and whose it is: that of a known one written alike, else of the one that most records have."""
    meant: dict[str, set[str]] = defaultdict(set)
    for word, thing in known.items():
        meant[spelt_alike(word)].add(thing)
    alike: dict[str, list[str]] = defaultdict(list)
    for word in sorted(written, key=lambda one: (-written[one], one)):
        alike[spelt_alike(word)].append(word)
    for key, words in sorted(alike.items()):
        things = meant.get(key) or {words[0]}
        if len(things) == 1:  # of two things whose names differ in capitals only each is what it is called
            (thing,) = things
            yield from ((word, thing) for word in words if word not in known and word != thing)


def _known(column: str, loading: Loading) -> dict[str, str]:
    """The names that definitions and mappings have, and what each means."""
    tables = [table.get(column, {}) for table in (loading.codes, *loading.codes_by_process.values())]
    words = {plainly_named(word): thing for table in tables for word, thing in table.items()}
    return words | {plainly_named(word): plainly_named(word) for word in loading.called.get(column, ())}


def _written(session: Session, loading: Loading) -> dict[str, dict[str, int]]:
    """The names that the export has for things, by column, and how often: without the blanks that nobody sees."""
    columns = [c for c in THING_COLUMNS if c in loading.texts and (loading.exported is None or c in loading.exported)]
    if not columns:
        return {}
    parts = [
        f"SELECT {quote(c)} AS field, {name(c)} AS word FROM {exported(loading.folder, 'record')}" for c in columns
    ]
    if changed := [column for column in columns if column in loading.history and loading.part.history]:
        of = ", ".join(map(quote, changed))
        parts.append(f"SELECT field, new AS word FROM {exported(loading.folder, 'event')} WHERE field IN ({of})")
    rows = session.rows(
        f"SELECT field, {named('word')} AS word, sum(n) FROM (SELECT field, word, count(*) AS n FROM ({' UNION ALL '.join(parts)}) AS told GROUP BY field, word) AS counted GROUP BY ALL"
    )
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for field, word, n in rows:
        if word is not None:
            found[str(field)][str(word)] = int(str(n))
    return found
