"""`prober doctor`: is this cluster ready to be probed, and by whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from prober.cli.options.cluster import (
    ClusterOptions,
    access,
    cluster_options,
    current_cluster_options,
    settings_of,
)
from prober.cli.output.interrupts import run_async
from prober.cli.terminal import show

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prober.fabric.kubernetes.doctor import Finding

_WORDS = {"ok": "ok", "off": "-", "warn": "warn", "unknown": "?", "error": "ERROR", "bad": "FAIL"}


@click.command("doctor")
@click.option(
    "-n", "--namespace", "namespaces", multiple=True, help="A namespace to probe from. Repeatable."
)
@click.option(
    "-o", "--output", type=click.Choice(("table", "json")), default="table", show_default=True
)
@cluster_options
def command(namespaces: tuple[str, ...], output: str) -> int:
    """Look at the cluster before anyone probes: version, clock, rights, who enforces policies, what
    is admitted.

    It changes nothing. Exit code 1: probing does not work until something is fixed; 3: it could
    not be found out.
    """
    from prober.fabric.kubernetes.doctor import exit_code

    name, findings = run_async(_examine(current_cluster_options(), namespaces))
    show(_json(name, findings) if output == "json" else _table(name, findings))
    return int(exit_code(findings))


async def _examine(
    options: ClusterOptions, namespaces: Sequence[str]
) -> tuple[str, Sequence[Finding]]:
    from prober.fabric.kubernetes.client import Api
    from prober.fabric.kubernetes.doctor import examine

    settings = settings_of(options)
    async with await Api.open(access(options), settings) as api:
        return f"{api.name} · {api.server}", await examine(api, settings, namespaces)


def _table(cluster: str, findings: Sequence[Finding]) -> str:
    from prober.fabric.kubernetes.doctor import exit_code, summary
    from prober.report import pad, printable

    width = max(len(finding.name) for finding in findings)
    lines = [printable(cluster), ""]
    for finding in findings:
        state, name = pad(_WORDS[finding.state], 5), pad(finding.name, width)
        lines.append(f"  {state}  {name}  {printable(finding.message)}")
        if finding.hint:
            lines.append(f"  {'':5}  {'':{width}}  {printable(finding.hint)}")
    lines += ["", f"{summary(findings)} · exit {int(exit_code(findings))}"]
    return "\n".join(lines) + "\n"


def _json(cluster: str, findings: Sequence[Finding]) -> str:
    from prober.fabric.kubernetes.doctor import exit_code
    from prober.report.json_ import dump

    name, _, server = cluster.partition(" · ")
    checks: list[dict[str, Any]] = [
        {
            "name": finding.name,
            "state": finding.state.value,
            "message": finding.message,
            "hint": finding.hint,
        }
        for finding in findings
    ]
    record = {
        "apiVersion": "prober.dev/v1alpha1",
        "kind": "Checkup",
        "context": name,
        "server": server,
    }
    return dump({**record, "checks": checks, "exitCode": int(exit_code(findings))})
