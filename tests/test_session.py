"""What the importers and checks take for granted of the database."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from itsmctl.blanks import ODD
from itsmctl.definitions import load
from itsmctl.engine.session import FEW_WORDS, Session
from itsmctl.engine.sql import finds, matches
from itsmctl.importers.importing import import_files
from itsmctl.reference import reference_root


def test_a_row_keeps_its_number_when_others_are_deleted() -> None:
    """Of many monthly lists most rows repeat others. Moments are kept apart by the number of the row, and found again by it."""
    with Session() as session:
        texts = ", ".join(f"'text {n} ' || range AS c{n}" for n in range(5))
        session.run(f"CREATE TABLE raw AS SELECT range AS n, {texts} FROM range(300000)")
        session.run("DELETE FROM raw WHERE n > 100000 AND n % 200 <> 0")
        for table in ("one", "two", "three", "four", "five"):  # about as much as makes the database tidy up
            session.run(f"CREATE TABLE {table} AS SELECT rowid AS raw, c1, c2, c3 FROM raw")
        assert session.one("SELECT count(*), count(*) FILTER (WHERE rowid = n) FROM raw") == (101_000, 101_000)


def test_a_ticket_that_is_lost_on_the_way_is_no_silent_loss(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "list.csv").write_text(
        "Number,Caller,Opened,State\nINC1,Ann,2026-01-05 09:00:00,New\n", encoding="utf-8"
    )
    begin = Session.run

    def renumbered(session: Session, sql: str, values: object = ()) -> None:
        begin(session, sql.replace("SELECT rowid AS raw", "SELECT rowid + 7 AS raw"), values)  # type: ignore[arg-type]

    monkeypatch.setattr(Session, "run", renumbered)
    with pytest.raises(RuntimeError, match="of 1 rows 0 were put in order"):
        import_files([tmp_path / "list.csv"], None, load(reference_root()).mappings, "UTC", tmp_path / "dataset")


def test_few_words_are_kept_as_numbers_and_read_as_the_same_words() -> None:
    words = ["it's", "", "in progress", "进行中", 'a "word"']
    with Session() as session:
        session.run("CREATE TABLE said (word VARCHAR)")
        session.insert("said", ("word",), [(word,) for word in [*words, None, "it's"]])
        kind = session.type_of_words("word", "said")
        assert kind.startswith("ENUM (")
        session.run(f"CREATE TABLE kept AS SELECT CAST(word AS {kind}) AS word FROM said")
        assert session.rows("SELECT word FROM kept") == session.rows("SELECT word FROM said")
        assert session.rows("SELECT word FROM kept ORDER BY word") == session.rows(
            "SELECT word FROM said ORDER BY word"
        )
        assert session.rows("SELECT count(*) FROM kept WHERE word = ?", ("it's",)) == [(2,)]
        assert session.rows("SELECT count(*) FROM kept WHERE word IN ('it''s', 'never said')") == [(2,)]


def test_many_words_or_none_are_texts() -> None:
    with Session() as session:
        session.run("CREATE TABLE said (word VARCHAR)")
        assert session.type_of_words("word", "said") == "VARCHAR"
        session.insert("said", ("word",), [(None,)])
        assert session.type_of_words("word", "said") == "VARCHAR"
        session.insert("said", ("word",), [(f"state {n}",) for n in range(FEW_WORDS)])
        assert session.type_of_words("word", "said").startswith("ENUM (")
        session.insert("said", ("word",), [("one more",)])
        assert session.type_of_words("word", "said") == "VARCHAR"


def test_a_pattern_is_found_where_it_matches() -> None:
    odd = ["", "plain", " before", "after ", "a  b", "a\tb", "Ａ", "a\u00a0b", "张 三", "张　三", None]
    with Session() as session:
        session.run("CREATE TABLE said (word VARCHAR)")
        session.insert("said", ("word",), [(word,) for word in odd])
        rows = session.rows(f"SELECT word, {finds('word', ODD)}, {matches('word', ODD)} FROM said")
    for word, found, matched in rows:
        expected = None if word is None else re.search(ODD, str(word)) is not None
        assert (found, matched) == (expected, expected), word
    assert {found for _, found, _ in rows} == {True, False, None}
