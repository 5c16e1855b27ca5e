"""Who is isolated, and which peers selectors mean."""

from policy_world import Case

A, D = "allowed", "denied"

ISOLATION = [
    Case(
        "no policy at all: everything is allowed",
        "",
        "shop/web > shop/db:5432",
        A,
        A,
        "no egress policy selects shop/web",
    ),
    Case(
        "a policy that selects the target isolates it",
        "shop/p: {ingress: []}",
        "shop/web > shop/db:5432",
        A,
        D,
        "ingress policy shop/p allows nothing",
    ),
    Case(
        "ingress absent is the same as empty",
        "shop/p: {policyTypes: [Ingress]}",
        "shop/web > shop/db:5432",
        A,
        D,
    ),
    Case(
        "`ingress: [{}]` allows everyone, everything",
        "shop/p: {ingress: [{}]}",
        "pay/ledger > shop/db:5432",
        A,
        A,
        "allows every port from anyone",
    ),
    Case(
        "`from: []` is everyone, not no one",
        "shop/p: {ingress: [{from: []}]}",
        "pay/ledger > shop/db:5432",
        A,
        A,
    ),
    Case(
        "`ports: []` is every port, not none",
        "shop/p: {ingress: [{ports: []}]}",
        "pay/ledger > shop/db:5432",
        A,
        A,
    ),
    Case(
        "`to: []` is everywhere",
        "shop/p: {egress: [{to: []}]}",
        "shop/web > pay/ledger:443",
        A,
        A,
        "allows every port to anyone",
    ),
    Case(
        "a policy in another namespace does not apply",
        "pay/p: {ingress: []}",
        "shop/web > shop/db:5432",
        A,
        A,
    ),
    Case(
        ("a policy for other pods of the namespace does not apply"),
        ("shop/p: {podSelector: {matchLabels: {app: api}}, ingress: []}"),
        "shop/web > shop/db:5432",
        A,
        A,
    ),
    Case(
        "an ingress policy does not isolate for egress",
        "shop/p: {ingress: []}",
        "shop/db > pay/ledger:443",
        A,
        A,
    ),
    Case(
        "an egress policy does not isolate for ingress",
        "shop/p: {policyTypes: [Egress]}",
        "pay/ledger > shop/db:5432",
        A,
        A,
    ),
    Case(
        "an egress policy denies what it does not name",
        "shop/p: {policyTypes: [Egress]}",
        "shop/web > pay/ledger:443",
        D,
        A,
        "egress policy shop/p allows nothing",
    ),
    Case(
        ("types default: egress rules make it an egress policy too"),
        ("shop/p: {podSelector: {matchLabels: {app: web}}, egress: [{ports: [{port: 1}]}]}"),
        "shop/web > pay/ledger:443",
        D,
        A,
    ),
    Case(
        ("types default: ingress always, also with egress rules only"),
        ("shop/p: {podSelector: {matchLabels: {app: web}}, egress: [{}]}"),
        "pay/ledger > shop/web:8080",
        A,
        D,
    ),
    Case(
        ("types default: empty egress list does not make it an egress policy"),
        "shop/p: {egress: []}",
        "shop/web > pay/ledger:443",
        A,
        A,
    ),
    Case(
        ("policyTypes [Egress]: ingress rules are ignored and do not isolate"),
        ("shop/p: {policyTypes: [Egress], ingress: [{ports: [{port: 1}]}]}"),
        "pay/ledger > shop/db:5432",
        A,
        A,
    ),
    Case(
        ("policyTypes [Ingress]: egress rules are ignored and do not isolate"),
        ("shop/p: {policyTypes: [Ingress], egress: [{ports: [{port: 1}]}], ingress: [{}]}"),
        "shop/web > pay/ledger:443",
        A,
        A,
    ),
    Case(
        ("policyTypes [Ingress, Egress] without rules denies both"),
        "shop/p: {policyTypes: [Ingress, Egress]}",
        "shop/web > shop/db:5432",
        D,
        D,
    ),
    Case(
        ("both directions must allow: egress alone is not enough"),
        (
            "{shop/p: {policyTypes: [Egress], egress: [{}]}, shop/q: "
            "{podSelector: {matchLabels: "
            "{app: db}}, ingress: []}}"
        ),
        "shop/web > shop/db:5432",
        A,
        D,
    ),
    Case(
        ("both directions must allow: ingress alone is not enough"),
        (
            "{shop/p: {podSelector: {matchLabels: {app: web}}, "
            "policyTypes: [Egress]}, shop/q: "
            "{podSelector: {matchLabels: {app: db}}, ingress: [{}]}}"
        ),
        "shop/web > shop/db:5432",
        D,
        A,
    ),
    Case(
        "policies are a union: a deny-all and an allow",
        (
            "{shop/deny: {ingress: []}, shop/allow: "
            "{podSelector: "
            "{matchLabels: {app: db}}, ingress: "
            "[{from: [{podSelector: {}}]}]}}"
        ),
        "shop/web > shop/db:5432",
        A,
        A,
        "ingress policy shop/allow",
    ),
    Case(
        ("a union does not mix one rule's peer with another rule's port"),
        (
            "{shop/a: {ingress: [{from: [{podSelector: {matchLabels: "
            "{app: web}}}], ports: [{port: "
            "1}]}]}, shop/b: {ingress: [{from: [{podSelector: {matchLabels: {app: api}}}], ports: "
            "[{port: 5432}]}]}}"
        ),
        "shop/web > shop/db:5432",
        A,
        D,
    ),
    Case(
        "rules of one policy are a union",
        ("shop/p: {ingress: [{ports: [{port: 1}]}, {ports: [{port: 5432}]}]}"),
        "shop/web > shop/db:5432",
        A,
        A,
    ),
    Case(
        ("replies need no rule: the target's egress is not asked"),
        ("shop/p: {podSelector: {matchLabels: {app: db}}, policyTypes: [Egress]}"),
        "shop/web > shop/db:5432",
        A,
        A,
    ),
    Case(
        "the source's ingress is not asked",
        ("shop/p: {podSelector: {matchLabels: {app: web}}, ingress: []}"),
        "shop/web > shop/db:5432",
        A,
        A,
    ),
    Case(
        ("a selector on the subject with several labels needs all of them"),
        ("shop/p: {podSelector: {matchLabels: {app: db, tier: front}}, ingress: []}"),
        "shop/web > shop/db:5432",
        A,
        A,
    ),
    Case(
        "a subject by expression",
        (
            "shop/p: {podSelector: {matchExpressions: [{key: tier, "
            "operator: In, values: [back]}]}, "
            "ingress: []}"
        ),
        "shop/web > shop/db:5432",
        A,
        D,
    ),
]


def _from(peers: str) -> str:
    return f"shop/p: {{podSelector: {{matchLabels: {{app: db}}}}, ingress: [{{from: [{peers}]}}]}}"


PEERS = [
    Case(
        "podSelector alone: a pod of this namespace",
        _from("{podSelector: {matchLabels: {app: web}}}"),
        "shop/web > shop/db:5432",
        A,
        A,
    ),
    Case(
        "podSelector alone: other labels",
        _from("{podSelector: {matchLabels: {app: web}}}"),
        "shop/api > shop/db:5432",
        A,
        D,
        "shop/api has app=api, not web",
    ),
    Case(
        "podSelector alone never means another namespace",
        _from("{podSelector: {matchLabels: {app: ledger}}}"),
        "pay/ledger > shop/db:5432",
        A,
        D,
        ("a podSelector without a namespaceSelector means namespace shop"),
    ),
    Case(
        ("`podSelector: {}` without namespaceSelector: this namespace only, own pods"),
        _from("{podSelector: {}}"),
        "shop/api > shop/db:5432",
        A,
        A,
    ),
    Case(
        ("`podSelector: {}` without namespaceSelector: this namespace only, others not"),
        _from("{podSelector: {}}"),
        "pay/ledger > shop/db:5432",
        A,
        D,
    ),
    Case(
        "`namespaceSelector: {}` is every namespace",
        _from("{namespaceSelector: {}}"),
        "pay/ledger > shop/db:5432",
        A,
        A,
    ),
    Case(
        "`namespaceSelector: {}` includes the policy's own",
        _from("{namespaceSelector: {}}"),
        "shop/web > shop/db:5432",
        A,
        A,
    ),
    Case(
        ("`namespaceSelector: {}` includes namespaces without labels"),
        _from("{namespaceSelector: {}}"),
        "bare/loner > shop/db:5432",
        A,
        A,
    ),
    Case(
        ("`namespaceSelector: {}` does not mean hosts outside"),
        _from("{namespaceSelector: {}}"),
        "203.0.113.9 > shop/db:5432",
        A,
        D,
        ("selectors select pods, and 203.0.113.9 is outside the cluster"),
    ),
    Case(
        "namespaceSelector by label",
        _from("{namespaceSelector: {matchLabels: {team: payments}}}"),
        "pay/ledger > shop/db:5432",
        A,
        A,
    ),
    Case(
        ("namespaceSelector by label: the own namespace is not exempt"),
        _from("{namespaceSelector: {matchLabels: {team: payments}}}"),
        "shop/web > shop/db:5432",
        A,
        D,
        ("namespace shop has team=web, not payments"),
    ),
    Case(
        "namespaceSelector: the namespace lacks the label",
        _from("{namespaceSelector: {matchLabels: {team: payments}}}"),
        "bare/loner > shop/db:5432",
        A,
        D,
        ("namespace bare lacks the label team=payments"),
    ),
    Case(
        "the name label that every namespace has",
        _from("{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: bare}}}"),
        "bare/loner > shop/db:5432",
        A,
        A,
    ),
    Case(
        "a pod's labels are not its namespace's",
        _from("{namespaceSelector: {matchLabels: {app: ledger}}}"),
        "pay/ledger > shop/db:5432",
        A,
        D,
    ),
    Case(
        "both selectors in one item are AND: both hold",
        _from(
            "{namespaceSelector: {matchLabels: "
            "{team: payments}}, "
            "podSelector: {matchLabels: {app: "
            "ledger}}}"
        ),
        "pay/ledger > shop/db:5432",
        A,
        A,
    ),
    Case(
        ("both selectors in one item are AND: the namespace alone does not do"),
        _from(
            "{namespaceSelector: {matchLabels: {team: payments}}, "
            "podSelector: {matchLabels: {app: "
            "web}}}"
        ),
        "pay/ledger > shop/db:5432",
        A,
        D,
        "pay/ledger has app=ledger, not web",
    ),
    Case(
        ("both selectors in one item are AND: the pod alone does not do"),
        _from(
            "{namespaceSelector: {matchLabels: {team: payments}}, "
            "podSelector: {matchLabels: {app: "
            "web}}}"
        ),
        "shop/web > shop/db:5432",
        A,
        D,
    ),
    Case(
        "two items are OR: the namespace's",
        _from(
            "{namespaceSelector: {matchLabels: "
            "{team: payments}}}, "
            "{podSelector: {matchLabels: {app: "
            "web}}}"
        ),
        "pay/ledger > shop/db:5432",
        A,
        A,
    ),
    Case(
        "two items are OR: the pod's",
        _from(
            "{namespaceSelector: {matchLabels: "
            "{team: payments}}}, "
            "{podSelector: {matchLabels: {app: "
            "web}}}"
        ),
        "shop/web > shop/db:5432",
        A,
        A,
    ),
    Case(
        "two items are OR: neither",
        _from(
            "{namespaceSelector: {matchLabels: "
            "{team: payments}}}, "
            "{podSelector: {matchLabels: {app: "
            "web}}}"
        ),
        "shop/api > shop/db:5432",
        A,
        D,
    ),
    Case(
        ("empty namespaceSelector with a podSelector: such pods everywhere"),
        _from("{namespaceSelector: {}, podSelector: {matchLabels: {app: ledger}}}"),
        "pay/ledger > shop/db:5432",
        A,
        A,
    ),
    Case(
        "In: one of the values",
        _from("{podSelector: {matchExpressions: [{key: app, operator: In, values: [api, web]}]}}"),
        "shop/web > shop/db:5432",
        A,
        A,
    ),
    Case(
        "In: the key is absent",
        _from(
            "{namespaceSelector: {}, podSelector: "
            "{matchExpressions: [{key: app, operator: In, "
            "values: [api, web]}]}}"
        ),
        "bare/loner > shop/db:5432",
        A,
        D,
        ("bare/loner lacks the label app=api or web"),
    ),
    Case(
        "NotIn: another value",
        _from("{podSelector: {matchExpressions: [{key: app, operator: NotIn, values: [api]}]}}"),
        "shop/web > shop/db:5432",
        A,
        A,
    ),
    Case(
        "NotIn: a listed value",
        _from(
            "{podSelector: {matchExpressions: [{key: app, operator: NotIn, values: [api, web]}]}}"
        ),
        "shop/web > shop/db:5432",
        A,
        D,
        "which app notin (api,web) rules out",
    ),
    Case(
        "NotIn matches when the key is absent",
        _from(
            "{namespaceSelector: {}, podSelector: "
            "{matchExpressions: "
            "[{key: app, operator: NotIn, "
            "values: [web]}]}}"
        ),
        "bare/loner > shop/db:5432",
        A,
        A,
    ),
    Case(
        "Exists",
        _from("{podSelector: {matchExpressions: [{key: tier, operator: Exists}]}}"),
        "shop/web > shop/db:5432",
        A,
        A,
    ),
    Case(
        "Exists: the key is absent",
        _from("{podSelector: {matchExpressions: [{key: tier, operator: Exists}]}}"),
        "shop/cart > shop/db:5432",
        A,
        D,
        "shop/cart lacks the label tier",
    ),
    Case(
        "DoesNotExist matches when the key is absent",
        _from("{podSelector: {matchExpressions: [{key: tier, operator: DoesNotExist}]}}"),
        "shop/cart > shop/db:5432",
        A,
        A,
    ),
    Case(
        "DoesNotExist: the key is there",
        _from("{podSelector: {matchExpressions: [{key: tier, operator: DoesNotExist}]}}"),
        "shop/web > shop/db:5432",
        A,
        D,
    ),
    Case(
        "NotIn on a namespace that lacks the label",
        _from(
            "{namespaceSelector: {matchExpressions: "
            "[{key: "
            "team, operator: NotIn, values: "
            "[payments]}]}}"
        ),
        "bare/loner > shop/db:5432",
        A,
        A,
    ),
    Case(
        "NotIn on a namespace that has it",
        _from(
            "{namespaceSelector: {matchExpressions: [{key: "
            "team, operator: NotIn, values: "
            "[payments]}]}}"
        ),
        "pay/ledger > shop/db:5432",
        A,
        D,
    ),
    Case(
        "DoesNotExist on a namespace",
        _from("{namespaceSelector: {matchExpressions: [{key: team, operator: DoesNotExist}]}}"),
        "bare/loner > shop/db:5432",
        A,
        A,
    ),
    Case(
        "labels and expressions must all hold",
        _from(
            "{podSelector: {matchLabels: {app: web}, "
            "matchExpressions: [{key: tier, operator: "
            "Exists}]}}"
        ),
        "shop/cart > shop/db:5432",
        A,
        D,
    ),
    Case(
        "two expressions on one key must both hold",
        _from(
            "{podSelector: {matchExpressions: [{key: "
            "app, operator: "
            "Exists}, {key: app, operator: "
            "NotIn, values: [web]}]}}"
        ),
        "shop/web > shop/db:5432",
        A,
        D,
    ),
    Case(
        "a value is compared exactly, with its case",
        _from("{podSelector: {matchLabels: {app: Web}}}"),
        "shop/web > shop/db:5432",
        A,
        D,
    ),
    Case(
        ("egress: podSelector alone means the policy's namespace"),
        ("shop/p: {policyTypes: [Egress], egress: [{to: [{podSelector: {}}]}]}"),
        "shop/web > pay/ledger:443",
        D,
        A,
    ),
    Case(
        "egress: to a namespace",
        (
            "shop/p: {policyTypes: [Egress], egress: [{to: "
            "[{namespaceSelector: {matchLabels: {team: "
            "payments}}}]}]}"
        ),
        "shop/web > pay/ledger:443",
        A,
        A,
    ),
    Case(
        "egress: the DNS rule everyone writes",
        (
            "shop/p: {policyTypes: [Egress], egress: [{to: "
            "[{namespaceSelector: {}, podSelector: "
            "{matchLabels: {k8s-app: kube-dns}}}], ports: "
            "[{port: 53, protocol: UDP}]}]}"
        ),
        "shop/web > kube-system/dns:53|UDP",
        A,
        A,
    ),
    Case(
        "egress: the DNS rule forgets TCP",
        (
            "shop/p: {policyTypes: [Egress], egress: [{to: "
            "[{namespaceSelector: {}, podSelector: "
            "{matchLabels: {k8s-app: kube-dns}}}], ports: "
            "[{port: 53, protocol: UDP}]}]}"
        ),
        "shop/web > kube-system/dns:53",
        D,
        A,
        ("allows 53/UDP to pods with k8s-app=kube-dns in all namespaces; nothing allows 53"),
    ),
]

CASES = [*ISOLATION, *PEERS]
