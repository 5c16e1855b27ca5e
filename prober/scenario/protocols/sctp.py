"""sctp:// - predicted, and never probed."""

from __future__ import annotations

from prober.model.protocol import Scheme
from prober.scenario.protocols.addressing import by_address
from prober.scenario.protocols.declaration import TargetProtocol

PROTOCOL = TargetProtocol(
    Scheme.SCTP,
    description="An SCTP association: predicted, never probed.",
    example="sctp://svc/signal.shop:3868",
    fields=by_address,
    never_sent="SCTP is predicted, not probed: most kernels do not speak it",
)
