"""The rights that prober needs: every API call that it makes, by what it is for. Pure.

The one home of this. Roles are generated from it, `prober doctor` asks the API server about it, the
documentation is tested against it, and `refusals.call` refuses to make a call that is not in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum

from prober.fabric.kubernetes.client.resources import (
    CILIUM_ENDPOINTS,
    CILIUM_POLICIES,
    CLUSTER_ROLE_BINDINGS,
    CLUSTER_ROLES,
    CONFIG_MAPS,
    CRON_JOBS,
    CUSTOM_RESOURCES,
    DAEMON_SETS,
    DEPLOYMENTS,
    ENDPOINT_SLICES,
    EVENTS,
    JOBS,
    LEASES,
    MUTATING_WEBHOOKS,
    NAMESPACES,
    NETWORK_POLICIES,
    NODES,
    OPEN_REPORTS,
    PODS,
    POLICY_REPORTS,
    REPLICA_SETS,
    ROLE_BINDINGS,
    ROLES,
    SCENARIO_HISTORIES,
    SCENARIOS,
    SERVICE_ACCOUNTS,
    SERVICES,
    STATEFUL_SETS,
    VALIDATING_WEBHOOKS,
    Resource,
)
from prober.model.languages import KINDS
from prober.model.languages.foreign import FOREIGN
from prober.symptom.controllers import KINDS as SERVED_KINDS

ASSIGNMENT = "prober-assignment"
"""The ConfigMap with what agents probe by themselves."""


class Scope(StrEnum):
    """Where a right is needed."""

    CLUSTER = "cluster"
    """In every namespace that is looked at or probed from; so it is given by a ClusterRole."""
    AGENTS = "agents"
    """In the namespace of the agents only; so it is given by a Role there."""


class Purpose(Enum):
    """What a right is for. A run needs READ, and one of the others for each way in which it
    probes."""

    READ = "to read what decides about connectivity"
    PROBE_PODS = "to probe from probe pods (--via pod)"
    EPHEMERAL = "to probe from ephemeral containers (--via ephemeral)"
    AGENTS = "to probe through agents (--via agent)"
    OPERATOR = "to run scenarios that are objects (`prober operator`)"
    LEADER = "to agree which replica of the operator acts (`prober operator`)"
    MESH = "to assign agents what they probe by themselves (`prober operator`)"
    INSTALL = "to install and uninstall agents, and runs in the cluster"
    AUDIT = "to audit identities (`prober audit`)"
    FIX = "to apply fixes and mitigations (`prober fix`, `prober mitigate`)"
    EVIDENCE = "to collect evidence (`prober evidence`)"
    MEASURE = "to measure how soon policies are enforced (`prober measure enforcement`)"
    HISTORY = "to read the history of Scenarios (`prober history`, `prober serve`)"
    WHY = "to find out why something fails (`prober why`)"
    ENGINE = "to ask the policy engine what it drops (`prober why --ask-engine`)"


@dataclass(frozen=True, slots=True)
class Right:
    """Some verbs on one resource."""

    resource: Resource
    verbs: tuple[str, ...]
    purpose: Purpose
    why: str
    """For the person who is asked to grant it."""
    subresource: str = ""
    scope: Scope = Scope.CLUSTER
    names: tuple[str, ...] = ()
    """Of the only objects that it is for; empty: it is for all of them."""
    only_served: bool = False
    """It is about a kind that few clusters have; without the right predictions say what they do not
    know."""

    @property
    def group(self) -> str:
        """The API group; empty for the core group."""
        return self.resource.group

    @property
    def what(self) -> str:
        """As a rule of a role names it: `pods`, or `pods/log`."""
        return (
            f"{self.resource.plural}/{self.subresource}"
            if self.subresource
            else self.resource.plural
        )


_READ = Purpose.READ
_PODS = Purpose.PROBE_PODS
_INSTALL = Purpose.INSTALL
_MANAGED = ("get", "create", "patch", "delete")

RIGHTS: Sequence[Right] = (
    Right(NAMESPACES, ("list",), _READ, "labels that policies select by"),
    Right(NODES, ("list",), _READ, "addresses, and which are ready"),
    Right(PODS, ("list",), _READ, "labels, addresses, ports"),
    Right(DEPLOYMENTS, ("list",), _READ, "names of workloads in checks"),
    Right(STATEFUL_SETS, ("list",), _READ, "names of workloads in checks"),
    Right(DAEMON_SETS, ("list",), _READ, "names of workloads in checks"),
    Right(REPLICA_SETS, ("list",), _READ, "which pods are whose"),
    Right(CRON_JOBS, ("list",), _READ, "pods that are there only at times"),
    Right(SERVICES, ("list",), _READ, "addresses and ports"),
    Right(ENDPOINT_SLICES, ("list",), _READ, "what is behind a Service"),
    Right(NETWORK_POLICIES, ("list",), _READ, "the prediction"),
    *(
        Right(
            Resource(kind.versions[0], kind.plural, kind.kind, namespaced=kind.namespaced),
            ("list",),
            _READ,
            "the prediction, where they are served",
            only_served=True,
        )
        for kind in KINDS
    ),
    *(
        Right(
            Resource(version, kind.plural, kind.kind, namespaced=kind.namespaced),
            ("list",),
            _READ,
            "the same, as they are stored",
            only_served=True,
        )
        for kind in KINDS
        for version in kind.versions[1:]
        if version.partition("/")[0] != kind.versions[0].partition("/")[0]
    ),
    *(
        Right(
            Resource(f"{group}/v1", plural, kind),
            ("list",),
            _READ,
            "which policies are not evaluated",
            only_served=True,
        )
        for group, members in FOREIGN.items()
        for kind, plural in members.items()
    ),
    Right(
        SERVICE_ACCOUNTS,
        ("list",),
        _READ,
        "labels that Calico's policies select by",
        only_served=True,
    ),
    Right(
        CLUSTER_ROLES,
        ("list",),
        _READ,
        "whether the CNI still has its rights; left out where it may not be read",
    ),
    Right(CLUSTER_ROLE_BINDINGS, ("list",), _READ, "the same"),
    Right(
        EVENTS, ("list",), _READ, "why a pod gets no network; left out where they may not be read"
    ),
    Right(PODS, ("get", "create", "delete"), _PODS, "probe pods"),
    Right(PODS, ("get",), _PODS, "what probe pods observed", "log"),
    Right(
        CONFIG_MAPS,
        ("list", "get", "create", "delete"),
        _PODS,
        "plans, and the owner of a run's objects",
    ),
    Right(
        JOBS, ("get", "create", "delete"), _PODS, "the timer that removes what a killed run left"
    ),
    Right(PODS, ("get",), Purpose.EPHEMERAL, "whether the container has started"),
    Right(PODS, ("get",), Purpose.EPHEMERAL, "what it observed", "log"),
    Right(PODS, ("patch",), Purpose.EPHEMERAL, "the container in the pod", "ephemeralcontainers"),
    # A websocket is opened with GET, and newer API servers want `create` all the same, as for
    # kubectl.
    Right(
        PODS,
        ("get", "create"),
        Purpose.AGENTS,
        "plans and observations of agents",
        "exec",
        Scope.AGENTS,
    ),
    Right(SCENARIOS, ("list",), Purpose.OPERATOR, "what is to be run, and how it was"),
    Right(SCENARIOS, ("patch",), Purpose.OPERATOR, "how it is now", "status"),
    Right(SCENARIO_HISTORIES, ("get", "create", "patch"), Purpose.OPERATOR, "its last runs"),
    Right(EVENTS, ("create", "patch"), Purpose.OPERATOR, "that a scenario's answer has changed"),
    *(
        Right(
            reports,
            ("list", "create", "patch"),
            Purpose.OPERATOR,
            "a run as a report, where such are served",
            only_served=True,
        )
        for reports in (OPEN_REPORTS, POLICY_REPORTS)
    ),
    Right(LEASES, ("get", "create", "patch"), Purpose.LEADER, "who acts, and until when"),
    Right(
        CONFIG_MAPS,
        ("get", "patch"),
        Purpose.MESH,
        "the assignment, which is one object in the namespace of the agents",
        scope=Scope.AGENTS,
        names=(ASSIGNMENT,),
    ),
    Right(
        NAMESPACES, _MANAGED, _INSTALL, "the namespace of the agents, and of probe pods for nodes"
    ),
    Right(SERVICE_ACCOUNTS, _MANAGED, _INSTALL, "who agents and runs in the cluster are"),
    Right(CLUSTER_ROLES, _MANAGED, _INSTALL, "the rights above"),
    Right(CLUSTER_ROLE_BINDINGS, _MANAGED, _INSTALL, "the rights above"),
    Right(ROLES, _MANAGED, _INSTALL, "the rights above"),
    Right(ROLE_BINDINGS, ("list", *_MANAGED), _INSTALL, "the same, in single namespaces"),
    Right(DAEMON_SETS, _MANAGED, _INSTALL, "the agents"),
    Right(DEPLOYMENTS, _MANAGED, _INSTALL, "the operator, and the page"),
    Right(SERVICES, _MANAGED, _INSTALL, "the page"),
    Right(CUSTOM_RESOURCES, _MANAGED, _INSTALL, "what scenarios are as objects"),
    Right(SCENARIOS, ("list",), _INSTALL, "whether there are any, before the kind goes"),
    Right(PODS, ("list",), _INSTALL, "whether the agents run"),
    Right(CONFIG_MAPS, _MANAGED, _INSTALL, "scenarios that run in the cluster"),
    Right(JOBS, _MANAGED, _INSTALL, "what runs them, once"),
    Right(CRON_JOBS, _MANAGED, _INSTALL, "what runs them, at their times"),
    Right(CILIUM_ENDPOINTS, ("list",), Purpose.AUDIT, "the identities of pods"),
    Right(NETWORK_POLICIES, ("get", "patch"), Purpose.FIX, "the fix of a policy"),
    Right(NETWORK_POLICIES, ("create", "delete"), Purpose.FIX, "temporary policies"),
    *(
        Right(
            Resource(kind.versions[0], kind.plural, kind.kind, namespaced=kind.namespaced),
            ("get", "patch"),
            Purpose.FIX,
            "the fix of such a policy, where it is served",
            only_served=True,
        )
        for kind in KINDS
        if kind.policy and not kind.left_out
    ),
    Right(
        CILIUM_POLICIES,
        ("create", "delete"),
        Purpose.FIX,
        "a policy that names nodes, which no ipBlock does in Cilium",
        only_served=True,
    ),
    Right(SERVICES, ("get", "patch"), Purpose.FIX, "the fix of a Service"),
    Right(NAMESPACES, ("get", "patch"), Purpose.FIX, "the fix of a label"),
    Right(PODS, ("get", "patch"), Purpose.FIX, "the label that a pod lost"),
    *(
        Right(workloads, ("get", "patch"), Purpose.FIX, "the same, of the pods of a workload")
        for workloads in (DEPLOYMENTS, STATEFUL_SETS, DAEMON_SETS)
    ),
    Right(EVENTS, ("list",), Purpose.EVIDENCE, "what happened around the time"),
    Right(PODS, ("get",), Purpose.EVIDENCE, "what CNI and DNS pods wrote", "log"),
    Right(NODES, ("list",), Purpose.MEASURE, "where pods of its own can run"),
    Right(PODS, ("list", "get", "create"), Purpose.MEASURE, "pods that connect, and that answer"),
    Right(PODS, ("get",), Purpose.MEASURE, "what they observed", "log"),
    Right(CONFIG_MAPS, ("list", "get", "create", "delete"), Purpose.MEASURE, "what owns them"),
    Right(JOBS, ("get", "create", "delete"), Purpose.MEASURE, "the timer that removes them"),
    Right(
        NETWORK_POLICIES,
        ("get", "create", "delete"),
        Purpose.MEASURE,
        "a policy that selects those pods only",
    ),
    Right(SCENARIOS, ("list",), Purpose.HISTORY, "how they are now"),
    Right(SCENARIO_HISTORIES, ("list",), Purpose.HISTORY, "their last runs"),
    Right(PODS, ("list",), Purpose.WHY, "which pods are not well"),
    Right(PODS, ("get",), Purpose.WHY, "what they wrote", "log"),
    Right(EVENTS, ("list",), Purpose.WHY, "what the kubelet and controllers complain about"),
    Right(CONFIG_MAPS, ("get",), Purpose.WHY, "where pods that are not well are told to go"),
    Right(VALIDATING_WEBHOOKS, ("list",), Purpose.WHY, "what the API server asks"),
    Right(MUTATING_WEBHOOKS, ("list",), Purpose.WHY, "the same"),
    *(
        Right(
            Resource(f"{kind.group}/v1", kind.plural, kind.kind),
            ("list",),
            Purpose.WHY,
            "its conditions, where it is served",
            only_served=True,
        )
        for kind in SERVED_KINDS
    ),
    Right(
        PODS,
        ("get", "create"),
        Purpose.ENGINE,
        "exec into the engine's pods: as good as root on their nodes",
        "exec",
    ),
)
"""Grouped by purpose, in the order of the documentation."""

_MADE = frozenset((right.group, right.what, verb) for right in RIGHTS for verb in right.verbs)


def is_listed(resource: Resource, verb: str, subresource: str = "") -> bool:
    """Does the table have this call."""
    if resource.asked_for:
        return verb == "list" and not subresource
    what = f"{resource.plural}/{subresource}" if subresource else resource.plural
    return (resource.group, what, verb) in _MADE


def rights_for(*purposes: Purpose) -> Sequence[Right]:
    """The rights for these purposes, in the table's order."""
    return tuple(right for right in RIGHTS if right.purpose in purposes)
