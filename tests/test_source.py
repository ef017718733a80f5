"""YAML as definitions mean it: 1.2 core scalars, no duplicates, bounded aliases, and the place of everything."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmctl.errors import ItsmctlError, Problem
from itsmctl.language import problem_text
from itsmctl.letters import composed
from itsmctl.source import MAX_BYTES, Document, decode, parse_documents, read_documents


def one(text: str) -> Document:
    (document,) = parse_documents(text, "file.yaml")
    return document


def problems(text: str) -> list[Problem]:
    with pytest.raises(ItsmctlError) as caught:
        parse_documents(text, "file.yaml")
    return list(caught.value.problems)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("17:30", "17:30"),
        ("08:30", "08:30"),
        ("1:30:00", "1:30:00"),
        ("no", "no"),
        ("No", "No"),
        ("on", "on"),
        ("OFF", "OFF"),
        ("yes", "yes"),
        ("y", "y"),
        ("true", True),
        ("True", True),
        ("FALSE", False),
        ("tRUE", "tRUE"),
        ("010", 10),
        ("0o10", 8),
        ("0x1F", 31),
        ("0b11", "0b11"),
        ("1_000", "1_000"),
        ("-7", -7),
        ("+7", 7),
        ("2026-01-01", "2026-01-01"),
        ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z"),
        ("1.50", 1.5),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("1.2.3", "1.2.3"),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("null", None),
        ("~", None),
        ("", None),
        ("nil", "nil"),
        ("'no'", "no"),
        ('"010"', "010"),
        ('"null"', "null"),
        ("P1", "P1"),
        ("1 - Critical", "1 - Critical"),
        ("中文", "中文"),
        ("=", "="),
        ("<<", "<<"),
        ("!!str 010", "010"),
    ],
)
def test_scalars_are_those_of_yaml_1_2(written: str, meant: object) -> None:
    value = one(f"key: {written}\nend: 1").data["key"]  # type: ignore[index,call-overload]
    assert value == meant and type(value) is type(meant)
    (document,) = parse_documents(f"- {written}\n- end\n", "file.yaml")
    assert document.data == [meant, "end"]


def test_keys_stay_words() -> None:
    assert one("on: 1\nno: 2\n010: 3\n2026-01-01: 4\nnull: 5\n17:30: 6").data == {
        "on": 1, "no": 2, "010": 3, "2026-01-01": 4, "null": 5, "17:30": 6,
    }  # fmt: skip


def test_every_key_and_value_has_its_place() -> None:
    text = "kind: sla\nclocks:\n  response:\n    targets:\n      - {where: {priority: [P1, P2]}, within: 30m}\n  # a comment\n  中文键: |\n    one\n    two\n"
    document = one(text)
    places = {
        (): (1, 1),
        ("kind",): (1, 7),
        ("clocks", "response"): (4, 5),
        ("clocks", "response", "targets", 0): (5, 9),
        ("clocks", "response", "targets", 0, "where", "priority", 1): (5, text.splitlines()[4].index("P2") + 1),
        ("clocks", "response", "targets", 0, "within"): (5, text.splitlines()[4].index("30m") + 1),
        ("clocks", "中文键"): (7, 8),
    }
    assert {path: (document.where(path).line, document.where(path).column) for path in places} == places
    keys = {
        ("clocks",): (2, 1),
        ("clocks", "中文键"): (7, 3),
        ("clocks", "response", "targets", 0, "within"): (5, text.splitlines()[4].index("within") + 1),
    }
    assert {p: (document.where(p, key=True).line, document.where(p, key=True).column) for p in keys} == keys
    assert str(document.where(("clocks", "response", "nowhere", 3))) == "file.yaml:4:5"
    assert str(document.where(("nowhere",), key=True)) == "file.yaml:1:1"


def test_places_go_on_through_several_documents() -> None:
    documents = parse_documents("a: 1\n---\n# nothing\n---\nb: 2\n---\n- c\n", "file.yaml")
    assert [(d.data, d.index, str(d.where())) for d in documents] == [
        ({"a": 1}, 0, "file.yaml:1:1"),
        ({"b": 2}, 2, "file.yaml:5:1"),
        (["c"], 3, "file.yaml:7:1"),
    ]


def test_duplicate_keys_are_all_named_with_the_first() -> None:
    found = problems("a: 1\nb:\n  c: 1\n  d: 2\n  c: 3\na: 2\n")
    assert [(p.code, p.where.line, p.where.column, p.values["key"], p.values["line"]) for p in found] == [
        ("duplicate-key", 5, 3, "c", 3),
        ("duplicate-key", 6, 1, "a", 1),
    ]


def test_the_same_word_with_and_without_quotes_is_the_same_key() -> None:
    (problem,) = problems("1: a\n\"1\": b\n'1': c\n")[:1]
    assert (problem.code, problem.where.line) == ("duplicate-key", 2)


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ("a: b\n\tc: d\n", "not-yaml", 2, 1),
        ("a: [1, 2\nb: 3\n", "not-yaml", 1, 4),
        ("a: 'open\n", "not-yaml", 1, 4),
        ("a: b: c\n", "not-yaml", 1, 5),
        ("a: &x 1\nb: *y\n", "not-yaml", 2, 4),
        ("a: @b\n", "not-yaml", 1, 4),
        ("? [a, b]\n: c\n", "key-not-text", 1, 3),
        ("a: !!python/object:os.system x\n", "unknown-tag", 1, 4),
        ("a: !secret x\n", "unknown-tag", 1, 4),
        ("a: !!timestamp 2026-01-01\n", "unknown-tag", 1, 4),
        ("a: &a [*a]\n", "too-deep", 1, 8),
        ("a: &a {b: *a}\n", "too-deep", 1, 11),
        ("a: 1\n<<<<<<< HEAD\nb: 2\n=======\nb: 3\n>>>>>>> other\n", "not-yaml", 2, 1),
        ("a: 1\ncalendar：cn\nb: 2\n", "not-yaml", 2, 9),
    ],
)
def test_what_is_no_definition_is_refused_at_its_place(text: str, code: str, line: int, column: int) -> None:
    (problem,) = problems(text)
    assert (problem.code, problem.where.file, problem.where.line) == (code, "file.yaml", line)
    assert problem.where.column in (column, column - 2, 4)


def test_control_characters_are_refused() -> None:
    (problem,) = problems("a: b\x07c\n")
    assert problem.code == "not-yaml" and problem.where.file == "file.yaml"


def test_aliases_may_be_used_but_not_multiplied() -> None:
    assert one("a: &a [1, 2]\nb: *a\n").data == {"a": [1, 2], "b": [1, 2]}
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    (problem,) = problems("\n".join(lines))
    assert problem.code == "too-deep" and "aliases" in problem.message


@pytest.mark.parametrize(
    "text", ["[" * 5000 + "]" * 5000, "\n".join(f"{' ' * n}a:" for n in range(300)), "- " * 2000 + "x"]
)
def test_depth_is_bounded(text: str) -> None:
    assert {p.code for p in problems(text)} <= {"too-deep", "not-yaml"}


def test_merge_keys_are_only_a_word() -> None:
    assert one("base: &b {x: 1}\nother: {<<: *b, y: 2}\n").data == {"base": {"x": 1}, "other": {"<<": {"x": 1}, "y": 2}}


def test_a_file_that_is_not_utf8_is_refused_at_the_byte(tmp_path: Path) -> None:
    path = tmp_path / "gbk.yaml"
    path.write_bytes(b"a: 1\ntitle: " + "事件".encode("gbk") + b"\n")
    with pytest.raises(ItsmctlError) as caught:
        read_documents(path, "catalog/gbk.yaml")
    assert (
        str(caught.value)
        == "catalog/gbk.yaml:2:8: byte 0xCA is not UTF-8; the line seems to be GBK; save the file as UTF-8 [not-utf8]"
    )


@pytest.mark.parametrize("character", "\u202a\u202e\u2066\u2069")
def test_a_text_that_is_shown_in_another_order_than_it_has_is_refused(tmp_path: Path, character: str) -> None:
    path = tmp_path / "turned.yaml"
    path.write_text(f"kind: sla\ntargets: 4h # 限{character}时\n", encoding="utf-8")
    with pytest.raises(ItsmctlError) as caught:
        read_documents(path, "catalog/turned.yaml")
    assert str(caught.value).startswith(f"catalog/turned.yaml:2:16: U+{ord(character):04X} turns the text")


def test_a_byte_order_mark_and_windows_lines_are_no_matter(tmp_path: Path) -> None:
    path = tmp_path / "bom.yaml"
    path.write_bytes("\ufeffkind: role\r\nid: a\r\n".encode())
    (document,) = read_documents(path)
    assert document.data == {"kind": "role", "id": "a"}
    assert (document.where(("id",)).line, document.where(("id",)).column) == (2, 5)


def test_a_file_that_cannot_be_read_or_is_too_large(tmp_path: Path) -> None:
    with pytest.raises(ItsmctlError, match="unreadable-file"):
        read_documents(tmp_path / "none.yaml")
    with pytest.raises(ItsmctlError, match="unreadable-file"):
        read_documents(tmp_path)
    large = tmp_path / "large.yaml"
    large.write_bytes(b"#" * (MAX_BYTES + 1))
    with pytest.raises(ItsmctlError, match="file-too-large"):
        read_documents(large)
    picture = tmp_path / "picture.yaml"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
    with pytest.raises(ItsmctlError) as caught:
        read_documents(picture)
    assert str(caught.value).startswith(f"{picture}:1:1: byte 0x89 is not UTF-8")


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n", "---\n---\n", "--- ~\n", "null"])
def test_nothing_is_no_document(text: str) -> None:
    assert parse_documents(text, "file.yaml") == []


@given(st.text())
def test_any_text_is_documents_or_problems_with_a_place(text: str) -> None:
    try:
        documents = parse_documents(text, "file.yaml")
    except ItsmctlError as error:
        assert error.problems and all(problem.where.file == "file.yaml" for problem in error.problems)
    else:
        assert all(document.where().line >= 1 for document in documents)


scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Cn", "Zl", "Zp"])),
)


@given(
    st.recursive(
        scalars,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc中", min_size=1), inner, max_size=4),
        max_leaves=12,
    )
)
def test_json_is_read_as_what_it_is(value: object) -> None:
    import json

    text = composed(json.dumps({"value": value}, ensure_ascii=False))
    assert one(text).data == json.loads(text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: 1\n<<<<<<< HEAD\nb: 2\n=======\nb: 3\n>>>>>>> other\n", "a merge conflict was left here"),
        ("a: 1\ncalendar：cn\nb: 2\n", "a wide colon stands after 'calendar'"),
        ("a:\n  - calendar：cn\n  b: 2\n", "a wide colon stands after 'calendar'"),
        ("a: b\n\tc: d\n", "a tab stands at the beginning of the line"),
    ],
)
def test_what_people_often_do_to_a_file_is_said_in_plain_words(text: str, told: str) -> None:
    (problem,) = problems(text)
    assert problem.message.startswith(told)


@pytest.mark.parametrize(
    ("text", "place", "told"),
    [
        (
            "a:\n  - {b: 1}\n - {b: 2}\n",
            "3:2",
            "column 2, but under line 1 (column 1) things begin in column 3 (line 2)",
        ),
        ("a:\n  b: 1\n   c: 2\n", "3:4", "stands deeper than the one before it"),
        ("a: [1]\n  b: 2\nc: 3\n", "2:3", "this line begins in column 3, and line 1 above it in column 1"),
        ("a: {\n  b: 1\n  c: 2}\n", "3:4", "a comma is missing before this"),
        ("a: [1, 2\nb: 3\n", "1:4", "] is missing"),
        ("a: {b: 1, c: 2\n", "1:4", "} is missing"),
        ("a: 1\nb:2\nc: 3\n", "2:1", "a key needs a colon and a space behind it"),
        ("a:1\nb: 2\n", "1:1", "a key needs a colon and a space behind it"),
        ("a: 1\nb = 2\nc: 3\n", "2:1", "a key needs a colon and a space behind it"),
        ("a: 1\n----\na: 2\n", "2:1", "three hyphens (---)"),
        ("a: 1\n———\na: 2\n", "2:1", "three hyphens (---)"),
        ("a: 1\n=======\nb: 2\n", "2:1", "a merge conflict was left here"),
        ("a:\n  - b: 1\n  -c: 2\n", "3:4", "a space is missing behind the hyphen"),
        ("a:\n  -\tb: 1\n", "2:4", "a tab stands here"),
        ("a:\n  b: 1\n\u3000c: 2\n  d: 3\n", "3:1", "U+3000"),
        ("a: 1\nb:\u00a0c\nd: 2\n", "2:3", "U+00A0"),
        ('a: ["b"，"c"]\n', "1:8", "， is no sign of YAML; write ,"),
        ("a: ｛b: 1｝\n", "1:4", "｛ is no sign of YAML; write {"),
        ("a: P1: at once\n", "1:6", "put the whole value in double quotes"),
        ("a: 95%\nb: %95\n", "2:4", "no value begins with %"),
        ("a: @home\n", "1:4", "no value begins with @"),
        ("a: 'it's'\n", "1:8", "double them"),
        ('a: "open\nb: "c"\n', "1:4", "this quote is not closed in its line"),
        ("a: 'open\n", "1:4", "this quote is not closed"),
        ('a: "C:\\data"\n', "1:7", "a backslash stands for more than itself"),
        ("a: *b\n", "1:4", "nothing before this is called &b"),
        ("a: 1\n...\nb: 2\n", "2:1", "the definition ends here"),
        ("a: 1\n%YAML 1.1\nb: 2\n", "2:1", "the definition ends here"),
        ("a: [1,, 2]\n", "1:7", "a value is missing before this"),
    ],
)
def test_a_mistake_is_told_where_it_was_made_in_both_languages(text: str, place: str, told: str) -> None:
    (problem,) = problems(text)
    assert (str(problem.where), problem.code) == (f"file.yaml:{place}", "not-yaml")
    assert told in problem.message
    chinese = problem_text(problem, "zh")
    assert not re.search(r"[a-z]{4,} [a-z]{2,} [a-z]", chinese), chinese


@pytest.mark.parametrize(
    ("encoding", "place", "told"),
    [("utf-16", "1:1", "UTF-16"), ("utf-16-le", "1:1", "UTF-16"), ("utf-16-be", "1:1", "UTF-16"), ("gb18030", "2:8", "GBK"), ("gbk", "2:8", "GBK")],
)  # fmt: skip
def test_a_file_that_is_not_utf8_is_told_what_it_seems_to_be(encoding: str, place: str, told: str) -> None:
    with pytest.raises(ItsmctlError) as refused:
        decode("kind: rule\ntitle: 高优先级事件\n".encode(encoding), "a.yaml")
    (problem,) = refused.value.problems
    assert (problem.code, str(problem.where)) == ("not-utf8", f"a.yaml:{place}")
    assert told in problem.message and "UTF-8" in problem.message
    with pytest.raises(ItsmctlError) as latin:
        decode("title: café au lait\n".encode("latin-1"), "a.yaml")
    assert "GBK" not in str(latin.value)


def test_a_wide_colon_within_a_text_is_no_mistake() -> None:
    (problem,) = problems("a: 时间：九点\nb: [\n")
    assert "wide" not in problem.message and problem.where.line >= 2


@pytest.mark.parametrize(
    ("text", "line", "column", "code"),
    [("a: 1\nb: 事\x00\n", 2, 5, "U+0000"), ("\x07", 1, 1, "U+0007"), ("a: 1\n\nb\x1b: 2\n", 3, 2, "U+001B")],
)
def test_a_character_that_nobody_sees_is_told_with_its_place(text: str, line: int, column: int, code: str) -> None:
    with pytest.raises(ItsmctlError) as refused:
        parse_documents(text, "a.yaml")
    (problem,) = refused.value.problems
    assert (problem.code, problem.where.line, problem.where.column) == ("not-yaml", line, column)
    assert code in problem.message
