"""References in text form. The grammar, by example, is in docs/scenarios.md."""

from __future__ import annotations

from prober.model.protocol import Scheme
from prober.scenario.errors import BadReference
from prober.scenario.refs import ObjectRef, Place, RefKind, SourceRef, TargetRef
from prober.scenario.text.source import parse_source
from prober.scenario.text.target import parse_target

__all__ = [
    "BadReference",
    "ObjectRef",
    "Place",
    "RefKind",
    "Scheme",
    "SourceRef",
    "TargetRef",
    "parse_source",
    "parse_target",
]
