"""Golden files: what a person or a program gets, kept as text to be read in review.

`PROBER_GOLDEN=write pytest tests/unit/report` writes them anew; read the difference before it is
committed.
"""

from __future__ import annotations

import os
from pathlib import Path

GOLDEN = Path(__file__).parents[2] / "golden" / "report"


def assert_golden(name: str, text: str) -> None:
    """The text is what the golden file says."""
    path = GOLDEN / name
    if os.environ.get("PROBER_GOLDEN") == "write":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text
