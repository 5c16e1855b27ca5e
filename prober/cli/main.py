"""The entry point. Commands are imported when they are called, so that `prober --version` stays
quick."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

import click

from prober import __version__
from prober.model.errors import ExitCode, ProberError

SECTIONS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "Probe, and compare with the prediction": {
        "run": ("prober.cli.commands.run", "Run the checks of one or more scenarios."),
        "check": ("prober.cli.commands.check", "Check one connection, FROM → TO."),
        "matrix": (
            "prober.cli.commands.matrix",
            "Observe every pair of pods and compare with the prediction.",
        ),
        "validate": ("prober.cli.commands.validate", "Find every mistake in scenario files."),
        "symptoms": (
            "prober.cli.commands.symptoms",
            "Say which failed connections lines of a log tell of.",
        ),
    },
    "Predict, without a packet": {
        "predict": (
            "prober.cli.commands.predict",
            "Say what the policies allow, from manifests alone.",
        ),
        "explain": ("prober.cli.commands.explain", "Say why the policies allow or deny one flow."),
        "audit": ("prober.cli.commands.audit", "Look for what is wrong with the policies."),
    },
    "Mend": {
        "fix": ("prober.cli.commands.fix", "Show, apply or undo the fixes that a run offered."),
        "mitigate": (
            "prober.cli.commands.mitigate",
            "Give back DNS and monitoring after a default deny, for now.",
        ),
        "evidence": (
            "prober.cli.commands.bundle",
            "Write the last run as a bundle to attach to a ticket.",
        ),
    },
    "Around a change": {
        "baseline": (
            "prober.cli.commands.baseline",
            "Save what is reachable before it, and compare after it.",
        ),
        "preview": (
            "prober.cli.commands.preview",
            "Say which flows new policies would open and close.",
        ),
    },
    "In a cluster": {
        "doctor": (
            "prober.cli.commands.doctor",
            "Look at it before probing: rights, policy engine, what is admitted.",
        ),
        "install": (
            "prober.cli.commands.install",
            "Put agents on every node, and the rights for runs in it.",
        ),
        "uninstall": ("prober.cli.commands.uninstall", "Take away what `install` made."),
        "manifests": (
            "prober.cli.commands.manifests",
            "Print what `install` applies, or write it for kustomize.",
        ),
        "snapshot": (
            "prober.cli.commands.snapshot",
            "Save what decides about connectivity, as manifests.",
        ),
        "cleanup": ("prober.cli.commands.cleanup", "Remove what dead or expired runs left."),
    },
    "On this machine": {
        "lab": ("prober.cli.commands.lab", "Start, enter and end an embedded lab."),
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


def main() -> None:
    """Run the command line and exit with the code that `ExitCode` documents. Never shows a
    traceback."""
    sys.exit(run(sys.argv[1:]))


def run(args: list[str]) -> int:
    """Run the command line with `args` and return the exit code."""
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        result = cli.main(args=args, prog_name=_name(sys.argv[0]), standalone_mode=False)
    except click.exceptions.Abort:
        return _interrupted()
    except KeyboardInterrupt:
        return _interrupted()
    except click.ClickException as error:
        error.show()
        return ExitCode.USAGE
    except ProberError as error:
        _explain(error)
        return error.exit_code
    except BrokenPipeError:
        # The reader of a pipe (head, less) went away: nobody is left to tell. Keep Python from
        # trying at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.UNKNOWN
    except Exception as error:  # noqa: BLE001 - the last net: a defect of ours is still a sentence, and never a green
        return _defect(error, args)
    return int(result) if isinstance(result, int) else ExitCode.OK


def _name(path: str) -> str:
    """What a person typed, for the usage text: kubectl calls its plugins by their file."""
    return "kubectl prober" if Path(path).name == "kubectl-prober" else "prober"


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _interrupted() -> int:
    click.echo("prober: interrupted", err=True)
    return ExitCode.INTERRUPTED


def _defect(error: Exception, args: list[str]) -> int:
    """Say that something went wrong which nobody foresaw. The traceback is for those who ask for
    it."""
    if isinstance(error, OSError):
        click.echo(f"prober: {error}", err=True)
        return ExitCode.UNKNOWN
    click.echo(f"prober: a defect of prober itself: {type(error).__name__}: {error}", err=True)
    if any(arg.startswith("-v") or arg == "--verbose" for arg in args):
        import traceback

        traceback.print_exception(error)
    else:
        click.echo("  hint: repeat it as `prober -v …` and report what that prints", err=True)
    return ExitCode.UNKNOWN


def _explain(error: ProberError) -> None:
    lines = str(error).splitlines() or [type(error).__name__]
    click.echo(f"prober: {lines[0]}", err=True)
    for line in lines[1:]:
        click.echo(f"        {line}", err=True)
    if error.hint:
        click.echo(f"  hint: {error.hint}", err=True)


if __name__ == "__main__":
    main()
