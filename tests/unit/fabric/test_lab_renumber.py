"""Manifests of a real cluster keep their meaning when the lab replaces their addresses."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from prober.fabric.lab.world.readdressing import Readdressing, moved_block
from prober.fabric.lab.world.renumber import renumber
from prober.model.lab import LabSpec, OutsideHost
from prober.model.objects import (
    EndpointSlice,
    IPBlock,
    NetworkPolicy,
    Node,
    Pod,
    PolicyPeer,
    PolicyRule,
    Service,
    SliceEndpoint,
)
from prober.model.snapshot import Snapshot


def _move(old: str, new: str) -> Readdressing:
    return Readdressing(ip_network(old), ip_network(new))


PODS = _move("10.42.0.0/16", "198.18.0.0/16")
GITHUB = _move("140.82.121.3/32", "203.0.113.100/32")


@pytest.mark.parametrize(
    ("block", "after"),
    [
        pytest.param(IPBlock("10.42.3.0/24"), [IPBlock("198.18.3.0/24")], id="inside what moves"),
        pytest.param(
            IPBlock("10.42.0.0/16", ("10.42.7.0/24",)),
            [IPBlock("198.18.0.0/16", ("198.18.7.0/24",))],
            id="exactly",
        ),
        pytest.param(
            IPBlock("10.0.0.0/8", ("10.42.7.0/24",)),
            [
                IPBlock("10.0.0.0/8", ("10.42.7.0/24",)),
                IPBlock("198.18.0.0/16", ("198.18.7.0/24",)),
            ],
            id="around it",
        ),
        pytest.param(
            IPBlock("0.0.0.0/0", ("10.0.0.0/8",)),
            [IPBlock("0.0.0.0/0", ("10.0.0.0/8", "198.18.0.0/16"))],
            id="everything but private ranges",
        ),
        pytest.param(
            IPBlock("140.82.112.0/20"),
            [IPBlock("140.82.112.0/20"), IPBlock("203.0.113.100/32")],
            id="around a host",
        ),
        pytest.param(IPBlock("192.168.0.0/16"), [IPBlock("192.168.0.0/16")], id="elsewhere"),
        pytest.param(IPBlock("::/0"), [IPBlock("::/0")], id="another family"),
    ],
)
def test_blocks_follow_the_addresses(block: IPBlock, after: list[IPBlock]) -> None:
    assert list(moved_block(block, [PODS, GITHUB])) == after


def test_a_block_whose_exception_is_all_that_moved_gets_no_companion() -> None:
    block = IPBlock("10.0.0.0/8", ("10.42.0.0/15",))
    assert moved_block(block, [PODS]) == (block,)


def _cluster() -> Snapshot:
    return Snapshot(
        nodes={
            "a": Node("a", ("10.1.0.4",), pod_cidrs=("10.42.0.0/24",)),
            "b": Node("b", ("10.1.0.9",), pod_cidrs=("10.42.1.0/24",)),
        },
        pods={
            ("shop", "web"): Pod("shop", "web", node="a", ips=("10.42.0.17",)),
            ("shop", "api"): Pod("shop", "api", node="b", ips=("10.42.1.3",)),
            ("shop", "agent"): Pod("shop", "agent", node="a", ips=("10.1.0.4",), host_network=True),
        },
        services={
            ("shop", "web"): Service(
                "shop", "web", cluster_ips=("10.43.7.7",), load_balancer_ips=("7.7.7.7",)
            )
        },
        slices=(EndpointSlice("shop", "db", "db", (SliceEndpoint(("172.16.9.9",)),)),),
        policies=(
            NetworkPolicy(
                "shop",
                "p",
                egress=(PolicyRule((PolicyPeer(ip_block=IPBlock("0.0.0.0/0", ("10.0.0.0/8",))),)),),
            ),
        ),
    )


def test_a_role_moves_as_a_block_and_keeps_its_last_octets() -> None:
    after = renumber(_cluster(), LabSpec()).snapshot
    assert after.nodes["a"].addresses == ("198.51.100.4",)
    assert after.nodes["b"].pod_cidrs == ("198.18.1.0/24",)
    assert after.pods["shop", "web"].ips == ("198.18.0.17",)
    assert after.pods["shop", "agent"].ips == ("198.51.100.4",)
    assert after.services["shop", "web"].cluster_ips == ("198.19.7.7",)


def test_addresses_from_all_over_move_one_by_one() -> None:
    spec = LabSpec(outside=(OutsideHost("db", addresses=("172.16.9.9",)),))
    after = renumber(_cluster(), spec)
    (address,) = after.spec.outside[0].addresses
    assert address.startswith("203.0.113.")
    assert after.snapshot.slices[0].endpoints[0].addresses == (address,)
    assert after.snapshot.services["shop", "web"].load_balancer_ips[0].startswith("203.0.113.")


def test_policies_follow_and_every_role_is_said() -> None:
    after = renumber(_cluster(), LabSpec())
    (peer,) = after.snapshot.policies[0].egress[0].peers
    assert peer.ip_block is not None
    assert set(peer.ip_block.excepts) >= {
        "10.0.0.0/8",
        "198.18.0.0/16",
        "198.19.0.0/16",
        "198.51.100.0/24",
    }
    assert any(
        "pod addresses" in warning and "198.18.0.0/16" in warning for warning in after.warnings
    )


def test_what_is_for_documentation_already_stays() -> None:
    snapshot = Snapshot(pods={("a", "p"): Pod("a", "p", ips=("198.18.5.5",))})
    after = renumber(snapshot, LabSpec())
    assert after.snapshot is snapshot
    assert after.warnings == ()
