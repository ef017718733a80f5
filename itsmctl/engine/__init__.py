"""The only place that knows DuckDB: tables in, verdict rows out."""
