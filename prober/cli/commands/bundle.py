"""`prober evidence`, and `run --evidence`: a run as a bundle to attach to a ticket."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from prober.cli.options.cluster import access, access_options, current_cluster_options
from prober.cli.options.decorating import PATH
from prober.cli.output.interrupts import run_async
from prober.cli.terminal import note
from prober.model.errors import ExitCode, FabricError, UsageError

if TYPE_CHECKING:
    from prober.model.bundle import Collection
    from prober.model.run import RunRecord

_DNS_NAMESPACE = "kube-system"


@click.command("evidence")
@click.argument("target", type=PATH, metavar="DIR|FILE.tar.gz")
@click.option(
    "--from",
    "report",
    type=PATH,
    metavar="FILE",
    help="The JSON or YAML report of a run [default: the last run].",
)
@access_options
def command(target: Path, report: Path | None) -> int:
    """Write a run as a bundle: the record, what the wire said, the objects that decided, events,
    versions, and the logs of CNI and DNS around the time. Secrets are left out; the README in it
    says what else is."""
    from prober.bundle import check_target
    from prober.cli.output.state import read_report, recall

    check_target(target)
    kept = read_report(report) if report else recall()
    write_evidence([kept.record], target, kept.manifests)
    return ExitCode.OK


def write_evidence(records: Sequence[RunRecord], target: Path, manifests: Sequence[Path]) -> None:
    """The bundle of a run; several runs are merged into one."""
    from prober.bundle import bundle, pack, world_parts
    from prober.coordinator.merge import merge

    record = merge(records)
    in_cluster = record.fabric.kind == "kubernetes"
    collected = run_async(_of_cluster(record)) if in_cluster else world_parts(manifests)
    files = bundle(record, [collected])
    pack(files, target)
    note(f"wrote {len(files)} files to {target}; README.md says what is in it, and what is not")


async def _of_cluster(record: RunRecord) -> Collection:
    """What the run's cluster says now. One that cannot be reached is a gap: it may be why there is
    a ticket."""
    from prober.fabric.kubernetes import Settings
    from prober.fabric.kubernetes.client import Api
    from prober.fabric.kubernetes.reading import collect
    from prober.model.bundle import Collection, Gap

    options = current_cluster_options()
    if not options.context and record.fabric.name != "in-cluster":
        options = replace(options, context=record.fabric.name)
    try:
        async with await Api.open(access(options), Settings(image="")) as api:
            return await collect(api, namespaces_of(record), _started(record))
    except FabricError as error:
        return Collection(gaps=(Gap("everything that the cluster has to say", str(error)),))


def _started(record: RunRecord) -> datetime:
    try:
        started = datetime.fromisoformat(record.started)
    except ValueError as error:
        raise UsageError(
            f"the record says no time at which the run started: {record.started!r}",
            hint="run the checks again",
        ) from error
    return started if started.tzinfo else started.replace(tzinfo=UTC)


def namespaces_of(record: RunRecord) -> frozenset[str]:
    """The namespaces that the checks and findings are about, and that of cluster DNS."""
    names = {_DNS_NAMESPACE}
    for check in record.checks:
        names |= {check.check.flow.source.namespace, check.check.flow.destination.namespace}
        names |= {policy.namespace for policy in check.prediction.decisive}
    for finding in record.findings:
        names |= {ref.namespace for ref in finding.objects}
    return frozenset(name for name in names if name)
