"""Scenario files for the commands: all mistakes of all files at once, those in names included where
names are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from prober.cli.options.manifests import ManifestOptions
from prober.model.errors import InputError, Mistake, in_order

if TYPE_CHECKING:
    from prober.manifest import Loaded
    from prober.model.snapshot import Snapshot
    from prober.scenario import Scenario


NOTHING = ManifestOptions()


@dataclass(frozen=True, slots=True)
class Read:
    """One scenario file, read and looked up."""

    scenario: Scenario | None
    """As far as it is sound; None when the file gives none at all."""
    mistakes: tuple[Mistake, ...] = ()
    warnings: tuple[str, ...] = ()
    looked_up: bool = False
    """Were there manifests to look names up in."""


def load_scenarios(
    paths: Sequence[Path], *, lab: bool, manifests: ManifestOptions = NOTHING, namespace: str = ""
) -> list[Scenario]:
    """The scenarios, all sound. Raises `InputError` with every mistake in them. `namespace` stands
    in for that of files whose metadata has none.

    Names are looked up here only for the lab, and not for a single sound file: the run will do that
    anyway. What is true of a cluster is for the run to say.
    """
    from prober.scenario import read_scenario

    # All files are read before anything is said, so that one run of `validate` shows all mistakes.
    # People fix them in one pass instead of one per invocation.
    read = [Read(*read_scenario(path, namespace=namespace)) for path in paths]
    if lab and (len(read) > 1 or any(reading.mistakes for reading in read)):
        read = [look_up(reading, manifests) for reading in read]
    if mistakes := [mistake for reading in read for mistake in reading.mistakes]:
        raise InputError(list(dict.fromkeys(mistakes)))
    return [reading.scenario for reading in read if reading.scenario is not None]


def look_up(read: Read, manifests: ManifestOptions = NOTHING) -> Read:
    """The same, with the mistakes in the names of its sound checks, and those in the manifests
    themselves.

    `manifests` are used instead of the scenario's own.
    """
    from prober.cli.options.fabrics import LAB_NODES
    from prober.manifest import load_sources
    from prober.scenario import resolve

    scenario = read.scenario
    if scenario is None:
        return read
    try:
        world = manifests.or_else(scenario.lab_manifests)
        if not world:
            return read
        loaded = load_sources(world.sources(), nodes=LAB_NODES)
        outside = [host.name for host in loaded.lab.outside] if loaded.lab else []
        # Without addresses: manifests do not have them, and the lab assigns them later. Only names
        # are looked up here.
        resolve(scenario, _with_nodes(loaded), outside=outside, addressed=False)
    except InputError as error:
        return Read(scenario, in_order((*read.mistakes, *error.mistakes)))
    return Read(scenario, read.mistakes, tuple(loaded.warnings), looked_up=True)


def _with_nodes(loaded: Loaded) -> Snapshot:
    """The snapshot, with the nodes and the standard Services that the lab makes where the manifests
    have none."""
    from dataclasses import replace

    from prober.cli.options.fabrics import LAB_NODES
    from prober.manifest import node_names, with_standard_services
    from prober.model.objects import Node

    snapshot = with_standard_services(loaded.snapshot)
    names = node_names(loaded.lab.nodes) if loaded.lab else LAB_NODES
    return (
        snapshot
        if snapshot.nodes
        else replace(snapshot, nodes={name: Node(name) for name in names})
    )
