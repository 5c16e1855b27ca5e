"""All pairs at once: the matrix, its engine, its grid, and what a change does to it. Pure.

- `classes`        pods that nothing can tell apart
- `columns`        ingress of one port: columns by destination, turned into rows by source
- `difference`     what a change of the policies opens and closes: every pair of pods on every
                   declared port, and the world outside
- `engine`         how the rows of the matrix are computed: rules against all pods at once
- `grid`           the matrix as a grid that a person reads at a glance: pods where there are few,
                   else workloads, else namespaces
- `kinds`          pods that no rule about ingress tells apart
- `matrix`         the whole matrix: every pod × every pod × every declared port, as rows of bits
- `possibilities`  what may become of flows, as sets of pods
- `spaces`         all pods in one way of seeing them, as the peers of rules ask about them
- `strangers`      what the manifests of one application say about everybody else
- `summary`        the matrix on one screen: by pair of namespaces
"""
