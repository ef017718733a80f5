"""Pages of measurements say the same in both languages, and no word of theirs goes without Chinese."""

from __future__ import annotations

from pathlib import Path

import pytest
from benches import bench

pages = bench("pages")
for name in ("measure", "mutations", "organisation", "run", "many", "agreeing", "peering", "growing_files", "growing_servers", "reading", "workbooks", *pages.MEASURED):  # fmt: skip
    bench(name)
PAGES = pages.pages()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path.stem)
def test_the_chinese_page_has_the_figures_of_the_english_one(page: object) -> None:
    english, chinese = (path.read_text("utf-8") for path in (page.path, pages.beside(page.path)))  # type: ignore[attr-defined]
    assert page.in_chinese(page.values(english)) == chinese, "run python benchmarks/pages.py"  # type: ignore[attr-defined]


def test_every_page_of_measurements_has_its_script() -> None:
    docs = Path(__file__).parent.parent / "docs"
    measured = {*docs.glob("benchmarks*.md"), docs / "planted-truth.md", docs / "planted-truth.zh.md"}
    assert {path for page in PAGES for path in (page.path, pages.beside(page.path))} == measured


FORM = pages.Page(
    Path("a.md"), "{load}\n\n{t}", "{load}\n\n{t}", ((r"audit of (.+)", r"审核\1"), (r"the zip", "压缩包"))
)


def test_both_pages_are_written_and_the_english_one_is_read_again(tmp_path: Path) -> None:
    values = {"load": "Nobody else used it.", "t": "| | measured |\n|---|---|\n| audit of the zip | 1.50 x floor |\n"}
    FORM.write(values, tmp_path / "a.md")
    assert FORM.values((tmp_path / "a.md").read_text("utf-8")) == values
    assert (tmp_path / "a.zh.md").read_text("utf-8") == (
        "没有其他人使用。\n\n|  | 实测 |\n|---|---|\n| 审核压缩包 | 基准的 1.50 倍 |\n"
    )


@pytest.mark.parametrize("cell", ["something new", "audit", "1.5 furlongs"])
def test_a_word_without_chinese_is_not_passed_on(cell: str) -> None:
    with pytest.raises(ValueError, match=f"no Chinese for '{cell}' on a.md"):
        FORM.in_chinese({"load": "", "t": f"| {cell} | 1 |"})


def test_an_english_page_of_another_form_is_refused() -> None:
    with pytest.raises(ValueError, match="a.md is not as its script writes it"):
        FORM.values("Somebody rewrote this.")
