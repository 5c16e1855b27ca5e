"""Pods, nodes, namespaces, Services and endpoints: the defaults of the API, and what the API server
rejects."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import dedent

import pytest

from prober.manifest import Loaded
from prober.model.objects import (
    ContainerPort,
    EndpointSlice,
    Namespace,
    Node,
    Pod,
    Ref,
    Service,
    ServicePort,
    SliceEndpoint,
)

Load = Callable[..., Loaded]
Mistakes = Callable[[str], list[str]]


def pod(load: Load, rest: str) -> Pod:
    (pods,) = load(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\n" + dedent(rest)
    ).snapshot.pods.values()
    return pods


def service(load: Load, rest: str) -> Service:
    (services,) = load(
        "apiVersion: v1\nkind: Service\nmetadata: {name: s}\n" + dedent(rest)
    ).snapshot.services.values()
    return services


def test_a_small_pod_has_the_defaults(load: Load) -> None:
    small = pod(load, "spec: {containers: [{name: c, ports: [{containerPort: 80}]}]}")
    assert small == Pod(namespace="default", name="p", ports=(ContainerPort(80),))
    assert small.ready
    assert small.running
    assert small.service_account == "default"


def test_a_whole_pod(load: Load) -> None:
    whole = pod(
        load,
        """\
        spec:
          nodeName: n1
          serviceAccountName: web
          initContainers:
          - {name: once, ports: [{containerPort: 1}]}
          - {name: sidecar, restartPolicy: Always, ports: [{containerPort: 15020, name: stats}]}
          containers:
          - name: a
            env: [{name: HTTPS_PROXY, value: "http://proxy:3128"}, {name: EMPTY, value: ""}, {name: X, valueFrom: {}}]
            ports: [{containerPort: 53, protocol: UDP, name: dns, hostPort: 5353}]
          - {name: b, env: [{name: OTHER, value: z}], ports: [{containerPort: 80}]}
        status:
          phase: Running
          podIP: 198.18.0.5
          podIPs: [{ip: 198.18.0.5}, {ip: "2001:db8::5"}]
          conditions: [{type: Initialized, status: "True"}, {type: Ready, status: "True"}]
        """,
    )
    assert whole == Pod(
        namespace="default",
        name="p",
        node="n1",
        ips=("198.18.0.5", "2001:db8::5"),
        ports=(
            ContainerPort(53, "UDP", "dns", 5353),
            ContainerPort(80),
            ContainerPort(15020, "TCP", "stats"),
        ),
        service_account="web",
        env={"HTTPS_PROXY": "http://proxy:3128", "EMPTY": ""},
    )


def test_ports_on_the_host_network_are_published_under_their_own_number(load: Load) -> None:
    on_host = pod(
        load, "spec: {hostNetwork: true, containers: [{name: c, ports: [{containerPort: 80}]}]}"
    )
    assert on_host.host_network
    assert on_host.ports == (ContainerPort(80, host_port=80),)


@pytest.mark.parametrize(
    ("status", "ready", "running"),
    [
        ("{}", True, True),
        ("null", True, True),
        ("{podIP: 198.18.0.5}", True, True),
        ("{phase: Running}", True, True),
        ("{phase: Pending}", False, True),
        ("{phase: Running, conditions: [{type: Ready, status: 'False'}]}", False, True),
        ("{phase: Running, conditions: [{type: Ready, status: Unknown}]}", False, True),
        ("{phase: Succeeded, conditions: [{type: Ready, status: 'True'}]}", False, False),
        ("{phase: Failed}", False, False),
    ],
)
def test_readiness_and_phase(load: Load, status: str, ready: bool, running: bool) -> None:
    read = pod(load, f"spec: {{containers: [{{name: c}}]}}\nstatus: {status}")
    assert (read.ready, read.running) == (ready, running)


def test_one_pod_ip_is_enough(load: Load) -> None:
    assert pod(load, "spec: {containers: [{name: c}]}\nstatus: {podIP: 198.18.0.5}").ips == (
        "198.18.0.5",
    )


def test_nodes(load: Load) -> None:
    snapshot = load(
        """\
        apiVersion: v1
        kind: Node
        metadata: {name: n1, labels: {zone: a}}
        spec: {podCIDR: 198.18.1.0/24, podCIDRs: [198.18.1.0/24, "2001:db8:1::/64"]}
        status:
          addresses:
          - {type: Hostname, address: n1}
          - {type: ExternalIP, address: 203.0.113.1}
          - {type: InternalIP, address: 198.51.100.11}
          - {type: InternalIP, address: "2001:db8::11"}
          conditions: [{type: Ready, status: Unknown}]
        ---
        apiVersion: v1
        kind: Node
        metadata: {name: n2}
        spec: {podCIDR: 198.18.2.0/24}
        """
    ).snapshot
    assert snapshot.nodes == {
        "n1": Node(
            name="n1",
            addresses=("198.51.100.11", "2001:db8::11", "203.0.113.1"),
            labels={"zone": "a"},
            pod_cidrs=("198.18.1.0/24", "2001:db8:1::/64"),
            ready=False,
        ),
        "n2": Node(name="n2", pod_cidrs=("198.18.2.0/24",)),
    }


def test_namespaces_have_the_label_of_their_name_also_when_nobody_declared_them(load: Load) -> None:
    snapshot = load(
        """\
        apiVersion: v1
        kind: Namespace
        metadata: {name: shop, labels: {team: a}}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: p, namespace: elsewhere}
        spec: {containers: [{name: c}]}
        ---
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: p}
        spec: {podSelector: {}}
        """
    ).snapshot
    assert snapshot.namespaces == {
        "shop": Namespace("shop", {"team": "a", "kubernetes.io/metadata.name": "shop"}),
        "elsewhere": Namespace("elsewhere", {"kubernetes.io/metadata.name": "elsewhere"}),
        "default": Namespace("default", {"kubernetes.io/metadata.name": "default"}),
    }


def test_a_small_service_has_the_defaults(load: Load) -> None:
    assert service(load, "spec: {selector: {app: web}, ports: [{port: 80}]}") == Service(
        namespace="default",
        name="s",
        selector={"app": "web"},
        ports=(ServicePort(80, "TCP", "", 80),),
    )


def test_a_whole_service(load: Load) -> None:
    whole = service(
        load,
        """\
        spec:
          type: LoadBalancer
          clusterIP: 198.19.0.10
          clusterIPs: [198.19.0.10, "2001:db8:a::10"]
          selector: {app: web}
          ports:
          - {name: http, port: 80, targetPort: http, nodePort: 30080}
          - {name: dns, port: 53, protocol: UDP, targetPort: 0}
          externalTrafficPolicy: Local
          internalTrafficPolicy: Local
          publishNotReadyAddresses: true
          loadBalancerIP: 203.0.113.9
          externalIPs: [203.0.113.10]
          sessionAffinity: ClientIP
        status: {loadBalancer: {ingress: [{ip: 203.0.113.8}, {hostname: lb.example}]}}
        """,
    )
    assert whole == Service(
        namespace="default",
        name="s",
        type="LoadBalancer",
        cluster_ips=("198.19.0.10", "2001:db8:a::10"),
        selector={"app": "web"},
        ports=(ServicePort(80, "TCP", "http", "http", 30080), ServicePort(53, "UDP", "dns", 53)),
        external_traffic_policy="Local",
        internal_traffic_policy="Local",
        publish_not_ready=True,
        load_balancer_ips=("203.0.113.8",),
        external_ips=("203.0.113.10",),
        session_affinity=True,
    )


def test_the_wanted_load_balancer_address_counts_until_there_is_one(load: Load) -> None:
    rest = "spec: {type: LoadBalancer, loadBalancerIP: 203.0.113.9, ports: [{port: 80}]}"
    assert service(load, rest).load_balancer_ips == ("203.0.113.9",)


@pytest.mark.parametrize("ips", ["clusterIP: None", "clusterIP: None, clusterIPs: [None]"])
def test_headless_services(load: Load, ips: str) -> None:
    headless = service(load, f"spec: {{{ips}, selector: {{app: web}}}}")
    assert (headless.headless, headless.cluster_ips, headless.ports) == (True, (), ())


@pytest.mark.parametrize("selector", ["", "selector: {},", "selector: null,"])
def test_without_a_selector_endpoints_are_given_by_hand(load: Load, selector: str) -> None:
    assert service(load, f"spec: {{{selector} ports: [{{port: 80}}]}}").selector is None


def test_external_names_have_no_endpoints(load: Load) -> None:
    external = service(
        load, "spec: {type: ExternalName, externalName: github.com, selector: {app: x}}"
    )
    assert (external.type, external.external_name, external.selector) == (
        "ExternalName",
        "github.com",
        None,
    )


SLICE = """\
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: web-abc, labels: {kubernetes.io/service-name: web}}
addressType: IPv4
ports: [{name: http, port: 8080}, {name: all}]
endpoints:
- {addresses: [198.18.0.1], nodeName: n1, targetRef: {kind: Pod, name: web-0}, conditions: {}}
- {addresses: [198.18.0.2], hostname: b, conditions: {ready: null}}
- {addresses: [198.18.0.3], conditions: {ready: false}}
"""


def test_endpoint_slices(load: Load) -> None:
    assert load(SLICE).snapshot.slices == (
        EndpointSlice(
            namespace="default",
            name="web-abc",
            service="web",
            endpoints=(
                SliceEndpoint(("198.18.0.1",), True, "n1", "web-0"),
                SliceEndpoint(("198.18.0.2",), True, hostname="b"),
                SliceEndpoint(("198.18.0.3",), ready=False),
            ),
            ports=(ContainerPort(8080, "TCP", "http"),),
        ),
    )


ENDPOINTS = """\
apiVersion: v1
kind: Endpoints
metadata: {name: web}
subsets:
- addresses: [{ip: 198.18.0.1, nodeName: n1, targetRef: {kind: Pod, name: web-0}}]
  notReadyAddresses: [{ip: 198.18.0.2, hostname: b}]
  ports: [{port: 8080}]
"""


def test_older_endpoints_become_slices_unless_there_are_some(load: Load) -> None:
    assert load(ENDPOINTS).snapshot.slices == (
        EndpointSlice(
            namespace="default",
            name="web-0",
            service="web",
            endpoints=(
                SliceEndpoint(("198.18.0.1",), True, "n1", "web-0"),
                SliceEndpoint(("198.18.0.2",), ready=False, hostname="b"),
            ),
            ports=(ContainerPort(8080),),
        ),
    )
    assert [each.name for each in load(ENDPOINTS + "---\n" + SLICE).snapshot.slices] == ["web-abc"]


def test_addresses_that_are_names_are_left_out(load: Load) -> None:
    text = SLICE.replace("IPv4", "FQDN").replace("198.18.0.1", "a.example")
    assert load(text).snapshot.slices[0].endpoints == ()


def test_origins_and_sources(load: Load) -> None:
    text = (
        "apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {ports: [{port: 80}], "
        "x-unknown: 1}\n---\n"
        "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c}]}\n"
    )
    snapshot = load(text).snapshot
    assert {str(ref): str(place) for ref, place in snapshot.origins.items()} == {
        "default/s": "m.yaml:1",
        "default/p": "m.yaml:6",
    }
    assert snapshot.sources == {
        Ref("Service", "default", "s"): {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": "s"},
            "spec": {"ports": [{"port": 80}], "x-unknown": 1},
        }
    }
    assert snapshot.describe(Ref("Pod", "default", "p")) == "Pod default/p (m.yaml:6)"


@pytest.mark.parametrize(
    ("kind", "rest", "messages"),
    [
        ("Pod", "", ["1: has no spec (add `spec:` with `containers:`)"]),
        ("Pod", "spec: {}", ["4: spec.containers: is required (list at least one container)"]),
        (
            "Pod",
            (
                "spec: {containers: [{name: c, ports: [{containerPort: 70000}, {name: x}, "
                "{containerPort: '80'}]}]}"
            ),
            [
                (
                    "4: spec.containers[0].ports[0].containerPort: 70000 is not a port: must be "
                    "between 1 and 65535"
                ),
                "4: spec.containers[0].ports[1].containerPort: is required "
                "(write the port that the container listens on)",
                "4: spec.containers[0].ports[2].containerPort: must be a whole number, not "
                "text (`80`) "
                "(remove the quotes)",
            ],
        ),
        (
            "Pod",
            (
                "spec: {containers: [{name: c, ports: [{containerPort: 1, name: a}, "
                "{containerPort: 2, name: a}]}]}"
            ),
            [
                "4: spec.containers[0].ports[1].name: `a` is the name of another port of "
                "this container "
                "(rename one of them)"
            ],
        ),
        (
            "Pod",
            "spec: {containers: [{name: c, ports: [{containerPort: 1, name: '1'}]}]}",
            ["4: spec.containers[0].ports[0].name: `1` must contain at least one letter"],
        ),
        (
            "Pod",
            (
                "spec: {hostNetwork: true, containers: [{name: c, ports: [{containerPort: 1, "
                "hostPort: 2}]}]}"
            ),
            [
                (
                    "4: spec.containers[0].ports[0].hostPort: must be 1, the containerPort, on "
                    "the host network"
                )
            ],
        ),
        (
            "Pod",
            "spec: {containers: [{name: c, env: [{name: A, value: 1}]}]}",
            [
                (
                    "4: spec.containers[0].env[0].value: must be text, not a number (`1`) (quote "
                    'it: value: "1")'
                )
            ],
        ),
        (
            "Pod",
            "spec: {containers: [{name: c}]}\nstatus: {podIPs: [{ip: 198.18.0}]}",
            ["5: status.podIPs[0].ip: `198.18.0` is not an IP address"],
        ),
        ("Service", "", ["1: has no spec (add `spec:` with `ports:`)"]),
        (
            "Service",
            "spec: {}",
            [
                "4: spec.ports: is required "
                "(list at least one port, or make the Service headless with `clusterIP: None`)"
            ],
        ),
        (
            "Service",
            (
                "spec: {ports: [{port: 80}, {port: 81, name: b}, {port: 82, name: b}, {port: 81, "
                "name: c}]}"
            ),
            [
                (
                    "4: spec.ports[0].name: is required where a Service has several ports (name "
                    "each of them)"
                ),
                (
                    "4: spec.ports[2].name: `b` is the name of another port of this Service "
                    "(rename one of them)"
                ),
                "4: spec.ports[3].port: 81/TCP is in this Service twice (remove one of them)",
            ],
        ),
        (
            "Service",
            "spec: {ports: [{port: 80, targetPort: '8080'}]}",
            [
                '4: spec.ports[0].targetPort: the port name "8080" must contain at least one '
                "letter "
                "(remove the quotes: targetPort: 8080)"
            ],
        ),
        (
            "Service",
            "spec: {type: nodeport, externalTrafficPolicy: local, ports: [{}]}",
            [
                "4: spec.type: must be one of ClusterIP, NodePort, LoadBalancer, "
                "ExternalName, not `nodeport` "
                "(did you mean `NodePort`?)",
                (
                    "4: spec.externalTrafficPolicy: must be one of Cluster, Local, not `local` "
                    "(did you mean `Local`?)"
                ),
                "4: spec.ports[0].port: is required (write the port that clients connect to)",
            ],
        ),
        (
            "Service",
            "spec: {type: NodePort, clusterIP: None, ports: [{port: 80}]}",
            [
                (
                    "4: spec.clusterIP: may not be None for type NodePort (remove it, or use "
                    "type ClusterIP)"
                )
            ],
        ),
        (
            "Service",
            "spec: {externalTrafficPolicy: Local, ports: [{port: 80}]}",
            [
                "4: spec.externalTrafficPolicy: may not be set for type ClusterIP "
                "(remove it, or use type NodePort or LoadBalancer)"
            ],
        ),
        (
            "Service",
            "spec: {type: ExternalName}",
            [
                (
                    "4: spec.externalName: is required for type ExternalName (write the DNS name "
                    "that it stands for)"
                )
            ],
        ),
        (
            "Service",
            "spec: {clusterIP: x, selector: {a: yes}, ports: [{port: 80}]}",
            [
                '4: spec.selector.a: must be text, not a boolean (`yes`) (quote it: a: "yes")',
                "4: spec.clusterIP: `x` is not an IP address",
            ],
        ),
        (
            "EndpointSlice",
            "endpoints: [{}, {addresses: [x]}]\nports: [{port: 0}]",
            [
                "1: addressType: is required (write IPv4, IPv6 or FQDN)",
                "4: endpoints[0].addresses: is required (list the endpoint's address)",
                "4: endpoints[1].addresses[0]: `x` is not an IP address",
                "5: ports[0].port: 0 is not a port: must be between 1 and 65535",
            ],
        ),
        (
            "Endpoints",
            "subsets: [{addresses: [{}]}]",
            ["4: subsets[0].addresses[0].ip: is required (write the endpoint's address)"],
        ),
        (
            "Node",
            "status: {addresses: [{type: InternalIP, address: x}]}",
            ["4: status.addresses[0].address: `x` is not an IP address"],
        ),
    ],
)
def test_what_the_api_server_rejects_of_objects(
    mistakes: Mistakes, kind: str, rest: str, messages: list[str]
) -> None:
    version = "discovery.k8s.io/v1" if kind == "EndpointSlice" else "v1"
    told = mistakes(f"apiVersion: {version}\nkind: {kind}\nmetadata: {{name: x}}\n{rest}\n")
    assert told == [f"m.yaml:{message}" for message in messages]


@pytest.mark.parametrize(
    ("kind", "meta", "message"),
    [
        (
            "Namespace",
            "{name: a.b}",
            "metadata.name: `a.b` must consist of lower case letters, digits and '-'",
        ),
        (
            "Namespace",
            "{name: a, namespace: b}",
            "metadata.namespace: a Namespace is not in a namespace",
        ),
        (
            "Service",
            "{name: 1a}",
            "metadata.name: `1a` must consist of lower case letters, digits and '-', start with",
        ),
        (
            "Pod",
            "{name: 1}",
            'metadata.name: must be text, not a number (`1`) (quote it: name: "1")',
        ),
        ("Pod", "{name: a..b}", "metadata.name: `a..b` must consist of lower case letters"),
        ("Pod", "{name: " + "a" * 254 + "}", "must be no more than 253 characters"),
        ("Pod", "{}", "metadata.name: is required (give the object a name)"),
        ("Pod", "[]", "metadata: must be a mapping, not a list"),
        ("Pod", "{name: a, labels: [b]}", "metadata.labels: must be a mapping, not a list"),
        ("Pod", "{name: a, labels: {version: 1.10}}", '(`1.10`) (quote it: version: "1.10")'),
    ],
)
def test_metadata_that_the_api_server_rejects(
    mistakes: Mistakes, kind: str, meta: str, message: str
) -> None:
    spec = "{containers: [{name: c}], ports: [{port: 80}]}"
    (messages,) = mistakes(f"apiVersion: v1\nkind: {kind}\nmetadata: {meta}\nspec: {spec}\n")
    assert messages.startswith("m.yaml:3: ")
    assert message in messages


def test_a_wrong_type_that_no_check_knows_is_a_mistake_too(mistakes: Mistakes) -> None:
    text = (
        "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers: [{name: c}]\n  "
        "tolerations:\n  - key: 1\n"
    )
    assert mistakes(text) == [
        (
            "m.yaml:7: spec.tolerations[0].key: expected `str | null`, got `int` (the API server "
            "would reject it)"
        )
    ]


def test_rights_are_known_once_there_is_a_role(load: Load) -> None:
    binding = """
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: "system:agent", namespace: kube-system}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: agent}
subjects:
  - {kind: ServiceAccount, name: agent, namespace: kube-system}
  - {kind: User, name: someone}
"""
    role = (
        "\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: "
        "agent}\nrules: []\n"
    )
    account = Ref("ServiceAccount", "kube-system", "agent")
    assert (
        load("apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n").snapshot.has_rights(account)
        is None
    )
    assert load(binding).snapshot.has_rights(account) is False, (
        "bound to a role that does not exist"
    )
    assert load(binding + role).snapshot.has_rights(account) is True
    assert (
        load(binding + role).snapshot.has_rights(Ref("ServiceAccount", "default", "agent")) is False
    )
