"""The working paper as YAML, to be filled in by hand."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence

from itsmctl.composing import plain
from itsmctl.language import Language, tr
from itsmctl.reports.plain import wrap
from itsmctl.sampling.answers import RESULTS, Part
from itsmctl.sampling.drawing import Drawn
from itsmctl.sampling.population import escape
from itsmctl.sampling.sample import ANSWERS, Sample

_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")


def paper(sample: Sample, rows: Mapping[Part, Sequence[Drawn]], language: Language) -> str:
    """The text of sample.yaml; before the draw it has no rows."""
    document = {**sample.document(), "fingerprint": sample.fingerprint}
    if sample.seed:
        document |= {part: [_row(one) for one in drawn] for part, drawn in rows.items()}
        document |= {"reviewer": None, "reviewed": None}
    return "\n".join((*_head(bool(sample.seed), language), *yaml_lines(document))) + "\n"


def _head(is_drawn: bool, language: Language) -> Iterator[str]:
    before = tr(
        "The population of a sample, fixed before its seed is known. Do not edit; write its digest down.", language
    )
    after = tr(
        "Working paper of a sample. Fill in result (one of: {results}), examiner, date, evidence and remark of every row; "
        "of the reserves only as many, in their order, as records were replaced. Change nothing else.",
        language,
        results=", ".join(RESULTS),
    )
    yield from (f"# {line}" for line in wrap(after if is_drawn else before, 110))


def _row(drawn: Drawn) -> dict[str, object]:
    return {
        "unit": escape(drawn.unit),
        "stratum": drawn.stratum,
        "rank": drawn.rank,
        **dict.fromkeys(ANSWERS),
    }


def yaml_lines(value: Mapping[str, object], indent: str = "") -> Iterator[str]:
    """A mapping as YAML in block style."""
    for key, held in value.items():
        if isinstance(held, Mapping):
            yield f"{indent}{key}:"
            yield from yaml_lines(held, indent + "  ")
        elif isinstance(held, list):
            yield f"{indent}{key}:" + ("" if held else " []")
            for entry in held:
                first, *others = yaml_lines(entry, indent + "    ")
                yield f"{indent}  - {first.lstrip()}"
                yield from others
        else:
            yield f"{indent}{key}: {yaml_scalar(held)}".rstrip()


def yaml_scalar(value: object) -> str:
    """A value on one line; a text that YAML could take for something else stands in quotation marks."""
    if value is None:
        return ""
    if not isinstance(value, str):
        return json.dumps(value)
    if _PLAIN.fullmatch(value) and isinstance(plain(value), str):
        return value
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value, ensure_ascii=False))
