"""The API server: connecting, the few calls that are made, and what their failures mean.

Both ends of a call are checked here, once for all kinds of objects: what is sent goes to a path
that is made of valid names, what comes back is bounded, of its type, and what was asked for.

- `names`       PURE: what the API lets an object be called
- `resources`   PURE: the kinds that are touched, and their paths
- `rights`      PURE: every call that is made, and what it is for: the rights to grant
- `refusals`    PURE: what a call's failure means, and what to do next: `ApiError`
- `objects`     PURE: the wire shape of what every object has
- `answers`     what an API server answers, as far as it can be believed
- `pages`       lists, page by page, to their end
- `connection`  a kubeconfig or a service account → an authenticated client; the only importer of
  `kubernetes`
- `http`        one request, tried again while that may help
- `api`         the calls: list, get, create, apply, delete, patch, log, exec
- `asyncio_half`  only the half of the Kubernetes client that is used
- `keys_in_memory`  client certificates and keys of a kubeconfig, never written to disk
- `exec`        a command in a container: one line in, bytes out
- `change`      changes of a cluster's objects: tried first, made only as they were tried
- `streams`     a task that emits becomes a stream that ends with it; several streams become one
- `failures`    several tasks failed at once: what a person is told
"""

from prober.fabric.kubernetes.client.api import Api
from prober.fabric.kubernetes.client.change import (
    Trial,
    attempt,
    attempt_creation,
    carry_out,
    known,
)
from prober.fabric.kubernetes.client.connection import Access, context_namespace
from prober.fabric.kubernetes.client.objects import KubernetesObject, ObjectMeta
from prober.fabric.kubernetes.client.refusals import ApiError
from prober.fabric.kubernetes.client.resources import (
    CONFIG_MAPS,
    EVENTS,
    LEASES,
    NETWORK_POLICIES,
    NODES,
    OPEN_REPORTS,
    POLICY_REPORTS,
    SCENARIO_HISTORIES,
    SCENARIOS,
    SERVICES,
    Resource,
)

__all__ = [
    "CONFIG_MAPS",
    "EVENTS",
    "LEASES",
    "NETWORK_POLICIES",
    "NODES",
    "OPEN_REPORTS",
    "POLICY_REPORTS",
    "SCENARIOS",
    "SCENARIO_HISTORIES",
    "SERVICES",
    "Access",
    "Api",
    "ApiError",
    "KubernetesObject",
    "ObjectMeta",
    "Resource",
    "Trial",
    "attempt",
    "attempt_creation",
    "carry_out",
    "context_namespace",
    "known",
]
