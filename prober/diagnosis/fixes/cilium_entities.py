"""Where Cilium enforces, nodes have no address that an ipBlock could name: a policy of Cilium's own
names them as entities. Pure.

Source: Cilium's documentation of policies ("host" is the pod's own node, "remote-node" any other
one, and CIDR rules do not apply to either).
"""

from __future__ import annotations

from collections.abc import Sequence

from prober.diagnosis.facts.case import Case
from prober.diagnosis.facts.denials import Denial
from prober.diagnosis.facts.engine import engines
from prober.diagnosis.facts.wanted_flows import wanted_by
from prober.diagnosis.fixes.distinct_labels import singled_out
from prober.diagnosis.fixes.hypothetical import fixed
from prober.diagnosis.fixes.own_policy import subjects, workloads
from prober.diagnosis.fixes.policy_fixes import is_open
from prober.manifest import selector_manifest
from prober.model.listing import listed
from prober.model.objects import Ref
from prober.model.run import Fix
from prober.model.snapshot import Snapshot

KIND = "CiliumNetworkPolicy"
_LONGEST = 63
"""Characters of a name that people still read."""
_ENTITIES = ("host", "remote-node")


def names_nodes_by_entities(denials: Sequence[Denial], case: Case) -> bool:
    """Whether a policy about these flows has to name nodes, in a cluster whose engine is Cilium:
    there a pod on its node's network is the node, also where the denial left open what it is."""
    return "Cilium" in engines(case.snapshot) and any(
        denial.seen_as_node or _is_on_a_node(denial, case.snapshot) for denial in denials
    )


def _is_on_a_node(denial: Denial, snapshot: Snapshot) -> bool:
    pod = snapshot.pod(denial.other)
    return pod is not None and pod.host_network


def entities_policy(denials: Sequence[Denial], case: Case) -> Fix | None:
    """A CiliumNetworkPolicy that lets the nodes in (or the pods out to them) for the needed ports;
    None where no labels single out the pods that need it, or it would not open the flows."""
    pods = subjects(denials, case.snapshot)
    selector = singled_out(pods, case.snapshot)
    if selector is None or not pods:
        return None
    direction, first = denials[0].direction, pods[0]
    way = "to" if direction == "egress" else "from"
    needed = dict.fromkeys(
        (str(denial.backend.port), str(denial.record.check.flow.protocol)) for denial in denials
    )
    ports = [{"port": port, "protocol": protocol} for port, protocol in needed if port != "None"]
    rule = {f"{way}Entities": list(_ENTITIES)} | ({"toPorts": [{"ports": ports}]} if ports else {})
    numbers = "-".join(port for port, _ in needed)
    workload = first.owner.name if first.owner else first.name
    name = f"allow-nodes-{workload}-{numbers}"[:_LONGEST].rstrip("-.")
    target = Ref(KIND, first.namespace, name)
    what = listed(denial.needed for denial in denials)
    fix = Fix(
        summary=f"give {workloads(pods)} a {KIND}, {target}, that allows {what} {way} the nodes by "
        "their entities: in Cilium no ipBlock names a node",
        target=target,
        manifest={
            "apiVersion": "cilium.io/v2",
            "kind": KIND,
            "metadata": {"namespace": first.namespace, "name": name},
            "spec": {"endpointSelector": selector_manifest(selector), direction: [rule]},
        },
        opens=tuple(dict.fromkeys(str(denial.record.check.flow) for denial in denials)),
        wanted=wanted_by(denial.record for denial in denials),
        supplements=denials[0].trail.policies[0].policy if denials[0].trail.policies else None,
    )
    after = fixed(case.snapshot, fix)
    if after is None:
        return None
    predictor = case.predictor.over(after)
    return fix if all(is_open(denial, predictor) for denial in denials) else None
