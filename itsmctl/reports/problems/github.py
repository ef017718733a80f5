"""Problems as GitHub workflow commands, which the forge shows at the lines of a pull request.

GitHub keeps ten errors and ten warnings of a step and drops the rest in silence. So the gravest come first, the tenth
says how many more there are, and those stand below as plain lines of the log.
"""

from __future__ import annotations

from collections.abc import Iterator

from itsmctl.errors import Problem, Severity
from itsmctl.language import problem_line, problem_text, trn
from itsmctl.reports.problems.checked import Checked, ranked

MOST = 10
_KINDS: tuple[Severity, ...] = ("error", "warning")


def render(checked: Checked) -> str:
    """The commands, then as plain lines whatever they had no room for."""
    lines: list[str] = []
    rest: list[Problem] = []
    for kind in _KINDS:
        found = [problem for problem in ranked(checked) if problem.severity == kind]
        shown = found if len(found) <= MOST else found[: MOST - 1]
        lines += [_command(problem, checked) for problem in shown]
        lines += _more(kind, len(found) - len(shown), checked)
        rest += found[len(shown) :]
    lines += [_plain(problem, checked) for problem in rest]
    return "".join(line + "\n" for line in lines)


def _command(problem: Problem, checked: Checked) -> str:
    where = problem.where
    facts = {
        "file": checked.path(where.file),
        "line": str(where.line or 1),
        "col": str(where.column) if where.column else "",
        "title": problem.code,
    }
    properties = ",".join(f"{key}={_property(text)}" for key, text in facts.items() if text)
    return f"::{problem.severity} {properties}::{_data(_message(problem, checked))}"


def _more(kind: Severity, number: int, checked: Checked) -> Iterator[str]:
    if number:
        words = trn("and {n} more, see the log", "and {n} more, see the log", number, checked.language)
        yield f"::{kind} title=itsmctl {checked.command}::{_data(words)}"


def _message(problem: Problem, checked: Checked) -> str:
    return problem_text(problem, checked.language) + (f" ({problem.suggestion}?)" if problem.suggestion else "")


def _plain(problem: Problem, checked: Checked) -> str:
    return " ".join(problem_line(problem, checked.language).split())


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
