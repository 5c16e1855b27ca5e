"""PURE. Which records of a run the diagnosis sees, where all of them would not fit into memory."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from prober.model.run import CheckRecord

MOST_IN_MEMORY = 20_000
"""Records; a few hundred megabytes."""
MOST_TROUBLED, MOST_AS_EXPECTED = 5_000, 15_000
"""Records that the diagnosis sees of a run that is larger than memory: causes are few, and
repeat."""


def telling(
    records: Sequence[CheckRecord], *, most: int = MOST_IN_MEMORY
) -> tuple[CheckRecord, ...]:
    """What a diagnosis sees of so many records: all of them, or what went wrong and as much of the
    rest as says what works."""
    if len(records) <= most:
        return tuple(records)
    troubled = list(islice((record for record in records if not record.as_expected), MOST_TROUBLED))
    # Evenly spread, and not the first: a matrix is ordered by source, so the first 15,000 would
    # all be of the same few pods, and "this works from elsewhere" is what excludes most causes.
    step = max(len(records) // MOST_AS_EXPECTED, 1)
    expected = (records[number] for number in range(0, len(records), step))
    return (*troubled, *(record for record in expected if record.as_expected))
