"""The way out leads through a proxy that the pod's environment names, and the connection goes past
it."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from prober.diagnosis.facts.case import Case, Rule
from prober.model.check import EndpointKind, VantageKind
from prober.model.listing import listed
from prober.model.objects import Labels
from prober.model.outcome import Outcome
from prober.model.prediction import Ruling
from prober.model.probe import Probe, ProbeKind
from prober.model.run import CheckRecord, Confidence, Finding

ID = "proxy-not-used"


def find(case: Case) -> Iterable[Finding]:
    groups: dict[tuple[str, int], list[CheckRecord]] = {}
    for record in case.troubled:
        proxy = _proxy(record, case)
        if proxy is not None and _answers(record, proxy, case):
            groups.setdefault(proxy, []).append(record)
    for (host, port), records in groups.items():
        who = listed(sorted({str(record.check.flow.source) for record in records}))
        what = listed(
            sorted(
                {f"{record.check.flow.destination}:{record.check.flow.port}" for record in records}
            )
        )
        yield Finding(
            id=ID,
            cause=f"{what} is reached only through the proxy {host}:{port} that the environment of "
            f"{who} names, and "
            "this connection goes past it",
            confidence=Confidence.LIKELY,
            evidence=(
                f"from the same place, the proxy {host}:{port} answers",
                "the policies allow the direct way, and something outside the cluster stops it",
                (
                    "not every program honours HTTPS_PROXY, and Git over SSH never does: "
                    "configure it, or open the way"
                ),
            ),
            checks=tuple(record.check.id for record in records),
        )


def _proxy(record: CheckRecord, case: Case) -> tuple[str, int] | None:
    """The proxy that the source's environment names for this host, if the connection goes outside
    and is lost."""
    flow, vantage = record.check.flow, record.check.vantage
    outside = flow.destination.kind is EndpointKind.OUTSIDE and vantage.kind is VantageKind.POD
    if (
        not outside
        or not record.observation.outcome.closed
        or record.prediction.verdict is Ruling.DENIED
    ):
        return None
    pod = case.snapshot.pods.get((vantage.namespace, vantage.name))
    env = {key.lower(): value for key, value in pod.env.items()} if pod else {}
    named = env.get("https_proxy") or env.get("http_proxy") or env.get("all_proxy") or ""
    if not named or _is_spared(flow.destination.name, env):
        return None
    parts = urlsplit(named if "//" in named else f"//{named}")
    return (parts.hostname, parts.port or 80) if parts.hostname else None


def _is_spared(host: str, env: Labels) -> bool:
    """NO_PROXY: names, and domains with or without a dot in front."""
    spared = [
        part.strip().lstrip(".").lower()
        for part in env.get("no_proxy", "").split(",")
        if part.strip()
    ]
    return any(host.lower() == suffix or host.lower().endswith(f".{suffix}") for suffix in spared)


def _answers(record: CheckRecord, proxy: tuple[str, int], case: Case) -> bool:
    host, port = proxy
    if (host, port) == (record.check.flow.destination.name, record.check.flow.port):
        return False
    probe = Probe("", ProbeKind.TCP, host, port, record.check.probe.timeout)
    answer = case.ask(record.check.vantage, probe)
    return answer is not None and answer.outcome is Outcome.OK


RULE = Rule(
    id=ID,
    concludes=(
        "The pod's environment names a proxy, which answers; the connection goes past it and is "
        "stopped outside."
    ),
    advice="let the program use the proxy that its environment names, or allow the way past it",
    needs=(
        "a lost connection to a host outside that the policies allow, and the environment of the "
        "pod"
    ),
    asks="from the same place: the proxy",
    find=find,
)
