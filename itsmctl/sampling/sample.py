"""A sample as it stands in its working paper: aim, population, strata and draw, sealed by a fingerprint."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, cast

import itsmctl
from itsmctl.output import schema_beside
from itsmctl.sampling.allocating import Allocation
from itsmctl.sampling.drawing import ALGORITHM
from itsmctl.sampling.frame import Tested
from itsmctl.sampling.population import POPULATION_FILE, TARGETED_FILE
from itsmctl.sampling.sizing import FORMULAS, Aim, percent_number

FORMAT = "itsmctl/sample/v1"
SAMPLE_FILE = "sample.yaml"
PAPER_FILE = "working-paper.yaml"
WORKBOOK_FILE = "working-paper.xlsx"
ANSWERS = ("result", "examiner", "date", "evidence", "remark")
"""What people fill in for each record."""
NOT_SEALED = ("fingerprint", "units", "targeted", "reserves", "reviewer", "reviewed")
"""What stands in the paper without being sealed: the seal itself, and what people fill in."""


@dataclass(frozen=True)
class Stratum:
    """A part of the population, and how many of it are drawn."""

    label: str
    records: int
    sample: int


@dataclass(frozen=True)
class Sample:
    """All that is decided about a sample before the first record is read; `seed` is empty before the draw."""

    objective: str
    attribute: str
    """What a deviation is."""
    control: str
    """The rule whose records are sampled, or nothing."""
    query: str
    source: str
    period: tuple[str, str]
    outside: int
    """Records of the dataset that are not in the population."""
    completeness: tuple[Tested, ...]
    population_sha256: str
    targeted: int
    targeted_sha256: str
    aim: Aim
    n: int
    allowed: int
    allocation: Allocation
    strata: tuple[Stratum, ...]
    tool: str = f"itsmctl {itsmctl.__version__}"
    seed: str = ""
    seed_origin: str = ""

    @property
    def sizes(self) -> tuple[int, ...]:
        """How many are drawn of each stratum."""
        return tuple(stratum.sample for stratum in self.strata)

    @property
    def population(self) -> int:
        """How many records may be drawn."""
        return sum(stratum.records for stratum in self.strata)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of all that is decided, so that nobody changes it unseen once records are read."""
        return fingerprint_of(self.document())

    def document(self) -> dict[str, object]:
        """The sample as plain values, in the order of the working paper."""
        aim = self.aim
        sealed: dict[str, object] = {
            "format": FORMAT,
            "objective": self.objective,
            "attribute": self.attribute,
            "control": self.control,
            "period": {"from": self.period[0], "to": self.period[1]},
            "population": {
                "source": self.source,
                "query": self.query,
                "records": self.population,
                "file": POPULATION_FILE,
                "sha256": self.population_sha256,
                "targeted-records": self.targeted,
                "targeted-file": TARGETED_FILE,
                "targeted-sha256": self.targeted_sha256,
                "outside": self.outside,
                "completeness": [{"rule": test.rule, "outcome": test.outcome} for test in self.completeness],
            },
            "plan": {
                "method": aim.method,
                "formula": FORMULAS[aim.method],
                "confidence": percent_number(aim.confidence),
                "tolerable": percent_number(aim.tolerable),
                "expected": percent_number(aim.expected),
                "allowed": self.allowed,
                "n": self.n,
                "allocation": self.allocation,
            },
            "strata": [
                {"number": number, "stratum": one.label, "records": one.records, "sample": one.sample}
                for number, one in enumerate(self.strata, 1)
            ],
            "tool": self.tool,
        }
        if self.seed:
            sealed["draw"] = {"seed": self.seed, "seed-origin": self.seed_origin, "algorithm": ALGORITHM}
        return sealed


def fingerprint_of(document: Mapping[str, object]) -> str:
    """The fingerprint of a document: of everything in it that is sealed."""
    sealed = {key: value for key, value in document.items() if key not in NOT_SEALED}
    return hashlib.sha256(json.dumps(sealed, ensure_ascii=False, sort_keys=True).encode("utf-8", "replace")).hexdigest()


def sample_of(document: Mapping[str, Any]) -> Sample:
    """The sample that a document of the right schema says."""
    population, plan, draw = document["population"], document["plan"], document.get("draw") or {}
    shares = {key: Fraction(str(plan[key])) / 100 for key in ("confidence", "tolerable", "expected")}
    return Sample(
        objective=document["objective"],
        attribute=document["attribute"],
        control=document["control"],
        query=population["query"],
        source=population["source"],
        period=(document["period"]["from"], document["period"]["to"]),
        outside=population["outside"],
        completeness=tuple(Tested(test["rule"], test["outcome"]) for test in population["completeness"]),
        population_sha256=population["sha256"],
        targeted=population["targeted-records"],
        targeted_sha256=population["targeted-sha256"],
        aim=Aim(plan["method"], **shares, allowed=plan["allowed"], population=population["records"]),
        n=plan["n"],
        allowed=plan["allowed"],
        allocation=cast("Allocation", plan["allocation"]),
        strata=tuple(Stratum(one["stratum"], one["records"], one["sample"]) for one in document["strata"]),
        tool=document["tool"],
        seed=draw.get("seed", ""),
        seed_origin=draw.get("seed-origin", ""),
    )


def sample_schema() -> dict[str, object]:
    """The JSON Schema (draft-07) of the working paper in YAML."""
    return schema_beside(__file__, "sample")
