"""`prober mitigate`: give back DNS and monitoring after a default deny, until the rules are
fixed."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from prober.cli.options.cluster import access, access_options, current_cluster_options
from prober.cli.options.decorating import PATH, takes
from prober.cli.options.manifests import ManifestOptions, manifest_options
from prober.cli.output.interrupts import run_async
from prober.cli.terminal import confirm, note, say
from prober.model.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from prober.model.snapshot import Snapshot
    from prober.remedy.temporary import MitigationPlan

_SHOWN = 12
"""Opened flows that are spelled out."""


@dataclass(frozen=True, slots=True)
class MitigateOptions:
    """What `mitigate` takes."""

    needs: tuple[str, ...]
    """None named: all that there are."""
    namespaces: tuple[str, ...]
    manifests: ManifestOptions
    emit: Path | None
    apply_: bool
    undo: bool
    yes: bool


@click.command("mitigate")
@click.argument("needs", nargs=-1, type=click.Choice(["dns", "monitoring"]))
@click.option(
    "-n",
    "--namespace",
    "namespaces",
    multiple=True,
    help="Only in this namespace. Repeatable.",
)
@manifest_options("Work on these manifests, not a cluster.")
@click.option(
    "--emit", type=PATH, metavar="FILE", help="Write the temporary policies to a manifest."
)
@click.option("--apply", "apply_", is_flag=True, help="Create the policies in the cluster.")
@click.option("--undo", is_flag=True, help="Delete all temporary policies from the cluster.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask before the cluster is changed.")
@access_options
@takes(MitigateOptions)
def command(options: MitigateOptions) -> int:
    """Generate temporary policies that restore DNS and monitoring for pods that a default deny cut
    off.

    They select only pods that are already isolated, so they isolate nothing else.
    All have the label prober.dev/temporary=true, by which --undo finds them.
    """
    from prober.remedy.temporary import NEEDS, plan

    _check(options)
    if options.undo:
        return run_async(_undo(yes=options.yes))
    temporary = plan(_snapshot(options.manifests), options.needs or NEEDS, options.namespaces)
    _show(temporary)
    if options.emit is not None and temporary.mitigations:
        _emit(temporary, options.emit)
    if options.apply_ and temporary.mitigations:
        return run_async(_apply(temporary, yes=options.yes))
    return ExitCode.OK


def _check(options: MitigateOptions) -> None:
    """Raises `UsageError` for options that exclude each other, and where nobody can be asked."""
    if (options.apply_ or options.undo) and (
        options.manifests or (options.apply_ and options.undo)
    ):
        raise UsageError(
            "--apply and --undo exclude each other, and -f",
            hint="with -f, write a manifest with --emit",
        )
    if (options.apply_ or options.undo) and not options.yes and not sys.stdin.isatty():
        raise UsageError(
            "nobody is there to be asked",
            hint="add --yes to change the cluster without being asked",
        )


def _snapshot(manifests: ManifestOptions) -> Snapshot:
    if manifests:
        from prober.cli.commands.predict import load

        return load(manifests).snapshot
    return run_async(_read())


async def _read() -> Snapshot:
    from prober.fabric.kubernetes import Settings
    from prober.fabric.kubernetes.client import Api
    from prober.fabric.kubernetes.reading import read_cluster

    async with await Api.open(access(current_cluster_options()), Settings(image="")) as api:
        return (await read_cluster(api)).snapshot


def _show(plan: MitigationPlan) -> None:
    from prober.remedy.temporary_manifest import UNDO

    for mitigation in plan.mitigations:
        helped = f"{mitigation.helps[0]}" + (
            f" and {len(mitigation.helps) - 1} more" if len(mitigation.helps) > 1 else ""
        )
        say(f"NetworkPolicy {mitigation.policy.ref}: gives {mitigation.need} back to {helped}")
    if plan.mitigations:
        say(f"opens {len(plan.opens)} flows between pods, and closes none:")
        for line in plan.opens[:_SHOWN]:
            say(f"  {line}")
        if len(plan.opens) > _SHOWN:
            say(f"  and {len(plan.opens) - _SHOWN} more")
        say(f"to undo: prober mitigate --undo, or {UNDO}")
    else:
        say("there is nothing to give back: no pod is kept from what can be given")
    for line in plan.left:
        say(line)


def _emit(plan: MitigationPlan, target: Path) -> None:
    from prober.files import write_files
    from prober.remedy.temporary_manifest import manifest
    from prober.report.yaml_ import dump

    text = "---\n".join(dump(manifest(mitigation.policy)) for mitigation in plan.mitigations)
    write_files({target: text}, what="policies")
    note(f"wrote {target}")


async def _apply(plan: MitigationPlan, *, yes: bool) -> int:
    from prober.fabric.kubernetes import Settings
    from prober.fabric.kubernetes.client import NETWORK_POLICIES, Api
    from prober.remedy.temporary_manifest import manifest

    async with await Api.open(access(current_cluster_options()), Settings(image="")) as api:
        if not yes and not confirm(f"create {len(plan.mitigations)} policies in {api.name}?"):
            note("nothing was changed")
            return ExitCode.FAILED
        for mitigation in plan.mitigations:
            await api.create(
                NETWORK_POLICIES, manifest(mitigation.policy), mitigation.policy.namespace
            )
            note(f"created NetworkPolicy {mitigation.policy.ref}")
    return ExitCode.OK


async def _undo(*, yes: bool) -> int:
    from prober.fabric.kubernetes import Settings
    from prober.fabric.kubernetes.client import NETWORK_POLICIES, Api, KubernetesObject
    from prober.remedy.temporary_manifest import SELECTOR, is_temporary

    async with await Api.open(access(current_cluster_options()), Settings(image="")) as api:
        labelled = await api.list_all(NETWORK_POLICIES, KubernetesObject, selector=SELECTOR)
        temporary = [
            policy.metadata for policy in labelled if is_temporary(policy.metadata.name or "")
        ]
        for policy in (policy.metadata for policy in labelled if policy.metadata not in temporary):
            note(
                f"warning: NetworkPolicy {policy.namespace}/{policy.name} has the label of "
                "temporary policies, and no name of one: it stays"
            )
        if not temporary:
            say("there are no temporary policies")
            return ExitCode.OK
        for policy in temporary:
            say(f"NetworkPolicy {policy.namespace}/{policy.name}")
        if not yes and not confirm(f"delete these {len(temporary)} from {api.name}?"):
            note("nothing was changed")
            return ExitCode.FAILED
        for policy in temporary:
            namespace, name = policy.namespace or "", policy.name or ""
            await api.delete(NETWORK_POLICIES, namespace, name, uid=policy.uid or "")
        note(f"deleted {len(temporary)}")
    return ExitCode.OK
