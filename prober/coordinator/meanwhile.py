"""What a run needs at its end, imported while its packets are under way.

The rules of the diagnosis are more modules than all that is needed to send a probe. Imported at the
start they delay the first packet; imported at the end, the report. Between the two a run waits for
answers, for as long as a timeout where something is denied.
"""

from __future__ import annotations

import asyncio
import sys
from importlib import import_module

AT_THE_END = ("prober.coordinator.follow_ups", "prober.diagnosis.planning")


async def import_what_concludes() -> None:
    """Import it in a thread: the loop goes on reading answers. Does nothing the second time."""
    for name in AT_THE_END:
        if name not in sys.modules:
            await asyncio.to_thread(import_module, name)
