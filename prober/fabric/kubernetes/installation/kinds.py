"""PURE, but for reading a file of the package. The CustomResourceDefinitions.

They follow from the scenario schema, which nothing here may know, so they are a file: `python -m
prober.operator.crd` writes it, and a test holds it to the schema.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

KIND = "CustomResourceDefinition"
"""Whose deletion takes away all objects of the kind: so none goes but with an uninstallation, and
only where there are none."""
FILE = Path(__file__).with_name("kinds.json")


def kinds() -> list[Mapping[str, Any]]:
    """What makes an API server know Scenarios and their histories."""
    parsed: list[Mapping[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))
    return parsed
