"""Who enforces, and what the engines make of what the API leaves open.

The API of NetworkPolicy permits several readings of some questions; each engine takes one.
`ENGINES` is the one table, engine × question → answer, and every cell says where it is from. A
prediction gives the API's answer, and takes an engine's where policies of that engine's own are in
the snapshot: in a world that only one engine enforces nothing is left open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from prober.model.languages.kinds import Language
from prober.model.network.cni import plugin_of
from prober.model.snapshot import Snapshot
from prober.policy.deciding.rules.peers import Inside


class Question(StrEnum):
    """What the API leaves open."""

    LANGUAGES = "which languages it knows"
    HOST_NETWORK = "pods on the host network"
    BLOCKS_INSIDE = "an ipBlock and the addresses of pods and nodes"
    TRANSLATION = "policies and the address of a Service"
    OWN_NODE = "egress to the pod's own node"
    OTHER_PROTOCOLS = "protocols such as ICMP"
    END_PORT = "endPort"
    MISSING_NAME = "a named port that no pod has"
    HAIRPIN = "a pod that reaches itself through a Service"
    UNNAMED_DIRECTION = "rules of a direction that policyTypes leaves out"


class Answer(NamedTuple):
    """One cell of the table."""

    says: str
    source: str


@dataclass(frozen=True, slots=True)
class Engine:
    """What one engine makes of policies."""

    name: str
    """As in the table of plugins (`prober.model.network.cni`); empty: the API itself, whoever
    enforces."""
    languages: frozenset[Language]
    """Those that it knows. A policy in another one decides nothing."""
    answers: Mapping[Question, Answer]
    host_network_as_pod: bool = True
    """Whether pods on the host network may be treated as pods; if not, they are their node, and
    nobody's subject."""
    inside: Inside = Inside.OPEN
    """How an ipBlock reads the addresses of pods and nodes."""
    before_translation: bool = True
    """Whether ipBlocks and ports may be compared before a Service's address is translated."""
    filters_own_node: bool = False
    """Whether egress policies apply to what a pod sends to its own node. (Ingress from there is
    always allowed.)"""
    denies_own_node: bool = False
    """Whether a denial that means the pod's own node keeps it out; else nothing does."""
    settles_icmp: bool = False
    """Whether it is settled what becomes of protocols that NetworkPolicy does not speak of: rules
    without ports match them, rules with ports do not, and isolation denies the rest."""
    applies_unnamed: bool = False
    """Whether rules of a direction that a NetworkPolicy's `policyTypes` leaves out are applied all
    the same, and isolate."""
    own_order: bool = False
    """Whether it has a language of its own, in which NetworkPolicies have a place too."""


_CONCEPT = "concept page of network policies"
_KUBERNETES = frozenset((Language.NETWORK_POLICY, Language.ADMIN, Language.CLUSTER))
_ONLY = frozenset((Language.NETWORK_POLICY,))
_CILIUM_DOCS = "Cilium's documentation of policies"
_CALICO_DOCS = "Calico's documentation"
_MEASURED = "measured on the testbed"
_WORLDS = "measured on the testbed: PROBER_E2E=1 pytest tests/e2e/test_e2e_cilium_worlds.py"
_ENGINE_WORLDS = (
    "measured on the testbed: PROBER_E2E=1 PROBER_E2E_WORLDS=all pytest "
    "tests/e2e/test_e2e_engine_worlds.py"
)
_FILTERS = "inferred: it filters addresses where packets are forwarded"
"""Not measured: what follows from filtering behind the translation of Services, by address."""

API = Engine(
    "",
    _KUBERNETES,
    {
        Question.LANGUAGES: Answer(
            "NetworkPolicy; AdminNetworkPolicy and ClusterNetworkPolicy where they are installed",
            "kubernetes-sigs/network-policy-api",
        ),
        Question.HOST_NETWORK: Answer("open: pods, or their node", _CONCEPT),
        Question.BLOCKS_INSIDE: Answer("open: blocks are meant for outside", _CONCEPT),
        Question.TRANSLATION: Answer("open: before or after", _CONCEPT),
        Question.OWN_NODE: Answer("always allowed", _CONCEPT),
        Question.OTHER_PROTOCOLS: Answer("open: undefined", _CONCEPT),
        Question.END_PORT: Answer(
            "a range, both ends included", "API reference, NetworkPolicyPort"
        ),
        Question.MISSING_NAME: Answer("matches nothing", "API reference, NetworkPolicyPort"),
        Question.HAIRPIN: Answer("open: it left the pod", _CONCEPT),
        Question.UNNAMED_DIRECTION: Answer("have no effect", "API reference, policyTypes"),
    },
)
"""What every implementation must do, with everything open that the API leaves open."""

CILIUM = Engine(
    "Cilium",
    frozenset((Language.NETWORK_POLICY, Language.CILIUM)),
    {
        Question.LANGUAGES: Answer("NetworkPolicy and its own, one set", _CILIUM_DOCS),
        Question.HOST_NETWORK: Answer("their node: `host` or `remote-node`", _CILIUM_DOCS),
        Question.BLOCKS_INSIDE: Answer("never match", _WORLDS),
        Question.TRANSLATION: Answer("after: policies see the backend", _WORLDS),
        Question.OWN_NODE: Answer("egress policies apply, and denials of ingress", _WORLDS),
        Question.OTHER_PROTOCOLS: Answer("rules without ports match ICMP", _WORLDS),
        Question.END_PORT: Answer("a range from 1.16 on, its first port before", _MEASURED),
        Question.MISSING_NAME: Answer("matches nothing", _WORLDS),
        Question.HAIRPIN: Answer("allowed: a pod reaches itself", _CILIUM_DOCS),
        Question.UNNAMED_DIRECTION: Answer("apply, and isolate", _MEASURED),
    },
    host_network_as_pod=False,
    inside=Inside.NEVER,
    before_translation=False,
    filters_own_node=True,
    denies_own_node=True,
    settles_icmp=True,
    applies_unnamed=True,  # pkg/k8s/network_policy.go, ParseNetworkPolicy: types are asked for only
    # where a direction has no rules
    own_order=True,
)
CALICO = Engine(
    "Calico",
    _KUBERNETES | {Language.CALICO},
    {
        Question.LANGUAGES: Answer(
            "all but Cilium's; NetworkPolicy in its tier `default`", _CALICO_DOCS
        ),
        Question.HOST_NETWORK: Answer("their node, unless it has a HostEndpoint", _CALICO_DOCS),
        Question.BLOCKS_INSIDE: Answer("compare like any address", _CALICO_DOCS),
        Question.TRANSLATION: Answer("after: policies see the backend", _CALICO_DOCS),
        Question.OWN_NODE: Answer("egress policies apply", _CALICO_DOCS),
        Question.OTHER_PROTOCOLS: Answer("rules without ports match ICMP", _CALICO_DOCS),
        Question.END_PORT: Answer("a range", _CALICO_DOCS),
        Question.MISSING_NAME: Answer("matches nothing", _CALICO_DOCS),
        Question.HAIRPIN: Answer("the source may be the node's address", _CALICO_DOCS),
        Question.UNNAMED_DIRECTION: Answer(
            "have no effect", "projectcalico/calico, K8sNetworkPolicyToCalico"
        ),
    },
    host_network_as_pod=False,
    inside=Inside.ADDRESS,
    before_translation=False,
    filters_own_node=True,
    settles_icmp=True,
    own_order=True,
)
KUBE_ROUTER = Engine(
    "kube-router",
    _ONLY,
    {
        Question.LANGUAGES: Answer("NetworkPolicy", "kube-router's documentation"),
        Question.HOST_NETWORK: Answer("their node", _ENGINE_WORLDS),
        Question.BLOCKS_INSIDE: Answer("compare like any address", _ENGINE_WORLDS),
        Question.TRANSLATION: Answer("after: policies see the backend", _FILTERS),
        Question.OWN_NODE: Answer("egress policies apply", _ENGINE_WORLDS),
        Question.OTHER_PROTOCOLS: Answer("rules without ports match ICMP", _ENGINE_WORLDS),
        Question.END_PORT: Answer("a range", _MEASURED),
        Question.MISSING_NAME: Answer("opens every port of the peer", _MEASURED),
        Question.HAIRPIN: Answer("allowed", _FILTERS),
        Question.UNNAMED_DIRECTION: Answer(
            "have no effect", "cloudnativelabs/kube-router, pkg/controllers/netpol"
        ),
    },
    host_network_as_pod=False,
    inside=Inside.ADDRESS,
    before_translation=False,
    filters_own_node=True,
    settles_icmp=True,
)

ENGINES: tuple[Engine, ...] = (API, CILIUM, CALICO, KUBE_ROUTER)

_KNOWS: Mapping[str, frozenset[Language]] = {
    "Canal (Calico over Flannel)": CALICO.languages,
    "OVN-Kubernetes": frozenset((Language.NETWORK_POLICY, Language.ADMIN)),
    "Antrea": frozenset((Language.NETWORK_POLICY, Language.ADMIN)),
    "kube-network-policies": _KUBERNETES,
    "kindnet": _KUBERNETES,
}
"""The languages of engines whose readings are not known. Sources: the projects' documentation."""


def running_engine(snapshot: Snapshot) -> Engine | None:
    """The engine whose agents are among the pods of a snapshot; None where none is recognised."""
    plugins = (
        plugin_of(pod.labels, host_network=pod.host_network)
        for pod in snapshot.pods.values()
        if pod.host_network
    )
    names = {plugin.name for plugin in plugins if plugin is not None}
    for name in sorted(names - {"Flannel"}):
        known = next((engine for engine in ENGINES if engine.name == name), None)
        if known is not None:
            return known
        return Engine(name, _KNOWS.get(name, _ONLY), {})
    return None


def engine_beside(snapshot: Snapshot) -> Engine | None:
    """The engine whose own answer stands beside the API's: where NetworkPolicies alone are
    predicted as the API has them, and an engine runs whose readings are known."""
    if languages_in(snapshot):
        return None
    running = running_engine(snapshot)
    return running if running is not None and running.answers else None


def engines_of(snapshot: Snapshot) -> tuple[Engine, ...]:
    """The engines that may enforce what a snapshot has: the one whose agents are there; else told
    from its policies, since each language of an engine's own is enforced by that engine alone.
    Where there are policies of several engines, each of them may be the one.

    NetworkPolicies alone are predicted as the API has them, whoever enforces.
    """
    languages = languages_in(snapshot)
    if not languages:
        return (API,)
    running = running_engine(snapshot)
    if running is not None:
        return (running,)
    own = [engine for engine in ENGINES if engine.own_order and _own_language(engine) in languages]
    unknown = languages - frozenset().union(*(engine.languages for engine in own))
    if not own or unknown & API.languages:
        own.append(API)
    return tuple(own)


def languages_in(snapshot: Snapshot) -> frozenset[Language]:
    """The other languages in which policies of a snapshot are written."""
    return frozenset(
        policy.kind.language
        for policy in snapshot.other_policies
        if policy.kind.policy and not policy.kind.left_out
    )


def _own_language(engine: Engine) -> Language:
    return next(iter(engine.languages - _KUBERNETES))


def table(engines: Iterable[Engine] = ENGINES) -> str:
    """The table as Markdown: a row for each question."""
    columns = list(engines)
    head = " | ".join(engine.name or "the API" for engine in columns)
    lines = [f"| question | {head} |", f"| --- |{' --- |' * len(columns)}"]
    for question in Question:
        cells = " | ".join(
            f"{answer.says} ({answer.source})"
            for answer in (engine.answers[question] for engine in columns)
        )
        lines.append(f"| {question.value} | {cells} |")
    return "\n".join(lines)
