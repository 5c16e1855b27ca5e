"""The attacks use the fakes of the tests that they attack."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "fabric" / "kubernetes"))
