"""Whether what is asked about is there: nothing complains about what does not exist, and that must
not look like health."""

from __future__ import annotations

from difflib import get_close_matches

from prober.model.errors import UsageError
from prober.model.kubernetes import WORKLOAD_KINDS
from prober.model.snapshot import Snapshot
from prober.model.testimony import SearchScope, Testimony
from prober.why.configured import called

WORKLOADS = ("pod", "po", "pods", *WORKLOAD_KINDS)


def check_existence(scope: SearchScope, snapshot: Snapshot, testimony: Testimony) -> None:
    """Raises `UsageError` for a namespace or an object that nothing is known of."""
    if scope.namespace and scope.namespace not in snapshot.namespaces:
        raise UsageError(
            f"there is no namespace `{scope.namespace}`",
            hint=_meant(scope.namespace, list(snapshot.namespaces)),
        )
    if not scope.object or testimony.statements:
        return
    kind = scope.object.partition("/")[0]
    if kind in WORKLOADS and _is_workload(scope.object, snapshot):
        return
    raise UsageError(
        f"nothing is known of `{scope.object}`",
        hint="name a workload as in deploy/api.shop, or an object with conditions as in "
        "kustomization/apps.flux-system; --kind PLURAL.GROUP adds a kind",
    )


def _is_workload(word: str, snapshot: Snapshot) -> bool:
    kind, _, rest = word.partition("/")
    name, _, namespace = rest.rpartition(".")
    if any(called(pod, word) for pod in snapshot.pods.values()):
        return True
    return kind not in ("pod", "po", "pods") and any(
        (ref.namespace, ref.name) == (namespace, name) for ref in snapshot.workloads
    )


def _meant(word: str, known: list[str]) -> str:
    near = get_close_matches(word, known, n=1)
    return (
        f"did you mean `{near[0]}`?" if near else "namespaces are " + ", ".join(sorted(known)[:8])
    )
