"""What one observation says about the way, and what is no policy's doing."""

from __future__ import annotations

import pytest

from prober.coordinator.passage import Passage, is_answer, not_a_denial, way_of
from prober.model.outcome import DnsEvidence, Evidence, IcmpEvidence, Observation, Outcome
from prober.model.protocol import ProbeKind

OWN, FOREIGN = "198.18.1.2", "198.51.100.11"


def seen(
    outcome: str = "timeout",
    *,
    phases: tuple[str, ...] = ("connect",),
    errno: str = "",
    icmp: tuple[int, int, str] | None = None,
    dns: str = "",
) -> Observation:
    evidence = Evidence(
        errno=errno,
        icmp=(IcmpEvidence(*icmp),) if icmp else (),
        dns=(DnsEvidence("db", "198.19.0.10", "", error=dns),) if dns else (),
        local=f"{OWN}:40000",
    )
    return Observation("p", Outcome(outcome), evidence=evidence, phases=dict.fromkeys(phases, 1.0))


@pytest.mark.parametrize("kind", [ProbeKind.HTTP, ProbeKind.TLS, ProbeKind.GRPC])
@pytest.mark.parametrize("outcome", ["timeout", "error", "reset"])
def test_a_conversation_that_hangs_came_through(kind: ProbeKind, outcome: str) -> None:
    for phase in ("tls", "reply"):
        assert way_of(kind, seen(outcome, phases=("connect", phase))) is Passage.OPEN


@pytest.mark.parametrize("kind", [ProbeKind.TCP, ProbeKind.HTTP, ProbeKind.TLS])
def test_a_connect_that_hangs_did_not(kind: ProbeKind) -> None:
    assert way_of(kind, seen("timeout")) is Passage.CLOSED


def test_a_probe_that_could_not_connect_says_nothing() -> None:
    assert way_of(ProbeKind.TCP, seen("error")) is Passage.UNKNOWN


@pytest.mark.parametrize("outcome", ["ok", "dns-nxdomain", "dns-servfail"])
def test_a_name_server_that_says_anything_answers(outcome: str) -> None:
    assert is_answer(ProbeKind.DNS, seen(outcome, phases=()))
    assert not is_answer(ProbeKind.DNS, seen("dns-timeout", phases=()))


@pytest.mark.parametrize(
    "observation",
    [
        seen("rejected", errno="EMSGSIZE"),
        seen("rejected", errno="EPERM"),
        seen("rejected", errno="EACCES"),
        seen("unreachable", errno="ENETUNREACH"),
        seen("unreachable", errno="EINVAL"),
        seen("unreachable", icmp=(3, 1, OWN)),
        seen("dns-timeout", dns="unreachable"),
        seen("rejected", icmp=(3, 4, FOREIGN)),
        seen("rejected", icmp=(2, 0, "2001:db8::1")),
        seen("unreachable", icmp=(3, 0, FOREIGN)),
        seen("unreachable", icmp=(11, 0, FOREIGN)),
        seen("unreachable", icmp=(1, 0, "2001:db8::1")),
        seen("unreachable", icmp=(3, 0, "2001:db8::1")),
    ],
)
def test_what_never_left_or_had_no_way_is_no_denial(observation: Observation) -> None:
    assert not_a_denial(observation)


@pytest.mark.parametrize(
    "observation",
    [
        seen("timeout"),
        seen("rejected", icmp=(3, 3, FOREIGN)),
        seen("rejected", icmp=(3, 13, FOREIGN)),
        seen("unreachable", icmp=(3, 1, FOREIGN)),
        seen("rejected", icmp=(1, 1, "2001:db8::1")),
        seen("rejected", errno="ECONNREFUSED", icmp=(3, 3, FOREIGN)),
        seen("dns-timeout", dns="timeout"),
    ],
)
def test_what_a_policy_can_look_like_may_be_one(observation: Observation) -> None:
    assert not not_a_denial(observation)
