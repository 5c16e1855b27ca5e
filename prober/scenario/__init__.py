"""Scenario files: strict in, every mistake at once; then resolved against the objects of a cluster.

Words, from a file to a check that can be run:

- *source reference*, *target reference*: what `from:` and `to:` say, in text (`deploy/web.shop`,
  `tcp://github.com:22`) or as a mapping; parsed, but not yet looked up (`reference`)
- *place*: the part of a target reference that packets go to: an object or a host, and a port
- *check spec*: one item of `checks:` with all defaults filled in (`spec`)
- *scenario*: the file with everything it includes (`load`), validated against the published schema
  (`schema`)
- *check*: of `prober.model`: one flow from one vantage with its probe. Resolution (`resolve`) makes
  one or many of them from each check spec

The rooms, each built on those before it:

- `refs`, `spec`, `destination`, `errors`, `hints`   what the others speak of: references, what a
  scenario says, one end that a check goes to, and sentences about mistakes
- `protocols`   one file a protocol: options, long form, name, what a probe is told
- `text`        references in text form, and as mappings
- `reading`     files in: `include` → `schema` → `checks` → `spec`
- `resolving`   `spec` → `sources` (vantages) × `destinations` (endpoints, addresses and ports;
  `recognise` for hosts) → `probes` → `naming`
- `flows`       flow lines, which name their ends in the same way
"""

from prober.scenario.reading.load import load_scenario, one_check
from prober.scenario.resolving.resolve import resolve
from prober.scenario.spec import CheckSpec, Scenario
from prober.scenario.text.duration import parse_age, parse_duration
from prober.scenario.text.reference import (
    BadReference,
    SourceRef,
    TargetRef,
    parse_source,
    parse_target,
)

__all__ = [
    "BadReference",
    "CheckSpec",
    "Scenario",
    "SourceRef",
    "TargetRef",
    "load_scenario",
    "one_check",
    "parse_age",
    "parse_duration",
    "parse_source",
    "parse_target",
    "resolve",
]
