"""`--tickets` as every command takes it: a dataset folder, or raw exports that are imported on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from itsmctl.beside import Beside
from itsmctl.cli.imported import dataset_of
from itsmctl.cli.progress import Progress
from itsmctl.definitions import load_mappings
from itsmctl.errors import NONE, ItsmctlError, Problem, Where, did_you_mean
from itsmctl.importers.reading import Reading
from itsmctl.importers.receipt import is_dataset
from itsmctl.model import AuditPlan, Definitions, MappingDefinition
from itsmctl.scratch import held, scratch


@contextmanager
def opened(
    paths: Sequence[Path],
    definitions: Definitions,
    plan: AuditPlan | None,
    reading: Reading,
    *,
    progress: Progress | None,
    kept: bool = False,
    meanwhile: Callable[[], object] = lambda: None,
) -> Iterator[Path]:
    """Give the dataset folder that `paths` mean; raw exports are imported into a temporary one, or one `kept` for the next time.

    What can be done `meanwhile` is called beside an import, which leaves Python idle while the database works.
    """
    paths = list(paths) or [definitions.root / name for name in (plan.datasets if plan else ())]
    if not paths:
        raise ItsmctlError(
            Problem("no-tickets", "name the tickets: --tickets EXPORT, or `datasets:` in the audit plan")
        )
    missing = [path for path in paths if not path.exists()]
    if missing:
        raise ItsmctlError(
            Problem("unreadable-file", "cannot read the file: {why}", Where(str(path)), {"why": "no such file"})
            for path in missing
        )
    if len(paths) == 1 and is_dataset(paths[0]):
        refuse_choices(paths[0], reading)
        yield paths[0]
        return
    from itsmctl.importers.importing import import_files  # a dataset needs none of it
    from itsmctl.importers.opening import ImportOptions

    with scratch() as folder:
        out = folder / "dataset"
        chosen = find_mappings(definitions, reading.mappings or ([plan.mapping] if plan and plan.mapping else []))
        where, how = zone_or_plan(reading.zone, plan), ImportOptions(header_row=reading.header_row)

        def make(place: Path) -> object:
            with Beside(meanwhile):
                return import_files(paths, chosen, definitions.mappings, where, place, options=how, progress=progress)

        if kept:
            out = dataset_of(paths, chosen or definitions.mappings.values(), where, reading.header_row, out, make)
        else:
            make(out)
        with held(out):
            yield out


def refuse_choices(dataset: Path, reading: Reading) -> None:
    """Raise ItsmctlError where it is said how to read a dataset, which was made with choices of its own."""
    if reading.words():
        template = "this is an imported dataset already; {option} was chosen when it was imported"
        option = "--mapping" if reading.mappings else reading.words()[0]
        raise ItsmctlError(Problem("already-imported", template, Where(str(dataset)), {"option": option}))


def find_mappings(definitions: Definitions, names: Sequence[str]) -> list[MappingDefinition]:
    """The mappings of those ids, or those in those files."""
    return [mapping for name in names for mapping in _find_mapping(definitions, name)]


def _find_mapping(definitions: Definitions, name: str) -> Sequence[MappingDefinition]:
    if name in definitions.mappings:
        return (definitions.mappings[name],)
    if Path(name).is_file():
        return load_mappings(Path(name), definitions)
    values = {"what": "mapping", "word": name, "allowed": ", ".join(definitions.mappings) or NONE}
    near = did_you_mean(name, definitions.mappings)
    raise ItsmctlError(
        Problem("unknown-mapping", "unknown {what} {word!r}; known: {allowed}", values=values, suggestion=near)
    )


def zone_or_plan(zone: str, plan: AuditPlan | None) -> str:
    """The zone named, else the plan's, else none: never the machine's."""
    return zone or (plan.zone if plan else "")
