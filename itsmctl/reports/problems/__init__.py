"""Problems told in every form that a person, a program or a forge reads: each format is a function over the list."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from itsmctl.reports.problems import github, gitlab, json, junit, sarif, text
from itsmctl.reports.problems.checked import Checked

FORMATS: Mapping[str, Callable[[Checked], str]] = {
    "text": text.render,
    "json": json.render,
    "github": github.render,
    "gitlab": gitlab.render,
    "sarif": sarif.render,
    "junit": junit.render,
}
"""What `--format` may name."""

__all__ = ["FORMATS", "Checked"]
