"""`prober evidence`, and `run --evidence`: a run as a bundle to attach to a ticket."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from prober.cli.options.cluster import access, access_options, current_cluster_options
from prober.cli.options.decorating import PATH
from prober.cli.output.interrupts import run_async
from prober.cli.output.terminal import note
from prober.model.errors import ExitCode, FabricError

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
    help="A run's JSON or YAML report; default: the last run.",
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
    _write(kept.record, _summary(kept.record), target, kept.manifests)
    return ExitCode.OK


def write_evidence(records: Sequence[RunRecord], target: Path, manifests: Sequence[Path]) -> None:
    """The bundle of a run that has just ended; several runs are merged into one."""
    from prober.coordinator.merge import merge
    from prober.report import render
    from prober.report.data import run_data

    record = merge(records)
    _write(run_data(record), render(record, "wide"), target, manifests)


def _write(run: Mapping[str, Any], report: str, target: Path, manifests: Sequence[Path]) -> None:
    from prober.bundle import bundle, pack, world_parts

    in_cluster = (run.get("fabric") or {}).get("kind") == "kubernetes"
    collected = run_async(_of_cluster(run)) if in_cluster else world_parts(manifests)
    files = bundle(run, report, [collected])
    pack(files, target)
    note(f"wrote {len(files)} files to {target}; README.md says what is in it, and what is not")


async def _of_cluster(run: Mapping[str, Any]) -> Collection:
    """What the run's cluster says now. One that cannot be reached is a gap: it may be why there is
    a ticket."""
    from prober.fabric.kubernetes import Settings
    from prober.fabric.kubernetes.client import Api
    from prober.fabric.kubernetes.reading import collect
    from prober.model.bundle import Collection, Gap

    options = current_cluster_options()
    name = str(run["fabric"].get("name", ""))
    if not options.context and name != "in-cluster":
        options = replace(options, context=name)
    try:
        async with await Api.open(access(options), Settings(image="")) as api:
            return await collect(
                api, namespaces_of(run), datetime.fromisoformat(str(run["startedAt"]))
            )
    except FabricError as error:
        return Collection(gaps=(Gap("everything that the cluster has to say", str(error)),))


def namespaces_of(run: Mapping[str, Any]) -> frozenset[str]:
    """The namespaces that the checks and findings are about, and that of cluster DNS."""
    found = {_DNS_NAMESPACE}
    for check in run.get("checks") or ():
        found |= {check["source"].get("namespace"), check["destination"].get("namespace")}
        found |= {
            policy["namespace"] for policy in (check.get("prediction") or {}).get("policies") or ()
        }
    for finding in run.get("findings") or ():
        found |= {one["namespace"] for one in finding["objects"]}
    return frozenset(name for name in found if name)


def _summary(run: Mapping[str, Any]) -> str:
    """The run for people, from its record alone."""
    lines = [f"{run.get('scenario')}: exit {run.get('exitCode')}"]
    for check in run.get("checks") or ():
        lines.append(
            f"  {check['result']:<12} {check['name']}: "
            f"{(check.get('observation') or {}).get('outcome')}"
        )
        lines += [f"{'':<15}{reason}" for reason in check.get("reasons") or ()]
    lines += [
        f"{one['number']}  {one['id']}, {one['confidence']}: {one['cause']}"
        for one in run.get("findings") or ()
    ]
    return "\n".join(lines) + "\n"
