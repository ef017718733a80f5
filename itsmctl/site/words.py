"""Texts cut into the terms by which the search finds them; assets/site.js cuts what a person types in the same way."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

_LATIN = re.compile(r"[0-9a-z]+(?:[.\-][0-9a-z]+)*")
_WIDE = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3]+")
_MARKS = re.compile("[\u0300-\u036f]")


def terms(text: str) -> Iterator[str]:
    """Words, their parts where signs join them, and of Chinese every two characters that stand together."""
    folded = _MARKS.sub("", unicodedata.normalize("NFKD", text)).lower()
    for found in _LATIN.finditer(folded):
        word = found[0]
        yield word
        if "-" in word or "." in word:
            yield from re.split(r"[.\-]", word)
    for found in _WIDE.finditer(folded):
        run = found[0]
        yield from (run[place : place + 2] for place in range(max(len(run) - 1, 1)))
