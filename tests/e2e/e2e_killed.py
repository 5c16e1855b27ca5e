"""A prober that is killed in a phase of its run, as by SIGKILL at any moment: python e2e_killed.py
PHASE ARGUMENT…

Waiting for a phase from outside would be a race. Here the process kills itself when it gets there.
It leaves alone what others left unless E2E_SWEEPS is set, and with E2E_DEADLINE its objects live
for so many seconds only.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from prober.cli import main
from prober.cli.output import session
from prober.fabric.kubernetes import fabric
from prober.fabric.kubernetes.probe_pods import transport


def die(*_: Any, **__: Any) -> Any:
    """In the place of what the phase starts with."""
    os.kill(os.getpid(), signal.SIGKILL)


PHASES: dict[str, Callable[[], None]] = {
    "before-pods": lambda: setattr(transport.ProbePodTransport, "_create", die),
    "pods-pending": lambda: setattr(transport.StartupWatch, "started", die),
    "probing": lambda: setattr(transport, "observations", die),
    "reporting": lambda: setattr(session, "show", die),
    "any": lambda: None,
}
"""`any` is for whoever kills it from outside, at a moment of their own."""


async def _leave_alone(*_: Any, **__: Any) -> list[Any]:
    return []


if __name__ == "__main__":
    PHASES[sys.argv[1]]()
    if not os.environ.get("E2E_SWEEPS"):
        fabric.sweep = _leave_alone  # type: ignore[attr-defined]  # the name under which the fabric calls it
    if seconds := os.environ.get("E2E_DEADLINE"):
        transport._GRACE = 1
        transport.deadline = lambda *_: int(seconds)
    sys.exit(main.run(sys.argv[2:]))
