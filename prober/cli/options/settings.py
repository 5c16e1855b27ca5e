"""The settings file: what a cluster asks of the pods that prober makes in it, once for all
commands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prober.model.limits import Limits

if TYPE_CHECKING:
    from prober.fabric.kubernetes import PodSettings
    from prober.fabric.kubernetes.installation import PageChoices
    from prober.manifest import Document
    from prober.scenario import Findings

KIND = "Settings"
VARIABLE = "PROBER_SETTINGS"
SCHEMA = Path(__file__).with_name("settings.schema.json")
_FIELDS = {
    "pullPolicy": "pull_policy",
    "pullSecrets": "pull_secrets",
    "tolerations": "tolerations",
    "nodeSelector": "node_selector",
}
_LIMITS = {
    "checks": "checks",
    "vantages": "vantages",
    "perSecond": "rate",
    "perSecondToTarget": "target_rate",
    "perSecondOfSource": "source_rate",
    "perSecondOfSourceToTarget": "source_target_rate",
}
_ADDED_UP = ("labels", "annotations")


@dataclass(frozen=True, slots=True)
class SettingsFile:
    """What a file says. Nothing but defaults where there is none."""

    value: Mapping[str, Any]
    """The document, which fits the schema."""
    text: str = ""
    """The file as it is; empty without one."""

    @property
    def image(self) -> str:
        """The agent's; empty where none is named."""
        return str(self.value.get("image", ""))

    @property
    def coordinator_image(self) -> str:
        """Of runs in the cluster; empty where none is named."""
        return str(self.value.get("coordinatorImage", ""))

    @property
    def start_timeout(self) -> float | None:
        """Seconds; None where it is not said."""
        from prober.scenario import parse_duration

        said = self.value.get("startTimeout")
        return None if said is None else parse_duration(said)

    @property
    def limits(self) -> Limits:
        """How much of a run is under way at once, and how quickly its probes may start."""
        said = self.value.get("limits", {})
        return Limits(**{_LIMITS[name]: value for name, value in said.items()})

    @property
    def grants(self) -> Mapping[str, Sequence[str]]:
        """What Scenarios of a namespace may name beyond it."""
        granted: Mapping[str, Sequence[str]] = self.value.get("operator", {}).get("grants", {})
        return granted

    @property
    def metrics_secret(self) -> str:
        """The Secret with which agents guard their metrics; empty: none."""
        secret: str = self.value.get("agentMetrics", {}).get("secret", "")
        return secret

    @property
    def operator_metrics_secret(self) -> str:
        """The Secret with which the operator guards its metrics; empty: none."""
        secret: str = self.value.get("operatorMetrics", {}).get("secret", "")
        return secret

    @property
    def page(self) -> PageChoices:
        """How the page is served in the cluster."""
        from prober.fabric.kubernetes.installation import PageChoices

        said = {**self.value.get("page", {})}
        if "hosts" in said:
            said["hosts"] = tuple(said["hosts"])
        return PageChoices(**said)

    def pods(self, kind: str, standard: PodSettings) -> PodSettings:
        """The settings of pods of one kind (`probePods`, `agents`, `runs`): the standard ones where
        it says nothing."""
        chosen: dict[str, Any] = {name: {} for name in _ADDED_UP}
        for section in (self.value.get("pods", {}), self.value.get(kind, {})):
            for name, value in section.items():
                if name in _ADDED_UP:
                    chosen[name] |= value
                elif name == "resources":
                    chosen |= {part: _quantities(quantities) for part, quantities in value.items()}
                else:
                    chosen[_FIELDS[name]] = tuple(value) if isinstance(value, list) else value
        return replace(standard, **chosen)


def load_settings(path: Path | None) -> SettingsFile:
    """The settings of a file, or none. Raises `InputError` with every mistake in it."""
    if path is None:
        return SettingsFile({})
    from prober.manifest import load_documents
    from prober.scenario import Findings, check_shape, is_kind

    findings = Findings()
    first, *others = load_documents(path)
    if is_kind(first, KIND, findings):
        check_shape(first, SCHEMA, findings)
        _check_meaning(first, findings)
    for other in others:
        findings.add(other, (), "there are several documents", "settings are one")
    findings.raise_if_any()
    return SettingsFile(first.value, path.read_text(encoding="utf-8-sig"))


def _check_meaning(document: Document, findings: Findings) -> None:
    """Note what the schema cannot say."""
    from prober.scenario import parse_duration

    if findings.sound(document, ("startTimeout",)) and "startTimeout" in document.value:
        with findings.noting(document, ("startTimeout",)):
            parse_duration(document.value["startTimeout"])
    if findings.sound(document, ("probePods",)) and "nodeSelector" in document.value.get(
        "probePods", {}
    ):
        message = "a probe pod has the node of the pod that it stands for"
        findings.add(document, ("probePods", "nodeSelector"), message, "leave it out")


def _quantities(given: Mapping[str, Any]) -> dict[str, str]:
    """As Kubernetes writes them: YAML takes some for numbers."""
    return {name: str(value) for name, value in given.items()}
