"""Frameworks and their clauses as a reader knows them."""

FRAMEWORKS = {
    "iso-20000-1": "ISO/IEC 20000-1", "iso-27001": "ISO/IEC 27001", "fitsm-1": "FitSM-1",
    "itil-v2": "ITIL v2", "itil-v3": "ITIL v3", "itil-4": "ITIL 4",
}  # fmt: skip


def clause_text(clause: str) -> str:
    """`iso-20000-1:8.3.3` as ISO/IEC 20000-1 8.3.3."""
    framework, _, number = clause.rpartition(":")
    return f"{FRAMEWORKS.get(framework, framework)} {number}".strip()
