"""Run records to render: a realistic Flux run, and small builders for everything else."""

from __future__ import annotations

from dataclasses import replace

from prober.model.check import (
    Check,
    Endpoint,
    EndpointKind,
    Expectation,
    Flow,
    Vantage,
    VantageKind,
)
from prober.model.errors import Location
from prober.model.objects import LabelSelector, PolicyPeer, PolicyPort, PolicyRule, Ref
from prober.model.outcome import (
    Attempt,
    DnsEvidence,
    Evidence,
    Hop,
    HttpEvidence,
    IcmpEvidence,
    Observation,
    Outcome,
    TlsEvidence,
)
from prober.model.prediction import (
    BackendTrail,
    DirectionTrail,
    Match,
    PolicyTrail,
    Prediction,
    RuleTrail,
    Ruling,
)
from prober.model.probe import Failure, Probe, ProbeKind
from prober.model.run import (
    CheckRecord,
    Confidence,
    Control,
    FabricInfo,
    Finding,
    Fix,
    Result,
    RunRecord,
    Verdict,
)

EGRESS = Ref("NetworkPolicy", "flux-system", "allow-egress")
SCRAPING = Ref("NetworkPolicy", "flux-system", "allow-scraping")
ADDRESSES = {"198.51.100.11": "n1", "198.51.100.12": "n2", "198.51.100.13": "n3"}
GITHUB = "203.0.113.10"


def pod(name: str, namespace: str = "flux-system", label: str = "") -> Endpoint:
    return Endpoint(EndpointKind.POD, namespace, f"{name}-7d4b9c6f5-x2x7k", label=label or name)


def host(name: str) -> Endpoint:
    return Endpoint(EndpointKind.OUTSIDE, name=name)


def service(name: str, namespace: str = "flux-system") -> Endpoint:
    return Endpoint(EndpointKind.SERVICE, namespace, name, label=f"svc/{name}")


def prediction(
    verdict: Ruling = Ruling.ALLOWED, reason: str = "no policy selects either end"
) -> Prediction:
    return Prediction(verdict, verdict, Ruling.ALLOWED, reason)


def denied_by(policy: Ref, reason: str) -> Prediction:
    """Denied in egress by one policy with one rule, with the whole trail."""
    rule = RuleTrail(
        index=0,
        match=Match.NO,
        peers=Match.YES,
        ports=Match.NO,
        reason="allows 443/TCP and 6443/TCP",
        rule=PolicyRule(
            (PolicyPeer(pod_selector=LabelSelector()),),
            (PolicyPort("TCP", 443), PolicyPort("TCP", 6443)),
        ),
    )
    selected = Ref("Pod", "flux-system", "source-controller-7d4b9c6f5-x2x7k")
    egress = DirectionTrail(
        "egress", Ruling.DENIED, selected, reason, (PolicyTrail(policy, Match.NO, (rule,)),)
    )
    ingress = DirectionTrail(
        "ingress", Ruling.ALLOWED, None, "the destination is outside the cluster"
    )
    backend = BackendTrail("github.com", 22, Ruling.DENIED, egress, ingress)
    return Prediction(
        Ruling.DENIED,
        Ruling.DENIED,
        Ruling.ALLOWED,
        reason,
        (backend,),
        notes=("1 policy of kind CiliumNetworkPolicy was not evaluated",),
    )


def observation(
    outcome: Outcome = Outcome.OK, time_ms: float = 1.2, **fields: object
) -> Observation:
    attempts = (Attempt(outcome, time_ms),)
    return replace(Observation("p", outcome, time_ms, attempts=attempts), **fields)  # type: ignore[arg-type]  # names are checked by replace


def record(
    name: str = "a → b:80/tcp",
    *,
    source: Endpoint | None = None,
    destination: Endpoint | None = None,
    port: int | str | None = 80,
    protocol: str = "TCP",
    seen: Observation | None = None,
    predicted: Prediction | None = None,
    verdict: Verdict = Verdict.AS_PREDICTED,
    result: Result = Result.PASS,
    expected: Expectation = Expectation.PREDICTED,
    reasons: tuple[str, ...] = (),
    controls: tuple[Control, ...] = (),
    group: str = "",
    id: str = "",  # noqa: A002 - the field's own name
    origin: Location | None = None,
) -> CheckRecord:
    """One check with defaults that pass."""
    source = source or pod("a", "demo")
    destination = destination or pod("b", "demo")
    vantage = Vantage(VantageKind.POD, source.namespace, source.name)
    number = port if isinstance(port, int) else 0
    probe = Probe(f"probe-{id or name}", ProbeKind.TCP, destination.name, number)
    flow = Flow(source, destination, protocol, port)
    check = Check(id or name, name, vantage, flow, probe, expected, group, origin)
    return CheckRecord(
        check, predicted or prediction(), seen or observation(), verdict, result, reasons, controls
    )


def run(*checks: CheckRecord, **fields: object) -> RunRecord:
    """A run in a small lab."""
    base = RunRecord(
        id="run-7f3a",
        scenario="demo",
        fabric=FabricInfo("lab", "lab", enforcement="reject", nodes=2, pods=4),
        started="2025-03-01T10:20:30.123Z",
        duration_ms=1432.0,
        checks=checks,
        version="0.1.0",
    )
    return replace(base, **fields)  # type: ignore[arg-type]  # names are checked by replace


def flux() -> RunRecord:
    """A stuck Flux, as a person would meet it: each kind of line once."""
    return run(
        *_outside_checks(),
        *_inside_checks(),
        scenario="flux",
        fabric=FabricInfo("lab", "lab", enforcement="reject", nodes=3, pods=9),
        findings=_findings(),
        warnings=("1 policy of kind CiliumNetworkPolicy was not evaluated",),
        addresses=ADDRESSES,
        notes={"lab": "up in 0.9 s"},
    )


def _outside_checks() -> tuple[CheckRecord, ...]:
    source = pod("source-controller")
    helm = pod("helm-controller")
    control = Control(
        "from node n1, charts.example.com:443 answers",
        "node/n1",
        "c-1",
        observation(Outcome.TIMEOUT, 2000.4),
        passed=False,
    )
    return (
        record(
            "source-controller → github.com:443/tcp",
            source=source,
            destination=host("github.com"),
            port=443,
            seen=observation(
                time_ms=9.1,
                address=f"{GITHUB}:443",
                phases={"connect": 7.8, "resolve": 1.3},
                evidence=Evidence(local="198.18.1.5:41022"),
            ),
            expected=Expectation.OK,
            group="outside",
            origin=Location("scenarios/flux.yaml", 12),
        ),
        record(
            "source-controller → github.com:22/tcp",
            source=source,
            destination=host("github.com"),
            port=22,
            seen=observation(
                Outcome.REJECTED,
                2.3,
                address=f"{GITHUB}:22",
                phases={"resolve": 1.2, "connect": 1.1},
                evidence=Evidence("ECONNREFUSED", (IcmpEvidence(3, 3, "198.51.100.11", ttl=64),)),
            ),
            predicted=denied_by(
                EGRESS, "egress policy flux-system/allow-egress allows 443 and 6443 only"
            ),
            result=Result.FAIL,
            expected=Expectation.OK,
            reasons=(
                (
                    "egress policy flux-system/allow-egress allows 443 and 6443 to anyone; "
                    "nothing allows 22"
                ),
                "n1 (198.51.100.11) answered ICMP 3/3: the packet never left the node",
            ),
            group="outside",
            origin=Location("scenarios/flux.yaml", 15),
        ),
        record(
            "helm-controller → charts.example.com:443/tcp",
            source=helm,
            destination=host("charts.example.com"),
            port=443,
            seen=observation(
                Outcome.TIMEOUT,
                2000.6,
                address="203.0.113.44:443",
                evidence=Evidence(
                    "ETIMEDOUT",
                    hops=(Hop(1, "198.51.100.12", "time-exceeded", 0.4), Hop(2, "", "silent")),
                ),
            ),
            verdict=Verdict.INCONCLUSIVE,
            result=Result.INCONCLUSIVE,
            expected=Expectation.OK,
            controls=(control,),
            reasons=(
                (
                    "nothing came back in time, and the control failed too: from node n1, "
                    "charts.example.com:443 answers"
                ),
            ),
            group="outside",
        ),
        record(
            "helm-controller → dns://charts.example.internal",
            source=helm,
            destination=host("charts.example.internal"),
            port=53,
            protocol="UDP",
            seen=observation(
                Outcome.DNS_SERVFAIL,
                3.9,
                phases={"resolve": 3.9},
                evidence=Evidence(
                    dns=(DnsEvidence("charts.example.internal.", "198.19.0.10", "SERVFAIL"),)
                ),
            ),
            verdict=Verdict.INCONCLUSIVE,
            result=Result.FAIL,
            expected=Expectation.OK,
            reasons=("198.19.0.10 answered SERVFAIL for charts.example.internal.",),
            group="names",
        ),
    )


def _inside_checks() -> tuple[CheckRecord, ...]:
    source_service = service("source-controller")
    flaky = (
        Attempt(Outcome.TIMEOUT, 2000.2, "198.19.0.20:80", "no answer"),
        Attempt(Outcome.OK, 1.4, "198.19.0.20:80"),
    )
    return (
        record(
            "kustomize-controller → svc/source-controller:80/tcp",
            source=pod("kustomize-controller"),
            destination=source_service,
            seen=observation(
                Outcome.REJECTED,
                1.2,
                address="198.19.0.20:80",
                evidence=Evidence("ECONNREFUSED", (IcmpEvidence(3, 3, "198.19.0.20", ttl=63),)),
            ),
            predicted=replace(
                prediction(
                    Ruling.DENIED, "ingress policy flux-system/allow-scraping allows 8080 only"
                ),
                translation="80 → 9090 (Service flux-system/source-controller)",
            ),
            result=Result.FAIL,
            expected=Expectation.OK,
            controls=(
                Control(
                    "from its own node n2, 9090/tcp answers",
                    "node/n2",
                    "c-2",
                    observation(time_ms=0.4),
                    passed=True,
                ),
            ),
            reasons=(
                "80 is the Service's port; the pod's is 9090, "
                "and ingress policy flux-system/allow-scraping allows 8080 only",
            ),
            group="artifacts",
        ),
        record(
            "helm-controller → svc/source-controller:80/tcp",
            source=pod("helm-controller"),
            destination=source_service,
            seen=observation(
                time_ms=1.4,
                attempts=flaky,
                address="198.19.0.20:80",
                evidence=Evidence(http=HttpEvidence(404, "Not Found")),
            ),
            group="artifacts",
        ),
        record(
            "prometheus → notification-controller:9090/tcp",
            source=pod("prometheus", "monitoring"),
            destination=pod("notification-controller"),
            port=9090,
            seen=observation(
                time_ms=0.7,
                address="198.18.2.9:9090",
                evidence=Evidence(banner="SSH-2.0-OpenSSH_9.6"),
            ),
            predicted=prediction(
                Ruling.DENIED, "ingress policy flux-system/allow-scraping allows 8080 only"
            ),
            verdict=Verdict.LEAK,
            result=Result.FAIL,
            reasons=(
                (
                    "ingress policy flux-system/allow-scraping denies it, but it passed: n3 "
                    "enforces nothing"
                ),
            ),
            group="isolation",
        ),
        record(
            "notification-controller → hooks.example.com:443/tcp",
            source=pod("notification-controller"),
            destination=host("hooks.example.com"),
            port=443,
            seen=observation(
                Outcome.TIMEOUT,
                2000.0,
                evidence=Evidence(
                    tls=TlsEvidence(
                        "TLSv1.3", alert="handshake failure", days_left=12.3, trusted=True
                    )
                ),
            ),
            verdict=Verdict.BLOCKED,
            result=Result.FAIL,
            expected=Expectation.OK,
            reasons=("the policies allow it; TTL 2 is silent: something after n3 drops it",),
            group="outside",
        ),
        record(
            "prometheus → source-controller:22/tcp",
            source=pod("prometheus", "monitoring"),
            destination=pod("source-controller"),
            port=22,
            seen=observation(
                Outcome.REJECTED,
                0.3,
                evidence=Evidence(icmp=(IcmpEvidence(3, 3, "198.51.100.11"),)),
            ),
            predicted=prediction(
                Ruling.DENIED, "ingress policy flux-system/allow-scraping allows 8080 only"
            ),
            expected=Expectation.DENIED,
            group="isolation",
        ),
    )


def _findings() -> tuple[Finding, ...]:
    patch = {
        "op": "add",
        "path": "/spec/egress/0/ports/-",
        "value": {"protocol": "TCP", "port": 22},
    }
    return (
        Finding(
            "egress-policy-missing-port",
            "NetworkPolicy flux-system/allow-egress lacks 22/TCP",
            Confidence.CERTAIN,
            (
                "from node n1 github.com:22 answers (SSH banner)",
                "n1 (198.51.100.11) rejected it: ICMP 3/3",
            ),
            Fix(
                "allow 22/TCP to anywhere in flux-system/allow-egress",
                EGRESS,
                (patch,),
                {
                    "apiVersion": "networking.k8s.io/v1",
                    "kind": "NetworkPolicy",
                    "metadata": {"name": "allow-egress"},
                },
                ("4 pods → anywhere:22/TCP, nothing else",),
            ),
            ("source-controller → github.com:22/tcp",),
            (EGRESS,),
        ),
        Finding(
            "ingress-policy-names-service-port",
            (
                "NetworkPolicy flux-system/allow-scraping lacks 9090/TCP, the port behind "
                "Service source-controller:80"
            ),
            Confidence.LIKELY,
            ("from its own node n2, 9090/tcp answers",),
            None,
            (
                "kustomize-controller → svc/source-controller:80/tcp",
                "prometheus → notification-controller:9090/tcp",
            ),
            (SCRAPING, Ref("Service", "flux-system", "source-controller")),
        ),
    )


def many(count: int = 60) -> RunRecord:
    """More checks than a table lists: two groups, one leak, one flake."""
    checks = [
        record(f"a → b:{1000 + n}/tcp", port=1000 + n, group="web" if n % 3 else "db")
        for n in range(count)
    ]
    checks[7] = record(
        "a → b:1007/tcp",
        port=1007,
        verdict=Verdict.LEAK,
        result=Result.FAIL,
        reasons=("it passed",),
        group="web",
    )
    flaky = (Attempt(Outcome.TIMEOUT, 2000.0), Attempt(Outcome.OK, 1.0))
    checks[11] = record("a → b:1011/tcp", port=1011, seen=observation(attempts=flaky), group="web")
    return run(*checks)


def square(size: int = 4) -> RunRecord:
    """Every pair of `size` pods on one port, with one of each kind of cell, and one more port to a
    host."""
    pods = [Endpoint(EndpointKind.POD, "demo", f"pod-{n}") for n in range(size)]
    checks = [
        record(f"{a} → {b}:80/tcp", source=a, destination=b, id=f"{a}-{b}")
        for a in pods
        for b in pods
        if a is not b
    ]
    denied = prediction(Ruling.DENIED, "ingress policy demo/deny allows nothing")
    undefined = prediction(Ruling.UNDEFINED, "hairpin")
    closed = observation(Outcome.REJECTED)
    changes: list[dict[str, object]] = [
        {
            "verdict": Verdict.LEAK,
            "result": Result.FAIL,
            "prediction": denied,
            "reasons": ("it passed",),
        },
        {
            "verdict": Verdict.BLOCKED,
            "result": Result.FAIL,
            "observation": closed,
            "reasons": ("dropped on the way",),
        },
        {
            "verdict": Verdict.INCONCLUSIVE,
            "result": Result.INCONCLUSIVE,
            "observation": closed,
            "reasons": ("control failed",),
        },
        {"prediction": denied, "observation": closed},
        {"observation": observation(Outcome.REFUSED)},
        {"prediction": undefined},
        {"prediction": undefined, "observation": closed},
    ]
    for index, change in enumerate(changes):
        checks[index] = replace(checks[index], **change)  # type: ignore[arg-type]  # names are checked by replace
    outside = record(
        f"{pods[0]} → github.com:443/tcp", source=pods[0], destination=host("github.com"), port=443
    )
    return run(*checks, outside, scenario="matrix")


def broken() -> RunRecord:
    """A run in which a vantage could not start and nothing was checked."""
    return run(
        failures=(Failure("pod/demo/a", "the container was never ready", "look at its events"),)
    )


def hostile() -> RunRecord:
    """Names and evidence that try to break out of every format."""
    text = "a \x1b[2J\x07#TODO ]]> <b> & \"'\\ \u202e\ud800\u2028 日本語 → b\n---\n...\nok 1"
    seen = observation(
        Outcome.REFUSED, evidence=Evidence(banner=text, errno=text), detail=text, address=text
    )
    failing = record(
        text, seen=seen, result=Result.FAIL, reasons=(text,), group=text, origin=Location(text, 3)
    )
    findings = (Finding(text, text, Confidence.POSSIBLE, (text,), Fix(text, opens=(text,))),)
    return run(
        failing,
        scenario=text,
        findings=findings,
        warnings=(text,),
        failures=(Failure(text, text, text),),
    )
