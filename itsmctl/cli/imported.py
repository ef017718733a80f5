"""Imports kept by content: the same exports, read in the same way, are imported once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from itsmctl import __version__, kept
from itsmctl.errors import ItsmctlError
from itsmctl.importers.container import Stamps, check_unchanged, files_in, folders_in, stamps_of
from itsmctl.importers.receipt import is_dataset
from itsmctl.model import MappingDefinition
from itsmctl.scratch import discard, sweep

FOLDER = "datasets"
MOST = 4
"""Datasets that are kept; the one that was used longest ago goes first."""
NO_PLACE = ("cannot-write", "disk-full", "disk-refuses")
"""Codes of what is wrong where nothing can be kept; whatever else is wrong with tickets would be so elsewhere too."""
_AT_ONCE = 2**20


def dataset_of(
    paths: Sequence[Path],
    mappings: Iterable[MappingDefinition],
    zone: str,
    header_row: int,
    otherwise: Path,
    make: Callable[[Path], object],
) -> Path:
    """The kept dataset of some exports, which `make` imports into a folder where there is none yet.

    Without a place to keep anything it is made in the folder `otherwise`.
    """
    place = kept.folder()
    stamps = stamps_of(_files(paths)) if place else {}
    within = [folder for path in paths for folder in folders_in(path)]
    folder = place / FOLDER / _digest(stamps, within, mappings, (zone, header_row)) if place else otherwise
    if folder == otherwise or not is_dataset(folder):
        try:
            make(folder)
            _check_name(folder, stamps)
        except ItsmctlError as error:
            if folder == otherwise or error.problems[0].code not in NO_PLACE:
                raise
            folder = otherwise
            make(folder)
    if place and folder != otherwise:
        with suppress(OSError):  # one that can only be read
            folder.touch()
            _forget(place / FOLDER)
    return folder


def _check_name(folder: Path, stamps: Stamps) -> None:
    """Raise ItsmctlError where a file is not any more the one of which the folder has its name, and keep no such import."""
    try:
        check_unchanged(stamps)
    except ItsmctlError:
        with suppress(OSError):
            discard(folder)
        raise


def _files(paths: Sequence[Path]) -> list[Path]:
    return sorted(found for path in paths for found in files_in(path))


def _digest(
    files: Iterable[Path], within: Iterable[str], mappings: Iterable[MappingDefinition], said: tuple[str, int]
) -> str:
    """A name for what an import of these files would be: their names and bytes, the folders that are not looked into, how they
    are read, and by which version.
    """
    digest = hashlib.sha256(repr((__version__, said, sorted(within), sorted(map(repr, mappings)))).encode())
    for file in files:
        digest.update(repr((file.name, file.stat().st_size)).encode())
        with file.open("rb") as stream:
            while some := stream.read(_AT_ONCE):
                digest.update(some)
    return digest.hexdigest()[:32]


def _forget(place: Path) -> None:
    """Remove the datasets beyond MOST that nobody reads just now."""
    sweep(place)
    datasets = sorted((one for one in place.iterdir() if is_dataset(one)), key=lambda one: one.stat().st_mtime)
    for old in datasets[:-MOST]:
        with suppress(OSError):
            discard(old)
