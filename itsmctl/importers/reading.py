"""What somebody says about how exports are read, wherever tickets are named."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Reading:
    """Ids or files of mappings, the zone of times without one, and the row that names the columns; empty means not said."""

    mappings: tuple[str, ...] = ()
    zone: str = ""
    header_row: int = 0

    def words(self) -> list[str]:
        """What was said, as words of a command."""
        words = ["--zone", self.zone] if self.zone else []
        words += [word for mapping in self.mappings for word in ("--mapping", mapping)]
        return [*words, *(["--header-row", str(self.header_row)] if self.header_row else [])]
