"""Of two replicas one acts, and the other as soon as that one does not any more."""

from __future__ import annotations

import pytest
from operator_cluster import ApiServer

from prober.operator import lease as module
from prober.operator.lease import Lease

PATH = "/apis/coordination.k8s.io/v1/namespaces/prober-runs/leases/prober-operator"


class Clock:
    """Of this machine, which tests turn on."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    return clock


def replicas(server: ApiServer) -> tuple[Lease, Lease]:
    return Lease(server.api(), "prober-runs", "one"), Lease(server.api(), "prober-runs", "two")


async def test_one_of_two_holds_it(clock: Clock) -> None:
    one, two = replicas(ApiServer())
    for replica in (one, two, one, two):
        await replica.take()
    assert (one.held, two.held) == (True, False)


async def test_the_other_takes_over_when_it_is_not_renewed(clock: Clock) -> None:
    server = ApiServer()
    one, two = replicas(server)
    await one.take()
    await two.take()
    clock.now += module.DURATION + 1
    assert not one.held, "whoever cannot renew stops before anybody else may begin"
    await two.take()
    assert two.held
    await one.take()
    assert not one.held
    assert server.objects[PATH]["spec"]["leaseTransitions"] == 1


async def test_one_that_is_renewed_is_not_taken(clock: Clock) -> None:
    one, two = replicas(ApiServer())
    for _ in range(10):
        await one.take()
        await two.take()
        clock.now += module.DURATION - 1
    assert not two.held


async def test_what_is_let_go_is_taken_at_once(clock: Clock) -> None:
    one, two = replicas(ApiServer())
    await one.take()
    await two.take()
    await one.release()
    assert not one.held
    await two.take()
    assert two.held


async def test_a_version_that_changed_in_between_is_not_overwritten(clock: Clock) -> None:
    server = ApiServer()
    one, _ = replicas(server)
    await one.take()
    there = dict(server.objects[PATH])
    await one.take()
    with pytest.raises(Exception, match="409"):
        await one._write(there, {"holderIdentity": "two"})
