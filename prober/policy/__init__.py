"""What the policies say should happen. Pure: no I/O, no clients, no clocks. The rules are in
docs/prediction.md and docs/policy-languages.md.

- `predictor`  a flow over a snapshot → `Prediction`: verdict, both directions, the whole trail
- `worlds`     the worlds that a snapshot may be, one for each engine that may enforce its policies
- `doubts`     what may change an answer and is not evaluated
- `essentials` what nearly every pod needs, whatever it is for: cluster DNS, and to be scraped
- `deciding`   from the ends of a flow to the rules that match: tiers, and the one fold over them
- `languages`  what the languages beside NetworkPolicy mean: each makes its objects into tiers
- `matrix`     every pod × every pod × every declared port, as sets of pods; what a change opens
- `text`       predictions in words and as plain data

Words: a *policy endpoint* is one end of a flow as policies see it: pod, node or host outside. A
*flow direction* is egress or ingress with the pod whose policies apply (the *subject*) and the
other end (the *peer*). An *interpretation* is one permitted way of seeing it; where the API leaves
two ways open there are two, and only if they agree there is an answer. A *service frontend* is what
the client asked for (a Service's address and port), before it was translated to a *backend*."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prober.lazy import exports

if TYPE_CHECKING:
    from prober.policy.deciding.engines import running_engine as running_engine
    from prober.policy.deciding.readings import (
        BackendReadings as BackendReadings,
        Open as Open,
        Reading as Reading,
    )
    from prober.policy.essentials import (
        Kept as Kept,
        kept_from_dns as kept_from_dns,
        kept_from_monitoring as kept_from_monitoring,
        monitor_labels as monitor_labels,
        with_dns as with_dns,
    )
    from prober.policy.matrix.classes import pod_classes as pod_classes
    from prober.policy.matrix.difference import (
        ANYWHERE as ANYWHERE,
        Difference as Difference,
        Reference as Reference,
        allows as allows,
        difference as difference,
    )
    from prober.policy.matrix.grid import grid as grid
    from prober.policy.matrix.matrix import (
        Cell as Cell,
        Matrix as Matrix,
        reachability as reachability,
    )
    from prober.policy.matrix.strangers import (
        ANY_OTHER as ANY_OTHER,
        OUTSIDE as OUTSIDE,
        OUTSIDE_LEGEND as OUTSIDE_LEGEND,
        strangers as strangers,
    )
    from prober.policy.matrix.summary import summary as summary, too_many as too_many
    from prober.policy.predictor import Predictor as Predictor
    from prober.policy.text.as_data import plain_trail as plain_trail
    from prober.policy.text.explain import explain as explain

HOMES = {
    "deciding.engines": "running_engine",
    "deciding.readings": "BackendReadings Open Reading",
    "matrix.classes": "pod_classes",
    "essentials": "Kept kept_from_dns kept_from_monitoring monitor_labels with_dns",
    "matrix.difference": "ANYWHERE Difference Reference allows difference",
    "matrix.grid": "grid",
    "matrix.matrix": "Cell Matrix reachability",
    "matrix.strangers": "ANY_OTHER OUTSIDE OUTSIDE_LEGEND strangers",
    "matrix.summary": "summary too_many",
    "predictor": "Predictor",
    "text.as_data": "plain_trail",
    "text.explain": "explain",
}
"""What others may use, and where it lives."""

__getattr__ = exports(__name__, HOMES)
