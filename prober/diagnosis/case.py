"""What a rule sees, and what a rule is."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from prober.model.run import CheckRecord, Finding, Result, Verdict
from prober.model.snapshot import Snapshot
from prober.policy.predictor import Predictor

Aspect = Literal["flow", "egress", "ingress"]
"""What of a check a rule explains: all of it, or one direction."""


@dataclass(frozen=True, slots=True)
class Case:
    """One run, as far as it still needs an explanation."""

    records: tuple[CheckRecord, ...]
    """Every check of the run: what works is evidence too."""
    explained: Mapping[str, Collection[Aspect]]
    """By check id: what of it earlier rules have explained."""
    snapshot: Snapshot
    predictor: Predictor

    @property
    def troubled(self) -> tuple[CheckRecord, ...]:
        """The checks that went wrong and have no cause yet."""
        return tuple(record for record in self.records if record.check.id not in self.explained and is_trouble(record))

    def troubled_in(self, aspect: Aspect) -> tuple[CheckRecord, ...]:
        """The checks that went wrong and whose `aspect` has no cause yet.

        A flow needs both directions, so what explains one of them leaves the other to be explained: mending only the
        first would not make the check green.
        """
        return tuple(
            record
            for record in self.records
            if is_trouble(record) and not {"flow", aspect} & set(self.explained.get(record.check.id, ()))
        )


def is_trouble(record: CheckRecord) -> bool:
    """Whether a check asks for a cause: it failed, or the network did not do what the policies say."""
    return record.result is Result.FAIL or record.verdict in (Verdict.LEAK, Verdict.BLOCKED)


@dataclass(frozen=True, slots=True)
class Rule:
    """One cause that can be recognised."""

    id: str
    """Stable: scripts and tickets refer to it."""
    concludes: str
    """The cause, in one sentence."""
    needs: str
    """What it looks at to decide."""
    find: Callable[[Case], Iterable[Finding]]
    explains: Aspect = "flow"
