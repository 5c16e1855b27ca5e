"""Probes written as URLs, and what came of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from prober.fabric.lab import LabFabric
from prober.model.check import Vantage
from prober.model.outcome import Observation
from prober.model.probe import Failure, Plan, Probe, ProbeKind

TIMEOUT = 1.0
"""Seconds. Whatever answers in a lab does so within milliseconds, so this is the price of each
silence."""

MakeLab = Callable[..., LabFabric]


@dataclass(frozen=True)
class Seen:
    """What came of a run: observations by vantage and URL."""

    observations: Mapping[tuple[str, str], Observation]

    def outcome(self, vantage: str, url: str) -> str:
        return self.observations[vantage, url].outcome.value

    def outcomes(self, url: str) -> dict[str, str]:
        """By vantage."""
        return {
            where: observation.outcome.value
            for (where, what), observation in self.observations.items()
            if what == url
        }

    def senders(self, vantage: str, url: str) -> list[tuple[int, int, str]]:
        """Type, code and sender of the ICMP errors."""
        return [
            (message.type, message.code, message.sender)
            for message in self.observations[vantage, url].evidence.icmp
        ]


async def observe(lab: LabFabric, *wanted: tuple[str, Iterable[str]]) -> Seen:
    """Probe URLs from vantages: `("pod/shop/client", ["tcp://web:80",
    "icmp://198.18.1.2?size=1400"])`."""
    known: dict[str, Vantage] = {vantage.id: vantage for vantage in lab.vantages()}
    plans = [
        (known[name], Plan(name, tuple(parse(url) for url in dict.fromkeys(urls))))
        for name, urls in wanted
    ]
    observations: dict[tuple[str, str], Observation] = {}
    async for item in lab.run(plans):
        assert not isinstance(item, Failure), f"{item.vantage}: {item.message}"
        observations[item.vantage, item.observation.probe] = item.observation
    return Seen(observations)


def parse(url: str) -> Probe:
    """`tcp://HOST:PORT`, `udp://…`, `icmp://HOST[?size=N]`, `dns://NAME[?TYPE]`, `http(s)://…`;
    IPv6 in brackets."""
    kind, _, rest = url.partition("://")
    rest, _, query = rest.partition("?")
    if kind in ("http", "https"):
        return Probe(
            url, ProbeKind.HTTP, rest.split("/")[0], url=url, timeout=TIMEOUT, verify=False
        )
    if kind == "dns":
        return Probe(url, ProbeKind.DNS, rest, record=query or "A", timeout=TIMEOUT)
    if kind == "icmp":
        size = int(query.removeprefix("size=") or 0)
        return Probe(url, ProbeKind.ICMP, rest.strip("[]"), size=size, timeout=TIMEOUT)
    host, _, port = rest.rpartition(":")
    return Probe(url, ProbeKind(kind), host.strip("[]"), int(port), timeout=TIMEOUT)
