"""Incidents of the machinery on the way: agents that hang, firewalls of nodes, ways and tunnels."""

from __future__ import annotations

from incident_nodes import DB_1
from incident_objects import allow, node, pod, pods, policy
from incident_policies import DB, DB_SERVICE, GITHUB, WEB
from incident_running import Incident

from prober.model.run import Confidence

N1, N2 = node("n1", "198.51.100.11"), node("n2", "198.51.100.12")
OLD = pod("shop/web-0", "n1", labels={"app": "web"})
NEW = pod("shop/web-1", "n1", labels={"app": "web"})
DB_2, DB_3 = pod("shop/db-2", "n2", "http:9090"), pod("shop/db-3", "n2", "http:9090")
EXPORTER = pod("shop/exporter", "n2", "metrics:9100", hostNetwork=True)

PATHS = (
    Incident(
        name="a policy agent that hangs",
        cause="policy-agent-stale",
        says="it stops flows of shop/web-1 that the policies allow",
        objects=[
            OLD,
            NEW,
            DB,
            policy("shop/db", {"app": "db"}, ingress=[allow(frm=[pods(app="web")])]),
        ],
        checks=[
            "pod/web-0.shop -> tcp://pod/db.shop:9090",
            "pod/web-1.shop -> tcp://pod/db.shop:9090",
        ],
        faults=["unknown-pod=pod/web-1.shop"],
    ),
    Incident(
        name="a node's own firewall",
        cause="node-firewall",
        says="the firewall of node n2 stops 9100/tcp from elsewhere",
        objects=[N1, N2, WEB, EXPORTER],
        checks=["pod/web.shop -> tcp://pod/exporter.shop:9100"],
        faults=["host-firewall=node/n2:9100"],
    ),
    Incident(
        name="one direction between two nodes",
        cause="one-way-blocked",
        says="connections from n1 to n2 are lost, and those from n2 to n1 work",
        objects=[WEB, DB, DB_1, DB_SERVICE],
        checks=[
            "pod/web.shop -> tcp://pod/db.shop:9090",
            "pod/db.shop -> tcp://pod/db-1.shop:9090",
        ],
        faults=["no-way-out=node/n1"],
    ),
    Incident(
        name="a tunnel that is blocked",
        cause="node-unreachable",
        says="the tunnel between them is blocked, or the routes to their pods are gone",
        objects=[N1, N2, WEB, DB_2, DB_3],
        checks=[
            "pod/web.shop -> tcp://pod/db-2.shop:9090",
            "pod/web.shop -> tcp://pod/db-3.shop:9090",
        ],
        faults=["tunnel-blocked=node/n2"],
    ),
    Incident(
        name="a server that speaks something else",
        cause="unexplained",
        says="no known cause fits all that was seen",
        objects=[GITHUB, WEB],
        checks=["pod/web.shop -> https://github.com:22/"],
        mended_checks=["pod/web.shop -> tcp://github.com:22"],
        confidence=Confidence.POSSIBLE,
    ),
)
