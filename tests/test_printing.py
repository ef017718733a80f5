"""Lines and pages of a print: nothing is lost, nothing sticks out, and no line begins with what closes."""

from __future__ import annotations

import re

import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as some

from itsmctl.reports.printing import STYLES, Paragraph, Table, printed, run, text
from itsmctl.reports.typesetting import Style, broken, width_of

TEXT = STYLES["text"]
WORDS = some.text(some.sampled_from("ab cÄ-/（）“”，。、 服务管理✕\U00020000"), max_size=120)


def _told(lines: list[list[tuple[str, str]]]) -> list[str]:
    return ["".join(words for words, _ in line) for line in lines]


@given(some.lists(some.tuples(WORDS, some.sampled_from(["", "#ff0000"])), max_size=4), some.sampled_from([30, 90, 400]))
def test_lines_hold_every_character_and_fit(runs: list[tuple[str, str]], width: int) -> None:
    lines = broken(runs, TEXT, width)
    assert "".join(_told(lines)) == "".join(words for words, _ in runs)
    assert all(width_of(line, TEXT) <= width + 0.01 for line in _told(lines))
    for color in {"", "#ff0000"}:
        assert "".join(words for line in lines for words, of in line if of == color) == "".join(
            words for words, of in runs if of == color
        )


@pytest.mark.parametrize(
    ("words", "width", "lines"),
    [
        ("one two three", 40, ["one two ", "three"]),
        ("服务管理，体系", 36, ["服务管", "理，体系"]),
        ("服务（管理）体系", 30, ["服务", "（管", "理）体", "系"]),
        ("management-review-process-owner", 94, ["management-review", "-process-owner"]),
        ("x" * 12, 20, ["xxxx", "xxxx", "xxxx"]),
        ("", 10, [""]),
    ],
)
def test_where_lines_end(words: str, width: float, lines: list[str]) -> None:
    assert _told(broken([(words, "")], TEXT, width)) == lines


def test_widths_are_those_of_the_fonts() -> None:
    style = Style(10, 12, "#000000")
    assert width_of("Hi", style) == pytest.approx(7.22 + 2.22)
    assert width_of("Hi", Style(10, 12, "#000000", bold=True)) == pytest.approx(7.22 + 2.78)
    assert width_of("服务", style) == pytest.approx(20)


def _pages(content: bytes) -> list[str]:
    return [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(content)]


def test_the_head_of_a_table_stands_on_every_page_and_no_row_is_lost() -> None:
    rows = [[text("HEAD", "soft"), text("行", "soft")], *([text(f"row{n};"), text("说明")] for n in range(200))]
    pages = _pages(printed("t", "foot", [Table(rows, (100, 100), head=True)], "en"))
    assert len(pages) > 3
    assert all(page.count("HEAD") == 1 and f"foot\r\n{number}" in page for number, page in enumerate(pages, 1))
    assert re.findall(r"row(\d+);", "".join(pages)) == [str(n) for n in range(200)]


def test_a_row_taller_than_a_page_goes_on_under_its_head() -> None:
    tall = Paragraph([[run(f"line{n};", "#b3401a")] for n in range(150)])
    table = Table([[text("HEAD"), text("")], [text("once"), tall]], (100, 100), head=True)
    pages = _pages(printed("t", "foot", [text("before"), table], "zh"))
    assert len(pages) == 3
    assert all(page.count("HEAD") == 1 for page in pages)
    assert "".join(pages).count("once") == 1
    assert re.findall(r"line(\d+);", "".join(pages)) == [str(n) for n in range(150)]


def test_a_heading_stays_with_what_follows() -> None:
    for lines in range(40, 70):
        story = [*(text(f"line{n}") for n in range(lines)), text("Heading", "h2"), text("under it")]
        pages = _pages(printed("t", "foot", story, "en"))
        assert [page for page in pages if "Heading" in page] == [page for page in pages if "under it" in page]


def test_signs_of_pdf_are_drawn_as_they_are() -> None:
    words = r"a (b) \c “d” – é • 中\文(括)"
    content = printed("t", "f", [text(words)], "en")
    assert words in _pages(content)[0]
    assert content == printed("t", "f", [text(words)], "en")
