"""HTTP and HTTPS: statuses, proxies, and how a conversation breaks off."""

from __future__ import annotations

import pytest
from agent_peers import (
    BODY_PORT,
    EOF_PORT,
    GARBAGE_PORT,
    INTERIM_PORT,
    PROXY_PORT,
    RESET_PORT,
    SILENT_PORT,
    STATUS_PORT,
)
from agent_world import NEAR, SERVER, SERVER6, World

from prober.model.outcome import HttpEvidence, Outcome
from prober.model.probe import Probe, ProbeKind

pytestmark = pytest.mark.lab


def http(url: str, **more: object) -> Probe:
    return Probe(url, ProbeKind.HTTP, SERVER, url=url, **more)  # type: ignore[arg-type]  # the fields of Probe


def test_an_answer_is_ok_with_its_status_and_phases(world: World) -> None:
    seen = world.one(http(f"http://[{SERVER6}]:9090/healthz?full=1"))
    assert (seen.outcome, seen.address, seen.detail) == (Outcome.OK, SERVER6, "status 200")
    assert seen.evidence.http == HttpEvidence(200, "OK", server="prober")
    assert set(seen.phases) == {"connect", "reply"}


def test_a_name_in_the_url_connects_to_the_given_address(world: World) -> None:
    seen = world.one(http("http://web.example:9090/", address=SERVER))
    assert (seen.outcome, seen.address) == (Outcome.OK, SERVER)


def test_any_status_is_ok_unless_some_are_wanted(world: World) -> None:
    url = f"http://{SERVER}:{STATUS_PORT}/"
    wanted = Probe("wanted", ProbeKind.HTTP, SERVER, url=url, status=(200, 204))
    seen = world.run(
        http(url), wanted, Probe("same", ProbeKind.HTTP, SERVER, url=url, status=(503,))
    )
    assert seen[url].outcome is seen["same"].outcome is Outcome.OK
    assert (seen["wanted"].outcome, seen["wanted"].detail) == (
        Outcome.ERROR,
        "status 503, wanted 200 or 204",
    )
    assert seen["wanted"].evidence.http is not None


def test_interim_answers_and_pieces(world: World) -> None:
    seen = world.one(http(f"http://{SERVER}:{INTERIM_PORT}/a"))
    assert seen.evidence.http == HttpEvidence(301, "Moved", location="/b")


def test_a_body_that_is_announced_has_to_begin_to_come(world: World) -> None:
    whole, cut, lost = (f"http://{SERVER}:{BODY_PORT}/{path}" for path in ("whole", "cut", "lost"))
    seen = world.run(
        http(whole),
        http(cut),
        http(lost),
        Probe("head", ProbeKind.HTTP, SERVER, url=lost, method="HEAD"),
    )
    assert seen[whole].outcome is seen[cut].outcome is seen["head"].outcome is Outcome.OK
    assert (seen[lost].outcome, seen[lost].detail) == (
        Outcome.TIMEOUT,
        "status 200, and the body that it announced did not come",
    )
    assert set(seen[lost].phases) == {"connect", "reply"}


def test_https_shows_the_certificate(world: World) -> None:
    seen = world.run(
        http(f"https://{SERVER}:8443/", verify=False),
        Probe("v", ProbeKind.HTTP, SERVER, url=f"https://{SERVER}:8443/"),
    )
    unverified, verified = seen[f"https://{SERVER}:8443/"], seen["v"]
    assert (unverified.outcome, set(unverified.phases)) == (Outcome.OK, {"connect", "tls", "reply"})
    assert unverified.evidence.tls is not None
    assert unverified.evidence.tls.name_matches is True
    assert (verified.outcome, verified.evidence.http) == (Outcome.ERROR, None)
    assert verified.evidence.tls is not None
    assert verified.evidence.tls.trusted is False


@pytest.mark.parametrize(
    ("port", "outcome"),
    [
        (RESET_PORT, Outcome.RESET),
        (EOF_PORT, Outcome.RESET),
        (SILENT_PORT, Outcome.TIMEOUT),
        (GARBAGE_PORT, Outcome.ERROR),
        (1010, Outcome.REFUSED),
        (1002, Outcome.REJECTED),
        (1001, Outcome.TIMEOUT),
        (1006, Outcome.UNREACHABLE),
    ],
)
def test_every_other_end(world: World, port: int, outcome: Outcome) -> None:
    seen = world.one(http(f"http://{SERVER}:{port}/", timeout=0.6))
    assert seen.outcome is outcome
    assert [icmp.sender for icmp in seen.evidence.icmp] == ([NEAR] if port in (1002, 1006) else [])


def test_the_environments_proxy_is_ignored_unless_asked_for(world: World) -> None:
    proxy = {
        "http_proxy": f"http://{SERVER}:{PROXY_PORT}",
        "https_proxy": f"{SERVER}:{PROXY_PORT}",
        "no_proxy": "",
    }
    url, secret = f"http://{SERVER}:9090/", f"https://{SERVER}:8443/"
    seen = world.run(
        http(url),
        Probe("plain", ProbeKind.HTTP, SERVER, url=url, proxy_from_env=True),
        Probe("tunnel", ProbeKind.HTTP, SERVER, url=secret, proxy_from_env=True, verify=False),
        Probe("forbidden", ProbeKind.HTTP, SERVER, url=f"https://{SERVER}:1/", proxy_from_env=True),
        environment=proxy,
    )
    through = f"{SERVER}:{PROXY_PORT}"
    assert seen[url].evidence.http == HttpEvidence(200, "OK", server="prober")
    assert seen["plain"].evidence.http == HttpEvidence(
        200, "OK", server="proxy", location=url, proxy=through
    )
    assert seen["tunnel"].outcome is Outcome.OK
    assert seen["tunnel"].evidence.http == HttpEvidence(200, "OK", server="prober", proxy=through)
    assert seen["forbidden"].outcome is Outcome.ERROR
    assert "answered 403" in seen["forbidden"].detail


def test_a_url_that_makes_no_sense_is_that_probes_error(world: World) -> None:
    seen = world.run(http("ftp://web.example/"), http(f"http://{SERVER}:9090/"))
    assert seen["ftp://web.example/"].outcome is Outcome.ERROR
    assert "must be http or https" in seen["ftp://web.example/"].detail
    assert seen[f"http://{SERVER}:9090/"].outcome is Outcome.OK
