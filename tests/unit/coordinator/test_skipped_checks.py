"""A pod without a network costs its own checks, and nothing else: never a green, never another
one's result."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field

from prober.coordinator.pairs import pair_checks, without_network
from prober.coordinator.run import Request, execute
from prober.fabric.base import Caveat
from prober.model.check import (
    Check,
    Endpoint,
    EndpointKind,
    Expectation,
    Flow,
    Vantage,
    VantageKind,
)
from prober.model.errors import ExitCode
from prober.model.objects import Namespace, Node, Pod
from prober.model.outcome import Observation, Outcome
from prober.model.probe import Failure, Observed, Plan, Probe, ProbeKind
from prober.model.run import FabricInfo, Result, Verdict
from prober.model.snapshot import Snapshot
from prober.report.plan import render_plan

WHY = "pod shop/db has no address: no node takes it: 0/1 nodes are available"
PODS = (
    Pod("shop", "web", node="n1", ips=("198.18.1.10",)),
    Pod("shop", "api", node="n1", ips=("198.18.1.11",)),
    Pod("shop", "db", ready=False, waiting_reason="no node takes it: 0/1 nodes are available"),
)
WORLD = Snapshot(
    namespaces={"shop": Namespace("shop")},
    nodes={"n1": Node("n1", ("198.51.100.11",))},
    pods={(one.namespace, one.name): one for one in PODS},
)


@dataclass
class Answering:
    """A fabric in which everybody answers; keeps what it was asked."""

    probes: list[Probe] = field(default_factory=list)

    async def __aenter__(self) -> Answering:
        return self

    async def __aexit__(self, *exc: object) -> None: ...

    @property
    def hosts(self) -> Mapping[str, Sequence[str]]:
        return {}

    def info(self) -> FabricInfo:
        return FabricInfo("kubernetes", "test")

    def caveats(self) -> Sequence[Caveat]:
        return ()

    async def snapshot(self) -> Snapshot:
        return WORLD

    def vantages(self) -> Sequence[Vantage]:
        return [
            *(Vantage(VantageKind.POD, "shop", name) for name in ("web", "api")),
            Vantage(VantageKind.NODE, "", "n1"),
        ]

    async def run(
        self, plans: Sequence[tuple[Vantage, Plan]]
    ) -> AsyncGenerator[Observed | Failure, None]:
        for vantage, plan in plans:
            for probe in plan.probes:
                self.probes.append(probe)
                yield Observed(vantage.id, Observation(probe.id, Outcome.OK, 1.0))


def check(source: str, target: str, expected: Expectation = Expectation.OK) -> Check:
    why = WHY if "db" in (source, target) else ""
    ends = (Endpoint(EndpointKind.POD, "shop", name) for name in (source, target))
    name = f"{source} → {target} {expected}"
    probe = Probe(name, ProbeKind.TCP, target, 9090)
    vantage = Vantage(VantageKind.POD, "shop", source)
    return Check(name, name, vantage, Flow(*ends, "TCP", 9090), probe, expected, skip_reason=why)


async def test_the_others_are_tested_and_these_say_why_not() -> None:
    fabric = Answering()
    expectations = (Expectation.OK, Expectation.DENIED, Expectation.PREDICTED, Expectation.REFUSED)
    dead = [check("web", "db", expected) for expected in expectations]
    record = await execute(
        fabric, Request("test", lambda _: [check("web", "api"), *dead, check("db", "web")])
    )
    alive, *others = record.checks
    assert alive.result is Result.PASS
    assert {(one.verdict, one.result) for one in others} == {
        (Verdict.INCONCLUSIVE, Result.INCONCLUSIVE)
    }
    assert {one.reasons for one in others} == {(WHY,)}
    assert {probe.host for probe in fabric.probes} == {"api"}, "nothing is sent to or from it"
    assert record.exit_code is ExitCode.UNKNOWN
    [finding] = record.findings
    assert finding.id == "pod-without-network"
    assert finding.cause == WHY
    assert set(finding.checks) == {one.check.id for one in others}


async def test_a_matrix_says_whom_it_leaves_out() -> None:
    request = Request(
        "matrix", lambda snapshot: pair_checks(snapshot, timeout=1), left_out=without_network
    )
    record = await execute(Answering(), request)
    assert record.warnings == (
        "pod shop/db has no address and takes no part: no node takes it: 0/1 nodes are available",
    )


def test_a_plan_shows_what_cannot_be_tested() -> None:
    text = render_plan([check("web", "db")], (), "table", width=None)
    assert "1 check cannot be tested" in text
    assert f"web → db ok: {WHY}" in text
