"""What a rule stands for that took packets: whose policies, which direction. Pure.

kube-router has a chain KUBE-POD-FW-… for each pod: jumps to the policies' chains, then a rule that
rejects what none of them let pass. Its comments name pod and policies, and what it rejects goes to
NFLOG group 100, too (pkg/controllers/netpol/pod.go, policy.go).

Calico has chains cali-tw-IFACE (to the workload) and cali-fw-IFACE (from it); the interface's name
is made of the pod's (libcalico-go, VethNameForWorkload), and rules say which policy they are of
(felix/rules/endpoints.go, policy.go).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from prober.fabric.kubernetes.interrogation.counters import Moved, Rule
from prober.fabric.kubernetes.interrogation.flows import Concern, PodKey

ENDINGS = ("DROP", "REJECT")
OTHERS_AT_MOST = 3
"""Rules of nobody known that are told."""
_POD = re.compile(r"POD name:(\S{1,253}) namespace: ?(\S{1,253})")
_POLICY = re.compile(r"run through nw policy (\S{1,253})")
_DEFAULT = re.compile(r"run through default (ingress|egress) network policy chain")
_CALICO_POLICY = re.compile(r"[Pp]olicy (\S{1,253}?) (?:ingress|egress)")
_OWN_POD = re.compile(r"prober-[0-9a-f]{8}\b")


@dataclass(frozen=True, slots=True)
class Ended:
    """A rule at which packets ended, and what it stands for."""

    rule: Rule
    packets: int
    direction: str = ""
    policies: tuple[str, ...] = ()
    pod: str = ""


def ended(moved: Sequence[Moved], concern: Concern) -> tuple[Ended, ...]:
    """Where packets ended that may have been the probe's: rules of its pods; else those of nobody
    known."""
    final = [counter for counter in moved if counter.rule.target in ENDINGS]
    known = [
        end
        for counter in final
        if (end := _of_kube_router(counter, moved, concern) or _of_calico(counter, moved, concern))
    ]
    if known:
        return tuple(dict.fromkeys(known))
    others = (
        Ended(counter.rule, counter.packets)
        for counter in final
        if not _POD.search(counter.rule.text)
    )
    return tuple(others)[:OTHERS_AT_MOST]


def _of_kube_router(counter: Moved, moved: Sequence[Moved], concern: Concern) -> Ended | None:
    match = _POD.search(counter.rule.comment)
    if not match:
        return None
    pod = (match[2], match[1])
    direction = _direction(pod, concern)
    if not direction:
        return None
    same = [other.rule for other in moved if other.rule.chain == counter.rule.chain]
    side = "-d" if direction == "ingress" else "-s"
    policies = (
        f"{pod[0]}/{match_of_rule[1]}"
        for rule in same
        if (match_of_rule := _POLICY.search(rule.comment)) and f"{side} " in f"{rule.text} "
    )
    return Ended(
        counter.rule,
        counter.packets,
        direction,
        tuple(dict.fromkeys(policies)),
        f"{pod[0]}/{pod[1]}",
    )


def _direction(pod: PodKey, concern: Concern) -> str:
    if pod in concern.destinations:
        return "ingress"
    own = pod[0] == concern.source[0] and _OWN_POD.match(pod[1])
    return "egress" if pod == concern.source or own else ""


def _of_calico(counter: Moved, moved: Sequence[Moved], concern: Concern) -> Ended | None:
    for pod, direction, mark in _interfaces(concern):
        if counter.rule.chain.startswith(mark):
            policies = (
                match[1] for other in moved if (match := _CALICO_POLICY.search(other.rule.comment))
            )
            return Ended(
                counter.rule,
                counter.packets,
                direction,
                tuple(dict.fromkeys(policies)),
                "/".join(pod),
            )
    return None


def _interfaces(concern: Concern) -> Iterator[tuple[PodKey, str, str]]:
    for pod in concern.destinations:
        yield pod, "ingress", f"cali-tw-{calico_interface(pod)}"
    yield concern.source, "egress", f"cali-fw-{calico_interface(concern.source)}"


def calico_interface(pod: PodKey) -> str:
    """The host's end of the pod's link, as Calico names it."""
    digest = hashlib.sha1(".".join(pod).encode(), usedforsecurity=False).hexdigest()
    return f"cali{digest[:11]}"
