"""Write docs/reference/ and docs/images/ from the program itself; with `--check`, only tell whether they are up to date."""

from __future__ import annotations

import sys
from pathlib import Path

from generator import changes, checks, command_line, laws, mappings, outputs, pictures, problems, rules, schemas

REFERENCE = Path(__file__).parent / "reference"
IMAGES = Path(__file__).parent / "images"
NOTE = "<!-- Written by docs/generate.py from the code and the definitions. Change those, then run it again. -->\n\n"


def pages() -> dict[str, str]:
    """Every page of the reference by its name under docs/reference/."""
    found: dict[str, str] = {}
    for module in (command_line, changes, checks, rules, laws, mappings, schemas, outputs, problems):
        found |= module.pages()
    return {name: NOTE + text.rstrip() + "\n" for name, text in sorted(found.items())}


def stale(folder: Path, wanted: dict[str, str], ours: str = "*.*") -> list[str]:
    """Names of the files that are missing, differ, or that nobody writes any more."""
    there = {path.relative_to(folder).as_posix(): path for path in folder.rglob(ours)}
    differ = [name for name, text in wanted.items() if name not in there or there[name].read_text("utf-8") != text]
    return sorted([*differ, *(name for name in there if name not in wanted)])


def write(folder: Path, wanted: dict[str, str], ours: str = "*.*") -> None:
    """Make the folder hold exactly these files of those that look like ours."""
    for path in list(folder.rglob(ours)):
        if path.relative_to(folder).as_posix() not in wanted:
            path.unlink()
    for name, text in wanted.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")


def main(arguments: list[str]) -> int:
    """Write the reference, or check it; the exit code."""
    if arguments not in ([], ["--check"]):
        sys.stderr.write("usage: generate.py [--check]\n")
        return 2
    # The pictures of pages beside the drawings are taken by screenshots.py.
    made = ((REFERENCE, pages(), "*.*"), (IMAGES, pictures.pictures(), "*.svg"))
    if not arguments:
        for folder, wanted, ours in made:
            write(folder, wanted, ours)
        return 0
    differ = [f"docs/{folder.name}/{name}" for folder, wanted, ours in made for name in stale(folder, wanted, ours)]
    for name in differ:
        sys.stderr.write(f"{name} is not up to date: run python docs/generate.py\n")
    return int(bool(differ))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
