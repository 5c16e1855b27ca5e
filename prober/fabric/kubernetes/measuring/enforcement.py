"""Makes the pods and the policy, listens, and takes them away.

Everything belongs to the objects of a run (`probe_pods.run_objects`): it is deleted at the end, on
an error and on Ctrl-C; after a kill a timer of Kubernetes does it, and the next run sweeps it.

Clocks of nodes may be apart. What a pod says of a time is shifted by the least difference that was
seen between when it wrote a line and when that came, so it is wrong by no more than the quickest
line took.
"""

from __future__ import annotations

import asyncio
import datetime
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

import msgspec

from prober.fabric.kubernetes.client.api import Api
from prober.fabric.kubernetes.client.objects import KubernetesObject
from prober.fabric.kubernetes.client.resources import NETWORK_POLICIES, NODES, PODS
from prober.fabric.kubernetes.labels import run_annotations, run_name, this_process
from prober.fabric.kubernetes.measuring.manifests import PORT, closing, pod
from prober.fabric.kubernetes.measuring.transitions import (
    Change,
    Sample,
    Transition,
    has_settled,
    transition,
)
from prober.fabric.kubernetes.probe_pods.run_objects import RunObjects
from prober.fabric.kubernetes.probe_pods.startup import StartupState
from prober.fabric.kubernetes.probe_pods.startup_watch import StartupWatch
from prober.fabric.kubernetes.probe_pods.sweeping import sweep
from prober.fabric.kubernetes.reading.objects import Pod
from prober.fabric.kubernetes.settings import Settings
from prober.manifest import Node
from prober.model.decoding import UNREADABLE
from prober.model.errors import FabricError

MOST_NODES = 8
INTERVAL = 0.02
"""Seconds between two connections of a pair."""
LONGEST = 60.0
"""Seconds for a change to be enforced."""
_SETTLING = 0.5
_KEEPS_AWAY = ("NoSchedule", "NoExecute")
_LONGEST_LINE = 400
_MOST_SAMPLES = 40_000
"""Of one pair."""


class _Line(msgspec.Struct):
    target: int
    started: float
    seconds: float
    ok: bool


@dataclass(slots=True)
class _Listening:
    """What one pod that connects has said."""

    source: str
    targets: Sequence[str]
    lines: dict[int, list[_Line]] = field(default_factory=dict)
    shift: float = float("inf")

    def take(self, data: bytes) -> None:
        """A line. What is none, or of no target, is passed over."""
        if len(data) > _LONGEST_LINE:
            return
        try:
            line = msgspec.json.decode(data, type=_Line)
        except UNREADABLE:
            return
        kept = self.lines.setdefault(line.target, [])
        if 0 <= line.target < len(self.targets) and len(kept) < _MOST_SAMPLES:
            kept.append(line)
            self.shift = min(self.shift, time.time() - line.started - line.seconds)

    def samples(self, target: int) -> list[Sample]:
        """The connections to one target, by the clock of this machine."""
        return [
            Sample(self.source, self.targets[target], line.started + self.shift, line.ok)
            for line in self.lines.get(target, ())
        ]


@dataclass(slots=True)
class _Run:
    """One measurement."""

    api: Api
    settings: Settings
    namespace: str
    name: str
    objects: RunObjects
    marks: dict[str, str]
    seconds: int
    listening: list[_Listening] = field(default_factory=list)
    made: int = 0


async def measure(
    api: Api, settings: Settings, namespace: str, rounds: int, tell: Callable[[str], None]
) -> list[Transition]:
    """Close and open so many times, and say when each pair of nodes changed. Raises `FabricError`
    where pods cannot run, or do not reach each other before anything is closed."""
    await sweep(api, most=200)
    name = run_name(secrets.token_hex(4), 1)
    seconds = int(settings.start_timeout * 2 + rounds * 2 * LONGEST + 60)
    expires = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=seconds)
    marks = run_annotations(name, this_process(), expires)
    objects = RunObjects(api, namespace, name, marks)
    run = _Run(api, settings, namespace, name, objects, marks, seconds)
    try:
        await objects.create([], seconds)
        return await _measured(run, rounds, tell)
    finally:
        await objects.remove()


async def _measured(run: _Run, rounds: int, tell: Callable[[str], None]) -> list[Transition]:
    nodes = await _nodes(run.api)
    answering = await _start(run, nodes, "answers", ["respond", "--echo", str(PORT)])
    addresses = [f"{_bracketed(address)}:{PORT}" for _, address in answering]
    interval = max(INTERVAL, 0.005 * len(addresses))
    connecting = await _start(
        run,
        nodes,
        "connects",
        ["pulse", "--interval", str(interval), "--seconds", str(run.seconds), *addresses],
    )
    tasks = []
    for node, (pod_name, _) in zip(nodes, connecting, strict=True):
        listening = _Listening(node, nodes)
        run.listening.append(listening)
        tasks.append(asyncio.create_task(_listen(run, pod_name, listening)))
    try:
        tell(f"{len(nodes) ** 2} pairs of nodes connect every {interval * 1000:.0f} ms")
        await _wait_open(run)
        transitions: list[Transition] = []
        for number in range(1, rounds + 1):
            transitions += await _round(run, number)
            tell(f"round {number} of {rounds} has ended")
        return transitions
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _nodes(api: Api) -> list[str]:
    listed = await api.list_all(NODES, Node)
    names = sorted(node.metadata.name or "" for node in listed if _takes_pods(node))
    if not names:
        raise FabricError("no node is ready and schedulable", hint="kubectl get nodes")
    return names[:MOST_NODES]


def _takes_pods(node: Node) -> bool:
    """It is ready, and no taint keeps ordinary pods away, as that of a node that is drained."""
    conditions = (node.status.conditions if node.status else None) or ()
    taints = (node.spec.taints if node.spec else None) or ()
    ready = any(
        condition.type == "Ready" and condition.status == "True" for condition in conditions
    )
    return ready and not any(taint.effect in _KEEPS_AWAY for taint in taints)


async def _start(
    run: _Run, nodes: Sequence[str], role: str, command: Sequence[str]
) -> list[tuple[str, str]]:
    """A pod on each node; their names and addresses, when all run."""
    startups = StartupWatch(run.api, run.namespace, run.settings.start_timeout)
    watching = asyncio.create_task(startups.run())
    try:
        return await asyncio.gather(
            *(_start_one(run, node, role, command, startups) for node in nodes)
        )
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


async def _start_one(
    run: _Run, node: str, role: str, command: Sequence[str], startups: StartupWatch
) -> tuple[str, str]:
    run.made += 1
    name = f"{run.name}-{run.made}"
    body = pod(
        name,
        run.namespace,
        node,
        role,
        command,
        run.objects.owner,
        run.settings,
        run.marks,
        run.seconds,
    )
    made = await run.api.create(PODS, body, run.namespace)
    startup = await startups.started(name, made.metadata.uid or "")
    if startup.state is StartupState.FAILED:
        raise FabricError(f"the pod on node {node}: {startup.message}", hint=startup.hint)
    deadline = time.monotonic() + run.settings.start_timeout
    while time.monotonic() < deadline:
        there = await run.api.get(PODS, Pod, run.namespace, name)
        if there.status and there.status.pod_ip:
            return name, there.status.pod_ip
        await asyncio.sleep(0.2)
    raise FabricError(f"the pod on node {node} got no address", hint="look at the CNI of the node")


def _bracketed(address: str) -> str:
    return f"[{address}]" if ":" in address else address


async def _listen(run: _Run, name: str, listening: _Listening) -> None:
    rest = b""
    async with aclosing(run.api.log(run.namespace, name)) as log:
        async for chunk in log:
            *lines, rest = (rest + chunk).split(b"\n")
            rest = rest[-_LONGEST_LINE:]
            for line in lines:
                listening.take(line)


async def _wait_open(run: _Run) -> None:
    at = time.time()
    if not await _settle(run, Change.OPENED, at, run.settings.start_timeout):
        closed = [
            f"{source} → {target}"
            for source, target, samples in _pairs(run)
            if not has_settled(Change.OPENED, samples, at)
        ]
        raise FabricError(
            f"before anything is closed, pods of {run.namespace} do not reach each other: "
            f"{', '.join(closed[:3])}",
            hint="policies of the namespace deny it already: name one without a default deny",
        )


async def _settle(run: _Run, change: Change, at: float, seconds: float) -> bool:
    """Wait until every pair has changed; False when the time is over."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        await asyncio.sleep(_SETTLING)
        if all(has_settled(change, samples, at) for _, _, samples in _pairs(run)):
            return True
    return False


async def _round(run: _Run, number: int) -> list[Transition]:
    name = f"{run.name}-{1000 + number}"
    body = closing(name, run.namespace, run.objects.owner, run.marks)
    at = time.time()
    made: KubernetesObject = await run.api.create(NETWORK_POLICIES, body, run.namespace)
    await _settle(run, Change.CLOSED, at, LONGEST)
    closed = _transitions(run, Change.CLOSED, at)
    at = time.time()
    await run.api.delete(NETWORK_POLICIES, run.namespace, name, uid=made.metadata.uid or "")
    await _settle(run, Change.OPENED, at, LONGEST)
    return closed + _transitions(run, Change.OPENED, at)


def _transitions(run: _Run, change: Change, at: float) -> list[Transition]:
    return [
        transition(change, source, target, samples, at) for source, target, samples in _pairs(run)
    ]


def _pairs(run: _Run) -> Iterator[tuple[str, str, Sequence[Sample]]]:
    """Each pair of nodes: who connects, to whom, and what came of its connections so far."""
    for listening in run.listening:
        for index, target in enumerate(listening.targets):
            yield listening.source, target, listening.samples(index)
