"""The check types, one module each, and the templates of Declare; a rule names one of them and gives its parameters."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping

from itsmctl.engine.context import Check

_OWN = """
    agreement allowed approved at-most attainment authorised batch clock-within concentration conforms count-per-month
    different-people dwell-within elapsed-within employed expression handovers heaping in-lane in-window known late-pause
    leg-within linked loosened matrix meaningful no-later no-secrets not-in-future not-sooner number-gaps
    ordered-times overlap paused-share percentile period-end period-shift raised-and-lowered readable register
    reported-agrees required returns row-count share similar traced transition trend unchanged untouched variants
"""
"""Each has the module of its name."""
_DECLARE = """
    existence absence exactly init end responded-existence co-existence not-co-existence choice exclusive-choice
    response precedence succession alternate-response alternate-precedence alternate-succession chain-response
    chain-precedence chain-succession not-succession not-chain-succession
"""


class _Checks(Mapping[str, Check]):
    """Every check type by its id; its module is loaded when it is first asked for, as most audits need few of them."""

    def __init__(self) -> None:
        own = {name: f"{__name__}.{name.replace('-', '_')}" for name in _OWN.split()}
        self._places = dict(sorted({**own, **dict.fromkeys(_DECLARE.split(), f"{__name__}.declare")}.items()))

    def __getitem__(self, name: str) -> Check:
        module = importlib.import_module(self._places[name])
        check: Check = module.TEMPLATES[name] if module.__name__.endswith(".declare") else module
        return check

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, name: object) -> bool:
        return name in self._places


CHECKS: Mapping[str, Check] = _Checks()
