"""Problems for a terminal: one line each, `file:line:column: message [code]`."""

from __future__ import annotations

from itsmctl.language import problem_line
from itsmctl.reports.problems.checked import Checked


def render(checked: Checked) -> str:
    """One line for each problem; nothing where there is none."""
    return "".join(problem_line(problem, checked.language) + "\n" for problem in checked.problems)
