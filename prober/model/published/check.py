"""Checks with what was predicted and what was seen."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

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
from prober.model.probe import Probe, ProbeKind
from prober.model.published.observation import ObservationShape
from prober.model.published.prediction import PredictionShape
from prober.model.published.shape import Count, Seconds, Shape, derived
from prober.model.run import CheckRecord, Control, Result, Shows, Verdict


class OriginShape(Shape[Location], kw_only=True):
    """Where a file says it."""

    model_type: ClassVar = Location
    file: str
    line: Count | None = None

    @classmethod
    def attributes(cls, model: Location) -> dict[str, Any]:
        return {"line": model.line or None}

    def arguments(self, given: dict[str, Any]) -> dict[str, Any]:
        return {**given, "line": self.line or 0}


class VantageShape(Shape[Vantage], kw_only=True):
    model_type: ClassVar = Vantage
    id: str = derived(default="")
    kind: VantageKind
    namespace: str
    name: str

    def arguments(self, given: dict[str, Any]) -> dict[str, Any]:
        del given["id"]
        return given


class SourceShape(Shape[Endpoint], kw_only=True):
    """One end of a flow. `text` is what a person calls it."""

    model_type: ClassVar = Endpoint
    text: str
    kind: EndpointKind
    namespace: str
    name: str
    address: str = ""

    @classmethod
    def attributes(cls, model: Endpoint) -> dict[str, Any]:
        return {"text": model.label or str(model)}

    def model(self) -> Endpoint:
        bare = Endpoint(self.kind, self.namespace, self.name, self.address)
        label = "" if self.text == str(bare) else self.text
        return Endpoint(self.kind, self.namespace, self.name, self.address, label)


class DestinationShape(SourceShape, kw_only=True):
    """The other end, with what is sent there."""

    port: int | str | None = None
    protocol: str = "TCP"

    @classmethod
    def of_flow(cls, flow: Flow) -> DestinationShape:
        end = flow.destination
        return cls(
            text=end.label or str(end),
            kind=end.kind,
            namespace=end.namespace,
            name=end.name,
            address=end.address,
            port=flow.port,
            protocol=str(flow.protocol),
        )


class ProbeShape(Shape[Probe], kw_only=True):
    """What of a probe people may want to know. Not the whole of it: nobody repeats a run from a
    report."""

    model_type: ClassVar = Probe
    id: str
    kind: ProbeKind
    host: str
    port: Count | None = None
    timeout_seconds: Seconds
    attempts: Count = 1
    family: Literal["", "ipv4", "ipv6"] = ""
    address: str = ""
    server: str = ""
    record: str = ""
    url: str = ""

    @classmethod
    def attributes(cls, model: Probe) -> dict[str, Any]:
        return {
            "port": model.port or None,
            "timeout_seconds": model.timeout,
            "record": model.record if model.kind is ProbeKind.DNS else "",
        }

    def arguments(self, given: dict[str, Any]) -> dict[str, Any]:
        timeout = given.pop("timeout_seconds")
        return {**given, "port": self.port or 0, "timeout": timeout, "record": self.record or "A"}


class ControlShape(Shape[Control], kw_only=True):
    model_type: ClassVar = Control
    name: str
    vantage: str
    probe: str
    passed: bool
    shows: Shows = Shows.TARGET
    part: str = ""
    observation: ObservationShape | None


class CheckShape(Shape[CheckRecord], kw_only=True):
    """Everything known about one check."""

    model_type: ClassVar = CheckRecord
    id: str
    name: str
    group: str = ""
    origin: OriginShape | None = None
    vantage: VantageShape
    source: SourceShape
    destination: DestinationShape
    probe: ProbeShape
    expected: Expectation = Expectation.PREDICTED
    prediction: PredictionShape
    observation: ObservationShape
    verdict: Verdict
    result: Result
    reasons: tuple[str, ...] = ()
    controls: tuple[ControlShape, ...] = ()

    @classmethod
    def attributes(cls, model: CheckRecord) -> dict[str, Any]:
        check = model.check
        return {
            "id": check.id,
            "name": check.name,
            "group": check.group,
            "origin": OriginShape.of(check.origin) if check.origin else None,
            "vantage": VantageShape.of(check.vantage),
            "source": SourceShape.of(check.flow.source),
            "destination": DestinationShape.of_flow(check.flow),
            "probe": ProbeShape.of(check.probe),
            "expected": check.expected,
        }

    def arguments(self, given: dict[str, Any]) -> dict[str, Any]:
        flow = Flow(
            given.pop("source"),
            given.pop("destination"),
            self.destination.protocol,
            self.destination.port,
        )
        check = {name: given.pop(name) for name in _OF_CHECK}
        return {**given, "check": Check(flow=flow, **check)}


_OF_CHECK = ("id", "name", "group", "origin", "vantage", "probe", "expected")
