"""Temporary policies as they are created, and how they are found again. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prober.manifest.writing.encode import whole_manifest
from prober.model.objects import NetworkPolicy

LABEL = "prober.dev/temporary"
SELECTOR = f"{LABEL}=true"
UNDO = f"kubectl delete networkpolicy -A -l {SELECTOR}"


def manifest(policy: NetworkPolicy) -> Mapping[str, Any]:
    """The policy as the API takes it, with the label by which it is found again."""
    return whole_manifest(policy, {LABEL: "true"})
