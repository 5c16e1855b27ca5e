"""Asks a cluster what `checkup` judges: a version, some lists, and one `may I` for each right.
Changes nothing."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import replace
from email.utils import parsedate_to_datetime

from prober.fabric.kubernetes.client.api import Api
from prober.fabric.kubernetes.client.refusals import ApiError, Call
from prober.fabric.kubernetes.client.resources import DAEMON_SETS, NAMESPACES, NODES, PODS
from prober.fabric.kubernetes.client.rights import Purpose, Right, Scope, rights_for
from prober.fabric.kubernetes.doctor import checkup
from prober.fabric.kubernetes.doctor.checkup import Finding, State
from prober.fabric.kubernetes.doctor.wire import (
    AccessReview,
    DaemonSet as WireDaemonSet,
    Groups,
    ImageSpec,
    Node,
    NodeStatus,
)
from prober.fabric.kubernetes.labels import AGENT
from prober.fabric.kubernetes.reading.engines import DaemonSet, recognise
from prober.fabric.kubernetes.reading.objects import (
    DaemonSetStatus,
    Pod,
    PodSpec,
    PodStatus,
    Workload,
)
from prober.fabric.kubernetes.reading.own_pods import agents_among
from prober.fabric.kubernetes.settings import Settings
from prober.manifest.decoding import wire
from prober.manifest.decoding.decode import labels_of

_OTHERS = (
    Purpose.OPERATOR,
    Purpose.LEADER,
    Purpose.MESH,
    Purpose.HISTORY,
    Purpose.MEASURE,
    Purpose.ENGINE,
)
_ASKED = [purpose for purpose in Purpose if purpose not in _OTHERS]
"""What a person may want to do; the operator has a service account of its own, and Scenarios are
not in every cluster. Nobody should miss the right to enter an engine's pods, which is as good as
root: who asks them is told by them."""
_REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
_MAY_I = Call("create", "selfsubjectaccessreviews", "authorization.k8s.io")
"""Not in the table of rights: everyone who is logged in may ask."""


async def examine(api: Api, settings: Settings, namespaces: Sequence[str] = ()) -> list[Finding]:
    """Everything that is worth knowing before probing; `namespaces` are those to probe from (empty:
    all).

    Raises `ApiError` when the cluster cannot be reached at all.
    """
    version, date = await api.version_and_date()
    now = datetime.datetime.now(datetime.UTC)
    server = [checkup.version(version), checkup.clock(_skew(date, now))]
    agents = await _or_error("agents", _agents(api))
    has_agents = any(agent.state in (State.OK, State.WARN) for agent in agents)
    parts = await asyncio.gather(
        _or_error("rights", _rights(api, settings, namespaces, has_agents=has_agents)),
        _or_error("policy engine", _machinery(api)),
        _or_error("Pod Security", _pod_security(api, settings, namespaces)),
    )
    return [
        *server,
        *(item for part in parts for item in part),
        *agents,
        checkup.image(settings.image, agents=has_agents),
    ]


async def _or_error(name: str, question: Awaitable[list[Finding]]) -> list[Finding]:
    try:
        return await question
    except ApiError as error:
        return [checkup.could_not_ask(name, error)]


def _skew(date: str, now: datetime.datetime) -> float | None:
    try:
        sent = parsedate_to_datetime(date)
    except (ValueError, OverflowError):
        return None
    # "-0000" is a time without a zone, and HTTP's are UTC.
    return (sent.replace(tzinfo=sent.tzinfo or datetime.UTC) - now).total_seconds()


async def _rights(
    api: Api, settings: Settings, namespaces: Sequence[str], *, has_agents: bool
) -> list[Finding]:
    missing = dict(
        zip(
            _ASKED,
            await asyncio.gather(
                *(
                    _missing(api, always(purpose), _places(purpose, settings, namespaces))
                    for purpose in _ASKED
                )
            ),
            strict=True,
        )
    )
    # A run can do without probe pods only where there are agents that it may use.
    alone = not has_agents or any(missing[Purpose.AGENTS].values())
    needed = {Purpose.READ} | ({Purpose.PROBE_PODS} if alone else set())
    return [
        checkup.rights(purpose, lacking, needed=purpose in needed)
        for purpose, lacking in missing.items()
    ]


def always(purpose: Purpose) -> Sequence[Right]:
    """The rights that every cluster can grant. Those about kinds of which few have the API are not
    asked for: predictions say where one is missing."""
    return [right for right in rights_for(purpose) if not right.only_served]


def _places(purpose: Purpose, settings: Settings, namespaces: Sequence[str]) -> Sequence[str]:
    """Where rights are asked for. Reading, auditing and installing concern the whole cluster."""
    if purpose in (Purpose.READ, Purpose.INSTALL, Purpose.AUDIT):
        return ("",)
    if any(right.scope is Scope.AGENTS for right in rights_for(purpose)):
        return (settings.probe_namespace,)
    return namespaces or ("",)


async def _missing(
    api: Api, rights: Sequence[Right], places: Sequence[str]
) -> Mapping[str, Sequence[Right]]:
    """What is not granted, by namespace: the rights, each with its missing verbs only."""

    async def lacking(right: Right, place: str) -> Right:
        allowed = await asyncio.gather(*(_may(api, right, verb, place) for verb in right.verbs))
        return replace(
            right,
            verbs=tuple(verb for verb, yes in zip(right.verbs, allowed, strict=True) if not yes),
        )

    lacked_by_place = {
        place: await asyncio.gather(*(lacking(right, place) for right in rights))
        for place in places
    }
    return {
        place: [right for right in lacked if right.verbs]
        for place, lacked in lacked_by_place.items()
    }


async def _may(api: Api, right: Right, verb: str, namespace: str) -> bool:
    attributes = {
        "verb": verb,
        "group": right.group,
        "resource": right.resource.plural,
        "subresource": right.subresource,
        "namespace": namespace,
    }
    body = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "spec": {"resourceAttributes": attributes},
    }
    return (await api.ask("POST", _REVIEWS, _MAY_I, AccessReview, body)).status.allowed


async def _machinery(api: Api) -> list[Finding]:
    listed = await api.ask("GET", "/apis", Call("get", "/apis"), Groups)
    groups = {group.name for group in listed.groups}
    daemon_sets = await api.list_all(DAEMON_SETS, WireDaemonSet, cached=True)
    nodes = await api.list_all(NODES, Node, cached=True)
    kubelets = {node.status.node_info.kubelet_version for node in nodes if node.status}
    unready = [
        item.metadata.name or ""
        for item in nodes
        if not _is_ready((item.status or NodeStatus()).conditions)
    ]
    engine = recognise(groups, [_plain(daemon_set) for daemon_set in daemon_sets], kubelets)
    return [checkup.nodes(unready, len(nodes)), checkup.engine(engine)]


def _plain(daemon_set: WireDaemonSet) -> DaemonSet:
    template = daemon_set.spec.template
    metadata, spec = template.metadata or wire.ObjectMeta(), template.spec or ImageSpec()
    images = tuple(container.image for container in spec.containers or ())
    status = daemon_set.status or DaemonSetStatus()
    return DaemonSet(
        labels_of(metadata.labels),
        images,
        host_network=bool(spec.host_network),
        ready=status.number_ready,
        wanted=status.desired_number_scheduled,
    )


async def _pod_security(api: Api, settings: Settings, namespaces: Sequence[str]) -> list[Finding]:
    listed = await api.list_all(NAMESPACES, wire.Namespace, cached=True)
    labels = {item.metadata.name or "": labels_of(item.metadata.labels) for item in listed}
    space = settings.probe_namespace
    return [checkup.pod_security(labels, namespaces), checkup.node_probes(space, labels.get(space))]


async def _agents(api: Api) -> list[Finding]:
    space = api.agents_namespace
    pods = await api.list_all(PODS, Pod, namespace=space, selector=AGENT, cached=True)
    daemon_sets = await api.list_all(DAEMON_SETS, Workload, namespace=space, cached=True)
    nodes = await api.list_all(NODES, wire.Node, cached=True)
    agents = agents_among(pods, daemon_sets, nodes, space)
    ready = {
        (pod.spec or PodSpec()).node_name
        for pod in agents
        if _is_ready((pod.status or PodStatus()).conditions)
    }
    return [checkup.agents(len(ready), len(nodes))]


def _is_ready(conditions: Sequence[wire.Condition] | None) -> bool:
    return any(
        condition.type == "Ready" and condition.status == "True" for condition in conditions or ()
    )
