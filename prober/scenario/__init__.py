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

from __future__ import annotations

from typing import TYPE_CHECKING

from prober.lazy import exports

if TYPE_CHECKING:
    from prober.scenario.flows import FlowLine, parse_flows
    from prober.scenario.hints import did_you_mean, suggest
    from prober.scenario.protocols import TABLE
    from prober.scenario.reading.include import LIBRARY_PREFIX
    from prober.scenario.reading.load import load_scenario, one_check, read_object, read_scenario
    from prober.scenario.reading.mistakes import Findings
    from prober.scenario.reading.schema import check_shape, is_kind, schema, schema_text
    from prober.scenario.reading.structural import structural
    from prober.scenario.refs import ObjectRef, Place, RefKind
    from prober.scenario.resolving.absent import ABSENT
    from prober.scenario.resolving.ends import Ends
    from prober.scenario.resolving.recognise import CLUSTER_DOMAIN, Recogniser, doubt
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
    from prober.scenario.text.selector import parse_selector
    from prober.scenario.timing import Timing, check_schedule, parse_interval

HOMES = {
    "flows": "FlowLine parse_flows",
    "hints": "did_you_mean suggest",
    "protocols": "TABLE",
    "reading.include": "LIBRARY_PREFIX",
    "reading.load": "load_scenario one_check read_object read_scenario",
    "reading.mistakes": "Findings",
    "reading.schema": "check_shape is_kind schema schema_text",
    "reading.structural": "structural",
    "refs": "ObjectRef Place RefKind",
    "resolving.absent": "ABSENT",
    "resolving.ends": "Ends",
    "resolving.recognise": "CLUSTER_DOMAIN Recogniser doubt",
    "resolving.resolve": "resolve",
    "spec": "CheckSpec Scenario",
    "text.duration": "parse_age parse_duration",
    "text.reference": "BadReference SourceRef TargetRef parse_source parse_target",
    "text.selector": "parse_selector",
    "timing": "Timing check_schedule parse_interval",
}
"""What others may use, and where it lives."""

__getattr__ = exports(__name__, HOMES)

__all__ = [
    "ABSENT",
    "CLUSTER_DOMAIN",
    "LIBRARY_PREFIX",
    "TABLE",
    "BadReference",
    "CheckSpec",
    "Ends",
    "Findings",
    "FlowLine",
    "ObjectRef",
    "Place",
    "Recogniser",
    "RefKind",
    "Scenario",
    "SourceRef",
    "TargetRef",
    "Timing",
    "check_schedule",
    "check_shape",
    "did_you_mean",
    "doubt",
    "is_kind",
    "load_scenario",
    "one_check",
    "parse_age",
    "parse_duration",
    "parse_flows",
    "parse_interval",
    "parse_selector",
    "parse_source",
    "parse_target",
    "read_object",
    "read_scenario",
    "resolve",
    "schema",
    "schema_text",
    "structural",
    "suggest",
]
