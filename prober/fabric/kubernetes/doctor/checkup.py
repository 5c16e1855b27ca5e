"""What is looked at before anyone probes, and what it means. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from prober.fabric.kubernetes.client.rights import Purpose, Right
from prober.fabric.kubernetes.reading.engines import Engine
from prober.model.errors import ExitCode, ProberError
from prober.model.network.cni import PolicySupport

OLDEST = (1, 25)
"""Since then Pod Security admission and ephemeral containers are there for good."""
SKEW = 30.0
"""Seconds that clocks may be apart. A run's objects outlive it by a minute; with more, others take
them for stale."""
ENFORCE = "pod-security.kubernetes.io/enforce"
_RIGHTS = {
    Purpose.READ: "rights to read",
    Purpose.PROBE_PODS: "rights for --via pod",
    Purpose.EPHEMERAL: "rights for --via ephemeral",
    Purpose.AGENTS: "rights for --via agent",
    Purpose.INSTALL: "rights to install",
    Purpose.AUDIT: "rights to audit identities",
    Purpose.FIX: "rights to apply fixes",
    Purpose.EVIDENCE: "rights for evidence",
    Purpose.WHY: "rights for why",
}
_SHOWN = 3
"""Names in a list, before the rest is a number."""


class State(StrEnum):
    """How one thing is."""

    OK = "ok"
    OFF = "off"
    """Not to be had, which is no fault."""
    WARN = "warn"
    """It works, and may surprise."""
    UNKNOWN = "unknown"
    """It cannot be told from here; nobody did anything wrong."""
    ERROR = "error"
    """It could not be asked."""
    BAD = "bad"
    """Probing will not work before this is mended."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One row."""

    name: str
    state: State
    message: str
    hint: str = ""
    """What to do next; empty where there is nothing to do."""


def exit_code(findings: Sequence[Finding]) -> ExitCode:
    """What `prober doctor` ends with."""
    states = {finding.state for finding in findings}
    if State.BAD in states:
        return ExitCode.FAILED
    return ExitCode.UNKNOWN if State.ERROR in states else ExitCode.OK


def summary(findings: Sequence[Finding]) -> str:
    """All of it in one sentence."""
    count = {state: sum(finding.state is state for finding in findings) for state in State}
    if count[State.BAD]:
        return f"not ready to probe: mend what is marked FAIL ({count[State.BAD]})"
    if count[State.ERROR]:
        return (
            "not known whether it is ready to probe: what is marked ERROR "
            f"({count[State.ERROR]}) could not be asked"
        )
    return "ready to probe" + (
        f"; expect what is marked warn ({count[State.WARN]})" if count[State.WARN] else ""
    )


def could_not_ask(name: str, error: ProberError) -> Finding:
    """The row of a question that was not answered."""
    return Finding(name, State.ERROR, str(error), error.hint)


def version(text: str) -> Finding:
    """The API server's version, as in `v1.34.4`."""
    numbers = [
        int(part) for part in text.lstrip("v").split(".")[:2] if part.isascii() and part.isdigit()
    ]
    name = "API server"
    if len(numbers) == 2 and tuple(numbers) < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        return Finding(
            name, State.WARN, f"{text} is older than {oldest}", "--via ephemeral may not work"
        )
    return Finding(name, State.OK, text)


def clock(skew: float | None) -> Finding:
    """How far the API server's clock is ahead of this machine's, in seconds; None when it does not
    say."""
    if skew is None:
        return Finding("clock", State.UNKNOWN, "the API server does not say what time it is")
    if abs(skew) <= SKEW:
        return Finding(
            "clock", State.OK, f"within {max(1, round(abs(skew)))} s of the API server's"
        )
    way = "behind" if skew > 0 else "ahead of"
    message = f"this machine's clock is {abs(skew):.0f} s {way} the API server's"
    return Finding(
        "clock",
        State.WARN,
        message,
        "set the clock: by it, runs of other machines are taken for stale",
    )


def rights(purpose: Purpose, missing: Mapping[str, Sequence[Right]], *, needed: bool) -> Finding:
    """What is not granted for a purpose: for each namespace (empty: everywhere) the rights with
    their missing verbs."""
    name = _RIGHTS[purpose]
    words = [_granting(right, space) for space, rights in missing.items() for right in rights]
    if not words:
        return Finding(name, State.OK, "granted")
    state = State.BAD if needed else State.OFF
    return Finding(name, state, f"missing: {_some(words)}", _can_i(missing) if needed else "")


def nodes(unready: Sequence[str], count: int) -> Finding:
    """The nodes that are not ready, of so many."""
    if not unready:
        return Finding("nodes", State.OK, f"{count} ready")
    verb = "is" if len(unready) == 1 else "are"
    message = (
        f"{_some(sorted(unready))} {verb} not ready, of {count}: pods there can be neither "
        "probed from nor relied on"
    )
    return Finding("nodes", State.WARN, message, f"kubectl describe node {min(unready)}")


def engine(recognised: Engine | None) -> Finding:
    """Who enforces NetworkPolicy."""
    name = "policy engine"
    if recognised is None:
        hint = "prober matrix in a namespace with policies shows what is enforced"
        return Finding(
            name,
            State.UNKNOWN,
            "no engine that is known runs as a DaemonSet or has an API here",
            hint,
        )
    plugin, agents = recognised.plugin, recognised.agents
    if agents is not None and agents.ready < agents.wanted:
        label = next(
            f"{key}={value}" for key, value in plugin.labels if agents.labels.get(key) == value
        )
        there = f"ready on {agents.ready} of {agents.wanted} nodes"
        message = (
            f"{plugin.name}: its agent is {there}; on the others new pods and policies are not "
            "known"
        )
        return Finding(name, State.WARN, message, f"kubectl get pods -A -l {label} -o wide")
    if plugin.enforcement is PolicySupport.NO:
        message = (
            f"{plugin.name} {plugin.enforcement.value} NetworkPolicies: every denial will be a leak"
        )
        return Finding(name, State.WARN, message, "install an engine beside it, as Canal does")
    if plugin.enforcement is not PolicySupport.YES:
        return Finding(
            name,
            State.UNKNOWN,
            f"{plugin.name}: {plugin.note}",
            "prober matrix shows what is enforced",
        )
    where = f"; its agent is ready on all {agents.wanted} nodes" if agents and agents.wanted else ""
    return Finding(
        name, State.OK, f"{plugin.name} {plugin.enforcement.value} NetworkPolicies{where}"
    )


def pod_security(namespaces: Mapping[str, Mapping[str, str]], wanted: Sequence[str]) -> Finding:
    """The standards that namespaces demand, from their labels; `wanted` are those that will be
    probed from."""
    name = "Pod Security"
    absent = [item for item in wanted if item not in namespaces]
    if absent:
        return Finding(
            name,
            State.BAD,
            f"there is no namespace {_some(absent)}",
            "check the name and the context",
        )
    levels: dict[str, int] = {}
    for space in wanted or namespaces:
        level = namespaces[space].get(ENFORCE) or "no standard"
        levels[level] = levels.get(level, 0) + 1
    counted = ", ".join(
        f"{count} namespaces demand {level}" if count > 1 else f"1 namespace demands {level}"
        for level, count in sorted(levels.items())
    )
    return Finding(name, State.OK, f"{counted}; probe pods meet the restricted standard")


def node_probes(namespace: str, labels: Mapping[str, str] | None) -> Finding:
    """Whether probes from nodes are admitted; `labels` are the namespace's, None when it does not
    exist."""
    name = "probes from nodes"
    if labels is None:
        return Finding(
            name,
            State.OK,
            f"namespace {namespace} will be made, once, for probe pods on the host network",
        )
    level = labels.get(ENFORCE, "")
    if level in ("baseline", "restricted"):
        hint = (
            f"kubectl label namespace {namespace} --overwrite {ENFORCE}=privileged; or name "
            "another: --probe-namespace"
        )
        return Finding(
            name,
            State.WARN,
            f"namespace {namespace} demands {level}, which forbids the host network",
            hint,
        )
    return Finding(name, State.OK, f"namespace {namespace} admits the host network")


def agents(ready: int, nodes: int) -> Finding:
    """How many nodes have an agent that is ready."""
    if ready == 0:
        return Finding("agents", State.OFF, "none: probe pods are made for each run")
    if ready < nodes:
        hint = "kubectl get pods -A -l prober.dev/agent -o wide"
        return Finding("agents", State.WARN, f"ready on {ready} of {nodes} nodes", hint)
    return Finding("agents", State.OK, f"ready on {ready} of {nodes} nodes")


def image(name: str, *, agents: bool) -> Finding:
    """The image for probe pods; `agents`: some are ready, and can do without."""
    if not name:
        hint = "give --image IMAGE or set PROBER_IMAGE (the Dockerfile builds it)"
        state = State.WARN if agents else State.BAD
        return Finding("agent's image", state, "none is named, so no probe pod can be made", hint)
    return Finding("agent's image", State.OK, name)


def _granting(right: Right, namespace: str) -> str:
    thing = f"{right.what}.{right.group}" if right.group else right.what
    return f"{thing} ({', '.join(right.verbs)})" + (f" in {namespace}" if namespace else "")


def _can_i(missing: Mapping[str, Sequence[Right]]) -> str:
    space = next(space for space, rights in missing.items() if rights)
    where = f" -n {space}" if space else ""
    return (
        f"docs/cluster.md lists what each is for; what you have: kubectl auth can-i --list{where}"
    )


def _some(words: Sequence[str]) -> str:
    rest = len(words) - _SHOWN
    return ", ".join(words[:_SHOWN]) + (f" and {rest} more" if rest > 0 else "")
