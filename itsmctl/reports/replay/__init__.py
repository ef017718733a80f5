"""A replay told to people and to programs."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from itsmctl.reports.replay import json, markdown, text
from itsmctl.reports.replay.replayed import Replayed

FORMATS: Mapping[str, Callable[[Replayed], str]] = {
    "text": text.render,
    "json": json.render,
    "markdown": markdown.render,
}
"""What `--format` may name."""

__all__ = ["FORMATS", "Replayed"]
