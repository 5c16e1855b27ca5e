"""The acid test: random worlds, every pair, real packets. The prediction and the kernel agree.

The enforcement shares no code with the predictor, so an agreement over thousands of flows is two
independent readings of the specification. Where the API leaves the answer open (`undefined`), both
answers are right and none is compared.
"""

from __future__ import annotations

import pytest
from random_worlds import outside_checks, service_checks, world

from prober.coordinator.pairs import pair_checks
from prober.coordinator.run import Request, execute
from prober.fabric.lab import LabFabric
from prober.model.check import Check
from prober.model.lab import Enforcement
from prober.model.prediction import Ruling
from prober.model.run import CheckRecord, RunRecord, Verdict
from prober.model.snapshot import Snapshot

pytestmark = pytest.mark.lab

TIMEOUT = 1.0


def every_flow(snapshot: Snapshot) -> list[Check]:
    own = pair_checks(
        snapshot, timeout=TIMEOUT, wanted=lambda pod: pod.namespace in ("x", "y", "z")
    )
    return own + service_checks(snapshot, TIMEOUT) + outside_checks(snapshot, TIMEOUT)


async def observed(seed: int, enforcement: Enforcement) -> RunRecord:
    snapshot, spec = world(seed)
    async with LabFabric(snapshot, spec, enforcement=enforcement) as fabric:
        return await execute(fabric, Request(f"world {seed}", every_flow))


def explain(record: CheckRecord) -> str:
    return (
        f"{record.check.name}: {record.prediction.verdict} but {record.observation.outcome}\n  "
        + "\n  ".join((record.prediction.reason, *record.reasons))
    )


def dead_target(record: CheckRecord) -> bool:
    """The difference is explained: a Service targets a port on which a pod of it does not listen,
    so a silence there proves nothing, and the verdict says so."""
    return record.verdict is Verdict.INCONCLUSIVE and any(
        not control.passed for control in record.controls
    )


@pytest.mark.parametrize("enforcement", [Enforcement.REJECT, Enforcement.DROP])
@pytest.mark.parametrize("seed", range(6))
async def test_the_kernel_does_what_was_predicted(seed: int, enforcement: Enforcement) -> None:
    record = await observed(seed * 2 + (enforcement is Enforcement.DROP), enforcement)
    decided = [check for check in record.checks if check.prediction.verdict is not Ruling.UNDEFINED]
    assert len(decided) > len(record.checks) / 2, "hardly anything was compared"
    wrong = [
        check
        for check in decided
        if check.verdict is not Verdict.AS_PREDICTED and not dead_target(check)
    ]
    assert not wrong, "\n".join(map(explain, wrong[:10]))


async def test_without_enforcement_every_predicted_denial_is_a_leak() -> None:
    record = await observed(3, Enforcement.NONE)
    denied = [check for check in record.checks if check.prediction.verdict is Ruling.DENIED]
    assert denied
    assert {check.verdict for check in denied} == {Verdict.LEAK}
    assert record.findings[0].id == "policy-not-enforced"
