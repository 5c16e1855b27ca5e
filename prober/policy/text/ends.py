"""The ends of a flow in text form: `ns/pod`, `svc/ns/name`, `node/name`, `host/name`, an address,
or a host's name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from functools import cached_property

from prober.model.check import Endpoint, EndpointKind
from prober.model.snapshot import Snapshot
from prober.policy.deciding.addresses import format_address, parse_address

_HOST = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)(\.(?!-)[A-Za-z0-9_-]{1,63}(?<!-))*\.?")
_ONLY_NUMBERS = re.compile(r"[\d.]+")
_SERVICE_WORDS = ("svc", "service")
_LONGEST_HOST = 253


class BadEnd(ValueError):  # noqa: N818 - it is a sentence about the text, as in a mistake
    """An end that means nothing: the message says what is wrong, `hint` what may be meant."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class Ends:
    """Reads ends against a snapshot."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def source(self, text: str) -> Endpoint:
        """Where a flow may start. Raises `BadEnd`."""
        word, _, _ = text.partition("/")
        if word in _SERVICE_WORDS and text.count("/") == 2:
            raise BadEnd(
                f"{text} is a Service, and flows start at pods, nodes or hosts",
                "name a pod behind it",
            )
        return self._end(text)

    def destination(self, text: str) -> Endpoint:
        """Where a flow may go. Raises `BadEnd`."""
        word, _, rest = text.partition("/")
        if word in _SERVICE_WORDS and rest.count("/") == 1:
            namespace, _, name = rest.partition("/")
            return self._service(namespace, name)
        return self._end(text)

    def _end(self, text: str) -> Endpoint:
        word, _, rest = text.partition("/")
        if not rest:
            return host(word)
        if word == "node":
            return self._node(rest)
        if word == "host":
            return host(rest)
        namespace, _, name = (
            rest.partition("/") if word == "pod" and "/" in rest else (word, "/", rest)
        )
        if "/" in name:
            raise BadEnd(
                f"{text} has too many slashes", "as in NS/POD, svc/NS/NAME, node/NAME, host/NAME"
            )
        return self._pod(namespace, name)

    def _pod(self, namespace: str, name: str) -> Endpoint:
        """A pod, or the first pod of the workload of that name."""
        if (namespace, name) in self._snapshot.pods:
            return Endpoint(EndpointKind.POD, namespace, name)
        if (namespace, name) in self._workload_pods:
            first = self._workload_pods[namespace, name]
            return Endpoint(EndpointKind.POD, namespace, first, label=name)
        known = set(self._snapshot.pods) | set(self._workload_pods)
        self._need_namespace(namespace, known)
        if any((ref.namespace, ref.name) == (namespace, name) for ref in self._snapshot.workloads):
            raise BadEnd(f"workload {namespace}/{name} has no pods", "scale it up, or name a pod")
        raise BadEnd(f"there is no pod {namespace}/{name}", _elsewhere(namespace, name, known))

    def _service(self, namespace: str, name: str) -> Endpoint:
        known = set(self._snapshot.services)
        if (namespace, name) in known:
            return Endpoint(EndpointKind.SERVICE, namespace, name)
        self._need_namespace(namespace, known)
        raise BadEnd(
            f"there is no Service {namespace}/{name}", _elsewhere(namespace, name, known, "svc/")
        )

    def _node(self, name: str) -> Endpoint:
        known = set(self._snapshot.nodes) | {
            pod.node for pod in self._snapshot.pods.values() if pod.node
        }
        if name not in known:
            raise BadEnd(f"there is no node {name}", _meant(name, known, "node/"))
        return Endpoint(EndpointKind.NODE, name=name)

    def _need_namespace(self, namespace: str, known: Iterable[tuple[str, str]]) -> None:
        names = set(self._snapshot.namespaces) | {one for one, _ in known}
        if namespace in names:
            return
        if parse_address(namespace):
            raise BadEnd(
                f"{namespace} is an address, and a flow goes to one address, not to a block",
                f"write {namespace}",
            )
        raise BadEnd(f"there is no namespace {namespace}", _meant(namespace, names))

    @cached_property
    def _workload_pods(self) -> dict[tuple[str, str], str]:
        """The first pod of each workload, by the workload's name."""
        found: dict[tuple[str, str], str] = {}
        for _, pod in sorted(self._snapshot.pods.items()):
            if pod.owner:
                found.setdefault((pod.namespace, pod.owner.name), pod.name)
        return found


def host(text: str) -> Endpoint:
    """An address, or the name of a host outside. Raises `BadEnd` for text that is neither."""
    bare = text[1:-1] if text.startswith("[") and text.endswith("]") else text
    address = parse_address(bare)
    if address:
        return Endpoint(EndpointKind.HOST, name=bare, address=format_address(address))
    if _ONLY_NUMBERS.fullmatch(bare) or ":" in bare:
        raise BadEnd(f"{text} is not an IP address", "a port goes into the member port")
    if not _HOST.fullmatch(bare) or len(bare) > _LONGEST_HOST:
        raise BadEnd(
            f"{text!r} is not the name of a host", "a pod is written NS/NAME, a Service svc/NS/NAME"
        )
    return Endpoint(EndpointKind.HOST, name=bare)


def _elsewhere(
    namespace: str, name: str, known: Iterable[tuple[str, str]], prefix: str = ""
) -> str:
    """What may have been meant: a similar name here, or the same name in another namespace."""
    here = _meant(name, [one for own, one in known if own == namespace], f"{prefix}{namespace}/")
    others = sorted(own for own, one in known if one == name)
    return here or (f"did you mean {prefix}{others[0]}/{name}?" if others else "")


def _meant(name: str, known: Iterable[str], prefix: str = "") -> str:
    near = get_close_matches(name, sorted(known), n=1, cutoff=0.5)
    return f"did you mean {prefix}{near[0]}?" if near else ""
