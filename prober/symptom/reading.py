"""What one format read at one place of a line, before the readings of a line are put together."""

from __future__ import annotations

from dataclasses import dataclass

from prober.symptom.endpoints import Endpoint
from prober.symptom.model import Direction, Failure, Symptom


@dataclass(frozen=True, slots=True)
class Reading:
    """A symptom and where it stands."""

    start: int
    end: int
    failure: Failure
    at: Endpoint
    protocol: str = "tcp"
    name_server: str = ""
    joins: bool = True
    """A name elsewhere in the line may be the host of this address, and a URL the port of this
    name."""
    direction: Direction | None = None
    """Who dials, where the format itself knows it."""

    def symptom(self, direction: Direction) -> Symptom:
        """The symptom that this reading is."""
        return Symptom(
            outcome=self.failure,
            host=self.at.host,
            address=self.at.address,
            port=self.at.port,
            protocol=self.protocol,
            name_server=self.name_server,
            direction=self.direction or direction,
        )
