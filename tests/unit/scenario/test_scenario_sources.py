"""Sources in text form."""

from __future__ import annotations

import pytest

from prober.model.objects import LabelSelector, Requirement
from prober.scenario.refs import ALIASES
from prober.scenario.text.reference import BadReference, ObjectRef, RefKind, parse_source
from prober.scenario.text.source import EXAMPLES


@pytest.mark.parametrize(
    ("text", "workload"),
    [
        ("deploy/web.shop", "Deployment"),
        ("deployment/web.shop", "Deployment"),
        ("sts/web.shop", "StatefulSet"),
        ("statefulset/web.shop", "StatefulSet"),
        ("ds/web.shop", "DaemonSet"),
        ("daemonset/web.shop", "DaemonSet"),
        ("rs/web.shop", "ReplicaSet"),
        ("replicaset/web.shop", "ReplicaSet"),
        ("job/web.shop", "Job"),
        ("cj/web.shop", "CronJob"),
        ("cronjob/web.shop", "CronJob"),
    ],
)
def test_workloads_by_kubectls_short_and_long_words(text: str, workload: str) -> None:
    assert parse_source(text) == ObjectRef(RefKind.WORKLOAD, "web", "shop", workload)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("pod/web-0.shop", ObjectRef(RefKind.POD, "web-0", "shop")),
        ("po/web-0.shop", ObjectRef(RefKind.POD, "web-0", "shop")),
        ("svc/web.shop", ObjectRef(RefKind.SERVICE, "web", "shop")),
        ("service/web.shop", ObjectRef(RefKind.SERVICE, "web", "shop")),
        ("ns/shop", ObjectRef(RefKind.NAMESPACE, namespace="shop")),
        ("namespace/shop", ObjectRef(RefKind.NAMESPACE, namespace="shop")),
        ("node/n1.example.com", ObjectRef(RefKind.NODE, "n1.example.com")),
        ("node/*", ObjectRef(RefKind.NODE, "*")),
        ("outside/github.com", ObjectRef(RefKind.OUTSIDE, "github.com")),
        ("host/github.com", ObjectRef(RefKind.OUTSIDE, "github.com")),
        (" deploy/web.shop ", ObjectRef(RefKind.WORKLOAD, "web", "shop", "Deployment")),
        ("deploy/shop/web", ObjectRef(RefKind.WORKLOAD, "web", "shop", "Deployment")),
        ("svc/shop/web", ObjectRef(RefKind.SERVICE, "web", "shop")),
        ("shop/web-0", ObjectRef(RefKind.NAMED, "web-0", "shop")),
        ("prod/web", ObjectRef(RefKind.NAMED, "web", "prod")),
        ("203.0.113.9", ObjectRef(RefKind.OUTSIDE, "203.0.113.9")),
        ("[2001:db8::9]", ObjectRef(RefKind.OUTSIDE, "2001:db8::9")),
        ("redis.shop", ObjectRef(RefKind.OUTSIDE, "redis.shop")),
        ("deploy/web.v2.shop", ObjectRef(RefKind.WORKLOAD, "web.v2", "shop", "Deployment")),
    ],
)
def test_other_objects(text: str, expected: ObjectRef) -> None:
    assert parse_source(text) == expected


@pytest.mark.parametrize(
    ("text", "selector"),
    [
        ("pods/app=web.shop", LabelSelector({"app": "web"})),
        ("pods/app==web.shop", LabelSelector({"app": "web"})),
        (
            "pods/app=web,tier!=db.shop",
            LabelSelector({"app": "web"}, (Requirement("tier", "NotIn", ("db",)),)),
        ),
        ("pods/app.kubernetes.io/name=web.shop", LabelSelector({"app.kubernetes.io/name": "web"})),
        ("pods/track in (a, b).shop", LabelSelector({}, (Requirement("track", "In", ("a", "b")),))),
        (
            "pods/track notin (a),x.shop",
            LabelSelector({}, (Requirement("track", "NotIn", ("a",)), Requirement("x", "Exists"))),
        ),
        ("pods/!canary.shop", LabelSelector({}, (Requirement("canary", "DoesNotExist"),))),
        ("pods/app=a,app=b.shop", LabelSelector({"app": "a"}, (Requirement("app", "In", ("b",)),))),
    ],
)
def test_selectors_as_kubectl_writes_them(text: str, selector: LabelSelector) -> None:
    assert parse_source(text) == ObjectRef(RefKind.SELECTOR, namespace="shop", selector=selector)


def test_the_default_namespace_stands_in_where_none_is_written() -> None:
    assert parse_source("deploy/web", "shop") == parse_source("deploy/web.shop")
    assert parse_source("pods/app.kubernetes.io/name=web", "shop") == parse_source(
        "pods/app.kubernetes.io/name=web.shop"
    )
    assert parse_source("deploy/web.other", "shop").namespace == "other"


@pytest.mark.parametrize(
    "text",
    [
        *(f"{word}/web.shop" for word in ALIASES if word not in ("pods", "ns", "namespace")),
        "ns/shop",
        "pods/a=b,c,!d,e in (f,g),h notin (i).shop",
        "node/*",
    ],
)
def test_text_form_is_read_back(text: str) -> None:
    assert parse_source(str(parse_source(text))) == parse_source(text)


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("", "the source is missing", EXAMPLES),
        ("web", "`web`: says no kind of object", EXAMPLES),
        (
            "deplo/web.shop",
            "`deplo/web.shop`: `deplo` is not a kind of source",
            "did you mean `deploy`?",
        ),
        (
            "deploy/web",
            "`deploy/web`, character 8: says no namespace",
            (
                "write deploy/web.NAMESPACE; in a scenario, metadata.namespace can say it for "
                "all checks"
            ),
        ),
        (
            "deploy/Web.shop",
            "`deploy/Web.shop`, character 8: `Web` is not a name of an object: lower case letters, "
            "digits, `-` and `.` only",
            EXAMPLES,
        ),
        ("deploy/.shop", "`deploy/.shop`, character 8: the name is missing", EXAMPLES),
        (
            "deploy/web.Shop",
            "`deploy/web.Shop`, character 12: `Shop` is not the name of a namespace",
            EXAMPLES,
        ),
        (
            "ns/Shop",
            "`ns/Shop`, character 4: `Shop` is not the name of a namespace",
            "write ns/NAMESPACE",
        ),
        (
            "svc/web.shop.svc.cluster.local",
            "`svc/web.shop.svc.cluster.local`, character 5: `web.shop.svc.cluster.local` is not "
            "NAME.NAMESPACE of a Service",
            "for its DNS name, leave out `svc/`, as in tcp://web.shop.svc.cluster.local:80",
        ),
        (
            "pods/.shop",
            "`pods/.shop`, character 6: no labels are given",
            "write pods/app=web.NAMESPACE, or ns/NAMESPACE for all pods",
        ),
        (
            "pods/a=b,=c.shop",
            "`pods/a=b,=c.shop`, character 10: `` is not a label's key",
            "write labels as kubectl does: app=web,tier!=db,track in (a,b),!canary",
        ),
        (
            "pods/a=b,,c.shop",
            "`pods/a=b,,c.shop`, character 10: a label is missing between commas",
            "write labels as kubectl does: app=web,tier!=db,track in (a,b),!canary",
        ),
        (
            "pods/a=b$.shop",
            "`pods/a=b$.shop`, character 6: `b$` is not a label's value",
            "write labels as kubectl does: app=web,tier!=db,track in (a,b),!canary",
        ),
        (
            "outside/a..b",
            "`outside/a..b`, character 9: `a..b` is not a DNS name or an address",
            "write outside/NAME, a host of the lab",
        ),
        (
            "tcp://web:80",
            "`tcp://web:80`: this is a target, not a source",
            f"a check goes FROM a source: {EXAMPLES}",
        ),
    ],
)
def test_mistakes_say_what_where_and_what_to_do(text: str, message: str, hint: str) -> None:
    with pytest.raises(BadReference) as error:
        parse_source(text)
    assert (str(error.value), error.value.hint) == (message, hint)
