"""One form for each letter: a letter with a mark may be written as one character or as two, and is the same letter."""

from __future__ import annotations


def composed(text: str) -> str:
    """The same text with every letter in one piece (Unicode form NFC), so that a name is the same whatever program wrote it."""
    if text.isascii():
        return text
    from unicodedata import normalize

    return normalize("NFC", text)
