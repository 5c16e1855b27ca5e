"""What the page is told of a Scenario object: never green when nobody looks after it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

import pytest

from prober.operator.objects import scenario_object
from prober.operator.standing import standing_of

NOW = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.UTC)


def scenario(
    status: Mapping[str, Any] | None = None, *, started: str = "2026-03-01T11:59:00Z", **spec: Any
) -> Mapping[str, Any]:
    """A Scenario that passed a minute ago, unless it is said to be otherwise."""
    ready = {
        "type": "Ready",
        "status": "True",
        "reason": "ChecksPassed",
        "message": "2 checks passed",
        "observedGeneration": 3,
        "lastTransitionTime": "2026-02-01T00:00:00Z",
        **(status or {}),
    }
    return {
        "metadata": {"name": "web", "namespace": "shop", "generation": 3},
        "every": "1m",
        "checks": [],
        "status": {"observedGeneration": 3, "lastRun": {"started": started}, "conditions": [ready]},
        **spec,
    }


@pytest.mark.parametrize(("item", "state", "said"), [
    (scenario(), "ok", "As expected: 2 checks passed"),
    (scenario({"status": "False", "reason": "ChecksFailed", "message": "db"}), "fail", "Not as expected: db"),
    (scenario({"status": "Unknown", "reason": "OperatorStopped", "message": ""}), "unsure", "The operator was stopped"),
    (scenario(started="2026-03-01T11:57:00Z"), "unsure", "Stale: runs that were due did not happen"),
    (scenario(started="2026-03-01T11:57:00Z", every="5m"), "ok", "As expected: 2 checks passed"),
    (scenario(started="2026-03-01T03:00:00Z", schedule="0 3 * * *"), "ok", "As expected: 2 checks passed"),
    (scenario(started="2026-02-27T03:00:00Z", schedule="0 3 * * *"), "unsure", "Stale: runs that were due did not happen"),
    (scenario(started="2026-03-01T11:40:00Z", every="often"), "unsure", "Stale: runs that were due did not happen"),
    (scenario({"observedGeneration": 2}), "unsure", "It was changed, and has not run since"),
    ({"metadata": {"name": "web", "namespace": "shop", "generation": 3}}, "unsure", "The operator has not run it yet"),
    (scenario({"status": "certainly", "reason": 7, "message": None}), "unsure", "7"),
])  # fmt: skip
def test_what_is_said(item: Mapping[str, Any], state: str, said: str) -> None:
    standing = standing_of(scenario_object(item), NOW)
    assert (standing.state, standing.sentence) == (state, said)
