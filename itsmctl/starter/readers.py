"""The mappings of one tool, cut to the processes of a small system: rows of other processes are left out, and said so."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from functools import cache

from itsmctl.reference import reference_root
from itsmctl.source import Value
from itsmctl.starter.slices import PROCESSES, Data, File, documents, file_of

_BLOCK = re.compile(r"  (process|state):\n")
_FLOW = re.compile(r"  (process|state): \{.*\}\n")
_TOP = re.compile(r"[a-z]")
_CODE = re.compile(r": [\"']?([a-z-]+)[\"']?( +#.*)?\n$")


def mappings(tool: str) -> Iterator[File]:
    """How exports of a tool are read, and what `itsmctl generate` writes."""
    for path in sorted((reference_root() / "audits").rglob("*.yaml")):
        yield from file_of(path.relative_to(reference_root()).as_posix(), lambda data: _is_for(data, tool), narrowed)


def mapping_of(tool: str) -> str:
    """The id of the mapping for a tool; '' where there is none."""
    return _mapped().get(tool, "")


def tools() -> tuple[str, ...]:
    """The tools whose exports can be read."""
    return tuple(_mapped())


@cache
def _mapped() -> Mapping[str, str]:
    found: dict[str, str] = {}
    # The first mapping of a tool is the one with the history of its tickets: `mappings.yaml` before `mappings/TOOL.yaml`.
    for path in sorted((reference_root() / "audits").rglob("*.yaml"), key=lambda path: path.with_suffix("")):
        for _, data in documents(path)[1]:
            if _is_of_records(data) and _is_for(data, str(data["tool"])):
                found.setdefault(str(data["tool"]), str(data["id"]))
    return found


def _is_of_records(data: Data) -> bool:
    return data.get("kind") == "mapping" and data.get("table", "record") == "record"


def _is_for(data: Data, tool: str) -> bool:
    """A mapping of the tool, or of the generated history, that has anything to do with the processes of a small system."""
    if data.get("kind") != "mapping":
        return False
    generated = data.get("tool") == "ServiceNow" and data.get("shape") == "updates"
    if not (generated or data.get("tool") == tool):
        return False
    named = {data.get("process"), *_codes(data, "process").values()} - {None}
    return not _is_of_records(data) or bool(named & set(PROCESSES))


def narrowed(text: str, data: Data) -> str:
    """A mapping without the codes of other processes and of their states; rows that are of those it leaves out."""
    foreign = [word for word, process in _codes(data, "process").items() if process not in PROCESSES]
    if not foreign:
        return text
    allowed = {"process": frozenset(PROCESSES), "state": _states()}
    lines = list(_kept(text.splitlines(keepends=True), data, allowed))
    column = data["process-column"]
    columns = column if isinstance(column, list) else [column]
    without = ", ".join(f"{_quoted(str(name))}: [{', '.join(map(_quoted, foreign))}]" for name in columns)
    place = next(number for number, line in enumerate(lines) if line.startswith("columns:"))
    lines.insert(
        place, "# Of processes that are not here yet: where one is added, its word goes from here to the codes.\n"
    )
    lines.insert(place + 1, f"without: {{{without}}}\n")
    return "".join(lines)


def _kept(lines: list[str], data: Data, allowed: Mapping[str, Collection[str]]) -> Iterator[str]:
    """The lines without those codes of `process` and `state` that are not allowed; a table that loses all its lines goes too."""
    inside, waiting, coded = "", "", False
    for line in lines:
        if _TOP.match(line):
            coded = line.startswith("codes:")
        if not line.startswith("    ") or not coded:
            inside = waiting = ""
        if coded and (block := _BLOCK.fullmatch(line)):
            inside, waiting = block[1], line
        elif coded and (flow := _FLOW.fullmatch(line)):
            codes = _codes(data, flow[1]).items()
            kept = ", ".join(f"{_quoted(word)}: {code}" for word, code in codes if code in allowed[flow[1]])
            yield f"  {flow[1]}: {{{kept}}}\n"
        elif not inside or not (code := _CODE.search(line)) or code[1] in allowed[inside]:
            yield waiting + line
            waiting = ""


@cache
def _states() -> frozenset[str]:
    """The states of the processes of a small system."""
    found: set[str] = set()
    for process in PROCESSES:
        for _, data in documents(reference_root() / "policies" / "processes" / f"{process}.yaml")[1]:
            states = data.get("states")
            found |= (
                {str(state["id"]) for state in states if isinstance(state, dict)} if isinstance(states, list) else set()
            )
    return frozenset(found)


def _codes(data: Data, column: str) -> Mapping[str, Value]:
    codes = data.get("codes")
    table = codes.get(column) if isinstance(codes, dict) else None
    return table if isinstance(table, dict) else {}


def _quoted(word: str) -> str:
    return json.dumps(word, ensure_ascii=False)
