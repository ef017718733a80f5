"""What Spark refuses or fails at, as one message: which rules it is about, and the first thing that Spark says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from itsmctl.errors import ItsmctlError, Problem

_RULE = re.compile(r"""SELECT '([^']*)' AS "rule\"""")


@contextmanager
def explained(sql: str) -> Iterator[None]:
    """Turn what Spark refuses, or fails at, into one message that names the rules of the statement."""
    from py4j.protocol import Py4JError
    from pyspark.errors import AnalysisException, PySparkException

    try:
        yield
    except (Py4JError, PySparkException, ConnectionError) as error:
        values: dict[str, object] = {"why": _reason(error), "rules": ", ".join(_RULE.findall(sql)) or "-"}
        if isinstance(error, AnalysisException) and values["rules"] != "-":
            template = (
                "Spark cannot judge by one of the rules {rules}: {why}; judge with --engine duckdb, or leave it out"
            )
            raise ItsmctlError(Problem("not-on-spark", template, values=values)) from error
        raise ItsmctlError(Problem("spark-failed", "Spark could not finish: {why}", values=values)) from error


def _reason(error: Exception) -> str:
    """The first line of what Spark says, which is the cause; the rest is where in Spark it happened."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    told = [line for line in lines if not line.startswith(("An error occurred while", ":"))]
    return (told or lines or [type(error).__name__])[0][:300]
