"""The blueprint of a world. Pure."""

from __future__ import annotations

from prober.fabric.lab.services.records import zones
from prober.fabric.lab.world.blueprint import Blueprint
from prober.fabric.lab.world.listener_plan import doors
from prober.fabric.lab.world.process_slots import seats
from prober.fabric.lab.world.topology import Topology
from prober.fabric.lab.world.world import World


def draw(world: World) -> Blueprint:
    """Everything the keeper has to build. Raises `UsageError` for lab words that name what is not
    there."""
    topology = Topology(world)
    return Blueprint(
        ipv6=6 in world.families,
        spaces=tuple(topology.spaces()),
        wires=tuple(topology.wires()),
        seats={vantage.id: seat for vantage, seat in seats(world).items()},
        doors=doors(world),
        zones=zones(world),
        enforcement_delay=world.breakage.enforcement_delay,
    )
