"""From the options of a command to a fabric: the only place that names a concrete one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from prober.cli.options.shared import FabricOptions
from prober.model.errors import UsageError
from prober.model.limits import STANDARD, Limits

if TYPE_CHECKING:
    from prober.cli.options.manifests import ManifestOptions
    from prober.fabric.base import Fabric

LAB_NODES = ("n1", "n2")
"""The nodes of a lab whose manifests have none."""


@dataclass(frozen=True, slots=True)
class FabricChoice:
    """A fabric to run on, and what is worth saying about how it was chosen."""

    fabric: Fabric
    warnings: tuple[str, ...] = ()
    manifests: str = ""
    """What a lab was built from, as it was given; empty for a cluster."""
    limits: Limits = STANDARD
    """What the settings of the cluster say."""


def build(options: FabricOptions, manifests: Sequence[Path] = ()) -> FabricChoice:
    """The fabric that the options ask for. `manifests` are a scenario's own; those of the command
    line win.

    Never the lab by accident: without --lab it is the cluster, and an error where there is none.
    """
    if options.lab:
        from prober.cli.options.cluster import reject_cluster_options

        reject_cluster_options()
        return _lab(options, options.manifests.or_else(manifests))
    # Options of the lab without --lab would be ignored, and the person would believe that the
    # cluster was tested with a fault in it.
    if options.enforcement or options.faults:
        raise UsageError("--enforcement and --fault are the lab's", hint="add --lab")
    if options.manifests:
        raise UsageError("-f is the lab's: a cluster has its own objects", hint="add --lab")
    from prober.cli.options.cluster import build_cluster, current_cluster_options, warnings_of
    from prober.cli.options.settings import load_settings

    cluster = current_cluster_options()
    limits = load_settings(cluster.settings).limits
    return FabricChoice(build_cluster(cluster), warnings_of(cluster), limits=limits)


def _lab(options: FabricOptions, manifests: ManifestOptions) -> FabricChoice:
    from prober.fabric.lab import LabFabric
    from prober.manifest import load_sources, parse_fault
    from prober.model.lab import Enforcement, LabSpec

    if not manifests:
        raise UsageError(
            "the lab needs manifests to build from",
            hint="give them with -f DIR, or `lab.manifests` in the scenario",
        )
    faults = tuple(parse_fault(text) for text in options.faults)
    loaded = load_sources(manifests.sources(), nodes=LAB_NODES)
    fabric = LabFabric(
        loaded.snapshot,
        loaded.lab or LabSpec(),
        enforcement=Enforcement(options.enforcement) if options.enforcement else None,
        faults=faults,
    )
    return FabricChoice(fabric, loaded.warnings, str(manifests))
