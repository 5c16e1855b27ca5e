"""Probes from this machine, where a person says which host outside it is."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from dataclasses import replace

import pytest
from kube_cluster import FakeCluster
from kube_fakes import SETTINGS

from prober.cli.options.hosts import host_addresses
from prober.fabric.kubernetes.client.api import Api
from prober.fabric.kubernetes.client.connection import Connection
from prober.fabric.kubernetes.client.streams import Item
from prober.fabric.kubernetes.reading.listing import Reading
from prober.fabric.kubernetes.transports import local as here
from prober.model.check import Vantage, VantageKind
from prober.model.errors import UsageError
from prober.model.outcome import Outcome
from prober.model.probe import Failure, Observed, Plan, Probe, ProbeKind
from prober.model.snapshot import Snapshot

LAPTOP, OTHER = (Vantage(VantageKind.OUTSIDE, "", name) for name in ("laptop", "office"))


async def run(*plans: tuple[Vantage, Plan]) -> Sequence[Item]:
    settings = replace(SETTINGS, outside={"laptop": []})
    api = Api(Connection(FakeCluster().client, "test", "https://203.0.113.1"), settings)
    way = here.LocalTransport(api, settings, Reading(Snapshot(), {}), "prober-1")
    return [item async for item in way.run(plans)]


async def test_a_plan_runs_on_this_machine() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        plan = Plan(LAPTOP.id, (Probe("1", ProbeKind.TCP, "127.0.0.1", server.getsockname()[1]),))
        (item,) = await run((LAPTOP, plan))
    assert isinstance(item, Observed)
    assert (item.vantage, item.observation.probe) == ("outside/laptop", "1")
    assert item.observation.outcome is Outcome.OK


async def test_a_host_that_this_machine_is_not_fails_alone() -> None:
    probes = (Probe("1", ProbeKind.TCP, "127.0.0.1", 1),)
    items = await run((LAPTOP, Plan(LAPTOP.id, probes)), (OTHER, Plan(OTHER.id, probes)))
    (failure,) = (item for item in items if isinstance(item, Failure))
    assert "office is outside the cluster" in failure.message
    assert "--outside office" in failure.hint
    assert len(items) == 2


async def test_an_agent_that_ends_early_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(here, "COMMAND", ("sh", "-c", "echo out of memory >&2"))
    (item,) = await run((LAPTOP, Plan(LAPTOP.id, (Probe("1", ProbeKind.TCP, "127.0.0.1", 1),))))
    assert isinstance(item, Failure)
    assert "ended before its plan did: out of memory" in item.message


def test_what_a_machine_is_called() -> None:
    given = ["laptop", "office=203.0.113.7", "office=203.0.113.8"]
    assert host_addresses("--outside", given, bare=True) == {
        "laptop": [],
        "office": ["203.0.113.7", "203.0.113.8"],
    }


@pytest.mark.parametrize("value", ["=203.0.113.7", "office=", "office=nowhere"])
def test_what_is_no_name_of_a_machine(value: str) -> None:
    with pytest.raises(UsageError, match="NAME or NAME=ADDRESS"):
        host_addresses("--outside", [value], bare=True)
