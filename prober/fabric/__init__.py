"""Where probes run.

- `base`        the one Protocol between the coordinator and whatever it runs on
- `lab`         a small world in network namespaces, with real packets
- `kubernetes`  a real cluster
- `ledger`      PURE. which lines of a vantage's stream count: the one place that believes an agent
- `plausible`   PURE. whether an agent can have said this of that probe
"""
