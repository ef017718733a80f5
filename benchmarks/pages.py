"""Pages of measurements in both languages: the script that measures writes both, with the same figures.

    python benchmarks/pages.py

Makes the Chinese pages anew from the English ones without measuring, as is needed after a change of their words.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from string import Formatter

MEASURED = ("cost", "growing", "large", "reading", "report", "run", "truth")
"""The scripts that write a page; each names it as `BOTH`."""
Words = Sequence[tuple[str, str]]
"""What fills a page, cell by cell or line by line: a pattern of the English, and the Chinese with its groups as \\1, \\2 (\\0: all of it)."""

COMMON: Words = (
    (r"[\d.,:+−–% -]*", r"\0"),
    (r"([\d.,]+) ?(s|ms|GiB|MiB|MB)", r"\0"),
    (r"[A-Z]{2,3}-\d+([, ]+[A-Z]{2,3}-\d+)*", r"\0"),
    (r"Python [\d.]+, itsmctl .+", r"\0"),
    (r"pass", "通过"),
    (r"\*\*fail\*\*", "**未达到**"),
    (r"measured", "实测"),
    (r"at most", "上限"),
    (r"min", "最小"),
    (r"max", "最大"),
    (r"s", "秒"),
    (r"seconds", "秒数"),
    (r"median s", "秒数中位值"),
    (r"processor s|processor seconds", "处理器秒数"),
    (r"peak (MB|MiB)", r"内存峰值 \1"),
    (r"records", "工单"),
    (r"rows", "行数"),
    (r"floor", "基准"),
    (r"x (.+)", r"\1的倍数"),
    (r"([\d.,]+) x floor", r"基准的 \1 倍"),
    (r"(.+), (\d+) cores, (\d+) GiB of memory, (\w+)\.", r"\1，\2 个核心，\3 GiB 内存，\4。"),
    (r"Nobody else used it\.", "没有其他人使用。"),
    (
        r"Others used it too \(load ([\d.]+) at the start\): the processor column is the safer one\.",
        r"同时还有其他人在用（开始时负载 \1）：以处理器秒数一列为准。",
    ),
)
FORMS = {"load": r"(?:Nobody|Others) [^\n]*?"}
"""What may stand where the English page has a name, if not just anything."""


@dataclass(frozen=True)
class Page:
    """A page in both languages: the place of the English one, a text with `{names}` for each, and words for what fills them."""

    path: Path
    english: str
    chinese: str
    words: Words = ()

    def write(self, values: Mapping[str, str], out: Path) -> None:
        """Write the English page there, and the Chinese one beside it."""
        out.write_text(self.english.format(**values), encoding="utf-8", newline="\n")
        beside(out).write_text(self.in_chinese(values), encoding="utf-8", newline="\n")

    def in_chinese(self, values: Mapping[str, str]) -> str:
        """The Chinese page with these values; raises ValueError for a word that has no Chinese."""
        return self.chinese.format(**{name: self._said(value) for name, value in values.items()})

    def values(self, text: str) -> dict[str, str]:
        """What an English page was filled with; raises ValueError where it is not of this form."""
        form, seen = "", set[str]()
        for literal, name, _, _ in Formatter().parse(self.english):
            form += re.escape(literal)
            if name:
                form += f"(?P={name})" if name in seen else f"(?P<{name}>{FORMS.get(name, '.*?')})"
                seen.add(name)
        found = re.fullmatch(form, text, re.DOTALL)
        if found is None:
            raise ValueError(f"{self.path.name} is not as its script writes it")
        return found.groupdict()

    def _said(self, value: str) -> str:
        return "\n".join(self._line(line) for line in value.split("\n"))

    def _line(self, line: str) -> str:
        if line.startswith("|"):
            cells = (self._word(cell.strip(" ")) for cell in line.removesuffix("|")[1:].split("|"))
            return f"| {' | '.join(cells)} |" if line.startswith("| ") else line
        return self._word(line)

    def _word(self, text: str) -> str:
        """A cell or a line in Chinese, and likewise what stands in its groups, if that has Chinese of its own."""
        chinese = self._known(text)
        if chinese is None:
            raise ValueError(f"no Chinese for {text!r} on {self.path.name}")
        return chinese

    def _known(self, text: str) -> str | None:
        for pattern, chinese in (*self.words, *COMMON):
            if found := re.fullmatch(pattern, text):
                parts = [text, *(self._part(group or "", text) for group in found.groups())]
                return re.sub(r"\\(\d)", lambda place, parts=parts: parts[int(place[1])], chinese)  # type: ignore[misc]
        return None

    def _part(self, part: str, whole: str) -> str:
        return part if part == whole else self._known(part) or part


def beside(path: Path) -> Path:
    """Where the Chinese page lies."""
    return path.with_suffix(".zh.md")


def pages() -> list[Page]:
    """Every page that is measured."""
    return [import_module(name).BOTH for name in MEASURED]


def main() -> int:
    """Make all Chinese pages from the English ones."""
    for page in pages():
        text = page.in_chinese(page.values(page.path.read_text(encoding="utf-8")))
        beside(page.path).write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
