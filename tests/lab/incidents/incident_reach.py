"""Incidents in which too much gets through: policies that allow it, miss their pods, or are
enforced by nobody."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from incident_objects import Object, allow, namespace, pod, pods, policy, spaces
from incident_policies import DB, OTHER, PROMETHEUS, WEB
from incident_running import Incident

from prober.model.run import Confidence

DENY = policy("shop/db", {"app": "db"}, ingress=[allow(9090, frm=[pods(app="web")])])


def with_policy(new: Object) -> Callable[[Sequence[Object]], list[Object]]:
    """A person adds a policy, or writes another in place of one with the same name."""

    def mend(objects: Sequence[Object]) -> list[Object]:
        return [
            item
            for item in objects
            if item["metadata"] != new["metadata"] or item["kind"] != new["kind"]
        ] + [new]

    return mend


REACH = (
    Incident(
        name="either where both selectors were meant",
        cause="policy-peers-or-for-and",
        says="two items mean either (OR)",
        objects=[
            namespace("monitoring", team="ops"),
            PROMETHEUS,
            pod("monitoring/grafana", "n1"),
            DB,
            policy(
                "shop/db",
                {"app": "db"},
                ingress=[allow(9090, frm=[spaces({"team": "ops"}), pods(app="prometheus")])],
            ),
        ],
        checks=[
            "pod/grafana.monitoring -> tcp://pod/db.shop:9090 = denied",
            "pod/prometheus.monitoring -> tcp://pod/db.shop:9090",
        ],
    ),
    Incident(
        name="a denial that selects no pod",
        cause="deny-selects-no-pod",
        says="none in shop has app=database",
        objects=[WEB, DB, policy("shop/deny-db", {"app": "database"}, ingress=[])],
        checks=["pod/web.shop -> tcp://pod/db.shop:9090 = denied"],
    ),
    Incident(
        name="a rule that lets everybody in",
        cause="policy-allows",
        says="is among them",
        objects=[WEB, OTHER, DB, policy("shop/db", {"app": "db"}, ingress=[allow(9090)])],
        checks=[
            "pod/other.shop -> tcp://pod/db.shop:9090 = denied",
            "pod/web.shop -> tcp://pod/db.shop:9090",
        ],
        mend=with_policy(DENY),
        confidence=Confidence.CERTAIN,
    ),
    Incident(
        name="no policy at all",
        cause="nothing-isolates",
        says="no NetworkPolicy selects shop/db",
        objects=[OTHER, WEB, DB],
        checks=["pod/other.shop -> tcp://pod/db.shop:9090 = denied"],
        mend=with_policy(DENY),
        confidence=Confidence.CERTAIN,
    ),
    Incident(
        name="a pod on its node's network",
        cause="host-network-escapes",
        says="where NetworkPolicies do not reach it",
        objects=[
            WEB,
            pod("shop/exporter", "n2", "metrics:9100", hostNetwork=True),
            policy("shop/deny", ingress=[]),
        ],
        checks=["pod/web.shop -> tcp://pod/exporter.shop:9100 = denied"],
        mend=lambda objects: [
            pod("shop/exporter", "n2", "metrics:9100")
            if item["metadata"].get("name") == "exporter"
            else item
            for item in objects
        ],
        confidence=Confidence.CERTAIN,
    ),
    Incident(
        name="policies that nobody enforces",
        cause="policy-not-enforced",
        says="nobody enforces NetworkPolicies here",
        objects=[WEB, OTHER, DB, DENY],
        checks=[
            "pod/other.shop -> tcp://pod/db.shop:9090 = denied",
            "pod/other.shop -> tcp://pod/db.shop:8080 = denied",
        ],
        enforcement="none",
        mended_enforcement="reject",
        confidence=Confidence.CERTAIN,
    ),
    Incident(
        name="a node whose policy agent has stopped",
        cause="policy-agent-stopped",
        says="the policy agent of n2",
        objects=[
            WEB,
            OTHER,
            DB,
            pod("shop/db-1", "n1", "http:9090", labels={"app": "db"}),
            DENY,
        ],
        checks=[
            "pod/other.shop -> tcp://pod/db.shop:9090 = denied",
            "pod/other.shop -> tcp://pod/db-1.shop:9090 = denied",
        ],
        faults=["stopped-agent=node/n2"],
    ),
    Incident(
        name="a port name that nobody has, enforced as every port",
        cause="named-port-enforced-as-all-ports",
        says="allows port `htpp`, which shop/db does not have",
        objects=[
            WEB,
            OTHER,
            DB,
            policy("shop/db", {"app": "db"}, ingress=[allow("htpp", frm=[pods(app="web")])]),
        ],
        checks=[
            "pod/web.shop -> tcp://pod/db.shop:9090",
            "pod/web.shop -> tcp://pod/db.shop:8080 = predicted",
        ],
        faults=["unknown-port-names"],
        confidence=Confidence.CERTAIN,
    ),
    Incident(
        name="policies that come late",
        cause="enforcement-delay",
        says="no longer do",
        objects=[WEB, OTHER, DB, DENY],
        checks=["pod/other.shop -> tcp://pod/db.shop:9090 = denied"],
        faults=["late-enforcement:60000"],
        enforced_after_first_wave=True,
    ),
)
