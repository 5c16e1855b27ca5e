"""The embedded lab: standard manifests in, a small world in network namespaces out.

Everything is decided by pure code, and the keeper only obeys. Each package imports only those above
it:

- `world`        where everything runs and which address it has, and what is broken on purpose
- `services`     Services and DNS, as kube-proxy and cluster DNS have them
- `enforcement`  policies and obstacles, as nft text
- `building`     the blueprint of a world: namespaces, wires, rules, listeners, process slots
- `keeper`       process 1 of the lab: builds the blueprint, then forks processes into its slots
- `fabric`       `LabFabric`, the lab as the coordinator sees it
- `detached`     a lab that outlives the command that started it

Words: a *space* is a network namespace; a *process slot* is a place for a process (several pods of
a node's network share a space); a *planned listener* is a port on which something will listen;
*outside* is whatever is not the cluster.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from prober.lazy import exports

if TYPE_CHECKING:
    from prober.fabric.lab.detached import DetachedLab as DetachedLab, start as start
    from prober.fabric.lab.fabric import LabFabric as LabFabric
    from prober.fabric.lab.keeper.enter import enter as enter
    from prober.fabric.lab.keeper.registry import Record as Record, Registry as Registry

HOMES = {
    "detached": "DetachedLab start",
    "fabric": "LabFabric",
    "keeper.enter": "enter",
    "keeper.registry": "Record Registry",
}
"""What others may use, and where it lives."""

__getattr__ = exports(__name__, HOMES)
