"""Where probes run. `base` has the one Protocol; `lab` builds a small world in network
namespaces."""
