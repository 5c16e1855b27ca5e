"""What stays up: the process of an agent's pod, and the targets under control that answer probes.

- `daemon`       the long-lived process of an agent's pod: says how it is, and does nothing else
- `metrics`      PURE: Prometheus' text format
- `counters`     how much was done, left in a file by runs for the long-lived process to show
- `ports`        the one port that an agent may listen on
- `responder`    listeners that answer: echo, HTTP, TLS, SSH's banner, gRPC's health service
- `grpc_health`  that service, over HTTP/2
- `certificate`  certificates made in memory, for those listeners and for the lab
"""
