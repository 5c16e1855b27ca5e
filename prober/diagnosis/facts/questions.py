"""Questions that rules ask, and the answers so far. Pure: whoever runs the diagnosis makes the
probes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from prober.model.check import Vantage
from prober.model.outcome import Observation
from prober.model.probe import Probe

MOST_QUESTIONS = 32
"""In one round: where hundreds of checks fail for one reason, a few answers tell as much as all."""


@dataclass(frozen=True, slots=True)
class Question:
    """One more observation that a rule needs to decide."""

    vantage: Vantage
    probe: Probe
    """Its id follows from what is asked, so that rules with the same question share the answer."""


@dataclass(slots=True)
class Inquiry:
    """One round of questions."""

    vantages: Collection[Vantage] = ()
    """From where probes can be made at all."""
    answers: Mapping[str, Observation] = field(default_factory=dict)
    """Of earlier rounds, by the id of the probe."""
    questions: dict[str, Question] = field(default_factory=dict)
    """What is not answered yet."""
    unanswered: set[str] = field(default_factory=set)
    """The ids of all that was asked in vain, also of those who cannot be asked."""

    def ask(self, vantage: Vantage, probe: Probe) -> Observation | None:
        """The answer; else the question is noted, if there is room for it and somebody can be
        asked."""
        named = replace(probe, id=_identity(vantage, probe), attempts=1)
        if named.id in self.answers:
            return self.answers[named.id]
        if vantage in self.vantages and len(self.questions) < MOST_QUESTIONS:
            self.questions.setdefault(named.id, Question(vantage, named))
        self.unanswered.add(named.id)
        return None


def _identity(vantage: Vantage, probe: Probe) -> str:
    target = f"{probe.host}:{probe.port}" + (
        f"@{probe.server}/{probe.transport}" if probe.server else ""
    )
    options = "".join(f"?{key}" for key in (probe.url, str(probe.size or ""), probe.address) if key)
    return f"ask/{vantage.id}/{probe.kind}/{target}{options}"
