"""How far an export can be trusted, and what cannot be audited with it."""
