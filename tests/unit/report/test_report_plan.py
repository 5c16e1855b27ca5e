"""The dry run."""

import json
from dataclasses import replace

import pytest
import yaml
from report_golden import assert_golden
from report_samples import flux

from prober.model.check import Check, Vantage, VantageKind
from prober.model.codec import RecordError, decode_plan, encode_plan
from prober.model.errors import UsageError
from prober.model.probe import Plan, Probe, ProbeKind
from prober.report.plan import dry_run, render_plan, target
from prober.report.text import cells


def planned() -> tuple[list[Check], list[tuple[Vantage, Plan]]]:
    """The Flux run before it ran: a plan for each pod, and one for node n1 with a control only."""
    checks = [record.check for record in flux().checks]
    plans = []
    for vantage in dict.fromkeys(check.vantage for check in checks):
        probes = tuple(check.probe for check in checks if check.vantage == vantage)
        plans.append((vantage, Plan(vantage.id, (replace(probes[0], attempts=1), *probes[1:]))))
    node = Vantage(VantageKind.NODE, "", "n1")
    control = Probe("c-1", ProbeKind.TCP, "github.com", 22, attempts=2, banner=True)
    return checks, [*plans, (node, Plan(node.id, (control,)))]


def test_the_plan_for_people() -> None:
    text = render_plan(*planned(), "table", width=80)
    assert_golden("plan.txt", text)
    assert text.startswith("dry run · 9 checks, 1 control, 6 vantages\n")
    assert "  control  2 s × 2             tcp://github.com:22\n" in text
    assert max(cells(line) for line in text.splitlines()) <= 80


def test_the_plan_for_programs() -> None:
    document = json.loads(render_plan(*planned(), "json"))
    assert document["kind"] == "Plan"
    assert document["checks"][1]["expected"] == "ok"
    (control,) = document["vantages"][-1]["probes"]
    assert (control["role"], control["check"], control["target"]) == (
        "control",
        None,
        "tcp://github.com:22",
    )
    probe = document["vantages"][0]["probes"][0]
    assert (probe["role"], probe["check"]) == ("check", "source-controller → github.com:443/tcp")
    assert yaml.safe_load(render_plan(*planned(), "yaml")) == document


def test_a_plan_that_is_read_back_is_the_same() -> None:
    plan = dry_run(*planned())
    assert decode_plan(json.loads(render_plan(*planned(), "json"))) == plan
    assert decode_plan(encode_plan(plan)) == plan
    with pytest.raises(RecordError, match="not the plan of a dry run"):
        decode_plan({"kind": "Run"})


def test_a_plan_has_no_test_report() -> None:
    with pytest.raises(UsageError, match="no 'junit' format"):
        render_plan(*planned(), "junit")


@pytest.mark.parametrize(
    ("probe", "text"),
    [
        (Probe("p", ProbeKind.UDP, "2001:db8::1", 53), "udp://[2001:db8::1]:53"),
        (
            Probe("p", ProbeKind.DNS, "github.com", 53, server="198.19.0.10"),
            "dns://github.com@198.19.0.10",
        ),
        (Probe("p", ProbeKind.ICMP, "n1"), "icmp://n1"),
        (Probe("p", ProbeKind.HTTP, "web", 80, url="http://web/health"), "http://web/health"),
    ],
)
def test_targets_read_as_they_are_typed(probe: Probe, text: str) -> None:
    assert target(probe) == text
