"""The two ends of a flow: every spelling means the same, whichever command reads it."""

from __future__ import annotations

from pathlib import Path

import pytest

from prober.manifest import load_manifests
from prober.model.check import EndpointKind
from prober.model.errors import UsageError
from prober.model.snapshot import Snapshot
from prober.scenario import one_check, parse_source, parse_target, resolve
from prober.scenario.resolving.ends import Ends
from prober.scenario.resolving.recognise import doubt

WORLD = """
apiVersion: v1
kind: Namespace
metadata: {name: a}
---
apiVersion: v1
kind: Namespace
metadata: {name: prod}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: a}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: c, image: x, ports: [{containerPort: 8080}]}]}
---
apiVersion: v1
kind: Pod
metadata: {name: redis-0, namespace: a, labels: {app: redis}}
spec:
  containers:
    - {name: c, image: x, ports: [{containerPort: 6379, name: redis}, {containerPort: 3301, protocol: SCTP}]}
status: {podIP: 198.18.1.7}
---
apiVersion: v1
kind: Service
metadata: {name: redis, namespace: a}
spec:
  clusterIP: 198.19.0.7
  selector: {app: redis}
  ports: [{name: redis, port: 6379}, {name: sig, port: 3301, protocol: SCTP}]
"""

SERVICE = (EndpointKind.SERVICE, "a", "redis")
POD = (EndpointKind.POD, "a", "redis-0")


@pytest.fixture
def world(tmp_path: Path) -> Snapshot:
    file = tmp_path / "world.yaml"
    file.write_text(WORLD, encoding="utf-8")
    return load_manifests([file]).snapshot


@pytest.mark.parametrize(
    ("text", "end", "protocol"),
    [
        ("tcp://redis:6379", SERVICE, "TCP"),
        ("tcp://redis.a:6379", SERVICE, "TCP"),
        ("tcp://redis.a.svc:6379", SERVICE, "TCP"),
        ("tcp://redis.a.svc.cluster.local.:6379", SERVICE, "TCP"),
        ("tcp://svc/redis:6379", SERVICE, "TCP"),
        ("tcp://198.19.0.7:6379", SERVICE, "TCP"),
        ("redis:6379", SERVICE, "TCP"),
        ("redis.a:6379/tcp", SERVICE, "TCP"),
        ("svc/a/redis:6379", SERVICE, "TCP"),
        ("service/redis.a:6379", SERVICE, "TCP"),
        ("redis.a:3301/sctp", SERVICE, "SCTP"),
        ("sctp://redis:3301", SERVICE, "SCTP"),
        ("svc/redis:3301/SCTP", SERVICE, "SCTP"),
        ("a/redis-0:6379", POD, "TCP"),
        ("pod/redis-0:6379", POD, "TCP"),
        ("pod/a/redis-0:6379", POD, "TCP"),
        ("tcp://198.18.1.7:6379", POD, "TCP"),
        ("sctp://pod/redis-0:3301", POD, "SCTP"),
        ("redis.prod:6379", (EndpointKind.OUTSIDE, "", "redis.prod"), "TCP"),
        ("github.com:443", (EndpointKind.OUTSIDE, "", "github.com"), "TCP"),
    ],
)
def test_a_target_means_the_same_to_a_prediction_and_to_a_check(
    text: str, end: tuple[EndpointKind, str, str], protocol: str, world: Snapshot
) -> None:
    predicted = Ends(world).flow(parse_source("deploy/web", "a"), parse_target(text, "a"))
    [check] = resolve(one_check("deploy/web", text, namespace="a"), world, addressed=False)
    for flow in (predicted, check.flow):
        assert (flow.destination.kind, flow.destination.namespace, flow.destination.name) == end
        assert flow.protocol == protocol


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("deploy/web.a", "web-0"),
        ("deploy/a/web", "web-0"),
        ("a/web", "web-0"),
        ("a/web-0", "web-0"),
        ("svc/redis.a", "redis-0"),
        ("redis.a", "redis-0"),
        ("198.18.1.7", "redis-0"),
    ],
)
def test_a_source_means_the_same_to_a_prediction_and_to_a_check(
    text: str, name: str, world: Snapshot
) -> None:
    predicted = Ends(world).source(parse_source(text))
    [check] = resolve(one_check(text, "tcp://203.0.113.9:443"), world, addressed=False)
    assert [predicted.name, check.flow.source.name, check.vantage.name] == [name] * 3


@pytest.mark.parametrize(
    ("source", "problem", "hint"),
    [
        ("a/wbe", "there is no pod a/wbe", "did you mean `a/web`?"),
        ("prod/web", "there is no pod prod/web", "did you mean `a/web`?"),
        ("a/redis", "there is no pod a/redis", "there is a Service of that name: svc/a/redis"),
        (
            "depl/web",
            "`depl/web`: there is no namespace `depl`, and it is no kind of object",
            "did you mean `deploy`?",
        ),
    ],
)
def test_a_source_that_is_not_there(source: str, problem: str, hint: str, world: Snapshot) -> None:
    with pytest.raises(UsageError) as caught:
        Ends(world).source(parse_source(source))
    assert (str(caught.value), caught.value.hint) == (problem, hint)


def test_sctp_is_predicted_and_not_probed(world: Snapshot) -> None:
    """Such a check says so, and keeps nobody from making the others."""
    [check] = resolve(one_check("deploy/web.a", "sctp://svc/redis.a:sig"), world, addressed=False)
    assert (check.flow.protocol, check.flow.port) == ("SCTP", 3301)
    assert check.skip_reason == "SCTP is predicted, not probed: most kernels do not speak it"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("rediss", "did you mean redis.a?"),
        ("redis.prod", "did you mean redis.a?"),
        ("redis.prd", "did you mean redis.a?"),
        ("pgbouncer", "a Service is written svc/NAMESPACE/NAME"),
        ("github.com", ""),
        ("203.0.113.9", ""),
        ("redis", ""),
    ],
)
def test_a_host_that_is_named_like_a_service_is_doubted(
    name: str, said: str, world: Snapshot
) -> None:
    end = Ends(world).destination(parse_target(f"{name}:80").place, "a")
    assert doubt(end, world).endswith(said)
    assert bool(doubt(end, world)) is bool(said)
