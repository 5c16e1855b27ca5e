"""The blueprint of a world. Pure."""

from __future__ import annotations

from prober.fabric.lab.building.listener_plan import planned_listeners
from prober.fabric.lab.building.process_slots import slots
from prober.fabric.lab.building.topology import Topology
from prober.fabric.lab.services.records import zones
from prober.fabric.lab.world.blueprint import Blueprint
from prober.fabric.lab.world.world import World


def build_blueprint(world: World) -> Blueprint:
    """Everything the keeper has to build. Raises `UsageError` for lab words that name what is not
    there."""
    topology = Topology(world)
    return Blueprint(
        ipv6=6 in world.families,
        spaces=tuple(topology.spaces()),
        wires=tuple(topology.wires()),
        slots={vantage.id: slot for vantage, slot in slots(world).items()},
        listeners=planned_listeners(world),
        zones=zones(world),
        enforcement_delay=world.fault_effects.enforcement_delay,
    )
