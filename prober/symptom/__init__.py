"""From what somebody complains about to what failed: lines of logs, events and conditions, read.
Pure.

    Symptom         one failed connection: host, address, port, protocol, how it failed, who dialled
    Failure         how: refused, timeout, reset, unreachable, no-such-host, …  Closed
    Direction       who dialled: the writer, the kubelet, the API server
    symptoms_of     a line to its symptoms

A line goes through `cleaning` (escape sequences, length), `envelope` (JSON, logfmt), `unrelated`
(access logs, clients, metrics, what worked in the end), the `formats` (one file a family, one
table; names that did not resolve in anybody's words last), or else the `generic` form (a host, a
port and an error word of `words`, of another language in `locales`, or the beginning of one in
`cut`), and `joining` (names with their addresses)."""

from prober.symptom.model import Direction, Failure, Symptom
from prober.symptom.reader import symptoms_of

__all__ = ["Direction", "Failure", "Symptom", "symptoms_of"]
