"""What `prober measure enforcement` prints for a push gateway."""

from __future__ import annotations

from prober.cli.commands.measure import _metrics
from prober.fabric.kubernetes.measuring.transitions import Change, Transition


def test_each_change_counts_for_the_node_that_enforces() -> None:
    text = _metrics(
        [
            Transition(Change.CLOSED, "n1", "n2", 0.2, 0.3),
            Transition(Change.CLOSED, "n2", "n2", 0.1, None),
            Transition(Change.OPENED, "n1", "n2", None, None),
        ]
    )
    assert 'prober_time_to_enforcement_seconds_count{change="closed",node="n2"} 2.0' in text
    assert 'prober_time_to_enforcement_seconds_sum{change="closed",node="n2"} 0.4' in text
    assert 'change="opened"' not in text, "what never came has no time"
