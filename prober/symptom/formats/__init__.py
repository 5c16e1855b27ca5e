"""Every format, in the order in which they are tried: what an earlier one read, a later one does not read again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from prober.symptom.reading import Reading
from prober.symptom.formats import (
    brokers,
    cluster,
    compiled,
    databases,
    golang,
    grpc,
    haproxy,
    java,
    node,
    proxies,
    python,
    scripting,
    tools,
)



class Reader(Protocol):
    """A format: a pattern (`Format`) or, where one does not do, some code."""

    @property
    def name(self) -> str:
        """Whose format it is, and of what."""

    @property
    def source(self) -> str:
        """Where the text is made, or documented."""

    def readings(self, text: str, low: str) -> Iterator[Reading]:
        """What it reads in `text`; `low` is the same in lower case."""


FORMATS: tuple[Reader, ...] = (
    *cluster.FORMATS,
    *proxies.FORMATS,
    haproxy.HaproxyCheck(),
    *grpc.FORMATS,
    *brokers.FORMATS,
    *databases.FORMATS,
    *python.FORMATS,
    *node.FORMATS,
    *scripting.FORMATS,
    *compiled.FORMATS,
    *tools.FORMATS,
    *java.FORMATS,
    *golang.FORMATS,
)
