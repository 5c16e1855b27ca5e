"""The agent's command line: `python -m agent COMMAND`. Each command is a module, imported when it
is called."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from importlib import import_module

from prober import __version__
from prober.model.errors import ExitCode

COMMANDS: Mapping[str, tuple[str, str]] = {
    "run": ("agent.runner", "run a plan of probes, from here"),
    "until-stable": (
        "agent.until_stable",
        "run a plan from a new pod, until its answers are stable",
    ),
    "visit": ("agent.entering.visit", "run plans from the pods of this node"),
    "serve": ("agent.serving.daemon", "say how the agent is: health and metrics"),
    "watch-drops": ("agent.dropping.watch", "say which packets the kernel drops, and why"),
    "patrol": ("agent.patrolling.daemon", "probe what is assigned, and say how the agent is"),
    "pulse": ("agent.pulse", "connect again and again, and say when it stops getting through"),
    "respond": ("agent.serving.responder", "answer probes, as a target under control"),
}
"""Each command with the module whose `main` it is, and its line in the help."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code."""
    name, *rest = (sys.argv[1:] if argv is None else argv) or ["--help"]
    if name in COMMANDS:
        return int(import_module(COMMANDS[name][0]).main(rest))
    if name in ("-V", "--version"):
        _say(f"prober agent {__version__}")
        return int(ExitCode.OK)
    if name in ("-h", "--help"):
        _say(_usage())
        return int(ExitCode.OK)
    _say(f"agent: there is no command {name!r}\n\n{_usage()}", to_stderr=True)
    return int(ExitCode.USAGE)


def _usage() -> str:
    commands = "\n".join(f"  {name:<13} {summary}" for name, (_, summary) in COMMANDS.items())
    return (
        f"usage: python -m agent COMMAND [OPTION]...\n\n{commands}\n\nTheir options: python -m "
        "agent COMMAND -h"
    )


def _say(text: str, *, to_stderr: bool = False) -> None:
    print(text, file=sys.stderr if to_stderr else sys.stdout)


if __name__ == "__main__":
    sys.exit(main())
