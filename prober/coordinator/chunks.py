"""The checks of a run in pieces that are made at once, however many there are. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from prober.model.check import Check, Vantage
from prober.model.limits import STANDARD


def chunks_of(
    checks: Iterable[Check], *, most: int = STANDARD.checks, vantages: int = STANDARD.vantages
) -> Iterator[tuple[Check, ...]]:
    """The checks in their order, each chunk as large as it may be. Nothing of a chunk is kept."""
    chunk: list[Check] = []
    sources: set[Vantage] = set()
    for check in checks:
        # Whole checks in their order, whatever their vantage. To sort them by vantage would make
        # fewer pods for a large matrix, but a report reads in the order of the scenario, and a
        # person who watches the progress expects that order too.
        full = len(chunk) == most or (check.vantage not in sources and len(sources) == vantages)
        if full and chunk:
            yield tuple(chunk)
            chunk, sources = [], set()
        chunk.append(_identified(check))
        sources.add(check.vantage)
    if chunk:
        yield tuple(chunk)


def _identified(check: Check) -> Check:
    """With its probe's id set to its own, by which the observation finds its way back."""
    return replace(check, probe=replace(check.probe, id=check.id))
