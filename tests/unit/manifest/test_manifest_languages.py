"""Objects of the other policy languages: what their API servers reject is a mistake, with its
place."""

from __future__ import annotations

from pathlib import Path

import pytest

from prober.manifest import load_manifests
from prober.model.errors import InputError

POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c}]}\n"
TIER = "apiVersion: projectcalico.org/v3\nkind: Tier\nmetadata: {name: default}\n"
CALICO = "apiVersion: projectcalico.org/v3\nkind: GlobalNetworkPolicy\nmetadata: {name: g}\n"
RAW = "apiVersion: crd.projectcalico.org/v1\nkind: GlobalNetworkPolicy\nmetadata: {name: r}\n"
CILIUM = "apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: c}\n"
ANP = (
    "apiVersion: policy.networking.k8s.io/v1alpha1\nkind: AdminNetworkPolicy\nmetadata: {name: a}\n"
)
CNP = (
    "apiVersion: policy.networking.k8s.io/v1alpha2\nkind: ClusterNetworkPolicy\n"
    "metadata: {name: k}\n"
)
SUBJECT = "subject: {namespaces: {}}"


def mistakes(tmp_path: Path, *objects: str) -> str:
    file = tmp_path / "m.yaml"
    file.write_text("---\n".join(objects), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_manifests([file])
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            CALICO + "spec:\n  selector: app = 'web'\n",
            "m.yaml:5: spec.selector: is not a selector: `=` is not expected here (write ==)\n"
            "app = 'web'\n    ^",
        ),
        (CALICO + 'spec: {selector: "has(x"}\n', "`)` is missing\nhas(x\n     ^"),
        (CALICO + 'spec: {selector: "a == b"}\n', "`b` must be in quotes\na == b\n     ^"),
        (CALICO + "spec: {selector: \"a == 'b' c\"}\n", "`c` is not expected here"),
        (CALICO + 'spec: {selector: "a == \'b"}\n', "a text is not closed"),
        (CALICO + "spec: {selector: \"a like 'b'\"}\n", "`like` is no operator"),
        (CALICO + "spec: {selector: '&& all()'}\n", "`&&` stands where a label's key belongs"),
        (CALICO + "spec: {selector: 'a in {}}'}\n", "`}` is not expected here"),
        (CALICO + "spec: {order: first}\n", "spec.order: must be a number, not text"),
        (CALICO + "spec: {order: '5'}\n", "remove the quotes"),
        (CALICO + "spec: {tier: nowhere}\n", "there is no Tier nowhere"),
        (TIER + "spec: {order: 5}\n", "m.yaml:4: spec.order: of tier default it is 1000000"),
        (
            TIER + "spec: {order: 1000000, defaultAction: Pass}\n",
            "spec.defaultAction: of tier default it is Deny",
        ),
        (CALICO + "spec: {types: [Ingres]}\n", "did you mean `Ingress`?"),
        (CALICO + "spec: {ingress: [{action: allow}]}\n", "did you mean `Allow`?"),
        (
            CALICO + "spec: {egress: [{action: Allow, destination: {ports: [80]}}]}\n",
            "rules with ports need the protocol TCP, UDP or SCTP",
        ),
        (CALICO + "spec: {selektor: all()}\n", "unknown field (did you mean `selector`?)"),
        (CILIUM + "spec: {ingress: [{}]}\n", "exactly one of endpointSelector and nodeSelector"),
        (
            CILIUM + "spec: {endpointSelector: {}, ingress: [{fromEndpoint: [{}]}]}\n",
            "did you mean `fromEndpoints`?",
        ),
        (
            CILIUM + "spec: {endpointSelector: {}, ingress: [{fromEntities: [wrld]}]}\n",
            "did you mean `world`?",
        ),
        (
            CILIUM
            + "spec: {endpointSelector: {}, ingress: [{toPorts: [{ports: [{port: 80}]}]}]}\n",
            'quote it: port: "80"',
        ),
        (CILIUM, "spec: is required"),
        (ANP + f"spec: {{priority: 1001, {SUBJECT}}}\n", "1001 is out of range"),
        (ANP + f"spec: {{{SUBJECT}}}\n", "spec.priority: is required"),
        (
            ANP + f"spec: {{priority: 1, {SUBJECT}, egress: [{{action: Deny, to: []}}]}}\n",
            "must have at least one item",
        ),
        (
            ANP + f"spec: {{priority: 1, {SUBJECT}, egress: [{{action: Deny, to: "
            "[{domainNames: [a.example.com]}]}]}\n",
            "domain names are for rules that accept only",
        ),
        (CNP + f"spec: {{tier: Top, priority: 1, {SUBJECT}}}\n", "must be one of Admin, Baseline"),
        (
            CNP + f"spec: {{tier: Admin, priority: 1, {SUBJECT}, egress: [{{action: Allow, to: "
            "[{namespaces: {}}]}]}\n",
            "must be one of Accept, Deny, Pass",
        ),
    ],
)
def test_a_mistake_has_its_place_and_its_next_step(tmp_path: Path, text: str, told: str) -> None:
    assert told in mistakes(tmp_path, text, POD)


def cilium(rule: str, section: str = "egress") -> str:
    return CILIUM + f"spec: {{endpointSelector: {{}}, {section}: [{{{rule}}}]}}\n"


HTTP = "rules: {http: [{method: GET}]}"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            cilium("toEndpoints: [{}], toCIDR: [203.0.113.0/24]"),
            "spec.egress[0].toCIDR: may not stand beside toEndpoints",
        ),
        (
            cilium("fromEndpoints: [{}], fromEntities: [world]", "ingress"),
            "fromEntities: may not stand beside fromEndpoints",
        ),
        (
            cilium("toCIDRSet: [{cidr: 203.0.113.0/24, except: [198.51.100.0/24]}]"),
            "198.51.100.0/24 is not in 203.0.113.0/24",
        ),
        (
            cilium(f"toPorts: [{{ports: [{{port: '80'}}], {HTTP}}}]"),
            "http rules are for the protocol TCP, not for any, as where it is left out",
        ),
        (
            cilium(f"toPorts: [{{ports: [{{port: '0', protocol: TCP}}], {HTTP}}}]"),
            "http rules need a port other than 0",
        ),
        (cilium(f"toPorts: [{{{HTTP}}}]"), "http rules need ports"),
        (
            cilium(
                "toPorts: [{ports: [{port: '53', protocol: UDP}], "
                "rules: {dns: [{matchName: a.example.com}]}}]",
                "ingress",
            ),
            "dns: is for egress only",
        ),
        (
            cilium(
                "toPorts: [{ports: [{port: '80', protocol: TCP}], "
                "rules: {http: [{}], dns: [{matchPattern: '*'}]}}]"
            ),
            "dns: may not stand beside http",
        ),
    ],
)
def test_what_an_engine_refuses_is_said(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "m.yaml"
    file.write_text(text + "---\n" + POD, "utf-8")
    (warning,) = load_manifests([file]).warnings
    assert told in warning
    assert "m.yaml:" in warning
    assert "Cilium's agents refuse the whole policy" in warning


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            cilium(f"toPorts: [{{ports: [{{port: '80', protocol: TCP}}], {HTTP}}}]", "egressDeny"),
            "denials are about connections, not about requests",
        ),
        (
            CNP + f"spec: {{tier: Admin, priority: 1, {SUBJECT}, egress: [{{action: Deny, to: "
            "[{namespaces: {}}], protocols: [{tcp: {destinationPort: {}}}]}]}\n",
            "destinationPort: exactly one of number and range must be set",
        ),
        (
            CNP + f"spec: {{tier: Admin, priority: 1, {SUBJECT}, egress: [{{action: Deny, to: "
            "[{networks: [203.0.113.0/24]}], protocols: [{destinationNamedPort: web}]}]}\n",
            "networks have no named ports",
        ),
        (
            ANP + f"spec: {{priority: 1, {SUBJECT}, egress: [{{action: Deny, to: "
            "[{nodes: {}}], ports: [{namedPort: web}]}]}\n",
            "nodes have no named ports",
        ),
    ],
)
def test_what_an_api_server_refuses_is_a_mistake(tmp_path: Path, text: str, told: str) -> None:
    assert told in mistakes(tmp_path, text, POD)


def test_denials_may_name_several_kinds_of_peers(tmp_path: Path) -> None:
    file = tmp_path / "m.yaml"
    rule = "toEndpoints: [{}], toCIDR: [203.0.113.0/24]"
    file.write_text(cilium(rule, "egressDeny") + "---\n" + POD, "utf-8")
    assert len(load_manifests([file]).snapshot.other_policies) == 1


def test_both_api_groups_of_calico_at_once(tmp_path: Path) -> None:
    told = mistakes(tmp_path, CALICO + "spec: {}\n", RAW + "spec: {}\n", POD)
    assert "give the objects of one of the two groups only" in told


def test_a_peer_of_a_newer_version_is_no_mistake(tmp_path: Path) -> None:
    file = tmp_path / "m.yaml"
    rule = "egress: [{action: Deny, to: [{galaxies: {}}]}]"
    file.write_text(
        CNP + f"spec: {{tier: Admin, priority: 1, {SUBJECT}, {rule}}}\n---\n" + POD, "utf-8"
    )
    loaded = load_manifests([file])
    assert any("fails closed" in warning for warning in loaded.warnings)
    assert len(loaded.snapshot.other_policies) == 1


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "apiVersion: cilium.io/v2\nkind: CiliumClusterwideNetworkPolicy\n"
            "metadata: {name: h}\nspec: {nodeSelector: {}, ingress: [{}]}\n",
            "it is about nodes (nodeSelector)",
        ),
        (
            CALICO + "spec: {doNotTrack: true, applyOnForward: true}\n",
            "it is about host endpoints only",
        ),
        (
            "apiVersion: projectcalico.org/v3\nkind: StagedGlobalNetworkPolicy\n"
            "metadata: {name: s}\nspec: {selector: all()}\n",
            "staged policies are previews",
        ),
        (
            "apiVersion: projectcalico.org/v3\nkind: HostEndpoint\nmetadata: {name: e}\n"
            "spec: {node: n1}\n",
            "a node's own interfaces",
        ),
    ],
)
def test_what_is_left_out_is_said(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "m.yaml"
    file.write_text(text + "---\n" + POD, "utf-8")
    assert any(told in warning for warning in load_manifests([file]).warnings)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            cilium(
                "toServices: [{k8sService: {serviceName: api}}], "
                "toPorts: [{ports: [{port: '80', protocol: TCP}]}]"
            ),
            "toServices: beside toPorts: versions before 1.17 refuse the whole policy",
        ),
        (
            cilium("toEndpoints: [{}], icmps: [{fields: [{type: 0}]}]"),
            "fields[0].type: 0 is the echo reply",
        ),
        (
            cilium("toEndpoints: [{}], authentication: {mode: required}"),
            "authentication.mode: whether the two ends can authenticate each other is not known",
        ),
    ],
)
def test_what_only_some_versions_or_installations_do_is_said(
    tmp_path: Path, text: str, told: str
) -> None:
    file = tmp_path / "m.yaml"
    file.write_text(text + "---\n" + POD, "utf-8")
    (warning,) = load_manifests([file]).warnings
    assert told in warning
