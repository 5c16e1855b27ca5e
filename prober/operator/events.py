"""PURE. An Event for each change of a Scenario's answer: what `kubectl describe` shows, and what
alerting on Events reads.

Its name follows from what it says, so that the same is said once, whoever says it: a replica that
takes over in the middle meets the Event of the one before it.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Mapping
from typing import Any

from prober.model.bounds import plain
from prober.operator.conditions import Answer, Reason
from prober.operator.objects import ScenarioObject, time_text

_LONGEST_MESSAGE = 1_000
"""Characters; the API server takes 1,024."""
_LONGEST_NAME = 230
COMPONENT = "prober-operator"


def event(
    item: ScenarioObject, answer: Answer, run: str, now: datetime.datetime
) -> Mapping[str, Any]:
    """The Event that says the answer; `run` tells two changes to the same answer apart."""
    said = repr((item.key, answer.reason.value, run))
    digest = hashlib.sha256(said.encode()).hexdigest()[:16]
    at = time_text(now)
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {
            "name": f"{item.name[:_LONGEST_NAME].rstrip('.-')}.{digest}",
            "namespace": item.namespace,
        },
        "involvedObject": {
            "apiVersion": "prober.dev/v1alpha1",
            "kind": "Scenario",
            "namespace": item.namespace,
            "name": item.name,
            "uid": item.metadata.uid,
        },
        "type": "Normal" if answer.reason is Reason.PASSED else "Warning",
        "reason": answer.reason.value,
        "message": plain(answer.message.replace("\n", "; "), _LONGEST_MESSAGE),
        "source": {"component": COMPONENT},
        "reportingComponent": COMPONENT,
        "firstTimestamp": at,
        "lastTimestamp": at,
        "count": 1,
    }
