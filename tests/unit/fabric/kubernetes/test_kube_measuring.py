"""When each pair of nodes changed, by single connections."""

from __future__ import annotations

from kube_cluster import FakeCluster

from prober.fabric.kubernetes.client.api import Api
from prober.fabric.kubernetes.client.connection import Connection
from prober.fabric.kubernetes.measuring import transitions as module
from prober.fabric.kubernetes.measuring.enforcement import _Listening
from prober.fabric.kubernetes.measuring.manifests import ROLE, closing, pod
from prober.fabric.kubernetes.measuring.transitions import (
    Change,
    Sample,
    has_settled,
    slowest,
    transition,
)
from prober.fabric.kubernetes.probe_pods.manifest import Owner
from prober.fabric.kubernetes.probe_pods.run_objects import RunObjects
from prober.fabric.kubernetes.settings import Settings

AT = 1000.0


def samples(*ok: bool) -> list[Sample]:
    """One connection each 100 ms, the first of them 100 ms after the change."""
    return [Sample("n1", "n2", AT + 0.1 * (place + 1), said) for place, said in enumerate(ok)]


def test_the_first_denied_and_the_last_that_passed() -> None:
    seen = samples(True, True, False, True, *[False] * 20)
    found = transition(Change.CLOSED, "n1", "n2", reversed(seen), AT)
    assert found.first is not None
    assert found.last is not None
    assert (round(found.first, 3), round(found.last, 3)) == (0.3, 0.4)
    assert found.seconds == found.last, "until then it did not hold"


def test_what_was_begun_before_says_nothing() -> None:
    before = [Sample("n1", "n2", AT - 1, True)]
    found = transition(Change.CLOSED, "n1", "n2", [*before, *samples(*[False] * 20)], AT)
    assert found.last is None
    assert round(found.seconds or 0, 3) == 0.1


def test_a_change_that_does_not_hold_is_none() -> None:
    flapping = samples(*[False, True] * 20)
    assert transition(Change.CLOSED, "n1", "n2", flapping, AT).seconds is None
    assert not has_settled(Change.CLOSED, flapping, AT)
    assert not has_settled(Change.CLOSED, samples(*[False] * (module.SETTLED - 1)), AT)
    assert has_settled(Change.OPENED, samples(*[True] * module.SETTLED), AT)


def test_the_slowest_round_counts_and_never_is_slower_than_all() -> None:
    quick = transition(Change.CLOSED, "n1", "n2", samples(*[False] * 20), AT)
    never = transition(Change.CLOSED, "n1", "n2", samples(*[True] * 20), AT)
    (worst,) = slowest([quick, never])
    assert (worst.seconds, worst.count) == (None, 2)


def test_the_clock_of_a_node_does_not_count(monkeypatch: object) -> None:
    import time

    listening = _Listening("n1", ["n2"])
    an_hour_ago = time.time() - 3600
    for number in range(3):
        line = f'{{"target":0,"started":{an_hour_ago + number},"seconds":0.001,"ok":true}}'
        listening.take(line.encode())
    assert abs(listening.samples(0)[-1].started - time.time()) < 1


def test_lines_of_nobody_are_passed_over() -> None:
    listening = _Listening("n1", ["n2"])
    for line in (
        b"",
        b"{}",
        b"[" * 300,
        b'{"target":7,"started":1,"seconds":1,"ok":true}',
        b"x" * 999,
    ):
        listening.take(line)
    assert not listening.samples(0)


def test_the_policy_selects_nothing_but_its_own_pods() -> None:
    owner = Owner("prober-0a1b2c3d-1", "uid")
    policy = closing("prober-0a1b2c3d-1001", "shop", owner, {})
    assert policy["spec"]["podSelector"] == {"matchLabels": {ROLE: "answers"}}
    made = pod("x", "shop", "n1", "answers", ["respond"], owner, Settings("agent:1"), {}, 60)
    assert made["metadata"]["labels"][ROLE] == "answers"
    assert made["metadata"]["ownerReferences"][0]["uid"] == "uid"
    assert made["spec"]["activeDeadlineSeconds"] == 60


async def test_without_plans_there_is_an_owner_all_the_same() -> None:
    cluster = FakeCluster()
    api = Api(Connection(cluster.client, "test", "https://203.0.113.1"), Settings("agent:1"))
    objects = RunObjects(api, "shop", "prober-0a1b2c3d-1", {})
    assert not await objects.create([], 60)
    assert objects.owner.name == "prober-0a1b2c3d-1"
    await objects.remove()
    assert not cluster.objects
