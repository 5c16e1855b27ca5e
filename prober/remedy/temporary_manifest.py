"""Temporary policies as they are created, and how they are found again. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from prober.manifest import whole_manifest
from prober.model.objects import NetworkPolicy

LABEL = "prober.dev/temporary"
SELECTOR = f"{LABEL}=true"
_NAME = re.compile(r"prober-temporary-[a-z]+(-[1-9][0-9]*)?")
UNDO = f"kubectl delete networkpolicy -A -l {SELECTOR}"


def is_temporary(name: str) -> bool:
    """Is this a name of a temporary policy. The label alone is a claim: whoever may write a policy
    can put it on one, and taking that away would be undoing what nobody did."""
    return bool(_NAME.fullmatch(name))


def manifest(policy: NetworkPolicy) -> Mapping[str, Any]:
    """The policy as the API takes it, with the label by which it is found again."""
    return whole_manifest(policy, {LABEL: "true"})
