"""What engines and kernels say of dropped packets, and what is made of it."""

from __future__ import annotations

import json

import pytest

from prober.fabric.kubernetes.interrogation import cilium, counters, kernel
from prober.fabric.kubernetes.interrogation.chains import calico_interface, ended
from prober.fabric.kubernetes.interrogation.flows import Concern, concern_of
from prober.fabric.kubernetes.interrogation.subjects import Subject, Tongue
from prober.fabric.kubernetes.interrogation.told import Heard, words_of
from prober.model.check import Check, Endpoint, EndpointKind, Flow, Vantage, VantageKind
from prober.model.errors import FabricError
from prober.model.objects import Node, Pod, Ref
from prober.model.outcome import Observation, Outcome
from prober.model.prediction import BackendTrail, Direction, DirectionTrail, Prediction, Ruling
from prober.model.probe import Probe, ProbeKind
from prober.model.run import CheckRecord, Result, Verdict
from prober.model.snapshot import Snapshot

API, DB = ("shop", "api-0"), ("shop", "db-0")
WORLD = Snapshot(
    nodes={"n1": Node("n1"), "n2": Node("n2")},
    pods={
        API: Pod(*API, {}, "n1", ("198.18.1.5",)),
        DB: Pod(*DB, {}, "n2", ("198.18.2.9",)),
    },
)


def _direction(direction: Direction) -> DirectionTrail:
    return DirectionTrail(direction, Ruling.ALLOWED, None, "")


def concern() -> Concern:
    source = Endpoint(EndpointKind.POD, *API)
    flow = Flow(source, Endpoint(EndpointKind.POD, *DB), "TCP", 5432)
    egress, ingress = _direction("egress"), _direction("ingress")
    backend = BackendTrail("shop/db-0:5432", 5432, Ruling.ALLOWED, egress, ingress, Ref("Pod", *DB))
    check = Check(
        "c",
        "api → db:5432/tcp",
        Vantage(VantageKind.POD, *API),
        flow,
        Probe("c", ProbeKind.TCP, "198.18.2.9", 5432),
    )
    prediction = Prediction(Ruling.ALLOWED, Ruling.ALLOWED, Ruling.ALLOWED, "", backends=(backend,))
    seen = Observation("c", Outcome.TIMEOUT)
    record = CheckRecord(check, prediction, seen, Verdict.BLOCKED, Result.FAIL)
    return concern_of(record, WORLD)


FIREWALL = """\
*filter
:KUBE-POD-FW-DB - [0:0]
[{jumped}:60] -A KUBE-POD-FW-DB -d 198.18.2.9/32 -m comment --comment "run through nw policy db-ingress" -j KUBE-NWPLCY-A
[3:60] -A KUBE-POD-FW-DB -s 198.18.2.9/32 -m comment --comment "run through nw policy db-egress" -j KUBE-NWPLCY-B
[{rejected}:60] -A KUBE-POD-FW-DB -m comment --comment "rule to log dropped traffic POD name:db-0 namespace: shop" -j NFLOG --nflog-group 100
[{rejected}:60] -A KUBE-POD-FW-DB -m comment --comment "rule to REJECT traffic destined for POD name:db-0 namespace: shop" -m mark ! --mark 0x10000/0x10000 -j REJECT --reject-with icmp-port-unreachable
[{other}:60] -A KUBE-POD-FW-X -m comment --comment "rule to REJECT traffic destined for POD name:x namespace: shop" -j REJECT
COMMIT
"""


def test_where_the_pods_are_is_who_is_asked() -> None:
    about = concern()
    assert about.nodes == {"n1", "n2"}
    assert about.ports == {5432}
    assert about.addresses == {"198.18.2.9"}


def test_the_chain_that_moved_names_pod_and_policy_and_others_are_passed_over() -> None:
    before = FIREWALL.format(jumped=1, rejected=4, other=7)
    after = FIREWALL.format(jumped=3, rejected=6, other=9)
    [told] = ended(counters.moved(before, after), concern())
    assert (told.pod, told.direction, told.packets) == ("shop/db-0", "ingress", 2)
    assert told.policies == ("shop/db-ingress",)


def test_a_pod_that_rejects_what_leaves_it_is_the_source() -> None:
    text = FIREWALL.replace("db-0", "api-0").replace("198.18.2.9", "198.18.1.5")
    before = text.format(jumped=1, rejected=4, other=7)
    after = text.replace("[3:", "[5:").format(jumped=1, rejected=5, other=7)
    [told] = ended(counters.moved(before, after), concern())
    assert (told.direction, told.policies) == ("egress", ("shop/db-egress",))


def test_calico_names_its_chains_after_the_pods_link() -> None:
    chain = f"cali-tw-{calico_interface(DB)}"
    assert len(calico_interface(DB)) == 15
    rule = '[{}:1] -A {} -m comment --comment "cali:x" -m comment --comment "{}" -j {}'
    texts = (
        rule.format(1, "cali-pi-a", "Policy shop/knp.default.db-ingress ingress", "MARK"),
        rule.format(2, chain, "Drop if no policies passed packet", "DROP"),
    )
    [told] = ended(counters.moved("", "\n".join(texts)), concern())
    assert (told.direction, told.policies) == ("ingress", ("shop/knp.default.db-ingress",))


def test_a_rule_of_nobody_known_is_told_as_it_is() -> None:
    moved = counters.moved(
        "", "[2:1] -A FORWARD -s 198.18.1.5/32 -j DROP\n[9:1] -A FORWARD -j ACCEPT"
    )
    [told] = ended(moved, concern())
    assert (told.rule.chain, told.direction, told.policies) == ("FORWARD", "", ())


MONITOR = (
    "xx drop (Policy denied) flow 0x1 to endpoint 301, ifindex 10, file bpf_lxc.c:2061, , "
    "identity 5678->9012: 198.18.1.5:43210 -> 198.18.2.9:5432 tcp SYN\n"
    "xx drop (Policy denied by denylist) flow 0x0 to endpoint 0, ifindex 5, file bpf_lxc.c:1311, , "
    "identity 5678->remote-node: [2001:db8::5]:43210 -> [2001:db8::9]:443 tcp SYN\n"
    "xx drop (Unsupported L3 protocol) flow 0x0 to endpoint 0, ifindex 5, file bpf_lxc.c:1493, , "
    "identity 5678->unknown: fe80::1 -> ff02::2 RouterSolicitation\n"
    "Listening for events on 2 CPUs with 64x4096 of shared memory\n"
)


def test_cilium_tells_each_packet() -> None:
    first, second, third = cilium.dropped(MONITOR)
    assert (first.reason, first.direction, first.port) == ("Policy denied", "ingress", 5432)
    assert (second.direction, second.destination) == ("egress", "2001:db8::9")
    assert second.identities == ("5678", "remote-node")
    assert (third.source, third.port) == ("fe80::1", 0)


def test_an_endpoints_rules_name_their_policies() -> None:
    labels = [
        "k8s:io.cilium.k8s.policy.derived-from=NetworkPolicy",
        "k8s:io.cilium.k8s.policy.name=db-ingress",
        "k8s:io.cilium.k8s.policy.namespace=shop",
    ]
    realized = {"l4": {"ingress": [{"rule": "{}", "derived-from-rules": [labels, labels]}]}}
    told = json.dumps([{"status": {"policy": {"realized": realized}}}]).encode()
    assert cilium.policies_of(told, "ingress") == ("shop/db-ingress",)
    assert cilium.policies_of(told, "egress") == ()
    assert cilium.policies_of(b"[{", "ingress") == ()
    assert cilium.policies_of(b'[{"status": [1]}]', "ingress") == ()


READY, END = b'{"type":"ready"}\n', b'{"type":"end","drops":1}\n'
DROP = (
    b'{"type":"drop","source":"198.18.1.5","destination":"198.18.2.9","protocol":"tcp",'
    b'"source_port":43210,"port":5432,"reason":"NETFILTER_DROP","place":"nft_do_chain","here":true}\n'
)


def test_a_kernels_drops_are_read_and_what_is_no_answer_is_an_error() -> None:
    [drop] = kernel.drops(READY + DROP + END)
    assert drop.reason == "NETFILTER_DROP"
    for broken in (
        READY + DROP,
        READY + b"nonsense\n" + END,
        b'{"type":"failure","message":"no"}\n',
    ):
        with pytest.raises(FabricError):
            list(kernel.drops(broken))
    with pytest.raises(FabricError, match="more than"):
        list(kernel.drops(READY + DROP * 2000 + END))
    assert kernel.is_ready(READY) and not kernel.is_ready(b'{"type":"re')


def test_what_was_heard_becomes_words_of_the_check() -> None:
    subject = Subject("Cilium", Tongue.CILIUM, "n2", "kube-system", "cilium-x", "cilium-agent")
    heard = Heard(
        dropped=[(subject, tuple(cilium.dropped(MONITOR)))],
        given_up=[
            ("n2", tuple(kernel.drops(READY + DROP + END))),
            ("n1", tuple(kernel.drops(READY + DROP.replace(b"true", b"false") + END))),
        ],
        policies={("n2", "ingress"): ("shop/db-ingress",)},
    )
    engine, its_kernel = words_of(heard, [concern()])
    assert (engine.node, engine.direction) == ("n2", "ingress")
    assert engine.policies == ("shop/db-ingress",)
    assert (its_kernel.node, its_kernel.what) == ("n2", "netfilter drops it")


def test_everyday_drops_and_those_of_others_are_passed_over() -> None:
    others = (
        DROP.replace(b"NETFILTER_DROP", b"QUEUE_PURGE"),
        DROP.replace(b"198.18.2.9", b"198.18.2.10"),
    )
    heard = Heard(given_up=[("n2", tuple(kernel.drops(READY + b"".join(others) + END)))])
    assert words_of(heard, [concern()]) == ()


def test_what_comes_back_may_be_what_is_dropped() -> None:
    answer = (
        b'{"type":"drop","source":"198.18.2.9","destination":"198.18.1.5","protocol":"tcp",'
        b'"source_port":5432,"port":43210,"reason":"IP_RPFILTER","here":true}\n'
    )
    heard = Heard(given_up=[("n1", tuple(kernel.drops(READY + answer + END)))])
    [word] = words_of(heard, [concern()])
    assert word.what.endswith("on the way back")
