"""What changed between two management systems, as meaning: `difference(base, head)` gives every `Change`."""

from itsmctl.change.difference import difference
from itsmctl.change.types import EFFECTS, Change, Effect

__all__ = ["EFFECTS", "Change", "Effect", "difference"]
