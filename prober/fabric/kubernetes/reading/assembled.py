"""A cluster's objects, decoded, into a snapshot."""

from __future__ import annotations

from prober.manifest import Objects
from prober.manifest.assemble import assemble
from prober.model.bounds import plain
from prober.model.errors import FabricError
from prober.model.snapshot import Snapshot


def snapshot_of(objects: Objects) -> Snapshot:
    """The snapshot of what an API server lists. Raises `FabricError` when it lists what no API
    server admits, such as a policy with a block that is none: half a policy would be another."""
    try:
        return assemble(objects, expand_workloads=False)
    except ValueError as error:
        raise FabricError(
            f"the API server lists an object that no API server admits: {plain(str(error), 200)}",
            hint="see that the kubeconfig names the right server: kubectl cluster-info",
        ) from error
