"""What an API call's failure means, and what to do next. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from prober.fabric.kubernetes.client.resources import Resource
from prober.fabric.kubernetes.client.rights import is_listed
from prober.model.bounds import plain
from prober.model.errors import FabricError

_SAID = 1_000
"""Characters of what a server says that are passed on: whoever writes an admission webhook writes
them as well."""
_OF_NODES = ("pods/log", "pods/exec")
"""What the API server asks a node for: its failures are the node's."""


@dataclass(frozen=True, slots=True)
class Call:
    """One API call, in words that RBAC and people use."""

    verb: str
    what: str
    """The plural with its subresource, as in `pods` or `pods/log`."""
    group: str = ""
    namespace: str = ""
    name: str = ""

    def __str__(self) -> str:
        thing = f"{self.what} {self.name}" if self.name else self.what
        return f"{self.verb} {thing}" + (
            f" in namespace {self.namespace}" if self.namespace else ""
        )

    @property
    def can_i(self) -> str:
        """The command that asks whether this is allowed."""
        plural, _, subresource = self.what.partition("/")
        thing = f"{plural}.{self.group}" if self.group else plural
        sub = f" --subresource={subresource}" if subresource else ""
        where = f" -n {self.namespace}" if self.namespace else " -A"
        return f"kubectl auth can-i {self.verb} {thing}{sub}{where}"


def call(
    verb: str, resource: Resource, namespace: str = "", name: str = "", subresource: str = ""
) -> Call:
    """The call of a verb on a resource. Raises `ValueError` for one that the table of rights does
    not have: whoever was granted what it lists would be refused."""
    if not is_listed(resource, verb, subresource):
        raise ValueError(
            f"{verb} {resource.plural}/{subresource} is missing in the table of rights"
        )
    what = f"{resource.plural}/{subresource}" if subresource else resource.plural
    return Call(verb, what, resource.group, namespace, name)


class ApiError(FabricError):
    """An API call failed, and trying again did not help."""

    def __init__(self, message: str, *, status: int = 0, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.status = status
        """The HTTP status; 0 when there was no answer."""

    @property
    def may_pass(self) -> bool:
        """Is it worth trying again: no answer, too many requests, or the server's own trouble."""
        return self.status in (0, 429) or self.status >= 500


def refused(made: Call, status: int, reason: str, message: str) -> ApiError:
    """The API server answered with an error. `reason` and `message` are those of its Status
    object."""
    said = plain(message or reason or f"HTTP status {status}", _SAID)
    if status == 401:
        return ApiError(
            "the API server does not accept these credentials (401)",
            status=status,
            hint="log in again, and check the user of the context: kubectl auth whoami",
        )
    if status == 403:
        return _forbidden(made, said)
    if status == 404:
        hint = "check the name and the context"
        return ApiError(f"cannot {made}: there is none (404): {said}", status=status, hint=hint)
    if status >= 500 and made.what in _OF_NODES:
        return ApiError(
            f"cannot {made} ({status}): {said}",
            status=status,
            hint="the pod's node does not answer: look at kubectl get nodes, then run again",
        )
    if status == 429 or status >= 500:
        return ApiError(
            f"the API server could not {made} ({status}), and did not recover: {said}",
            status=status,
            hint=(
                "it is overloaded or ill: look at kubectl get --raw='/readyz?verbose', then run "
                "again"
            ),
        )
    if status == 409:
        return ApiError(
            f"cannot {made} (409), because it has changed in between: {said}",
            status=status,
            hint="run the command again: it looks at what is there now",
        )
    if "denied the request" in said:
        return _not_admitted(made, status, said)
    return ApiError(
        f"the API server refused to {made} ({status}): {said}",
        status=status,
        hint="run again with -v",
    )


def _forbidden(made: Call, said: str) -> ApiError:
    """403 is RBAC's word, and admission's as well; only the text tells them apart."""
    where = made.namespace or "the namespace"
    if "violates PodSecurity" in said:
        hint = f"the probe pod meets the restricted standard; see what else {where} demands"
        if "host namespaces" in said:
            hint = (
                "nodes are probed from the host network: name a namespace that admits it with "
                "--probe-namespace"
            )
        return ApiError(
            f"Pod Security does not admit the probe pod in {where}: {said}", status=403, hint=hint
        )
    if "exceeded quota" in said or "failed quota" in said:
        hint = f"raise it, or free one pod's worth: kubectl describe quota -n {where}"
        return ApiError(
            f"the quota of {where} leaves no room for the probe pod: {said}", status=403, hint=hint
        )
    if "being terminated" in said:
        return ApiError(
            f"namespace {where} is being deleted", status=403, hint="probe another namespace"
        )
    if made.what == "pods/ephemeralcontainers" and "static" in said:
        hint = "probe from it with a probe pod: leave out --via ephemeral"
        return ApiError(
            f"pod {made.name} is a static pod, which takes no ephemeral containers",
            status=403,
            hint=hint,
        )
    if made.verb == "create" and "cannot create" not in said and said != "Forbidden":
        return _not_admitted(made, 403, said)
    hint = f"ask for the right; to check: {made.can_i}"
    if made.verb == "create":
        hint += f"; for runs in the cluster: prober install --probe-pods-in {where}"
    return ApiError(f"not allowed to {made} (403): {said}", status=403, hint=hint)


def _not_admitted(made: Call, status: int, said: str) -> ApiError:
    """A limit range, a webhook or an admission policy said no."""
    return ApiError(
        f"the cluster's admission does not let prober {made} ({status}): {said}",
        status=status,
        hint=(
            "the message names the rule: exempt what carries the label prober.dev/probe, or "
            "probe other pods"
        ),
    )


def unreachable(server: str, context: str, why: str) -> ApiError:
    """There was no answer at all."""
    why = plain(why, _SAID)
    return ApiError(
        f"the API server {server} of context {context} cannot be reached: {why}",
        hint=(
            "check the context and the way to it: kubectl cluster-info; or add --lab to run in "
            "the lab"
        ),
    )
