"""The lab words and the text form of faults."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from prober.manifest import Loaded, parse_fault
from prober.model.errors import ExitCode, Location, UsageError
from prober.model.lab import (
    Enforcement,
    Fault,
    FaultKind,
    LabSpec,
    Listener,
    NodeListener,
    OutsideHost,
)

Load = Callable[..., Loaded]
Mistakes = Callable[[str], list[str]]

HEAD = "apiVersion: prober.dev/v1alpha1\nkind: Lab\n"


def test_everything_in_a_lab_is_optional(load: Load) -> None:
    assert load(HEAD).lab == LabSpec(origin=Location("m.yaml", 1))
    assert load(HEAD + "metadata: {name: x}\nnodes: null\n").lab == LabSpec(
        origin=Location("m.yaml", 1)
    )


def test_no_lab_is_none(load: Load) -> None:
    assert load("apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n").lab is None


def test_a_whole_lab(load: Load) -> None:
    lab = load(
        """\
        apiVersion: prober.dev/v1alpha1
        kind: Lab
        metadata: {name: flux}
        nodes: 3
        ipv6: true
        enforcement: drop
        outside:
        - name: github.com
          aliases: [www.github.com]
          addresses: [203.0.113.5, "2001:db8:ffff::5"]
          listeners: [{port: 22, speaks: ssh}, {port: 443, speaks: https}, {port: 7}]
        - name: dns.example
          listeners: [{port: 53, speaks: dns}, {port: 53, speaks: echo}]
        nodeListeners:
        - node: n1
          listeners: [{port: 6443, speaks: https}]
        faults:
        - firewall=github.com:22
        - dead-dns
        - {kind: firewall, target: github.com, port: 53, protocol: UDP, action: reject}
        - {kind: low-mtu, target: node/n2}
        - {kind: low-mtu, value: 1400}
        """
    ).lab
    assert lab == LabSpec(
        nodes=3,
        ipv6=True,
        enforcement=Enforcement.DROP,
        outside=(
            OutsideHost(
                "github.com",
                ("www.github.com",),
                ("203.0.113.5", "2001:db8:ffff::5"),
                (Listener(22, "ssh"), Listener(443, "https"), Listener(7)),
            ),
            OutsideHost("dns.example", listeners=(Listener(53, "dns"), Listener(53))),
        ),
        node_listeners=(NodeListener("n1", (Listener(6443, "https"),)),),
        faults=(
            Fault(FaultKind.FIREWALL, "github.com", 22),
            Fault(FaultKind.DEAD_DNS),
            Fault(FaultKind.FIREWALL, "github.com", 53, "UDP", "reject"),
            Fault(FaultKind.LOW_MTU, "node/n2", value=1280),
            Fault(FaultKind.LOW_MTU, value=1400),
        ),
        origin=Location("m.yaml", 1),
    )


FAULTS = (
    "(faults are firewall=github.com:22, dead-dns, no-endpoints=svc/web.shop, "
    "not-listening=deploy/web.shop:8080, "
    "lost-identity=deploy/web.shop, stopped-agent=node/n1, unknown-port-names, "
    "unknown-port-ranges, unnamed-directions, outside-ip-blocks, unknown-pod=pod/web-1.shop, "
    "host-firewall=node/n1:9100, no-way-out=node/n1, tunnel-blocked=node/n1, "
    "kube-proxy-down=node/n1, "
    "cni-agent-down=node/n1, cni-no-rights=node/n1, dns-down, dns-cache-cut-off=node/n1, "
    "proxy-only=proxy.example.com:3128, late-enforcement:1500, low-mtu=node/n2:1280)"
)


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("node: 3", ["3: node: unknown field (did you mean `nodes`?)"]),
        (
            "spec: {nodes: 3}",
            [
                (
                    "3: spec: unknown field (known are apiVersion, conditions, enforcement, events, "
                    "faults, "
                    "identityFromAgent, "
                )
            ],
        ),
        ("nodes: 0", ["3: nodes: 0 nodes cannot be made: must be between 1 and 100"]),
        ("nodes: '3'", ["3: nodes: must be a whole number, not text (`3`) (remove the quotes)"]),
        ("ipv6: maybe", ["3: ipv6: must be true or false, not text (`maybe`)"]),
        (
            "enforcement: Drop",
            [
                (
                    "3: enforcement: must be one of reject, drop, none, not `Drop` (did you mean "
                    "`drop`?)"
                )
            ],
        ),
        (
            "outside: {name: a}",
            ["3: outside: must be a list, not a mapping (start each item with `- `)"],
        ),
        (
            "outside: [{}]",
            ["3: outside[0].name: is required (write the host's DNS name, as in github.com)"],
        ),
        (
            "outside: [{name: a b}]",
            ["3: outside[0].name: `a b` must consist of lower case letters"],
        ),
        (
            "outside: [{name: a, aliases: [b]}, {name: b}]",
            ["3: outside[1].name: `b` is the name of two hosts (rename one of them)"],
        ),
        (
            "outside: [{name: a, address: [x], addresses: [203.0.113.0/24]}]",
            [
                "3: outside[0].address: unknown field (did you mean `addresses`?)",
                "3: outside[0].addresses[0]: `203.0.113.0/24` is not an IP address "
                "(write one address, without a prefix length)",
            ],
        ),
        (
            (
                "outside: [{name: a, listeners: [{}, {port: 70000}, {port: 1, speaks: smtp}, "
                "{port: 1}, null, 22]}]"
            ),
            [
                "3: outside[0].listeners[0].port: is required (write the port to listen on)",
                "3: outside[0].listeners[1].port: 70000 is not a port: must be between 1 and 65535",
                "3: outside[0].listeners[2].speaks: "
                "must be one of echo, ssh, http, https, tls, udp-echo, dns, grpc, grpcs, not `smtp`",
                (
                    "3: outside[0].listeners[3].port: something listens on 1/tcp already (remove "
                    "one of them)"
                ),
                "3: outside[0].listeners[4]: is empty (write `port:` and what it `speaks:`)",
                "3: outside[0].listeners[5]: must be a mapping, not a number (`22`)",
            ],
        ),
        (
            "nodeListeners: [{listeners: []}]",
            ["3: nodeListeners[0].node: is required (write the node's name)"],
        ),
        ("faults: [fire]", [f"3: faults[0]: unknown fault `fire` in `fire` {FAULTS}"]),
        ("faults: [{}]", [f"3: faults[0]: has no kind {FAULTS}"]),
        ("faults: [null]", [f"3: faults[0]: has no kind {FAULTS}"]),
        ("faults: [5]", ["3: faults[0]: must be a mapping, not a number (`5`)"]),
        (
            "faults: [{kind: dead-dsn}]",
            [
                (
                    "3: faults[0].kind: must be one of firewall, dead-dns, no-endpoints, "
                    "not-listening, lost-identity, "
                )
            ],
        ),
        (
            (
                "faults: [{kind: no-endpoints}, {kind: no-endpoints, target: deploy/a.b}, {kind: "
                "dead-dns, port: 5}]"
            ),
            [
                (
                    "3: faults[0]: no-endpoints needs a target (write it like "
                    "no-endpoints=svc/web.shop)"
                ),
                "3: faults[1]: the target `deploy/a.b` is not one for no-endpoints "
                "(write it like no-endpoints=svc/web.shop)",
                "3: faults[2]: dead-dns takes no port (write it like dead-dns)",
            ],
        ),
        (
            (
                "faults: [{kind: firewall, port: 70000}, {kind: firewall, value: 5}, {kind: "
                "low-mtu, value: 10}]"
            ),
            [
                (
                    "3: faults[0]: 70000 is not a port: must be between 1 and 65535 (write it "
                    "like firewall=github.com:22)"
                ),
                "3: faults[1]: firewall takes no value (write it like firewall=github.com:22)",
                "3: faults[2]: 10 is not an MTU: must be between 576 and 65535 bytes "
                "(write it like low-mtu=node/n2:1280)",
            ],
        ),
        (
            "faults: [{kind: firewall, protocol: SCTP, action: deny, ports: 5}]",
            [
                "3: faults[0].ports: unknown field (did you mean `port`?)",
                "3: faults[0].protocol: must be one of TCP, UDP, not `SCTP`",
                "3: faults[0].action: must be one of drop, reject, not `deny`",
            ],
        ),
    ],
)
def test_mistakes_in_a_lab(mistakes: Mistakes, text: str, messages: list[str]) -> None:
    told = mistakes(HEAD + text + "\n")
    assert len(told) == len(messages)
    for line, message in zip(told, messages, strict=True):
        assert line.startswith(f"m.yaml:{message}")


def test_there_is_one_lab(mistakes: Mistakes) -> None:
    assert mistakes(HEAD + "---\n" + HEAD) == [
        "m.yaml:4: there is a Lab already, in m.yaml:1 (merge the two)"
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("firewall", Fault(FaultKind.FIREWALL)),
        ("firewall=github.com", Fault(FaultKind.FIREWALL, "github.com")),
        ("firewall=github.com:22", Fault(FaultKind.FIREWALL, "github.com", 22)),
        ("firewall=:53/udp", Fault(FaultKind.FIREWALL, "", 53, "UDP")),
        (
            "firewall=github.com:22,reject",
            Fault(FaultKind.FIREWALL, "github.com", 22, "TCP", "reject"),
        ),
        ("firewall=[2001:db8::1]:22/TCP", Fault(FaultKind.FIREWALL, "2001:db8::1", 22)),
        ("firewall=203.0.113.1:22", Fault(FaultKind.FIREWALL, "203.0.113.1", 22)),
        ("dead-dns", Fault(FaultKind.DEAD_DNS)),
        ("no-endpoints=svc/web.shop", Fault(FaultKind.NO_ENDPOINTS, "svc/web.shop")),
        (
            "not-listening=deploy/web.shop:8080",
            Fault(FaultKind.NOT_LISTENING, "deploy/web.shop", 8080),
        ),
        ("not-listening=pod/web-0.shop", Fault(FaultKind.NOT_LISTENING, "pod/web-0.shop")),
        ("lost-identity=sts/db.shop", Fault(FaultKind.LOST_IDENTITY, "sts/db.shop")),
        ("stopped-agent=node/n1", Fault(FaultKind.STOPPED_AGENT, "node/n1")),
        ("low-mtu", Fault(FaultKind.LOW_MTU, value=1280)),
        ("low-mtu:1400", Fault(FaultKind.LOW_MTU, value=1400)),
        ("late-enforcement:1500", Fault(FaultKind.LATE_ENFORCEMENT, value=1500)),
        ("kube-proxy-down", Fault(FaultKind.KUBE_PROXY_DOWN)),
        (
            "proxy-only=proxy.example.com:3128",
            Fault(FaultKind.PROXY_ONLY, "proxy.example.com", 3128),
        ),
        ("low-mtu=node/n2", Fault(FaultKind.LOW_MTU, "node/n2", value=1280)),
        ("low-mtu=node/n2:1400", Fault(FaultKind.LOW_MTU, "node/n2", value=1400)),
    ],
)
def test_faults_from_text(text: str, fault: Fault) -> None:
    assert parse_fault(text) == fault


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("fire", "unknown fault `fire` in `fire`", FAULTS[1:-1]),
        ("", "unknown fault `` in ``", FAULTS[1:-1]),
        ("firewall=", "`firewall=` is not a fault", "write it like firewall=github.com:22"),
        ("firewall=a:b", "`firewall=a:b` is not a fault", "write it like firewall=github.com:22"),
        (
            "firewall=2001:db8::1:22",
            "`firewall=2001:db8::1:22` is not a fault",
            "write it like firewall=github.com:22",
        ),
        (
            "firewall=a:99999",
            "`firewall=a:99999`: 99999 is not a port: must be between 1 and 65535",
            "write it like firewall=github.com:22",
        ),
        (
            "firewall=a:22/sctp",
            "`firewall=a:22/sctp`: the protocol must be tcp or udp",
            "write it like firewall=github.com:22",
        ),
        (
            "firewall=a,deny",
            "`firewall=a,deny`: the action must be drop or reject",
            "write it like firewall=github.com:22",
        ),
        ("dead-dns=x", "`dead-dns=x`: dead-dns takes no target", "write it like dead-dns"),
        (
            "lost-identity",
            "`lost-identity`: lost-identity needs a target",
            "write it like lost-identity=deploy/web.shop",
        ),
        (
            "stopped-agent=n1",
            "`stopped-agent=n1`: the target `n1` is not one for stopped-agent",
            "write it like stopped-agent=node/n1",
        ),
        (
            "lost-identity=pod/a.b:80",
            "`lost-identity=pod/a.b:80`: lost-identity takes no port",
            "write it like lost-identity=deploy/web.shop",
        ),
        (
            "low-mtu=node/n2:100",
            "`low-mtu=node/n2:100`: 100 is not an MTU: must be between 576 and 65535 bytes",
            "write it like low-mtu=node/n2:1280",
        ),
    ],
)
def test_texts_that_are_no_faults(text: str, message: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_fault(text)
    assert (str(caught.value), caught.value.hint) == (message, hint)
    assert caught.value.exit_code is ExitCode.USAGE
