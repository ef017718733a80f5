"""Sample sizes and upper limits: published and computed oracle values, laws, and what is refused."""

from __future__ import annotations

import json
from fractions import Fraction
from itertools import product
from math import ceil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmctl.cli import run
from itsmctl.errors import ItsmctlError
from itsmctl.sampling import tails
from itsmctl.sampling.limits import upper_limit
from itsmctl.sampling.sizing import Aim, Method, aim_of, at_most, size_for

TOLERABLE = (2, 3, 4, 5, 6, 7, 8, 9, 10, 15, 20)
RISK_5 = """149/236/313/386 99/157/208/257 74/117/156/192 59/93/124/153 49/78/103/127 42/66/88/109 36/58/77/95 32/51/68/84
29/46/61/76 19/30/40/50 14/22/30/37"""
RISK_10 = {2: "114/194/265/333", 5: "45/77/105/132", 10: "22/38/52/65", 20: "11/18/25/32"}
BINOMIAL = dict(zip(((5, t) for t in TOLERABLE), RISK_5.split(), strict=True)) | {
    (10, t): sizes for t, sizes in RISK_10.items()
}
EXPECTED_COLUMNS = (3, 4, 5, 6, 7, 8, 10)
EXPECTED = {
    "0": "99,0 74,0 59,0 49,0 42,0 36,0 29,0",
    "0.5": "157,1 117,1 93,1 78,1 66,1 58,1 46,1",
    "1": "257,3 156,2 93,1 78,1 66,1 58,1 46,1",
    "2": "846,17 294,6 181,4 127,3 88,2 77,2 46,1",
    "3": "- 1098,33 361,11 195,6 129,4 95,3 61,2",
}
LIMITS = {
    25: "11.3 17.6 23.1 28.2 33.0 37.5",
    40: "7.2 11.3 14.9 18.3 21.4 24.5",
    60: "4.9 7.7 10.1 12.4 14.6 16.7",
    100: "3.0 4.7 6.2 7.6 8.9 10.2",
    150: "2.0 3.1 4.1 5.1 6.0 6.9",
    200: "1.5 2.3 3.1 3.8 4.5 5.2",
}
DISCOVERY = {
    5: {50: 31, 100: 45, 150: 46, 200: 51, 250: 51, 500: 56, 1000: 57, 5000: 59},
    10: {50: 22, 100: 25, 200: 27, 1000: 29},
    2: {100: 78, 200: 105, 1000: 138},
    1: {200: 155, 1000: 258},
}


def aim(
    method: Method, risk: int, tolerable: object, allowed: int = 0, population: int = 0, expected: str = "0"
) -> Aim:
    named = aim_of(method, str(100 - risk), str(tolerable), expected, allowed, population or None)
    assert named.method == method
    return named


@pytest.mark.parametrize(("risk", "tolerable"), list(BINOMIAL))
def test_binomial_sizes(risk: int, tolerable: int) -> None:
    sizes = [size_for(aim("binomial", risk, tolerable, c)).n for c in range(4)]
    assert "/".join(map(str, sizes)) == BINOMIAL[risk, tolerable]


@pytest.mark.parametrize("expected", list(EXPECTED))
def test_sizes_by_expected_rate(expected: str) -> None:
    found = []
    for tolerable in EXPECTED_COLUMNS:
        try:
            size = size_for(aim("binomial", 5, tolerable, expected=expected))
            found.append(f"{size.n},{size.allowed}")
        except ItsmctlError as error:
            found.append("-")
            assert [problem.code for problem in error.problems] == ["expected-too-high"]
    assert " ".join(found) == EXPECTED[expected]


def test_the_published_exercise_by_both_its_methods() -> None:
    exercise = ((5, 4, "1"), (5, 5, "2"), (10, 7, "3"), (10, 8, "4"))
    both = [
        [size_for(aim(method, risk, tolerable, expected=expected)).n for risk, tolerable, expected in exercise]
        for method in ("binomial", "poisson")
    ]
    assert both == [[156, 181, 94, 98], [158, 184, 96, 100]]
    assert [size_for(aim("poisson", 5, 5, c)).n for c in range(3)] == [60, 95, 126]


@pytest.mark.parametrize("tolerable", list(DISCOVERY))
def test_hypergeometric_discovery(tolerable: int) -> None:
    found = {n: size_for(aim("hypergeometric", 5, tolerable, population=n)).n for n in DISCOVERY[tolerable]}
    assert found == DISCOVERY[tolerable]


def test_hypergeometric_sizes_that_allow_deviations() -> None:
    found = {n: [size_for(aim("hypergeometric", 5, 5, c, n)).n for c in range(3)] for n in (200, 1000)}
    assert found == {200: [51, 78, 101], 1000: [57, 90, 119]}


def test_upper_limits() -> None:
    risk = Fraction(5, 100)
    found = {
        n: " ".join(f"{float(upper_limit('binomial', n, k, risk, 0) * 100):.1f}" for k in range(6)) for n in LIMITS
    }
    assert found == LIMITS
    assert [upper_limit("hypergeometric", 51, k, risk, 200) * 200 for k in range(4)] == [9, 16, 21, 26]
    thousand = [f"{float(upper_limit('hypergeometric', 57, k, risk, 1000) * 100):.1f}" for k in range(4)]
    assert thousand == ["4.9", "7.8", "10.4", "12.8"]
    assert upper_limit("binomial", 7, 2, risk, 7) == Fraction(2, 7), "examined whole: nothing is estimated"
    assert upper_limit("binomial", 3, 3, risk, 0) == 1
    assert upper_limit("poisson", 2, 1, risk, 0) == 1, "no rate is above 100%"


def test_the_chances_are_those_of_counting_every_outcome() -> None:
    outcomes = list(product((0, 1, 1), repeat=5))  # two thirds deviate
    for c in range(6):
        ways, whole = tails.binomial(5, c, Fraction(2, 3))
        assert Fraction(ways, whole) == Fraction(sum(sum(o) <= c for o in outcomes), len(outcomes))


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(("binomial", "hypergeometric", "poisson")),
    st.integers(1, 30),
    st.integers(1, 40),
    st.integers(0, 4),
    st.integers(150, 3000),
)
def test_the_size_keeps_the_risk_and_one_fewer_would_not(
    method: Method, risk: int, tolerable: int, allowed: int, population: int
) -> None:
    wanted = Aim(method, Fraction(100 - risk, 100), Fraction(tolerable, 100), allowed=allowed, population=population)
    if method == "hypergeometric" and allowed >= tolerable * population / 100:
        return
    size = size_for(wanted)
    if size.is_census:
        return
    assert at_most(wanted, size.n, allowed).within(wanted.risk)
    assert not at_most(wanted, size.n - 1, allowed).within(wanted.risk)


def counted_up(wanted: Aim) -> tuple[int, int]:
    """The first size, one after the other, that keeps the risk while it allows what the expected rate makes of it."""
    for n in range(1, 1000):
        allowed = max(wanted.allowed, ceil(n * wanted.expected))
        if at_most(wanted, n, allowed).within(wanted.risk):
            return n, allowed
    raise AssertionError(wanted)


@pytest.mark.parametrize("method", ["binomial", "hypergeometric", "poisson"])
@pytest.mark.parametrize("expected", ["0.3", "1", "1.7", "2"])
@pytest.mark.parametrize("allowed", [0, 1, 3])
def test_the_size_for_an_expected_rate_is_that_of_counting_up(method: Method, expected: str, allowed: int) -> None:
    for tolerable in ("5", "6.5", "9"):
        wanted = aim(method, 10, tolerable, allowed, population=800, expected=expected)
        size = size_for(wanted)
        assert (size.n, size.allowed) == counted_up(wanted), tolerable
        assert not size.is_census


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 120), st.integers(0, 8), st.integers(1, 40), st.integers(0, 600))
def test_the_upper_limit_grows_with_deviations_and_shrinks_with_size(n: int, k: int, risk: int, more: int) -> None:
    k = min(k, n)
    one = upper_limit("binomial", n, k, Fraction(risk, 100), 0)
    assert one >= Fraction(k, n)
    assert upper_limit("binomial", n + 1, k, Fraction(risk, 100), 0) <= one
    assert upper_limit("binomial", n + 1, k + 1, Fraction(risk, 100), 0) >= one
    population = n + more
    whole = upper_limit("hypergeometric", n, k, Fraction(risk, 100), population)
    assert Fraction(k, population) <= whole <= Fraction(population - (n - k), population)


def test_a_sample_is_never_larger_than_the_population() -> None:
    for method in ("binomial", "hypergeometric", "poisson"):
        size = size_for(aim(method, 5, 5, population=1))
        assert (size.n, size.risk, size.is_census) == (1, 0, True)
    fitting = size_for(aim("binomial", 5, 5, population=59))
    assert (fitting.n, fitting.is_census, fitting.risk) == (59, True, 0)
    assert not size_for(aim("binomial", 5, 5, population=60)).is_census
    assert not size_for(aim("binomial", 5, 5)).is_census, "nobody said how many there are"


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--tolerable", "5", "--expected", "5"], "expected-too-high", "(5%) is not below"),
        (["--tolerable", "five"], "bad-percent", "--tolerable: 'five' is not a percentage"),
        (["--tolerable", "0"], "nothing-tolerable", "--tolerable"),
        (["--tolerable", "5", "--confidence", "0.95"], "bad-confidence", "(did you mean 95%?)"),
        (["--tolerable", "5", "--confidence", "100"], "bad-percent", "--confidence"),
        (["--tolerable", "nan"], "bad-percent", "'nan'"),
        (["--tolerable", "5", "--method", "hypergeometric"], "no-population", "--population"),
        (["--tolerable", "5", "--population", "10", "--allowed", "1"], "allowed-too-many", "population of 10"),
        (["--tolerable", "5", "--expected", "4.999"], "sample-too-large", "raise the tolerable rate"),
    ],
)
def test_what_makes_no_sense_is_refused(
    arguments: list[str], code: str, words: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(["sample", "plan", *arguments]) == 2
    out, err = capfd.readouterr()
    assert (out, f"[{code}]" in err, words in err) == ("", True, True), err


def test_every_mistake_is_told_at_once(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["sample", "plan", "--tolerable", "x", "--expected", "-1", "--confidence", "2", "--lang", "zh"]) == 2
    assert [line.partition("：")[0] for line in capfd.readouterr().err.splitlines()] == [
        "--confidence", "--tolerable", "--expected"
    ]  # fmt: skip


def test_the_plan_for_machines(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["sample", "plan", "--tolerable", "5", "--expected", "1", "--format", "json"]) == 0
    assert json.loads(capfd.readouterr().out) == {
        "format": "itsmctl/sample-plan/v1",
        "method": "binomial",
        "formula": "smallest n with P(X <= c | n, p) <= risk",
        "confidence": 95,
        "tolerable": 5,
        "expected": 1,
        "population": None,
        "n": 93,
        "allowed": 1,
        "remaining_risk": 4.9976,
    }


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_plan_for_people_fits_eighty_columns(language: str, capfd: pytest.CaptureFixture[str]) -> None:
    from itsmctl.reports.plain import cells

    asked = ["--tolerable", "5", "--expected", "2", "--population", "1200", "--method", "poisson", "--lang", language]
    assert run(["sample", "plan", *asked]) == 0
    out = capfd.readouterr().out
    assert max(cells(line) for line in out.splitlines()) <= 80
    assert "184" in out.splitlines()[0]
    assert ("超几何" if language == "zh" else "hypergeometric") in out
