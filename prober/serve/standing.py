"""PURE. How a Scenario object is now, which the page is told beside its runs: a status may say that
nobody runs it any more, long before its last run looks old."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from prober.model.run import RunRecord

State = Literal["ok", "fail", "unsure"]
"""As the style sheet colours it."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What the condition Ready says, unless it is out of date."""

    state: State
    sentence: str
    since: str = ""
    """RFC 3339; empty: nobody said."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a cluster says when it is asked."""

    records: Sequence[RunRecord]
    """The runs that the operator keeps."""
    standings: Mapping[str, Standing] = field(default_factory=dict)
    """Of every Scenario object, by `NAMESPACE/NAME`, as its records are called."""
    troubles: Sequence[str] = ()
    """What could not be read."""
