"""The corpus of the fuzzer, played again: small exports of every kind, and whatever once broke a reader."""

from __future__ import annotations

from pathlib import Path

import pytest
from fuzz.parsers import PARSERS
from fuzz.target import Reader

CORPUS = sorted((Path(__file__).parent / "fuzz" / "corpus").iterdir())


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    return Reader(tmp_path_factory.mktemp("fuzz"))


@pytest.mark.parametrize("file", CORPUS, ids=[file.name for file in CORPUS])
def test_every_input_of_the_corpus_balances_or_is_refused(reader: Reader, file: Path) -> None:
    parser = next((name for name in sorted(PARSERS, key=len, reverse=True) if file.name.startswith(name)), "csv")
    assert reader.check(PARSERS[parser](file.read_bytes())) or "-" in file.name


def test_every_parser_has_a_seed_that_it_reads(reader: Reader) -> None:
    for parser, made in PARSERS.items():
        assert reader.check(made((CORPUS[0].parent / parser).read_bytes())), parser


def test_a_parser_may_be_cut_off_anywhere(reader: Reader) -> None:
    for parser, made in PARSERS.items():
        data = (CORPUS[0].parent / parser).read_bytes()
        for end in range(0, len(data), max(1, len(data) // 20)):
            reader.check(made(data[:end]))
