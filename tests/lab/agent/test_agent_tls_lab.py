"""TLS handshakes: what they show, and how they fail."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from agent_peers import ALERT_PORT, EOF_PORT, GARBAGE_PORT, RESET_PORT, SILENT_PORT
from agent_world import NEAR, SERVER, SERVER6, World

from prober.model.outcome import Outcome
from prober.model.probe import Probe, ProbeKind

pytestmark = pytest.mark.lab


def tls(port: int, host: str = "web.example", address: str = SERVER, **more: object) -> Probe:
    return Probe(f"{host}:{port}", ProbeKind.TLS, host, port, address=address, **more)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def trust(world: World, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment in which the test server's certificate is a trusted root."""
    code = (
        f"import ssl, json; print(json.dumps([ssl.get_server_certificate(('{SERVER}', p)) for p "
        "in (8444,)]))"
    )
    [pem] = json.loads(world.shell("client", f'{sys.executable} -c "{code}"'))
    file: Path = tmp_path_factory.mktemp("trust") / "roots.pem"
    file.write_text(pem)
    return {"SSL_CERT_FILE": str(file)}


@pytest.mark.parametrize("address", [SERVER, SERVER6])
def test_a_trusted_certificate_for_the_right_name(
    world: World, trust: dict[str, str], address: str
) -> None:
    seen = world.one(tls(8444, address=address), environment=trust)
    assert (seen.outcome, seen.address, seen.detail) == (Outcome.OK, address, "")
    assert set(seen.phases) == {"connect", "tls"}
    shown = seen.evidence.tls
    assert shown is not None
    assert (shown.version, shown.trusted, shown.name_matches, shown.alert) == (
        "TLSv1.3",
        True,
        True,
        "",
    )
    assert shown.names == ("web.example", SERVER)
    assert shown.days_left is not None
    assert 364 < shown.days_left <= 365
    assert "CN=prober responder" in shown.issuer


def test_an_untrusted_certificate_is_an_error_that_still_shows_it(world: World) -> None:
    seen = world.one(tls(8444))
    assert seen.outcome is Outcome.ERROR
    assert "self-signed certificate" in seen.detail
    assert seen.evidence.tls is not None
    assert (seen.evidence.tls.trusted, seen.evidence.tls.names) == (False, ("web.example", SERVER))


def test_another_name_is_an_error_that_says_which_it_is_for(
    world: World, trust: dict[str, str]
) -> None:
    seen = world.one(tls(8444, host="other.example"), environment=trust)
    assert seen.outcome is Outcome.ERROR
    assert seen.detail == f"the certificate is for web.example, {SERVER}, not for other.example"
    assert seen.evidence.tls is not None
    assert (seen.evidence.tls.trusted, seen.evidence.tls.name_matches) == (True, False)


def test_without_verification_any_certificate_will_do(world: World) -> None:
    seen = world.one(tls(8444, host="other.example", verify=False))
    assert seen.outcome is Outcome.OK
    assert seen.evidence.tls is not None
    assert (seen.evidence.tls.trusted, seen.evidence.tls.name_matches) == (None, False)


def test_an_address_is_matched_too(world: World, trust: dict[str, str]) -> None:
    assert world.one(tls(8444, host=SERVER, address=""), environment=trust).outcome is Outcome.OK


def test_an_alert_is_an_error_with_the_alert(world: World) -> None:
    seen = world.one(tls(ALERT_PORT))
    assert seen.outcome is Outcome.ERROR
    assert seen.evidence.tls is not None
    assert "unrecognized name" in seen.evidence.tls.alert


def test_a_server_that_speaks_something_else_is_an_error(world: World) -> None:
    seen = world.one(tls(GARBAGE_PORT))
    assert seen.outcome is Outcome.ERROR
    assert seen.detail.startswith("TLS failed: ")


@pytest.mark.parametrize("port", [RESET_PORT, EOF_PORT])
def test_a_reset_or_an_end_in_the_middle_is_a_reset(world: World, port: int) -> None:
    assert world.one(tls(port)).outcome is Outcome.RESET


def test_a_handshake_that_stalls_is_a_timeout_after_a_connect(world: World) -> None:
    seen = world.one(tls(SILENT_PORT, timeout=0.5))
    assert (seen.outcome, seen.detail) == (
        Outcome.TIMEOUT,
        "the connection was made, and then nothing came",
    )
    assert set(seen.phases) == {"connect", "tls"}


def test_the_connects_evidence_is_there_as_for_tcp(world: World) -> None:
    seen = world.run(tls(1002), tls(1010), tls(1001, timeout=0.3))
    assert [icmp.sender for icmp in seen["web.example:1002"].evidence.icmp] == [NEAR]
    outcomes = [seen[f"web.example:{port}"].outcome for port in (1002, 1010, 1001)]
    assert outcomes == [Outcome.REJECTED, Outcome.REFUSED, Outcome.TIMEOUT]
