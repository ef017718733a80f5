"""The second engine: the same statements, run by Spark on a cluster.

Checks, clocks and tables are written once, as DuckDB's SQL. `dialect` translates a query, `statements` turns what changes a
table into a query, `cluster` is the session that runs them, and `starting` finds the cluster. Only this package knows Spark.
"""
