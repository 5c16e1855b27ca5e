"""One file a protocol: how its targets are written, read, named and turned into probes.

- `declaration`  what such a file declares, and the names that most protocols share
- `addressing`   how a probe names its target
- `tcp`, `udp`, `sctp`, `icmp`, `dns`, `http`, `tls`, `grpc`
- `schema`       the long form of all of them, as the published JSON Schema has it

`TABLE` is all of them; what the agent must know too stands in `prober.model.protocol`.
"""

from __future__ import annotations

from collections.abc import Mapping

from prober.model.protocol import Scheme
from prober.scenario.protocols import dns, grpc, http, icmp, sctp, tcp, tls, udp
from prober.scenario.protocols.declaration import TargetProtocol

__all__ = ["TABLE", "TargetProtocol"]

TABLE: Mapping[Scheme, TargetProtocol] = {
    protocol.scheme: protocol
    for protocol in (
        tcp.PROTOCOL,
        udp.PROTOCOL,
        sctp.PROTOCOL,
        http.PROTOCOL,
        http.SECURE,
        tls.PROTOCOL,
        grpc.PROTOCOL,
        grpc.SECURE,
        icmp.PROTOCOL,
        dns.PROTOCOL,
    )
}
