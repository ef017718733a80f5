"""Tables in, verdict rows out: the only place that knows DuckDB, and in `spark` the cluster that judges by the same statements."""
