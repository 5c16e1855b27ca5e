"""The command line's root: the table of commands, each imported when it is called."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

import click

from prober import __version__

SECTIONS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "Probe, and compare with the prediction": {
        "run": ("prober.cli.commands.run", "Run the checks of one or more scenarios."),
        "check": ("prober.cli.commands.check", "Check one connection, FROM → TO."),
        "matrix": (
            "prober.cli.commands.matrix",
            "Observe every pair of pods and compare with the prediction.",
        ),
        "report": ("prober.cli.commands.report", "Show the record of a run, in any format."),
        "serve": (
            "prober.cli.commands.serve",
            "Show the last runs as pages, new ones as they come.",
        ),
        "history": (
            "prober.cli.commands.history",
            "List past runs: what changed between them, and since when.",
        ),
        "validate": ("prober.cli.commands.validate", "Find every mistake in scenario files."),
        "why": ("prober.cli.commands.why", "Find out why something fails, from the symptom alone."),
        "symptoms": (
            "prober.cli.commands.symptoms",
            "List the failed connections that log lines report.",
        ),
    },
    "Predict, without a packet": {
        "predict": (
            "prober.cli.commands.predict",
            "Say what the policies allow, from manifests alone.",
        ),
        "explain": ("prober.cli.commands.explain", "Say why the policies allow or deny one flow."),
        "audit": ("prober.cli.commands.audit", "Find mistakes in policies."),
    },
    "Fix": {
        "fix": ("prober.cli.commands.fix", "Show, apply or undo the fixes that a run offered."),
        "mitigate": (
            "prober.cli.commands.mitigate",
            "Restore DNS and monitoring after a default deny, for now.",
        ),
        "evidence": (
            "prober.cli.commands.bundle",
            "Write the last run as a bundle to attach to a ticket.",
        ),
    },
    "Around a change": {
        "baseline": (
            "prober.cli.commands.baseline",
            "Save what is reachable before a change; compare after it.",
        ),
        "preview": (
            "prober.cli.commands.preview",
            "Say which flows new policies would open and close.",
        ),
    },
    "In a cluster": {
        "doctor": (
            "prober.cli.commands.doctor",
            "Check a cluster first: rights, policy engine, admission.",
        ),
        "install": (
            "prober.cli.commands.install",
            "Install agents on every node, and the RBAC for runs in it.",
        ),
        "measure": (
            "prober.cli.commands.measure",
            "Measure how soon nodes enforce a change of a policy.",
        ),
        "operator": ("prober.cli.commands.operator", "Run Scenario objects repeatedly."),
        "uninstall": ("prober.cli.commands.uninstall", "Remove what `install` made."),
        "manifests": (
            "prober.cli.commands.manifests",
            "Print what `install` applies, or write it for kustomize.",
        ),
        "snapshot": (
            "prober.cli.commands.snapshot",
            "Save the objects that decide connectivity, as manifests.",
        ),
        "cleanup": (
            "prober.cli.commands.cleanup",
            "Remove what crashed or expired runs left behind.",
        ),
    },
    "On this machine": {
        "lab": ("prober.cli.commands.lab", "Start, enter and stop an embedded lab."),
    },
}
"""Each command with the module that has it and its line in the help, so that help imports
nothing."""
COMMANDS: Mapping[str, tuple[str, str]] = {
    name: entry for section in SECTIONS.values() for name, entry in section.items()
}


class LazyGroup(click.Group):
    """A group that imports a command's module only to run it."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        command: click.Command = import_module(entry[0]).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        width = max(map(len, COMMANDS))
        for title, commands in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl(
                    [(name.ljust(width), summary) for name, (_, summary) in commands.items()]
                )

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Suggest the nearest command, since a typing mistake is the likely reason."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(args[0], COMMANDS, n=1)
            hint = f" Did you mean '{near[0]}'?" if near else ""
            raise click.UsageError(f"No such command '{args[0]}'.{hint}", ctx)
        return super().resolve_command(ctx, args)


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(
    __version__, "-V", "--version", prog_name="prober", message="%(prog)s %(version)s"
)
@click.option(
    "--log-format", type=click.Choice(["text", "json"]), default="text", help="Logs on stderr."
)
@click.option("-v", "--verbose", count=True, help="More logs; twice for every packet-level detail.")
def cli(log_format: str, verbose: int) -> None:
    """Find out what in a Kubernetes cluster can reach what, what the policies say, and why the two
    differ.

    \b
    Exit codes: 0 as expected · 1 a check failed, a leak or a block · 2 wrong input
                3 could not be found out · 130 interrupted
    """
    from prober.cli.output.logs import configure

    configure(log_format, verbose)
