"""Workbooks as LibreOffice reads them, where it is installed."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest


def first_sheet(book: Path, folder: Path) -> str:
    """The first sheet of a workbook as CSV, made in a folder by LibreOffice with a profile of its own; skips without LibreOffice."""
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if not office:
        pytest.skip("LibreOffice is not installed")
    profile, csv = f"-env:UserInstallation=file://{folder}/profile", "csv:Text - txt - csv (StarCalc):44,34,76"
    command = [office, profile, "--headless", "--convert-to", csv, "--outdir", str(folder), str(book)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return (folder / book.name).with_suffix(".csv").read_text("utf-8")
