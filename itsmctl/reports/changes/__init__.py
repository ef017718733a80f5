"""Changes of definitions told: as sentences in a terminal, as Markdown, and as data."""
