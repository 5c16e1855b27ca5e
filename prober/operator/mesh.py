"""Keeps the assignment of agents that probe by themselves: the nodes and the two Services, read
again and again from what the API server has in memory, and the checks of Scenarios that agents
repeat. It is compared with what is there, and written where it differs.

The ConfigMap is made when prober is installed: so the operator has rights on this one object only.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from prober.fabric.kubernetes.client import CONFIG_MAPS, NODES, SERVICES, Api, ApiError
from prober.fabric.kubernetes.installation import ASSIGNMENT
from prober.manifest import wire
from prober.operator.assigning import Mesh, MeshNode, members
from prober.operator.objects import ScenarioObject
from prober.operator.repeating import Repeater

LOOK = 15.0
"""Seconds between two looks. The kubelets take up to a minute more."""
_NOT_FOUND = 404
_KEEPS_AWAY = ("NoSchedule", "NoExecute")
_CONTROL_PLANE = "node-role.kubernetes.io/control-plane"
_SERVICES = (("kube-system", "kube-dns"), ("default", "kubernetes"))


@dataclass(slots=True)
class MeshKeeper:
    """Of one cluster, for agents in this namespace."""

    api: Api
    namespace: str
    tell: Callable[[str], None]
    repeater: Repeater
    _looked: float = float("-inf")

    async def look(self, items: Sequence[ScenarioObject]) -> None:
        """Look, when it is time, and write what has changed. Raises `ApiError`."""
        if time.monotonic() - self._looked < LOOK:
            return
        self._looked = time.monotonic()
        repeated = await self.repeater.look(items)
        texts, left_out = members(await self._mesh(), repeated)
        there = await self._there()
        if texts != there:
            gone = dict.fromkeys(there.keys() - texts.keys())
            await self.api.merge(
                CONFIG_MAPS, self.namespace, ASSIGNMENT, {"data": {**gone, **texts}}
            )
            checks = len(repeated) - left_out.checks
            more = f", and {checks} checks of Scenarios" if repeated else ""
            self.tell(f"agents of {len(texts)} nodes probe by themselves{more}{left_out}")

    async def _there(self) -> Mapping[str, str]:
        """What agents have now. Raises `ApiError`, also where the object is missing."""
        try:
            found = await self.api.get(CONFIG_MAPS, dict[str, Any], self.namespace, ASSIGNMENT)
        except ApiError as error:
            if error.status != _NOT_FOUND:
                raise
            raise ApiError(
                f"ConfigMap {ASSIGNMENT} is missing in namespace {self.namespace}",
                status=_NOT_FOUND,
                hint="prober install --operator --mesh makes it",
            ) from error
        return found.get("data") or {}

    async def _mesh(self) -> Mesh:
        nodes = await self.api.list_all(NODES, wire.Node, cached=True)
        addresses = {key: await self._address(*key) for key in _SERVICES}
        return Mesh(
            [node for item in nodes if (node := mesh_node(item)) is not None],
            dns=addresses[_SERVICES[0]],
            api=addresses[_SERVICES[1]],
        )

    async def _address(self, namespace: str, name: str) -> str:
        """The cluster IP of a Service; empty where there is none."""
        try:
            services = await self.api.list_all(
                SERVICES, wire.Service, namespace=namespace, fields=f"metadata.name={name}"
            )
        except ApiError as error:
            if error.status not in (403, 404):
                raise
            return ""
        spec = services[0].spec if services else None
        address = (spec.cluster_ip if spec else "") or ""
        return "" if address == "None" else address


def mesh_node(node: wire.Node) -> MeshNode | None:
    """The node, if it takes part: ready, with an address, neither cordoned nor drained. PURE."""
    status = node.status
    conditions = (status.conditions if status else None) or ()
    addresses = (status.addresses if status else None) or ()
    taints = (node.spec.taints if node.spec else None) or ()
    ready = any(one.type == "Ready" and one.status == "True" for one in conditions)
    away = any(taint.effect in _KEEPS_AWAY and taint.key != _CONTROL_PLANE for taint in taints)
    internal = [one.address for one in addresses if one.type == "InternalIP"]
    if not ready or away or not internal or not node.metadata.name:
        return None
    return MeshNode(node.metadata.name, internal[0])
