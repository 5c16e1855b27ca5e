"""`prober lab`: a lab that stays up, for people who want to look around."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, NoReturn

import click

from prober.cli.options.decorating import takes
from prober.cli.options.manifests import OBJECTS_NAMESPACE, ManifestOptions, manifest_options
from prober.cli.options.shared import FabricOptions
from prober.cli.output.interrupts import run_async
from prober.cli.terminal import say
from prober.model.errors import UsageError
from prober.model.lab import Enforcement

if TYPE_CHECKING:
    from prober.fabric.lab import DetachedLab, Record, Registry

_MOST_LINES = 40


@dataclass(frozen=True, slots=True)
class UpOptions:
    """What `up` takes."""

    manifests: ManifestOptions
    namespace: str
    enforcement: str | None
    faults: tuple[str, ...]
    name: str | None
    foreground: bool


@dataclass(frozen=True, slots=True)
class WatchOptions:
    """What `watch` takes."""

    name: str | None
    count: int | None
    seconds: float | None
    write: str | None
    target: str
    peers: tuple[str, ...]


@click.group(name="lab")
def command() -> None:
    """Start, enter and end an embedded lab.

    \b
    prober lab up -f scenarios/flux.yaml
    prober lab exec deploy/source-controller.flux-system -- nc -vz github.com 22
    prober lab down
    """


@command.command()
@manifest_options("Manifests (or a scenario, for its world) to build the lab from.", required=True)
@OBJECTS_NAMESPACE
@click.option(
    "--enforcement",
    type=click.Choice([item.value for item in Enforcement]),
    help="What happens to a denied packet.",
)
@click.option(
    "--fault",
    "faults",
    multiple=True,
    metavar="KIND[=TARGET[:PORT]]",
    help="Break something on purpose.",
)
@click.option("--name", metavar="NAME", help="Name of the lab [default: lab, lab2, …].")
@click.option("--foreground", is_flag=True, help="Stay in the foreground; Ctrl-C stops the lab.")
@takes(UpOptions)
def up(options: UpOptions) -> None:
    """Start a lab and leave it running."""
    from prober.cli.options.fabrics import build
    from prober.fabric.lab import LabFabric, Registry, start

    manifests = options.manifests.within(options.namespace)
    choice = build(FabricOptions(True, manifests, options.enforcement, options.faults))
    assert isinstance(choice.fabric, LabFabric)  # noqa: S101 - for the type checker: lab=True always gives one
    registry = Registry()
    detached = run_async(start(registry, options.name or registry.free_name(), choice.fabric))
    for warning in (*choice.warnings, *choice.fabric.warnings):
        say(f"warning: {warning}", err=True)
    _show(detached.record)
    if options.foreground:
        _stay(registry, detached)


def _stay(registry: Registry, detached: DetachedLab) -> None:
    say()
    say("Ctrl-C ends it")
    try:
        run_async(detached.ended())
    finally:
        registry.end(detached.record)


@command.command(name="exec", context_settings={"ignore_unknown_options": True})
@click.option("--name", metavar="NAME", help="Which lab; optional when only one is up.")
@click.argument("target")
@click.argument("words", nargs=-1, type=click.UNPROCESSED, metavar="[-- COMMAND...]")
def exec_(name: str | None, target: str, words: tuple[str, ...]) -> None:
    """Run a command (or a shell) in the network of TARGET, and exit with its code.

    TARGET is pod/NAME.NS, NS/NAME, a workload as in deploy/NAME.NS, node/NAME or outside/NAME.
    """
    _enter(name, target, words or (os.environ.get("SHELL", "/bin/sh"),))


@command.command()
@click.option("--name", metavar="NAME", help="Which lab; optional when only one is up.")
@click.option("--count", type=click.IntRange(1), metavar="N", help="Stop after N packets.")
@click.option(
    "--seconds", type=click.FloatRange(0, min_open=True), metavar="S", help="Stop after S seconds."
)
@click.option(
    "--write",
    type=click.Path(dir_okay=False),
    metavar="FILE",
    help="Also save the packets to FILE (pcap).",
)
@click.argument("target")
@click.argument("peers", nargs=-1, metavar="[ADDRESS[:PORT]...]")
@takes(WatchOptions)
def watch(options: WatchOptions) -> None:
    """Show the packets in the network of TARGET, one per line, until Ctrl-C.

    With addresses, show only packets from or to them, and ICMP errors about them.
    """
    given = {"--count": options.count, "--seconds": options.seconds, "--write": options.write}
    words = [
        word
        for option, value in given.items()
        if value is not None
        for word in (option, str(value))
    ]
    capture = (sys.executable, "-P", "-m", "agent.capturing.capture", *words)
    _enter(options.name, options.target, (*capture, "--", *options.peers))


def _enter(name: str | None, target: str, command: Sequence[str]) -> NoReturn:
    """Run a command at a slot of a lab, and exit with its code."""
    from prober.fabric.lab import Registry, enter

    registry = Registry()
    record = registry.find(name)
    slot = record.slots.get(target)
    if slot is None:
        near = get_close_matches(target, record.slots, n=1)
        raise UsageError(
            f"{_called(record)} has no {target}",
            hint=f"did you mean {near[0]}?"
            if near
            else f"`prober lab status {record.name}` shows what there is",
        )
    with registry.connect(record.name) as channel:
        code = enter(channel, slot, command)
    raise SystemExit(code)


@command.command()
@click.argument("name", required=False)
@click.option("--all", "every", is_flag=True, help="Stop all labs of this user.")
def down(name: str | None, every: bool) -> None:
    """Stop a lab: NAME, or the only one that is up. Also removes what crashed labs left behind."""
    from prober.fabric.lab import Registry

    registry = Registry()
    labs = registry.all()
    if not labs and name is None:
        say("no lab is up")
        return
    for record in labs if every else [registry.find(name)]:
        registry.end(record)
        say(f"{_called(record)} is down")


@command.command(name="list")
def list_() -> None:
    """Show the labs that are up."""
    from prober.fabric.lab import Registry

    labs = Registry().all()
    for record in labs:
        say(f"{record.name}  {record.summary or 'is being built'}")
    if not labs:
        say("no lab is up")


@command.command()
@click.argument("name", required=False)
def status(name: str | None) -> None:
    """Show everything in a lab: NAME, or the only one that is up."""
    from prober.fabric.lab import Registry

    _show(Registry().find(name), whole=True)


def _called(record: Record) -> str:
    """`lab`, the name of the first one, needs not to be called "lab lab"."""
    return "the lab" if record.name == "lab" else f"lab {record.name}"


def _show(record: Record, *, whole: bool = False) -> None:
    option = "" if record.name == "lab" else f" --name {record.name}"
    say(f"{_called(record)} is up: {record.summary}")
    lines = record.description.splitlines()
    shown = lines if whole or len(lines) <= _MOST_LINES else lines[:_MOST_LINES]
    for line in shown:
        say(line)
    if len(shown) < len(lines):
        say(f"  … and {len(lines) - len(shown)} more: prober lab status {record.name}")
    example = next(
        (slot for slot in reversed(list(record.slots)) if not slot.startswith("outside/")), ""
    )
    say()
    say(f"enter it: prober lab exec{option} {example} -- COMMAND")
    say(f"end it:   prober lab down {record.name}")
