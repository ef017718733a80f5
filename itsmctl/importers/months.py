"""What tools write for months and halves of the day in the language of their user, as the English that DuckDB reads."""

from __future__ import annotations

from itsmctl.engine.session import quote

_ENGLISH = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTHS = """
jan janv januar januari janvier janeiro gen gennaio ene enero 一月
feb febr fev fév févr februar februari février fevereiro febbraio febrero 二月
mar mär mrz mars märz mrt maart março marzo 三月
apr avr abr april avril abril aprile 四月
may mai mei maio maggio mag mayo 五月
jun juin juni junho giugno giu junio 六月
jul juil juli juillet julho luglio lug julio 七月
aug aoû août ago augustus agosto 八月
sep sept set september septembre setembro settembre septiembre 九月
oct okt out ott oktober october octobre outubro ottobre octubre 十月
nov november novembre novembro noviembre 十一月
dec dez dic déc dezember december décembre dezembro dicembre diciembre 十二月
"""
"""A line for each month: English, German, French, Spanish, Portuguese, Italian, Dutch, Chinese, without their dots."""
ENGLISH_MONTHS = {name: month for month, names in zip(_ENGLISH, _MONTHS.split("\n")[1:13], strict=True) for name in names.split()}  # fmt: skip
_HALVES = (("上午", "AM"), ("下午", "PM"), ("vorm.", "AM"), ("nachm.", "PM"), ("a. m.", "AM"), ("p. m.", "PM"), ("a.m.", "AM"), ("p.m.", "PM"))  # fmt: skip


def halves_in_english(cell: str) -> str:
    """SQL for the text of a moment with the half of its day in English, small letters elsewhere."""
    text = f"replace(lower(trim({cell})), '\u00a0', ' ')"
    for written, english in _HALVES:
        text = f"replace({text}, {quote(written)}, {quote(english)})"
    return text


def in_english(cell: str) -> str:
    """SQL for the text of a moment with its month and the half of its day in English; what is none of them stays as it is."""
    text = halves_in_english(cell)
    word = f"regexp_extract({text}, '(\\d{{1,2}}月|\\p{{L}}{{2,}})\\.?', 1)"
    names = ", ".join(f"{quote(name)}: {quote(month)}" for name, month in ENGLISH_MONTHS.items())
    numbered = ", ".join(f"{quote(f'{n}月')}: {quote(month)}" for n, month in enumerate(_ENGLISH, 1))
    english = f"coalesce(MAP {{{names}, {numbered}}}[{word}], {word})"
    return f"replace(replace({text}, {word} || '.', {word}), {word}, {english})"
