"""The engine that judges: DuckDB on this machine, or Spark on a cluster, and where that is."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from itsmctl.cli.speaking import Misused
from itsmctl.engine.spark.starting import SparkPlace

ENGINES = ("duckdb", "spark")
Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

_OPTIONS: tuple[Decorator, ...] = (
    click.option(
        "--engine",
        type=click.Choice(ENGINES),
        default="duckdb",
        show_default=True,
        help="What judges: DuckDB on this machine, or Spark on a cluster, with the same verdicts.",
    ),
    click.option(
        "--spark-master",
        default="",
        metavar="URL",
        help="The cluster: spark://HOST:PORT, k8s://URL, yarn or local[N]; default: what spark-submit or the service says.",
    ),
    click.option(
        "--spark-work",
        type=click.Path(path_type=Path),
        metavar="DIR",
        help="A folder that driver and workers see, for what is made on the way; default: beside the dataset.",
    ),
    click.option(
        "--spark-conf",
        multiple=True,
        metavar="KEY=VALUE",
        help="A setting of Spark, such as spark.executor.memory=4g; repeatable.",
    ),
)


def engine(command: Callable[..., Any]) -> Callable[..., Any]:
    """Options of the engine; the command gets `spark`, a SparkPlace or None."""

    @wraps(command)
    def with_place(
        *, engine: str, spark_master: str, spark_work: Path | None, spark_conf: tuple[str, ...], **others: Any
    ) -> Any:
        return command(spark=_place(engine, spark_master, spark_work, spark_conf), **others)

    decorated: Callable[..., Any] = with_place
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    return decorated


def _place(engine: str, master: str, work: Path | None, settings: tuple[str, ...]) -> SparkPlace | None:
    if engine != "spark":
        if master or work or settings:
            raise Misused("--spark-master, --spark-work and --spark-conf go with --engine spark")
        return None
    pairs = []
    for setting in settings:
        key, sign, value = setting.partition("=")
        if not (key and sign):
            raise Misused("--spark-conf {setting}: write it as KEY=VALUE", setting=setting)
        pairs.append((key, value))
    return SparkPlace(master, work, tuple(pairs))
