"""Services: translation, backends, traffic policies, masquerading."""

from policy_world import Case

A, D, U = "allowed", "denied", "undefined"

API_FROM = "shop/p: {podSelector: {matchLabels: {app: api}}, ingress: [{from: [%s]}]}"
API_PORT = "shop/p: {podSelector: {matchLabels: {app: api}}, ingress: [{ports: [%s]}]}"
WEB_PORT = (
    "shop/p: {podSelector: {matchLabels: {tier: front}}, policyTypes: [Egress], egress: [{ports: "
    "[%s]}]}"
)
DENY_API = "shop/p: {podSelector: {matchLabels: {app: api}}, ingress: []}"

CLUSTER_IP = [
    Case(
        "policies see the pod's port", API_PORT % "{port: 8081}", "shop/web > svc/shop/api:80", A, A
    ),
    Case(
        ("naming the Service's port instead is the classic mistake (ingress)"),
        API_PORT % "{port: 80}",
        "shop/web > svc/shop/api:80",
        A,
        D,
        "80 is the Service's)",
    ),
    Case(
        ("naming the Service's port instead is the classic mistake (egress)"),
        WEB_PORT % "{port: 80}",
        "shop/web > svc/shop/api:80",
        D,
        A,
        "80 is the Service's)",
    ),
    Case(
        "egress that names the pod's port",
        WEB_PORT % "{port: 8081}",
        "shop/web > svc/shop/api:80",
        A,
        A,
    ),
    Case(
        "egress that names the pod's port by its name",
        WEB_PORT % "{port: http}",
        "shop/web > svc/shop/api:80",
        A,
        A,
    ),
    Case(
        "the Service's port by name", API_PORT % "{port: 5432}", "shop/db > svc/shop/web:http", A, A
    ),
    Case(
        "a Service has no such port",
        "",
        "shop/web > svc/shop/api:8081",
        U,
        U,
        ("Service shop/api has no port 8081/TCP (it has 80/TCP)"),
    ),
    Case(
        "a Service has the port for another protocol only",
        "",
        "shop/web > svc/shop/api:80|UDP",
        U,
        U,
        "has no port 80/UDP",
    ),
    Case("a Service has no port of this name", "", "shop/web > svc/shop/api:https", U, U),
    Case(
        "a Service that selects nothing",
        "",
        "shop/web > svc/shop/ghost:80",
        U,
        U,
        "selects no pod (app=ghost)",
    ),
    Case(
        "a Service whose pods are not ready",
        "",
        "shop/web > svc/shop/slow:80",
        U,
        U,
        ("none of the 1 pods behind Service shop/slow is ready"),
    ),
    Case("publishNotReadyAddresses", "", "shop/web > svc/shop/eager:80", A, A),
    Case(
        "a targetPort that no container has",
        "",
        "shop/web > svc/shop/misnamed:80",
        U,
        U,
        "named 'htttp'",
    ),
    Case(
        "no ready endpoint: policies do not get to decide",
        "shop/p: {policyTypes: [Ingress, Egress]}",
        "shop/web > svc/shop/ghost:80",
        U,
        U,
    ),
    Case(
        ("a named targetPort resolves on each pod; pods without it are no endpoints"),
        DENY_API.replace("api", "db"),
        "shop/web > svc/shop/mixed:80",
        A,
        A,
    ),
    Case(
        "a selector-less Service without slices",
        "",
        "shop/web > svc/shop/orphan:443",
        U,
        U,
        "has no selector and no EndpointSlice",
    ),
    Case(
        ("slices say who the endpoints are, not the selector"),
        DENY_API,
        "shop/db > svc/shop/sliced:80",
        A,
        D,
    ),
    Case(
        "endpoints that slices call not ready do not count",
        ("shop/p: {podSelector: {matchLabels: {tier: front}}, ingress: []}"),
        "shop/db > svc/shop/sliced:80",
        A,
        A,
    ),
    Case(
        "several backends that agree",
        ("shop/p: {podSelector: {matchLabels: {app: web}}, ingress: []}"),
        "shop/db > svc/shop/web:80",
        A,
        D,
    ),
    Case(
        "several backends that differ",
        ("shop/p: {podSelector: {matchLabels: {tier: front}}, ingress: []}"),
        "shop/db > svc/shop/web:80",
        A,
        U,
        ("depends on the backend: 1 of 2 is denied (shop/web:8080"),
    ),
    Case(
        "several backends, each denied for another reason",
        (
            "{shop/p: {podSelector: {matchLabels: "
            "{tier: "
            "front}}, ingress: []}, shop/q: "
            "{podSelector: {matchLabels: {app: db}}, policyTypes: [Egress], egress: [{to: "
            "[{podSelector: {matchLabels: {tier: front}}}]}]}}"
        ),
        "shop/db > svc/shop/web:80",
        U,
        U,
        verdict=D,
    ),
    Case(
        "a Service in another namespace",
        (
            "shop/p: {podSelector: {matchLabels: "
            "{app: api}}, ingress: "
            "[{from: [{namespaceSelector: "
            "{matchLabels: {team: payments}}}]}]}"
        ),
        "pay/ledger > svc/shop/api:80",
        A,
        A,
    ),
    Case(
        "policies select pods, not Services",
        (
            "shop/p: {podSelector: {matchLabels: {app: web}}, "
            "policyTypes: [Egress], egress: [{to: "
            "[{podSelector: {matchLabels: {app: api}}}]}]}"
        ),
        "shop/web > svc/shop/api:80",
        A,
        A,
    ),
    Case(
        ("a node reaches a Service; another node is not exempt"),
        DENY_API,
        "node/n1 > svc/shop/api:80",
        A,
        D,
    ),
    Case(
        ("a node reaches a Service with a backend of its own"),
        DENY_API,
        "node/n2 > svc/shop/api:80",
        A,
        A,
    ),
    Case(
        "a ClusterIP from outside",
        "",
        "203.0.113.9 > svc/shop/api:80",
        U,
        U,
        "cannot be reached from outside",
    ),
    Case(
        "a Service by its DNS name",
        API_PORT % "{port: 80}",
        "shop/web > api.shop.svc.cluster.local:80",
        A,
        D,
    ),
    Case(
        "a Service by its short DNS name",
        API_PORT % "{port: 8081}",
        "shop/web > api.shop.svc:80",
        A,
        A,
    ),
    Case(
        ("a pod by the DNS name that a headless Service gives it"),
        API_PORT % "{port: 8081}",
        ("shop/web > api.headless.shop.svc.cluster.local:8081"),
        A,
        A,
        "allows 8081/TCP from anyone",
    ),
    Case(
        "a name of cluster DNS that no Service has",
        "",
        "shop/web > apj.shop.svc.cluster.local:80",
        U,
        U,
        "so it does not resolve",
    ),
    Case(
        ("a Service by its DNS name in another cluster domain"),
        API_PORT % "{port: 80}",
        ("shop/web > api.shop.svc.k8s.example.com:80"),
        A,
        D,
    ),
    Case(
        ("the API server's Service: its endpoints are a node's"),
        (
            "shop/p: {podSelector: {matchLabels: {app: api}}, policyTypes: [Egress], egress: "
            "[{ports: [{port: 443}]}]}"
        ),
        "shop/api > svc/default/kubernetes:443",
        D,
        A,
        ("nothing allows 6443 (the destination's port; 443 is the Service's)"),
    ),
    Case(
        ("the API server's Service: the policy names the node's port"),
        (
            "shop/p: {podSelector: {matchLabels: {app: api}}, "
            "policyTypes: [Egress], egress: "
            "[{ports: [{port: 6443}]}]}"
        ),
        "shop/api > svc/default/kubernetes:443",
        A,
        A,
    ),
    Case(
        ("the API server's Service: selectors do not mean it"),
        (
            "shop/p: {podSelector: {matchLabels: {app: api}}, "
            "policyTypes: [Egress], egress: [{to: "
            "[{namespaceSelector: {}}]}]}"
        ),
        "shop/api > svc/default/kubernetes:443",
        D,
        A,
    ),
    Case(
        "the API server on the pod's own node",
        ("shop/p: {podSelector: {matchLabels: {tier: front}}, policyTypes: [Egress]}"),
        "shop/web > svc/default/kubernetes:443",
        A,
        A,
    ),
    Case(
        ("internalTrafficPolicy Local: the backend on the source's node"),
        ("shop/p: {podSelector: {matchLabels: {tier: front}}, ingress: []}"),
        "shop/api > svc/shop/local:80",
        A,
        A,
    ),
    Case(
        ("internalTrafficPolicy Local: the other node's backend does not count"),
        ("shop/p: {podSelector: {matchLabels: {tier: front}}, ingress: []}"),
        "shop/db > svc/shop/local:80",
        A,
        D,
    ),
    Case(
        ("internalTrafficPolicy Local: no backend on the source's node"),
        "",
        "shop/web > svc/shop/api-local:80",
        U,
        U,
        "no endpoint on shop/web's node n1",
    ),
    Case(
        ("internalTrafficPolicy Local: the source's node is not known"),
        ("shop/p: {podSelector: {matchLabels: {tier: front}}, ingress: []}"),
        "shop/nonode > svc/shop/local:80",
        A,
        U,
        "depends on the backend",
    ),
]

HEADLESS = [
    Case(
        "headless: a number is the pod's port",
        API_PORT % "{port: 8081}",
        "shop/web > svc/shop/headless:8081",
        A,
        A,
    ),
    Case(
        "headless: the Service's number is not translated",
        API_PORT % "{port: 8081}",
        "shop/web > svc/shop/headless:80",
        A,
        D,
        "nothing allows 80",
    ),
    Case(
        "headless: a name means the targetPort",
        API_PORT % "{port: 8081}",
        "shop/web > svc/shop/headless:www",
        A,
        A,
    ),
    Case(
        "ExternalName is the host of that name",
        ("shop/p: {policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 203.0.113.5/32}}]}]}"),
        "shop/web > svc/shop/alias:443",
        A,
        A,
    ),
    Case(
        "ExternalName: selectors do not mean it",
        ("shop/p: {policyTypes: [Egress], egress: [{to: [{namespaceSelector: {}}]}]}"),
        "shop/web > svc/shop/alias:443",
        D,
        A,
    ),
    Case(
        "ExternalName that names a Service inside",
        API_PORT % "{port: 8081}",
        "shop/web > svc/shop/shortcut:80",
        A,
        A,
    ),
    Case(
        "ExternalName that names itself",
        "",
        "shop/web > svc/shop/loop:80",
        U,
        U,
        "point at each other",
    ),
]

EXTERNAL = [
    Case("NodePort from outside, no policy", "", "203.0.113.9 > node/n1:30080", A, A),
    Case(
        "NodePort from outside: a rule for anyone",
        ("shop/p: {podSelector: {matchLabels: {app: api}}, ingress: [{ports: [{port: 8081}]}]}"),
        "203.0.113.9 > node/n1:30080",
        A,
        A,
    ),
    Case(
        ("NodePort: policies see the pod's port, not the node's"),
        API_PORT % "{port: 30080}",
        "203.0.113.9 > node/n1:30080",
        A,
        D,
    ),
    Case(
        ("NodePort Cluster, backend elsewhere: pods only is denied however it is seen"),
        API_FROM % "{podSelector: {}}",
        "203.0.113.9 > node/n1:30080",
        A,
        D,
    ),
    Case(
        ("NodePort Cluster, backend elsewhere: the client's block may be seen before or after"),
        API_FROM % "{ipBlock: {cidr: 203.0.113.0/24}}",
        "203.0.113.9 > node/n1:30080",
        A,
        U,
        ("if the source is given the address of node n1 first"),
    ),
    Case(
        ("NodePort Cluster, backend elsewhere: the entry node's block too"),
        API_FROM % "{ipBlock: {cidr: 198.51.100.11/32}}",
        "203.0.113.9 > node/n1:30080",
        A,
        U,
    ),
    Case(
        ("NodePort Cluster, backend on the entry node: masqueraded it is the pod's own node"),
        DENY_API,
        "203.0.113.9 > node/n2:30080",
        A,
        U,
    ),
    Case(
        ("NodePort Cluster, backend on the entry node, the client is allowed"),
        API_FROM % "{ipBlock: {cidr: 203.0.113.0/24}}",
        "203.0.113.9 > node/n2:30080",
        A,
        A,
    ),
    Case(
        "NodePort Local keeps the source",
        API_FROM % "{ipBlock: {cidr: 203.0.113.0/24}}",
        "203.0.113.9 > node/n2:30081",
        A,
        A,
    ),
    Case(
        "NodePort Local: another source is denied",
        API_FROM % "{ipBlock: {cidr: 203.0.113.0/24}}",
        "198.51.100.200 > node/n2:30081",
        A,
        D,
    ),
    Case(
        ("NodePort Local without a backend on the entry node"),
        "",
        "203.0.113.9 > node/n1:30081",
        U,
        U,
        ("externalTrafficPolicy Local and no endpoint on node n1"),
    ),
    Case(
        "NodePort by the node's address",
        API_FROM % "{ipBlock: {cidr: 203.0.113.0/24}}",
        "203.0.113.9 > 198.51.100.12:30081",
        A,
        A,
    ),
    Case(
        "NodePort with another protocol is just the node",
        DENY_API,
        "203.0.113.9 > node/n2:30080|UDP",
        A,
        A,
    ),
    Case(
        ("NodePort from a pod: the backend's policy selects the pod, or sees the node"),
        API_FROM % "{podSelector: {}}",
        "shop/web > node/n3:30080",
        A,
        U,
    ),
    Case(
        ("NodePort from a pod to its own node: egress sees the backend"),
        WEB_PORT % "{port: 8081}",
        "shop/web > node/n1:30080",
        A,
        A,
    ),
    Case(
        ("NodePort from a pod to another node: egress may see the node's port"),
        WEB_PORT % "{port: 8081}",
        "shop/web > node/n2:30080",
        U,
        A,
        ("if node n2 translates, after the source's policies"),
    ),
    Case(
        ("NodePort from a pod to another node: both ports are allowed"),
        WEB_PORT % "{port: 8081}, {port: 30080}",
        "shop/web > node/n2:30080",
        A,
        A,
    ),
    Case(
        ("NodePort Local from a pod: every backend, source kept"),
        API_FROM % "{podSelector: {}}",
        "shop/web > node/n1:30081",
        A,
        A,
    ),
    Case("NodePort from a node, the backend's own", DENY_API, "node/n2 > node/n2:30080", A, A),
    Case(
        "a load balancer from outside: a rule for anyone",
        API_PORT % "{port: 8081}",
        "203.0.113.9 > 203.0.113.80:80",
        A,
        A,
    ),
    Case(
        ("a load balancer from outside: a denial of everyone"),
        DENY_API,
        "203.0.113.9 > 203.0.113.80:80",
        A,
        D,
    ),
    Case(
        ("a load balancer from outside: the client's block may be seen before or after"),
        API_FROM % "{ipBlock: {cidr: 203.0.113.9/32}}",
        "203.0.113.9 > 203.0.113.80:80",
        A,
        U,
        ("if the source is given the address of another node first"),
    ),
    Case(
        ("a load balancer from outside: a block of other nodes"),
        API_FROM % "{ipBlock: {cidr: 198.51.100.11/32}}",
        "203.0.113.9 > 203.0.113.80:80",
        A,
        U,
    ),
    Case(
        ("a load balancer from outside: only the backend's own node is in the block"),
        API_FROM % "{ipBlock: {cidr: 198.51.100.12/32}}",
        "203.0.113.9 > 203.0.113.80:80",
        A,
        D,
    ),
    Case(
        ("a load balancer from a pod whose node is not known"),
        API_FROM % "{podSelector: {}}",
        "shop/nonode > 203.0.113.80:80",
        A,
        U,
    ),
    Case(
        "a load balancer with Local keeps the source",
        API_FROM % "{ipBlock: {cidr: 203.0.113.9/32}}",
        "203.0.113.9 > 203.0.113.81:80",
        A,
        A,
    ),
    Case(
        ("a load balancer with Local: a denial stays a denial"),
        DENY_API,
        "203.0.113.9 > 203.0.113.81:80",
        A,
        D,
    ),
    Case(
        ("a shared address: the port tells the Services apart"),
        "pay/p: {ingress: []}",
        "203.0.113.9 > 203.0.113.80:80",
        A,
        A,
    ),
    Case(
        "a shared address: the other Service's port",
        "pay/p: {ingress: [{}]}",
        "203.0.113.9 > 203.0.113.80:443",
        A,
        A,
    ),
    Case(
        "a shared address: nobody's port",
        "",
        "203.0.113.9 > 203.0.113.80:22",
        U,
        U,
        "none of the Services behind 203.0.113.80",
    ),
    Case(
        "source ranges let their own in",
        "",
        "203.0.113.9 > 203.0.113.83:80",
        A,
        A,
    ),
    Case(
        "source ranges keep everybody else out, whatever the policies say",
        "",
        "203.0.113.10 > 203.0.113.83:80",
        A,
        D,
        "do not hold the address of 203.0.113.10, so kube-proxy drops it",
    ),
    Case(
        "source ranges are about pods that come to the address, too",
        "",
        "shop/cart > 203.0.113.83:80",
        A,
        D,
        "loadBalancerSourceRanges of Service shop/ranged",
    ),
    Case(
        "source ranges that hold the pods",
        "",
        "shop/web > 203.0.113.83:80",
        A,
        A,
    ),
    Case(
        "source ranges say nothing about the ClusterIP",
        "",
        "shop/cart > svc/shop/ranged:80",
        A,
        A,
    ),
    Case(
        "source ranges and a client whose address is not known",
        "",
        "client.example.com > 203.0.113.83:80",
        A,
        U,
        "the address of client.example.com is not known",
    ),
    Case(
        "policies decide about those whom the source ranges let in",
        DENY_API,
        "203.0.113.9 > 203.0.113.83:80",
        A,
        D,
        "allows nothing",
    ),
    Case(
        "a load balancer by name",
        API_PORT % "{port: 8081}",
        "203.0.113.9 > shop.example.com:80",
        A,
        A,
    ),
    Case(
        ("a load balancer from a pod: masqueraded or not, both allow"),
        API_FROM % ("{podSelector: {}}, {ipBlock: {cidr: 198.51.100.0/24}}"),
        "shop/cart > 203.0.113.80:80",
        A,
        A,
    ),
    Case(
        ("a load balancer from a pod on another node than the backend"),
        API_FROM % "{podSelector: {}}",
        "shop/web > 203.0.113.80:80",
        A,
        U,
    ),
    Case(
        ("a load balancer's address in an egress block may be seen before translation"),
        (
            "shop/p: {podSelector: {matchLabels: {tier: front}}, "
            "policyTypes: [Egress], egress: "
            "[{to: [{ipBlock: {cidr: 203.0.113.0/24}}]}]}"
        ),
        "shop/web > 203.0.113.80:80",
        U,
        A,
    ),
    Case(
        ("a load balancer with Local from a pod: the source is kept"),
        API_FROM % "{podSelector: {}}",
        "shop/web > 203.0.113.81:80",
        A,
        A,
    ),
    Case(
        "an external address of a Service",
        API_PORT % "{port: 8081}",
        "203.0.113.9 > 203.0.113.82:80",
        A,
        A,
    ),
    Case(
        "a LoadBalancer Service from outside, by its name",
        API_PORT % "{port: 8081}",
        "203.0.113.9 > svc/shop/lb:80",
        A,
        A,
    ),
    Case(
        ("a LoadBalancer Service from inside is its ClusterIP"),
        API_FROM % "{podSelector: {}}",
        "shop/web > svc/shop/lb:80",
        A,
        A,
    ),
    Case(
        "a hostPort is translated to the pod's",
        (
            "shop/p: {podSelector: {matchLabels: "
            "{app: sidecar}}, "
            "ingress: [{ports: [{port: 8090}]}]}"
        ),
        "203.0.113.9 > node/n3:8088",
        A,
        A,
    ),
    Case(
        "a hostPort: the policy names the node's port",
        (
            "shop/p: {podSelector: {matchLabels: "
            "{app: sidecar}}, "
            "ingress: [{ports: [{port: 8088}]}]}"
        ),
        "203.0.113.9 > node/n3:8088",
        A,
        D,
        "8088 is the hostPort's)",
    ),
]

CASES = [*CLUSTER_IP, *HEADLESS, *EXTERNAL]
