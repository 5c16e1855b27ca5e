"""Plans in pieces that fit."""

from __future__ import annotations

import gzip

from agent.wire import decode_plan
from prober.fabric.kubernetes.probe_pods.payload import packed, pieces
from prober.model.probe import Plan, Probe, ProbeKind


def plan(count: int) -> Plan:
    return Plan(
        "pod/shop/web-0",
        tuple(Probe(str(n), ProbeKind.TCP, f"198.18.1.{n % 250}", 80) for n in range(count)),
    )


def test_a_plan_is_one_piece_that_the_agent_can_read() -> None:
    (one,) = pieces(plan(100))
    assert decode_plan(gzip.decompress(one.data)) == plan(100)


def test_a_plan_that_is_too_large_is_split_and_no_probe_is_lost() -> None:
    parts = pieces(plan(1000), limit=1500)
    assert len(parts) > 1
    assert all(len(part.data) <= 1500 for part in parts)
    assert sum((part.plan.probes for part in parts), ()) == plan(1000).probes


def test_a_plan_whose_log_would_be_rotated_is_split() -> None:
    assert [len(part.plan.probes) for part in pieces(plan(10), probes=4)] == [2, 3, 2, 3]


def test_the_same_plan_makes_the_same_bytes() -> None:
    assert pieces(plan(5))[0].data == pieces(plan(5))[0].data


def test_the_longest_probe_decides_how_long_a_piece_takes() -> None:
    slow = Probe("slow", ProbeKind.TCP, "198.18.1.1", 80, timeout=3, attempts=2)
    assert pieces(Plan("v", (*plan(10).probes, slow)))[0].seconds == 6
    assert pieces(Plan("v", ()))[0].seconds == 0


def test_pieces_share_a_config_map_while_there_is_room() -> None:
    assert packed([40, 50, 20, 60, 10], limit=100) == [0, 0, 1, 1, 0]
