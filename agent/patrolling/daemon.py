"""The agent's long-lived process with its own rounds in it.

python -m agent patrol --assignment /etc/prober/assignment/NODE --address … --port …
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from agent.patrolling.rounds import Patrol
from agent.serving.daemon import Daemon, parser, run


def main(argv: Sequence[str] | None = None) -> int:
    """Probe and serve, and return the exit code: 0 after a signal, 3 when the port cannot be
    bound."""
    options_parser = parser("agent patrol", "Probes what is assigned, and says how the agent is.")
    options_parser.add_argument("--assignment", type=Path, required=True, metavar="FILE")
    options = options_parser.parse_args(argv)
    patrol = Patrol(options.assignment, _tell)
    daemon = Daemon(options.enters_pods, secret=options.secret, fill=patrol.tally.fill)
    return run(
        daemon, options.address, options.port, beside=lambda: asyncio.create_task(patrol.run())
    )


def _tell(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - its log


if __name__ == "__main__":
    sys.exit(main())
