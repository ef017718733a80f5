"""The name under which the engine knows DuckDB.

`import duckdb` spends most of its time on what we do not use (relations, data frames, the metadata of the installed package);
connections and errors come from the compiled module inside it, and are the same objects.
"""

from __future__ import annotations

try:
    import _duckdb as duckdb
except ImportError:  # a build that names its compiled module otherwise
    import duckdb  # type: ignore[no-redef]

__all__ = ["duckdb"]
