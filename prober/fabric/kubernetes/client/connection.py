"""From a kubeconfig, or a pod's own service account, to an authenticated client.

The only module that imports the Kubernetes client, and late: no other import takes as long.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prober.fabric.kubernetes.client.asyncio_half import without_the_blocking_half
from prober.fabric.kubernetes.client.keys_in_memory import keys_in_memory
from prober.model.errors import FabricError

_NO_CLUSTER_HINT = (
    "set KUBECONFIG, or give --kubeconfig FILE --context NAME; or add --lab to run in the lab"
)
_IN_CLUSTER = "in-cluster"
"""The name of the cluster for its own pods."""
_REDIRECTS = (301, 302, 303, 307, 308)
_OWN_NAMESPACE = Path("/var/run/secrets/kubernetes.io/serviceaccount/namespace")


@dataclass(frozen=True, slots=True)
class Access:
    """Which cluster, and as whom."""

    kubeconfig: Path | None = None
    """None: KUBECONFIG, else ~/.kube/config, else the service account of the pod that prober runs
    in."""
    context: str = ""
    """Empty: the kubeconfig's current one."""
    impersonate: str = ""
    """Act as this user, as `kubectl --as` does."""


@dataclass(frozen=True, slots=True)
class Connection:
    """A client, and what people call the cluster."""

    client: Any
    """`kubernetes.aio.client.ApiClient`, most of whose methods have no types."""
    name: str
    """The context, or `in-cluster`."""
    server: str

    @property
    def in_cluster(self) -> bool:
        """Is it reached as one of its own pods."""
        return self.name == _IN_CLUSTER


async def connect(access: Access) -> Connection:
    """Load the credentials. Nothing is sent yet. Raises `FabricError` when there are none or they
    cannot be read."""
    without_the_blocking_half()
    from kubernetes.aio.client import ApiClient, Configuration

    configuration = Configuration()
    # Every log that is followed holds a connection: with a bound, probe pods beyond it would starve
    # all other calls.
    configuration.connection_pool_maxsize = 0
    configuration.client_session_kwargs = {"middlewares": (_refuse_redirects,)}
    with keys_in_memory():
        name = await _load(access, configuration)
        client: Any = ApiClient(configuration)
    client.user_agent = "prober"
    if access.impersonate:
        client.set_default_header("Impersonate-User", access.impersonate)
    return Connection(client, name, str(configuration.host))


async def _refuse_redirects(request: Any, handler: Any) -> Any:
    """An API server answers itself. A redirect would send what is asked, or deleted, somewhere that
    the kubeconfig does not name."""
    from aiohttp import ClientError

    response = await handler(request)
    if response.status in _REDIRECTS:
        response.close()
        raise ClientError(f"it answers with a redirect ({response.status}), which is not followed")
    return response


async def _load(access: Access, configuration: Any) -> str:
    from kubernetes.aio import config as untyped

    config: Any = untyped

    files = _files(access)
    try:
        if any(file.exists() for file in files):
            loader = await config.load_kube_config(
                config_file=os.pathsep.join(str(file) for file in files),
                context=access.context or None,
                client_configuration=configuration,
                persist_config=False,
            )
            return str(loader.current_context["name"])
        if (
            access.kubeconfig is None
            and not access.context
            and os.environ.get("KUBERNETES_SERVICE_HOST")
        ):
            config.load_incluster_config(client_configuration=configuration)
            return _IN_CLUSTER
    except Exception as error:  # the loader lets through whatever its parsers raise
        raise FabricError(
            f"the kubeconfig cannot be used: {_first_line(error)}", hint=_NO_CLUSTER_HINT
        ) from error
    raise _absent(files)


def context_namespace(access: Access) -> str:
    """The namespace of the context, which kubectl uses where none is given: `default` when the
    context has none.

    Empty where no context can be read: `connect` says why.
    """
    without_the_blocking_half()
    from kubernetes.aio import config as untyped

    config: Any = untyped
    files = _files(access)
    if not any(file.exists() for file in files):
        return _own_namespace() if access.kubeconfig is None and not access.context else ""
    try:
        contexts, current = config.list_kube_config_contexts(
            os.pathsep.join(str(file) for file in files)
        )
        wanted = access.context or current["name"]
        entry = next(context for context in contexts if context["name"] == wanted)
    except Exception:  # noqa: BLE001 - whatever its parsers raise, connecting raises it again and says it in a sentence
        return ""
    return str(entry["context"].get("namespace") or "default")


def _own_namespace() -> str:
    """Of the pod that prober runs in."""
    try:
        return _OWN_NAMESPACE.read_text(encoding="utf-8").strip()
    except OSError:
        return ""


def _files(access: Access) -> list[Path]:
    if access.kubeconfig is not None:
        return [access.kubeconfig]
    paths = [part for part in os.environ.get("KUBECONFIG", "").split(os.pathsep) if part]
    return [Path(part).expanduser() for part in paths] or [Path.home() / ".kube" / "config"]


def _absent(files: list[Path]) -> FabricError:
    places = ", ".join(map(str, files))
    return FabricError(
        f"there is no kubeconfig at {places}, so no cluster can be probed", hint=_NO_CLUSTER_HINT
    )


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
