"""Fuzz one parser after the other: `python tests/fuzz/run.py [--seconds N] [PARSER …]`; needs atheris.

Each parser runs in a process of its own, from the corpus and from what earlier runs on this machine found new in it, which
lies in `grown`, outside of git. What breaks a parser is kept in the corpus as `PARSER-crash-…`, where the tests play it
again; give it a name there.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

CORPUS, GROWN = Path(__file__).parent / "corpus", Path(__file__).parent / "grown"
LONGEST = 2**14


def main() -> int:
    """Fuzz, and return how many parsers failed."""
    sys.path.insert(0, str(Path(__file__).parents[1]))
    from fuzz.parsers import PARSERS

    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=int, default=600, help="for each parser")
    options.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options.add_argument("parsers", nargs="*", metavar="PARSER", help=", ".join(PARSERS))
    asked = options.parse_args()
    if unknown := sorted(set(asked.parsers) - set(PARSERS)):
        options.error(f"no such parser: {', '.join(unknown)}; there are {', '.join(PARSERS)}")
    if asked.inside:
        fuzz(asked.parsers[0], asked.seconds)
    failed = [name for name in asked.parsers or PARSERS if not alone(name, asked.seconds)]
    print(f"failed: {', '.join(failed)}" if failed else "nothing found")
    return len(failed)


def alone(parser: str, seconds: int) -> bool:
    """Fuzz a parser in a process of its own; tells whether it found nothing."""
    print(f"== {parser}", flush=True)
    command = [sys.executable, __file__, "--inside", "--seconds", str(seconds), parser]
    return subprocess.run(command, check=False).returncode == 0


def fuzz(parser: str, seconds: int) -> None:
    """Fuzz a parser in this process, which ends with it."""
    import atheris

    with atheris.instrument_imports(include=["itsmctl.importers", "itsmctl.engine", "json", "csv", "zipfile"]):
        from fuzz.target import Reader
    from fuzz.parsers import PARSERS

    made = PARSERS[parser]
    with tempfile.TemporaryDirectory(prefix="itsmctl-fuzz-") as folder:
        reader, new = Reader(Path(folder)), GROWN / parser
        new.mkdir(parents=True, exist_ok=True)

        def test(data: bytes) -> None:
            reader.check(made(data))

        limits = [f"-max_total_time={seconds}", f"-max_len={LONGEST}", "-timeout=60", "-rss_limit_mb=2048", "-print_final_stats=1", "-verbosity=0", "-close_fd_mask=0"]  # fmt: skip
        atheris.Setup([sys.argv[0], *limits, f"-artifact_prefix={CORPUS}/{parser}-", str(new), str(CORPUS)], test)
        atheris.Fuzz()


if __name__ == "__main__":
    sys.exit(main())
