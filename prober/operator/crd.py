"""The kinds `Scenario` and `ScenarioHistory` as CustomResourceDefinitions.

    python -m prober.operator.crd        writes them beside the manifests

What an author writes is the scenario schema's (`prober.scenario.reading.structural`), at the same
places as in a file: the object is the file, and `kubectl apply -f scenario.yaml` takes what `prober
run scenario.yaml` takes. A test holds the file to this.
"""

from __future__ import annotations

import json
from typing import Any

from prober.fabric.kubernetes.installation import DEFINITIONS_FILE
from prober.scenario import schema, structural

_TEXT = {"type": "string"}
_TIME = {"type": "string", "format": "date-time"}
_COUNT = {"type": "integer"}
_COUNTS = ("total", "passed", "failed", "inconclusive", "leaks", "blocked", "flaky")


def definitions() -> list[dict[str, Any]]:
    """All kinds."""
    return [_scenarios(), _histories()]


def _scenarios() -> dict[str, Any]:
    whole = structural(schema(), schema()["$defs"])
    members = whole["properties"] | {
        "apiVersion": _TEXT,
        "kind": _TEXT,
        "metadata": {"type": "object"},
        "status": _status(),
    }
    about = "Checks of connectivity, which the operator of prober runs again and again."
    columns = [
        _column("Ready", "string", '.status.conditions[?(@.type=="Ready")].status'),
        _column("Reason", "string", '.status.conditions[?(@.type=="Ready")].reason'),
        _column("Passed", "integer", ".status.counts.passed"),
        _column("Failed", "integer", ".status.counts.failed"),
        _column("Last Run", "date", ".status.lastRun.started"),
        _column("Message", "string", '.status.conditions[?(@.type=="Ready")].message', priority=1),
        _column("Age", "date", ".metadata.creationTimestamp"),
    ]
    version = {
        "schema": {
            "openAPIV3Schema": {"description": about, "type": "object", "properties": members}
        },
        "subresources": {"status": {}},
        "additionalPrinterColumns": columns,
    }
    return _definition("scenarios", "scenario", "Scenario", ["scn"], version)


def _histories() -> dict[str, Any]:
    run = _mapping(
        id=_TEXT,
        started=_TIME,
        outcome=_TEXT,
        digest={**_TEXT, "description": "The same for runs that say the same of each check."},
        record={
            "type": "string",
            "format": "byte",
            "description": "Its record: JSON, compressed with gzip. `prober history` reads it.",
        },
    )
    members = {
        "apiVersion": _TEXT,
        "kind": _TEXT,
        "metadata": {"type": "object"},
        "runs": {"type": "array", "items": run, "maxItems": 100},
    }
    about = "The last runs of the Scenario of the same name."
    version = {
        "schema": {
            "openAPIV3Schema": {"description": about, "type": "object", "properties": members}
        },
        "additionalPrinterColumns": [
            _column("Last Run", "date", ".runs[0].started"),
            _column("Outcome", "string", ".runs[0].outcome"),
        ],
    }
    return _definition("scenariohistories", "scenariohistory", "ScenarioHistory", [], version)


def _definition(
    plural: str, singular: str, kind: str, short: list[str], version: dict[str, Any]
) -> dict[str, Any]:
    names = {
        "plural": plural,
        "singular": singular,
        "kind": kind,
        "listKind": f"{kind}List",
        "categories": ["prober"],
        **({"shortNames": short} if short else {}),
    }
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {
            "name": f"{plural}.prober.dev",
            "labels": {"app.kubernetes.io/part-of": "prober"},
        },
        "spec": {
            "group": "prober.dev",
            "scope": "Namespaced",
            "names": names,
            "versions": [{"name": "v1alpha1", "served": True, "storage": True, **version}],
        },
    }


def _status() -> dict[str, Any]:
    condition = _mapping(
        type=_TEXT,
        status={"type": "string", "enum": ["True", "False", "Unknown"]},
        reason=_TEXT,
        message=_TEXT,
        observedGeneration=_COUNT,
        lastTransitionTime=_TIME,
    )
    run = _mapping(id=_TEXT, started=_TIME, finished=_TIME, trigger=_TEXT, outcome=_TEXT)
    failing = _mapping(check=_TEXT, result=_TEXT, verdict=_TEXT, outcome=_TEXT, since=_TIME)
    finding = _mapping(id=_TEXT, cause=_TEXT, confidence=_TEXT, fix=_TEXT)
    keys = {"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["type"]}
    condition["required"] = ["type", "status"]
    status = _mapping(
        observedGeneration=_COUNT,
        lastHandledReconcileAt=_TEXT,
        lastRun=run,
        nextRun=_TIME,
        counts=_mapping(**dict.fromkeys(_COUNTS, _COUNT)),
        failing={"type": "array", "items": failing},
        findings={"type": "array", "items": finding},
        policies=_mapping(namespaces={"type": "array", "items": _TEXT}, hash=_TEXT),
        conditions={"type": "array", "items": condition, **keys},
    )
    # To kstatus an object without a status is as it should be. So that nobody's gate opens before
    # the operator has seen a new object, the API server gives it this one, as Flux's own kinds do.
    return {**status, "default": {"observedGeneration": -1}}


def _mapping(**members: Any) -> dict[str, Any]:
    return {"type": "object", "properties": members}


def _column(name: str, kind: str, path: str, *, priority: int = 0) -> dict[str, Any]:
    column = {"name": name, "type": kind, "jsonPath": path}
    return {**column, "priority": priority} if priority else column


def main() -> None:
    """Write them."""
    DEFINITIONS_FILE.write_text(
        json.dumps(definitions(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main()
