"""Coverage-guided fuzzing of the readers of exports; `make fuzz` runs it, and the ordinary tests play its corpus again."""
