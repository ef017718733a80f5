"""Which character encoding a text file has, found from its bytes and never from the machine's settings."""

from __future__ import annotations

import codecs
import encodings.aliases
import re
from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO, TextIOWrapper
from pathlib import Path
from unicodedata import is_normalized

from itsmctl.errors import ItsmctlError, Phrase, Problem, Where, did_you_mean
from itsmctl.importers.lines import cut_lines
from itsmctl.language import msg
from itsmctl.letters import composed

MARK = "\udcff"
"""Stands in decoded text for bytes that the encoding does not allow; no codec produces it by itself."""

CHUNK = 2**20
"""A file with a line that fills a whole chunk of this size is not clean: something is wrong with its quotes."""

_SAMPLE = 2**16
_MARKS = 32
"""Characters that a letter and the marks behind it may have: Unicode allows thirty marks in a row (Stream-Safe Text Format)."""
_SEVERAL = re.compile(rb"(?:[\xc2-\xdf][\x80-\xbf][^\x80-\xff]*){2}")
"""Two characters of two bytes in UTF-8: in Chinese of another encoding every fiftieth line looks so by chance."""
_LONG = re.compile(rb"[\xe0-\xef][\x80-\xbf]{2}")
"""A character of three bytes in UTF-8, such as a Chinese one: other encodings hardly ever look so for a whole line."""
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_RUN = re.compile(rb"[\x80-\xff]+")
_PAIRS = re.compile(rb"(?:[\xa1-\xf7][\xa1-\xfe])+")
"""Characters of GB 2312, which both have bytes beyond ASCII. A word in Cyrillic letters is as likely of an odd length, and single
letters of Western languages stand between those of ASCII."""
_CANDIDATES = ("gb18030", "big5", "shift_jis", "euc_kr", "cp1252", "cp1251", "iso8859_1")


def _mark(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return MARK, error.end


codecs.register_error("itsmctl-mark", _mark)


@dataclass(frozen=True)
class TextFile:
    """A text file and how to read it; `clean` promises UTF-8 without one bad byte, NUL or endless line.

    Of such a file `composed` says whether every letter is one character, as an ë is, and not an e with two dots behind it.
    `guessed` warns that in another encoding the same bytes are other text, and could be meant so.
    """

    path: Path
    encoding: str
    clean: bool
    composed: bool = True
    guessed: bool = False


def detect(path: Path, shown: str, named: str = "") -> TextFile:
    """Find the encoding: the one named, a byte order mark, strict UTF-8, then the likeliest of the usual others."""
    if named:
        return TextFile(path, *_named(path, shown, named))
    with path.open("rb") as stream:
        head = stream.read(4096)
    for bom, name in _BOMS:
        if head.startswith(bom):
            return TextFile(path, name, *(_look(path) if name == "utf-8-sig" else (False,)))
    if wide := _wide(head):
        return TextFile(path, wide, False)
    clean, whole = _look(path)
    if clean:
        return TextFile(path, "utf-8", True, whole)
    encoding, guessed = _likeliest(path, shown)
    return TextFile(path, encoding, False, guessed=guessed)


def to_utf8(text: TextFile, target: Path, shown: str) -> TextFile:
    """Write the file anew as UTF-8, with its letters composed; where bad bytes, NULs or endless lines are in the way it stays as it is, not clean.

    Raises ItsmctlError where the named encoding cannot begin to read it, as utf-16 cannot without a byte order mark.
    """
    if text.clean:
        return text if text.composed else TextFile(_compose(text.path, target), "utf-8", True)
    try:
        return _rewrite(text, target)
    except UnicodeError as error:
        raise wrong_encoding(text.encoding, error, shown) from error


def wrong_encoding(name: str, error: UnicodeError, shown: str) -> ItsmctlError:
    """The refusal of a text that is not in the encoding that it is said to have."""
    return ItsmctlError(
        Problem("wrong-encoding", "not readable as {name}: {why}", Where(shown), {"name": name, "why": error})
    )


def _rewrite(text: TextFile, target: Path) -> TextFile:
    with (
        text.path.open(encoding=text.encoding, errors="itsmctl-mark", newline="") as source,
        target.open("w", encoding="utf-8", newline="") as written,
    ):
        left = ""
        while chunk := source.read(CHUNK):
            if MARK in chunk or "\0" in chunk or (len(chunk) == CHUNK and "\n" not in chunk and "\r" not in chunk):
                return text
            piece, left = _cut(left + chunk)
            written.write(composed(piece))
        written.write(composed(left))
    return TextFile(target, "utf-8", True)


def composed_file(path: Path) -> Path:
    """A file in UTF-8 with every letter composed: itself, or where it has others one beside it."""
    _, whole = _look(path)
    return path if whole else _compose(path, path.with_suffix(".composed.csv"))


def _compose(path: Path, target: Path) -> Path:
    with (
        path.open(encoding="utf-8-sig", newline="") as source,
        target.open("w", encoding="utf-8", newline="") as written,
    ):
        left = ""
        while chunk := source.read(CHUNK):
            piece, left = _cut(left + chunk)
            written.write(composed(piece))
        written.write(composed(left))
    return target


def _cut(text: str) -> tuple[str, str]:
    """A text in two, the second of which begins with its last ASCII character: no such one is part of a letter begun before it."""
    last = next((i for i in range(len(text) - 1, -1, -1) if text[i] < "\x80"), len(text))
    return text[:last], text[last:]


def _named(path: Path, shown: str, named: str) -> tuple[str, bool, bool]:
    name = known_encoding(named, shown)
    if name == "utf-8":
        name = "utf-8-sig"  # the same, but a byte order mark is not part of the first header
    return name, *(_look(path) if name == "utf-8-sig" else (False, True))


def known_encoding(named: str, shown: str) -> str:
    """The name by which Python knows an encoding of text; raises ItsmctlError where it knows none of this name."""
    try:
        name = codecs.lookup(named).name
        TextIOWrapper(BytesIO(), encoding=name)  # knows also which codecs are not for text
    except (LookupError, ValueError) as error:  # what an XML file declares may be anything, even with a NUL in it
        near = did_you_mean(named, sorted({*encodings.aliases.aliases.values(), *_CANDIDATES, "utf-8", "gbk"}))
        template = "unknown encoding {name!r}; usual ones are utf-8, gb18030, big5, cp1252, utf-16"
        problem = Problem("unknown-encoding", template, Where(shown), {"name": named}, suggestion=near)
        raise ItsmctlError(problem) from error
    return name


def _look(path: Path) -> tuple[bool, bool]:
    """Whether a file is clean, and whether its letters are composed; of one that cannot be read as UTF-8 nobody asks that."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    clean = whole = True
    before = ""
    with path.open("rb") as stream:
        try:
            while chunk := stream.read(CHUNK):
                clean = clean and not (
                    b"\0" in chunk or (len(chunk) == CHUNK and b"\n" not in chunk and b"\r" not in chunk)
                )
                if chunk.isascii() and not decoder.getstate()[0]:
                    before = chunk[-1:].decode()
                    continue
                text = before + decoder.decode(chunk)
                whole = whole and is_normalized("NFC", text)
                before = text[-_MARKS:]
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False, whole
    return clean, whole


def _wide(head: bytes) -> str:
    """UTF-16 without a byte order mark shows as a NUL in nearly every second byte."""
    pairs = len(head) // 2
    if pairs < 4:
        return ""
    even, odd = head[0 : 2 * pairs : 2].count(0), head[1 : 2 * pairs : 2].count(0)
    if odd > 0.4 * pairs and even < 0.1 * pairs:
        return "utf-16-le"
    return "utf-16-be" if even > 0.4 * pairs and odd < 0.1 * pairs else ""


def _likeliest(path: Path, shown: str) -> tuple[str, bool]:
    """The encoding that the bytes of a text speak for, and whether they leave a doubt."""
    sample = bytearray()
    valid: list[int] = []
    invalid: list[int] = []
    surely = probably = 0
    with path.open("rb") as stream:
        for number, line in enumerate(cut_lines(stream, CHUNK), start=1):
            if line.isascii():
                continue
            (valid if _is_utf8(line) else invalid).append(number)
            surely += valid[-1:] == [number] and _LONG.search(line) is not None
            probably += valid[-1:] == [number] and _SEVERAL.search(line) is not None
            if len(sample) < _SAMPLE:
                sample += line[:_SAMPLE]
    if not sample or len(valid) > 9 * len(invalid):  # pure ASCII with NULs, or UTF-8 with some damaged rows
        return "utf-8", False
    half = len(invalid) / 2
    if (
        surely >= max(1, len(invalid) / 9) or probably >= max(2, half) or len(valid) >= max(3, half)
    ):  # by chance few are
        if len(invalid) == 1:
            return "utf-8", False
        raise _mixed(valid[0], invalid[0], shown)
    if b"\0" in sample and _is_binary(sample):
        raise wrong_kind(msg("a binary file"), shown)
    signs = _is_punctuation(bytes(sample))
    western = _older(bytes(sample), signs=signs)
    if signs and not western:
        return "cp1252", False
    chinese = _is_chinese(bytes(sample))
    if _is_in_cyrillic_capitals(bytes(sample), 24 if chinese else 8):  # of a few letters, both can be true by chance
        return "cp1251", True
    if chinese:
        return "gb18030", True
    if western:
        return western, True
    fitting = [name for name in _CANDIDATES if _decodes(bytes(sample[: sample.rfind(b"\n") + 1] or sample), name)]
    found = _by_charset_normalizer(bytes(sample), fitting) or "utf-8"
    return found, found != "utf-8"


def _is_utf8(line: bytes) -> bool:
    """Whether a line is UTF-8; one that was cut may end within a character."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(line, final=len(line) < CHUNK)
    except UnicodeDecodeError:
        return False
    return True


def _mixed(valid: int, invalid: int, shown: str) -> ItsmctlError:
    template = "the lines of this file are in different encodings: line {valid} is UTF-8, line {invalid} is not; export it anew, or name the encoding of most lines with --encoding"
    return ItsmctlError(
        Problem("mixed-encodings", template, Where(shown, invalid), {"valid": valid, "invalid": invalid})
    )


def wrong_kind(kind: str, shown: str) -> ItsmctlError:
    """The refusal of a file that is no export of tickets."""
    template = "this is {kind}; export the tickets as CSV, JSON, XML, Excel (xlsx), Parquet, SQLite or XES"
    return ItsmctlError(Problem("wrong-kind", template, Where(shown), {"kind": Phrase(kind)}))


def _is_binary(sample: Iterable[int]) -> bool:
    control = total = 0
    for byte in sample:
        total += 1
        control += byte < 32 and byte not in (9, 10, 12, 13)
    return control > total / 50


def _is_punctuation(sample: bytes) -> bool:
    """Whether a text has nothing beyond ASCII but dashes, quotes and such, which Windows-1252 and Windows-1251 write alike.

    A sign such as the degree stands alone: two of these bytes in a row may be a Chinese character.
    """
    return all(_DASHES.fullmatch(word) or _SIGNS.fullmatch(word) for word in _RUN.findall(sample))


_DASHES = re.compile(rb"[\x82\x84-\x87\x89\x8b\x91-\x97\x99\x9b]+")
_SIGNS = re.compile(rb"[\xa0\xa6\xa7\xa9\xab-\xae\xb0\xb1\xb5-\xb7\xbb]")


def _is_chinese(sample: bytes) -> bool:
    """Whether a text is surely Chinese in GB18030, be it only a handful of names, for which statistics of letters are too few.

    Half of the characters must be of the common ones, which are sorted by sound and begin with B0 to D7. In Korean, whose syllables
    lie between B0 and C8, hardly any lies beyond.
    """
    words = set(_RUN.findall(sample))
    chinese = [word for word in words if _PAIRS.fullmatch(word)]
    first = [byte for word in chinese for byte in word[::2]]
    common = sum(0xA1 <= byte <= 0xA3 or 0xB0 <= byte <= 0xD7 for byte in first)
    beyond = sum(byte > 0xC8 for byte in first)
    return (
        len(chinese) > 1 and len(chinese) >= 0.9 * len(words) and 2 * common >= len(first) and 7 * beyond >= len(first)
    )


def _is_in_cyrillic_capitals(sample: bytes, least: int) -> bool:
    """Whether a text with at least so many letters is Cyrillic in capitals, in Windows-1251: as Shift-JIS each of them is a Japanese syllable of half width.

    Nearly all letters of its words are capitals, and as many are vowels as in any Slavic language; in Japanese syllables half as many
    of either are at those places. Capitals of Western languages stand between those of ASCII, and no three in a row.
    """
    letters = b"".join(word for word in _RUN.findall(sample) if len(word) > 2)
    capitals = sum(letter in _CAPITALS for letter in letters)
    vowels = sum(letter in _VOWELS for letter in letters)
    return len(letters) >= least and 10 * capitals >= 9 * len(letters) and 4 * vowels >= len(letters)


_CAPITALS = frozenset("АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯЁЄІЇҐЎ".encode("cp1251"))
_VOWELS = frozenset("АЕИОУІ".encode("cp1251"))


def _older(sample: bytes, *, signs: bool) -> str:
    """`cp850` or `mac_roman` where a text of a Western language is surely written so, as by tools of old and by `CSV (MS-DOS)` and
    `CSV (Macintosh)` of Excel; '' otherwise.

    They have its letters where Windows-1252 has dashes and quotes, and all others no letters that Western words have. Where Windows-1252
    would have nothing but such `signs`, the likelier of the two is taken, as signs hardly stand within words.
    """
    within = [(found[2].islower(), found[1][0]) for found in _WITHIN_WORD.finditer(sample)]
    shares = {
        name: sum(letters.get(byte) is small for small, byte in within) / max(1, len(within))
        for name, letters in _LETTERS.items()
    }
    best = max(shares, key=lambda name: shares[name])
    clear = all(
        shares[best] >= share + 0.3 for name, share in shares.items() if name == "cp1252" or name != best and not signs
    )
    return best if best != "cp1252" and len(within) >= _ENOUGH and shares[best] >= 0.9 and clear else ""


_ENOUGH = 3
_WITHIN_WORD = re.compile(rb"(?<=[A-Za-z])([\x80-\x84\x86-\x90\x93-\x95\x98-\xff])(?=([A-Za-z]))")
"""Not the quotes, dashes and dots that Windows-1252 has within words, as in `don’t`: their bytes are letters of the others."""
_WESTERN = "äöüßàâáãåæçéèêëíìîïñóòôõøúùûÿœ"
_LETTERS = {
    name: {
        letter.encode(name)[0]: letter.islower()
        for letter in _WESTERN + _WESTERN.upper()
        if len(letter.encode(name, "ignore")) == 1
    }
    for name in ("cp1252", "cp850", "mac_roman")
}
"""Where each encoding has the letters of Western languages, and whether they are small."""


def _by_charset_normalizer(sample: bytes, fitting: list[str]) -> str:
    from charset_normalizer import from_bytes

    if not fitting:
        return ""
    best = from_bytes(sample, cp_isolation=fitting, enable_fallback=False, preemptive_behaviour=False).best()
    return best.encoding if best is not None else fitting[0]


def _decodes(sample: bytes, name: str) -> bool:
    try:
        sample.decode(name)
    except UnicodeDecodeError:
        return False
    return True


def unicode_encoding(path: Path) -> str:
    """The Unicode encoding of a file that can have no other, as JSON: by its byte order mark, else UTF-8."""
    with path.open("rb") as stream:
        head = stream.read(4096)
    for bom, name in _BOMS:
        if head.startswith(bom):
            return name
    return _wide(head) or "utf-8"


def first_character(path: Path) -> str:
    """The first visible character of a text in Unicode; '' where there is none."""
    with path.open("rb") as stream:
        head = stream.read(1024)
    for bom, _ in _BOMS:
        head = head.removeprefix(bom)
    return head.replace(b"\0", b"").lstrip()[:1].decode("latin-1")
