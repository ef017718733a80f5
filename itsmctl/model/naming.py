"""What people call what stands in records: the titles of codes, states, services, customers and special days."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import TYPE_CHECKING

from itsmctl.model.definition import Phase, Text
from itsmctl.values import value

if TYPE_CHECKING:
    from itsmctl.model.process import Process
    from itsmctl.model.system import Definitions

_OF_ALL = ("service", "customer")
"""Columns whose values mean the same whatever the process."""
_ALIKE = {"type": "category", "outcome": "closure_code"}
"""Columns of tools that tell these apart: without codes of their own, their values are those of the other."""


@value
class Names:
    """The titles of values of records. Nothing has a title that the definitions do not know."""

    titles: Mapping[tuple[str, str], Mapping[str, Text]] = field(default_factory=dict)
    """By process and column, the title of each value; of process '' what is called the same in all."""
    phases: Mapping[tuple[str, str], Phase] = field(default_factory=dict)
    """The phase of life of each state, by process and state."""
    days: Mapping[str, Text] = field(default_factory=dict)
    """The titles of special days, by what ledgers call them."""

    def title(self, process: str, column: str, of: str) -> Text | None:
        """What people call a value of a column in a process; '' for the process asks what all of them call it."""
        return self.titles.get(("" if column in _OF_ALL else process, column), {}).get(of)


def names_of(definitions: Definitions) -> Names:
    """What these definitions call the values of records."""
    titles: dict[tuple[str, str], dict[str, Text]] = {
        ("", "service"): {one.id: one.title for one in definitions.services.values()},
        ("", "customer"): {one.id: one.title for one in definitions.customers.values()},
    }
    for process in definitions.processes.values():
        titles[process.id, "state"] = {state.id: state.title for state in process.states}
        for named in _lists(process):
            if codes := definitions.code_lists.get(named):
                known = titles.setdefault((process.id, codes.column), {})
                known.update((code.id, code.title) for code in codes.codes)
        for column, other in _ALIKE.items():
            if (process.id, other) in titles:
                titles.setdefault((process.id, column), titles[process.id, other])
    titles |= _agreed(titles)
    return Names(
        titles=titles,
        phases={(one.id, state.id): state.phase for one in definitions.processes.values() for state in one.states},
        days={str(day.title): day.title for one in definitions.calendars.values() for day in one.special.values()},
    )


def _lists(process: Process) -> Iterable[str]:
    """The code lists of a process: those of its form, and the others that it names."""
    return dict.fromkeys([*process.codes.values(), *(one.codes for one in process.form if one.codes)])


def _agreed(titles: Mapping[tuple[str, str], Mapping[str, Text]]) -> dict[tuple[str, str], dict[str, Text]]:
    """Of process '' by column, the titles of the values that every process with such a value calls the same."""
    found: dict[tuple[str, str], dict[str, Text]] = {}
    torn: set[tuple[str, str]] = set()
    for (process, column), values in titles.items():
        if process:
            known = found.setdefault(("", column), {})
            torn |= {(column, one) for one, title in values.items() if known.setdefault(one, title) != title}
    for column, one in torn:
        del found["", column][one]
    return found
