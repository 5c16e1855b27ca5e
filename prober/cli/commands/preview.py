"""`prober preview`: which flows new policies would open and close, before they are applied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from prober.cli.commands.baseline import ALLOW, CHANGE_FORMATS, conclude
from prober.cli.options.cluster import access, access_options, current_cluster_options
from prober.cli.options.decorating import PATH, takes
from prober.cli.options.manifests import ManifestOptions, manifest_options
from prober.cli.options.selection import SelectionOptions, selection_options
from prober.cli.options.shared import OutputOptions, output_options
from prober.cli.output.interrupts import run_async
from prober.model.errors import UsageError

if TYPE_CHECKING:
    from prober.fabric.kubernetes import Access
    from prober.manifest import Loaded
    from prober.model.languages import PolicyObject
    from prober.model.objects import Ref
    from prober.model.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class PreviewOptions:
    """What `preview` takes."""

    manifests: ManifestOptions
    deleted: tuple[str, ...]
    against: tuple[Path, ...]
    allow_files: tuple[Path, ...]
    selection: SelectionOptions
    out: OutputOptions


@click.command("preview")
@manifest_options("The NetworkPolicies to apply (and Namespaces, for their labels).")
@click.option(
    "--delete",
    "deleted",
    multiple=True,
    metavar="NAMESPACE/NAME",
    help="A NetworkPolicy to delete. Repeatable.",
)
@click.option(
    "--against",
    multiple=True,
    type=PATH,
    metavar="DIR|FILE",
    help=("The current state: manifests, or a saved snapshot [default: the cluster]. Repeatable."),
)
@ALLOW
@selection_options
@access_options
@output_options(CHANGE_FORMATS, "table")
@takes(PreviewOptions)
def command(options: PreviewOptions) -> int:
    """Say which flows between workloads new policies would open and close. Nothing is applied, and
    no packet is sent.

    The exit code is 1 when a flow would change that no --allow lists.
    """
    from prober.baseline.allow import load_allowances
    from prober.baseline.preview import PreviewRequest, applied, preview
    from prober.baseline.survey import in_scope
    from prober.model.baseline import Scope
    from prober.report import check_paths

    manifests, selection = options.manifests, options.selection
    check_paths(options.out.reports)
    if not manifests and not options.deleted:
        raise UsageError(
            "there is nothing to preview", hint="give policies with -f, or --delete NAMESPACE/NAME"
        )
    wanted = in_scope(Scope(selection.chosen, selection.selector))
    allowances = [allowance for path in options.allow_files for allowance in load_allowances(path)]
    new = _load(manifests.within(*selection.namespaces)) if manifests else None
    current, where, served = _current(options.against)
    if new:
        check_served(new.snapshot.other_policies, served, where)
    warnings = (*_left_out(new), *_unknown_to_engine(new, current)) if new else ()
    declared = (
        [
            namespace
            for namespace in new.snapshot.namespaces.values()
            if _written(new, "Namespace", namespace.name)
        ]
        if new
        else []
    )
    policies = new.snapshot.policies if new else ()
    others = new.snapshot.other_policies if new else ()
    gone = [_policy(text, current) for text in options.deleted]
    after = applied(current, policies, declared, gone, others)
    request = PreviewRequest("preview", where, wanted, allowances, warnings)
    return conclude(preview(current, after, request), options.out)


def _load(manifests: ManifestOptions) -> Loaded:
    from prober.cli.commands.predict import load

    return load(manifests)


def _written(loaded: Loaded, kind: str, name: str) -> bool:
    """Is the object in the files, and not only implied by another one."""
    from prober.model.objects import Ref

    return Ref(kind, "", name) in loaded.snapshot.origins


def _left_out(loaded: Loaded) -> tuple[str, ...]:
    """What the files have besides policies and namespaces."""
    from prober.model.languages import KINDS

    previewed = {"NetworkPolicy", "Namespace", "Pod", *(kind.name for kind in KINDS)}
    kinds = sorted({ref.kind for ref in loaded.snapshot.origins} - previewed)
    if not kinds:
        return ()
    return (f"only policies and Namespaces are previewed: {', '.join(kinds)} of -f are left out",)


def check_served(policies: Sequence[PolicyObject], served: Sequence[str], where: str) -> None:
    """Whether the cluster has the kinds of new policies. Raises `UsageError` for those whose CRD is
    missing: nobody could apply them there. `served` is empty where the cluster does not say."""
    # Calico keeps its objects in two groups, and tools of its own write to either.
    missing = sorted(
        (policy.api_version, policy.ref.kind)
        for policy in policies
        if not set(policy.kind.versions) & set(served)
    )
    if served and missing:
        version, kind = missing[0]
        raise UsageError(
            f"{where} does not serve {version}: {kind} cannot be applied there",
            hint="install the CRDs of that API, or leave these policies out",
        )


def _unknown_to_engine(new: Loaded, current: Snapshot) -> tuple[str, ...]:
    """New policies that decide nothing: whoever enforces there does not know their language."""
    from prober.policy import running_engine

    engine = running_engine(current)
    if engine is None:
        return ()
    foreign = sorted(
        f"{policy.ref.kind} {policy.ref}"
        for policy in new.snapshot.other_policies
        if policy.kind.policy and policy.kind.language not in engine.languages
    )
    told = f"{engine.name} enforces there and does not know this language, so it decides nothing"
    return tuple(f"{name}: {told}" for name in foreign)


def _policy(text: str, current: Snapshot) -> Ref:
    from prober.model.objects import Ref
    from prober.scenario import suggest

    namespace, _, name = text.partition("/")
    ref = Ref("NetworkPolicy", namespace, name)
    known = [policy.ref for policy in current.policies]
    if ref not in known:
        raise UsageError(f"there is no NetworkPolicy {text}", hint=suggest(text, map(str, known)))
    return ref


def _current(against: Sequence[Path]) -> tuple[Snapshot, str, Sequence[str]]:
    """The objects that there are now, where they are from, and the group versions that are served
    there; none where that is not known."""
    if against:
        return _load(ManifestOptions(tuple(against))).snapshot, ", ".join(map(str, against)), ()
    return run_async(_cluster(access(current_cluster_options())))


async def _cluster(wanted: Access) -> tuple[Snapshot, str, Sequence[str]]:
    from prober.fabric.kubernetes import Settings
    from prober.fabric.kubernetes.client import Api
    from prober.fabric.kubernetes.reading import read_cluster, served_versions

    async with await Api.open(wanted, Settings(image="")) as api:
        served = await served_versions(api)
        return (await read_cluster(api)).snapshot, f"context {api.name}", served
