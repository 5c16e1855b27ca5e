"""The controls: what must be shown before a denial is believed. Pure.

- `needs`         the table: which pieces of the way, what shows each, and why; read this first
- `target`        TARGET and ELSEWHERE
- `network`       SOURCE, PATH and RETURN
- `service`       TRANSLATION and SIZE
- `situation`     a check, where it starts and where its packets end
- `surroundings`  who may be asked and who may ask, as the prediction has it
- `probing`       the probes: the check's own, as far as it can be sent from somewhere else
- `spec`          a control before it ran
- `answers`       from observations to what was shown, and the sentences about what was not
"""

from prober.coordinator.controls.answers import Seen, controls_seen, doubts, later_controls
from prober.coordinator.controls.needs import NEEDS, controls_for
from prober.coordinator.controls.situation import Situation
from prober.coordinator.controls.spec import ControlSpec
from prober.coordinator.controls.surroundings import Surroundings, surroundings_of

__all__ = [
    "NEEDS",
    "ControlSpec",
    "Seen",
    "Situation",
    "Surroundings",
    "controls_for",
    "controls_seen",
    "doubts",
    "later_controls",
    "surroundings_of",
]
