"""The acid test of the other policy languages: random worlds of mixed tiers, every pair, real
packets.

The lab's reading of the languages shares no code with the prediction. PROBER_WORLDS=1000 draws
more."""

from __future__ import annotations

import os
from random import Random

import pytest
from language_random import Drawn, Words
from random_worlds import NAMESPACES, echo_checks, outside_checks, service_checks, world
from test_prediction_against_kernel import TIMEOUT, dead_target, explain

from prober.coordinator.pairs import pair_checks
from prober.coordinator.run import Request, execute
from prober.fabric.lab import LabFabric
from prober.model.check import Check
from prober.model.lab import Enforcement
from prober.model.prediction import Ruling
from prober.model.run import RunRecord, Verdict
from prober.model.snapshot import Snapshot

pytestmark = pytest.mark.lab

WORDS = Words(
    ("a", "b", "c"),
    NAMESPACES,
    (8080, 8081, 443),
    ("203.0.113.0/24", "0.0.0.0/0", "198.51.100.0/24"),
)
WORLDS = int(os.environ.get("PROBER_WORLDS", "3"))
"""Of each language."""
FIRST = int(os.environ.get("PROBER_WORLDS_FROM", "0"))
"""The first of them, where many are drawn in parts."""


def every_flow(snapshot: Snapshot) -> list[Check]:
    own = pair_checks(snapshot, timeout=TIMEOUT, wanted=lambda pod: pod.namespace in NAMESPACES)
    others = service_checks(snapshot, TIMEOUT) + outside_checks(snapshot, TIMEOUT)
    return own + others + echo_checks(snapshot, TIMEOUT)


async def observed(seed: int, language: str) -> RunRecord:
    snapshot, spec = world(seed)
    dice = Random(seed)  # noqa: S311 - repeatable worlds, not secrets
    drawn = Drawn(dice, WORDS).world(snapshot, language)
    async with LabFabric(drawn, spec, enforcement=Enforcement.REJECT) as fabric:
        return await execute(fabric, Request(f"{language} {seed}", every_flow))


@pytest.mark.parametrize("seed", range(FIRST, FIRST + WORLDS))
@pytest.mark.parametrize("language", ["admin", "cilium", "calico"])
async def test_the_kernel_does_what_was_predicted(language: str, seed: int) -> None:
    record = await observed(seed, language)
    decided = [check for check in record.checks if check.prediction.verdict is not Ruling.UNDEFINED]
    assert len(decided) > len(record.checks) / 3, "hardly anything was compared"
    wrong = [
        check
        for check in decided
        if check.verdict is not Verdict.AS_PREDICTED and not dead_target(check)
    ]
    assert not wrong, "\n".join(map(explain, wrong[:10]))
