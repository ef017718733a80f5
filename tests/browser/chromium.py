"""The system's Chromium, as tests and screenshots start it."""

from __future__ import annotations

import os
import shutil
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def found() -> str | None:
    """The path of a Chromium that is installed, if there is one."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def options() -> dict[str, Any]:
    """How Playwright starts it; root, as in a container, can only do so without the sandbox."""
    arguments = ["--no-sandbox"] if os.getuid() == 0 else []
    return {"executable_path": found(), "args": arguments}
