"""What workloads are told to reach, where nobody complains."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from prober.model.kubernetes import WORKLOAD_KINDS
from prober.model.objects import Pod
from prober.model.snapshot import Snapshot
from prober.model.testimony import SearchScope, Statement, StatementKind
from prober.symptom import Failure, Symptom
from prober.symptom.endpoints import name_of, port_of, urls
from prober.symptom.form import EPHEMERAL
from prober.symptom.mentions import mentions

VALUES_AT_MOST = 200
"""Of one pod: a template engine's whole environment says no more."""
_HOST_ENDINGS = ("_HOST", "_HOSTNAME", "_ADDR", "_SERVER", "_SERVICE_NAME")
_PORT_ENDINGS = ("_PORT", "_SERVICE_PORT")
_SCRIPT = re.compile(
    r"\n|&&|\|\||(?:^|[\s;])(?:while|until|for|if|then|do|done|echo|printf|exec|set|export)\s"
)
"""What only shell scripts have."""
_OWN = ("LISTEN", "BIND", "SERVER_PORT", "HTTP_PORT", "METRICS")
"""What names an own listener, not a place to go."""


def destinations(text: str) -> tuple[Symptom, ...]:
    """Every endpoint that a configured value names; of a script, such as an argument of `sh -c`,
    only what it has as a URL, since `db:80` in it may be printed or compared as well."""
    named = urls(text) if _SCRIPT.search(text) else mentions(text)
    return tuple(
        Symptom(Failure.UNKNOWN, there.at.host, there.at.address, there.at.port, "tcp")
        for there in named
        if there.at.port and there.at.port < EPHEMERAL
    )


def from_environment(snapshot: Snapshot, scope: SearchScope) -> tuple[Statement, ...]:
    """What the environment of the pods asked about says; of a whole namespace only of those pods
    that are not ready."""
    return tuple(
        statement
        for _, pod in sorted(snapshot.pods.items())
        if is_asked_about(pod, scope)
        for statement in _of_pod(pod)
    )


def is_asked_about(pod: Pod, scope: SearchScope) -> bool:
    """The pod is in the scope, and is not well where a whole namespace is asked about."""
    if pod.stand_in or not pod.running:
        return False
    if scope.object:
        return called(pod, scope.object)
    return (not scope.namespace or pod.namespace == scope.namespace) and not pod.ready


def called(pod: Pod, word: str) -> bool:
    """Whether `deploy/api.shop` or `pod/api-7d9.shop` means this pod."""
    kind, _, rest = word.partition("/")
    name, _, namespace = rest.rpartition(".")
    if namespace != pod.namespace:
        return False
    if kind in ("pod", "po", "pods"):
        return pod.name == name
    owner = pod.owner
    return owner is not None and owner.name == name and owner.kind.lower().startswith(_long(kind))


def _long(kind: str) -> str:
    return WORKLOAD_KINDS.get(kind, kind).lower()


def _of_pod(pod: Pod) -> Iterator[Statement]:
    about = f"pod/{pod.name}.{pod.namespace}"
    for number, (name, value) in enumerate(_values(pod.env)):
        if number >= VALUES_AT_MOST:
            return
        yield Statement(StatementKind.CONFIGURED, value, about, about, f"environment {name}")


def _values(env: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, value in env.items():
        upper = name.upper()
        if any(word in upper for word in _OWN):
            continue
        if mentions(value) or "_SERVICE_HOST" in value:
            yield name, value
        elif upper.endswith(_HOST_ENDINGS) and name_of(value):
            stem = upper.rpartition("_")[0]
            port = next((env[key] for key in env if key.upper() in _ports(stem)), "")
            if port_of(port):
                yield name, f"{value}:{port}"


def _ports(stem: str) -> tuple[str, ...]:
    return tuple(stem + ending for ending in _PORT_ENDINGS)
