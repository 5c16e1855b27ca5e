"""The words everything else is written in. Pure: no I/O, no clients, no clocks.

- `objects`, `snapshot`   the Kubernetes objects that decide about connectivity
- `check`                 endpoint, flow, vantage, check, expectation
- `probe`                 the contract with the agent: a plan in, observations out
- `outcome`               how a probe ended, and the evidence
- `prediction`            what the policies say, with the trail
- `run`                   verdict, result, finding, and the record of a whole run
- `cni`, `components`     what a cluster's network is made of, and by which labels it is known
- `lab`                   what the embedded lab is told besides the manifests
- `errors`                the exception tree and the exit codes
"""
