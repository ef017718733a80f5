"""The evidence pack: built from an audit's result, verified by anyone."""
