"""A baseline as `prober baseline save` writes it. `baseline.schema.json` of `prober.baseline`
describes exactly this, and is tested against it.

Its policies are manifests, which `prober.manifest` reads and writes; here they are plain data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Literal

import msgspec

from prober.model.baseline import Baseline, Cell, FlowKey, Forecast, Reach, Scope
from prober.model.published.run import API_VERSION
from prober.model.published.shape import Shape
from prober.model.run import FabricInfo


class ObservedOnShape(Shape[FabricInfo], kw_only=True, forbid_unknown_fields=True):
    """Where it was observed. Its size and version differ from day to day, so they are no part."""

    model_type: ClassVar = FabricInfo
    kind: str
    name: str
    enforcement: str


class ScopeShape(Shape[Scope], kw_only=True, forbid_unknown_fields=True):
    """Which pods took part."""

    model_type: ClassVar = Scope
    namespaces: tuple[str, ...]
    selector: str
    pods: Literal["all", "one"]

    @classmethod
    def attributes(cls, model: Scope) -> dict[str, Any]:
        return {
            "namespaces": tuple(sorted(model.namespaces)),
            "pods": "all" if model.every_pod else "one",
        }

    def arguments(self, given: dict[str, Any]) -> dict[str, Any]:
        del given["pods"]
        return {**given, "every_pod": self.pods == "all"}


class CellShape(Shape[Cell], kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """One flow. What it does not have is not written: most flows have no share and few policies,
    and a baseline is a file that people read line by line."""

    model_type: ClassVar = Cell
    observed: Reach | None = None
    share: str = msgspec.field(name="open", default="")
    outcomes: tuple[str, ...] = ()
    predicted: Forecast
    policies: tuple[str, ...] = ()


class MetadataShape(msgspec.Struct, forbid_unknown_fields=True):
    """When the run began, RFC 3339, UTC."""

    created: str


class BaselineShape(Shape[Baseline], kw_only=True, forbid_unknown_fields=True):
    """The whole file."""

    model_type: ClassVar = Baseline
    api_version: Literal["prober.dev/v1alpha1"] = API_VERSION
    kind: Literal["Baseline"] = "Baseline"
    metadata: MetadataShape
    fabric: ObservedOnShape
    scope: ScopeShape
    namespaces: dict[str, dict[str, str]]
    workloads: dict[str, dict[str, str]]
    policies: tuple[dict[str, Any], ...]
    other_policies: tuple[dict[str, Any], ...] | msgspec.UnsetType = msgspec.UNSET
    """Of the other languages; absent where there are none."""
    flows: dict[str, dict[str, dict[str, CellShape]]]
    """By source, destination and `5432/tcp`."""

    @classmethod
    def of_baseline(
        cls,
        baseline: Baseline,
        policies: Sequence[dict[str, Any]],
        others: Sequence[dict[str, Any]] = (),
    ) -> BaselineShape:
        """The shape of a baseline whose policies are these manifests."""
        flows: dict[str, dict[str, dict[str, CellShape]]] = {}
        for key in sorted(baseline.cells):
            targets = flows.setdefault(key.source, {})
            cell = CellShape.of(baseline.cells[key])
            targets.setdefault(key.destination, {})[key.port_text] = cell
        return cls(
            metadata=MetadataShape(baseline.created),
            fabric=ObservedOnShape.of(baseline.fabric),
            scope=ScopeShape.of(baseline.scope),
            namespaces={name: dict(labels) for name, labels in baseline.namespaces.items()},
            workloads={name: dict(labels) for name, labels in baseline.workloads.items()},
            policies=tuple(policies),
            other_policies=tuple(others) or msgspec.UNSET,
            flows=flows,
        )

    def model(self) -> Baseline:
        """The baseline without its policies: whoever reads manifests adds them."""
        return Baseline(
            created=self.metadata.created,
            fabric=self.fabric.model(),
            scope=self.scope.model(),
            namespaces=self.namespaces,
            workloads=self.workloads,
            cells=dict(sorted(self._cells())),
        )

    def _cells(self) -> Iterator[tuple[FlowKey, Cell]]:
        for source, targets in self.flows.items():
            for destination, ports in targets.items():
                for port, cell in ports.items():
                    number, _, protocol = port.partition("/")
                    key = FlowKey(source, destination, int(number), protocol.upper())
                    yield key, cell.model()
