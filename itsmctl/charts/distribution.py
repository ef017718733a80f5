"""How much of its target each clock had used when it stopped: whether times heap just under the target is seen at once."""

from __future__ import annotations

from itsmctl.charts.plot import Axis, Figure, Told, draw, names, numbers, sentences
from itsmctl.charts.shapes import Columns, Cut, Edge, Point
from itsmctl.figures import BAND, BANDS, BEYOND, Distribution
from itsmctl.language import Language, clock_text, number_text, percent_text, tr

TARGET = BANDS // 2
"""The last band that meets the target."""
TICKS = ("25%", "50%", "75%", "100%", "150%", "200%")
HEAPS = 10
"""So many in the last band, and more than twice as many as before it, is what the check `heaping` asks about."""
TOO_HIGH, ROOM = 3, 1.25
"""A column over three times as high as all others is cut, so that these can be seen."""


def distribution(counted: Distribution, language: Language) -> Figure:
    """Columns of 5 per cent of the target up to twice the target, wider ones beyond it."""
    bands = counted.bands
    labels = [*(f"{BAND * n}%" for n in range(1, BANDS + 1)), *(f"{times}×" for times in BEYOND), f">{BEYOND[-1]}×"]
    *_, second, first = sorted(bands)
    top = ROOM * second if first > TOO_HIGH * second > 0 else first
    plain, cut = [], []
    for place, (label, n) in enumerate(zip(labels, bands, strict=True), 1):
        tip = f"{band_text(place, language)}{tr(': ', language)}{number_text(n)}"
        if n > top:
            cut.append(Point(label, top, tip, _kind(place, bands), label=number_text(n)))
        else:
            plain.append(Point(label, n, tip, _kind(place, bands)))
    clock = clock_text(counted.clock, language)
    told = Told(
        f"used-{counted.clock}", tr("{clock}: time used of the target", language, clock=clock), _says(bands, language)
    )
    apart = [*labels[:BANDS], " ", "  ", *labels[BANDS:]]
    svg = draw(
        told,
        [Edge([Point(labels[TARGET - 1], 0, "", label=tr("target", language))]), Columns(plain), Cut(cut)],
        (names(apart), Axis([*TICKS, labels[-1]], at_end=TICKS)),
        (numbers(0, top or 1), Axis(label=lambda n: number_text(int(n)), lines=True)),
        width=480,
        beside=["  "],
    )
    rows = tuple((band_text(place, language), number_text(n)) for place, n in enumerate(bands, 1))
    return Figure(told, svg, (tr("Share of the target used", language), tr("Clocks", language)), rows)


def heaps(bands: tuple[int, ...]) -> tuple[int, float] | None:
    """What lies in the last band before the target and what those before it let expect, where that is far more."""
    last, expected = bands[TARGET - 1], sum(bands[TARGET - 4 : TARGET - 1]) / 3
    return (last, expected) if last >= HEAPS and last > 2 * expected else None


def band_text(place: int, language: Language) -> str:
    """What a band holds, such as `95–100%` or `3–5 ×`."""
    if place <= BANDS:
        return f"{BAND * (place - 1)}–{BAND * place}%"
    edges = (2, *BEYOND)
    beyond = place - BANDS - 1
    if beyond < len(BEYOND):
        return tr("{low} to {high} times the target", language, low=edges[beyond], high=edges[beyond + 1])
    return tr("more than {n} times the target", language, n=edges[-1])


def _kind(place: int, bands: tuple[int, ...]) -> str:
    if place > TARGET:
        return "bad" if place <= BANDS else "bad soft"
    return "marked" if place == TARGET and heaps(bands) else ""


def _says(bands: tuple[int, ...], language: Language) -> str:
    met, stopped = sum(bands[:TARGET]), sum(bands)
    said = tr(
        "{met} of {n} clocks that stopped met their target ({percent}).",
        language,
        met=number_text(met),
        n=number_text(stopped),
        percent=percent_text(met, stopped),
    )
    found = heaps(bands)
    heaped = found and tr(
        "{last} had used between {low} and {high} of it, where about {expected} were to be expected by the bands before: ask why.",
        language,
        low="95%",
        high="100%",
        last=number_text(found[0]),
        expected=number_text(round(found[1])),
    )
    return sentences(language, said, heaped or "")
