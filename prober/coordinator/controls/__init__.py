"""The controls: what must be shown before a denial is believed. Pure.

- `needs`       the table: which pieces of the way, what shows each, and why; read this first
- `target`      TARGET and ELSEWHERE
- `network`     SOURCE, PATH and RETURN
- `service`     TRANSLATION and SIZE
- `ports`       the check's own port, on the way between the nodes
- `telling`     whom the target itself can ask
- `context`     a check, where it starts and where its packets end
- `candidates`  who may be asked and who may ask, as the prediction has it
- `probing`     the probes: the check's own, as far as it can be sent from somewhere else
- `spec`        a control before it ran
- `answers`     from observations to what was shown, and the sentences about what was not
"""

from prober.coordinator.controls.answers import Seen, controls_seen, doubts, later_controls
from prober.coordinator.controls.candidates import Candidates, candidates_of
from prober.coordinator.controls.context import CheckContext
from prober.coordinator.controls.needs import NEEDS, controls_for
from prober.coordinator.controls.spec import ControlSpec

__all__ = [
    "NEEDS",
    "Candidates",
    "CheckContext",
    "ControlSpec",
    "Seen",
    "candidates_of",
    "controls_for",
    "controls_seen",
    "doubts",
    "later_controls",
]
