"""What would be predicted with one policy changed. Pure."""

from __future__ import annotations

from prober.diagnosis.patches import with_policy
from prober.model.objects import NetworkPolicy
from prober.model.snapshot import Snapshot
from prober.policy.predictor import Predictor


class Supposing:
    """Predictors over changed snapshots. Each index is built once, however many flows it is asked about."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._known: dict[str, Predictor] = {}

    def instead_of(self, old: NetworkPolicy, new: NetworkPolicy) -> Predictor:
        """The predictor with `new` in place of `old`."""
        key = repr(new)  # a policy holds mappings, so it has no hash
        if key not in self._known:
            self._known[key] = Predictor(with_policy(self._snapshot, old, new))
        return self._known[key]
