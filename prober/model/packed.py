"""PURE. A snapshot as text, for another prober that goes on where one ended: the same snapshot
again, and not manifests that would have to be read anew.

It is msgpack, compressed, in base64. What comes back is typed, bounded, and held against what a
snapshot of a cluster is: addresses are addresses, and every namespace is there. Of a pod's
environment only its proxies are kept, without their credentials: nothing else of it decides about
connectivity.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Iterator
from dataclasses import replace
from ipaddress import ip_address, ip_network
from typing import Any

import msgspec

from prober.model.decoding import UNREADABLE
from prober.model.languages.kinds import BY_NAME, PolicyObject
from prober.model.objects import NetworkPolicy, Pod
from prober.model.snapshot import Snapshot
from prober.model.text.secrets import PROXY_VARIABLES, proxy_address

LARGEST = 512 << 20
"""Bytes of a snapshot that is unpacked: a hundred thousand pods have about 50 MiB."""
_EXCEPTIONS = "no_proxy"
_UNREADABLE: tuple[type[Exception], ...] = (*UNREADABLE, TypeError)
"""TypeError: the key of a mapping is one that no mapping can have."""


class _Other(msgspec.Struct, frozen=True, array_like=True):
    """An object of another policy language; its specs are of the kind's own shape."""

    kind: str
    api_version: str
    namespace: str
    name: str
    specs: tuple[Any, ...]
    labels: dict[str, str]


class _World(msgspec.Struct, frozen=True, array_like=True):
    snapshot: Snapshot
    others: tuple[_Other, ...]


def packed(snapshot: Snapshot) -> str:
    """The snapshot as one word of text."""
    others = tuple(
        _Other(
            policy.kind.name,
            policy.api_version,
            policy.namespace,
            policy.name,
            policy.specs,
            dict(policy.labels),
        )
        for policy in snapshot.other_policies
    )
    pods = {key: _without_secrets(pod) for key, pod in snapshot.pods.items()}
    bare = replace(snapshot, pods=pods, other_policies=())
    data = zlib.compress(msgspec.msgpack.encode(_World(bare, others)))
    return base64.b64encode(data).decode()


def unpacked(text: str) -> Snapshot:
    """The snapshot again. Raises `ValueError` where it is none, or would be too large."""
    try:
        unzip = zlib.decompressobj()
        data = unzip.decompress(base64.b64decode(text, validate=True), LARGEST)
    except (binascii.Error, zlib.error, ValueError) as error:
        raise ValueError(f"its snapshot cannot be unpacked: {error}") from error
    if unzip.unconsumed_tail:
        raise ValueError(f"its snapshot has more than {LARGEST >> 20} MiB")
    try:
        world = msgspec.msgpack.decode(data, type=_World)
        others = tuple(_other(other) for other in world.others)
    except _UNREADABLE as error:
        raise ValueError(f"its snapshot is none: {error}") from error
    snapshot = replace(world.snapshot, other_policies=others)
    _check(snapshot)
    return snapshot


def _without_secrets(pod: Pod) -> Pod:
    env = {
        name: proxy_address(value, exceptions=name.lower() == _EXCEPTIONS)
        for name, value in pod.env.items()
        if name.lower() in PROXY_VARIABLES
    }
    return pod if env == pod.env else replace(pod, env=env)


def _other(other: _Other) -> PolicyObject:
    kind = BY_NAME.get(other.kind)
    if kind is None or other.api_version not in kind.versions:
        raise ValueError(f"its snapshot has a {other.kind!r} of {other.api_version!r}")
    shape = kind.shape
    specs = other.specs if shape is None else tuple(msgspec.convert(x, shape) for x in other.specs)
    return PolicyObject(kind, other.api_version, other.namespace, other.name, specs, other.labels)


def _check(snapshot: Snapshot) -> None:
    """What types cannot say, and predictions rely on. Raises `ValueError`."""
    for address in _addresses(snapshot):
        ip_address(address)
    for block in _blocks(snapshot):
        ip_network(block, strict=False)
    groups = (snapshot.pods.values(), snapshot.services.values(), snapshot.slices)
    for item in (item for group in (*groups, snapshot.policies) for item in group):
        if item.namespace not in snapshot.namespaces:
            raise ValueError(f"its snapshot lacks namespace {item.namespace!r}")


def _addresses(snapshot: Snapshot) -> Iterator[str]:
    for node in snapshot.nodes.values():
        yield from node.addresses
    for pod in snapshot.pods.values():
        yield from pod.ips
    for service in snapshot.services.values():
        yield from (*service.cluster_ips, *service.load_balancer_ips, *service.external_ips)


def _blocks(snapshot: Snapshot) -> Iterator[str]:
    for node in snapshot.nodes.values():
        yield from node.pod_cidrs
    for service in snapshot.services.values():
        yield from service.source_ranges
    for policy in snapshot.policies:
        yield from _blocks_of(policy)


def _blocks_of(policy: NetworkPolicy) -> Iterator[str]:
    for rule in (*policy.ingress, *policy.egress):
        for peer in rule.peers:
            if peer.ip_block is not None:
                yield from (peer.ip_block.cidr, *peer.ip_block.excepts)
