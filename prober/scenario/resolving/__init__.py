"""From a scenario to the checks that can be run, against the objects of one snapshot.

- `destinations`  from a target reference to the endpoints that a check goes to, with the address
                  and the port to probe
- `naming`        what people read: short names, and a namespace only where it is not the obvious
                  one
- `pods`          the pods that a reference means, looked up in a snapshot
- `probes`        from a check spec and one of its destinations to the probe and the flow
- `recognise`     hosts that are really something in the cluster: cluster DNS names, and addresses
                  of pods, Services and nodes
- `resolve`       from a scenario to the checks that can be run, against the objects of one snapshot
- `sources`       from a source reference to the vantages that a check starts from
"""
