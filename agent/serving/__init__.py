"""What stays up: the process of an agent's pod, and the responder that targets are made of.

- `counters`   how much an agent has done
- `daemon`     the long-lived process of an agent's pod: it says how it is, and does nothing else
- `metrics`    what an agent says about itself, in Prometheus' text format (version 0.0.4)
- `ports`      the one port that an agent may listen on
- `responder`  the other end: listeners that answer, for targets under control
"""
