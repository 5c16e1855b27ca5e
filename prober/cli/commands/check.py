"""`prober check`: one connection, with the same engine as a scenario."""

from __future__ import annotations

from pathlib import Path

import click

from prober.cli.options.cluster import default_namespace
from prober.cli.options.manifests import ManifestOptions
from prober.cli.options.shared import (
    FabricOptions,
    OutputOptions,
    fabric_options,
    output_options,
    probe_options,
)
from prober.model.check import Expectation


@click.command("check")
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@click.option(
    "--expect",
    type=click.Choice([item.value for item in Expectation]),
    default=Expectation.OK.value,
    show_default=True,
    help="What should come of it.",
)
@click.option(
    "-n",
    "--namespace",
    default="",
    help=(
        "The namespace of names that do not say theirs [default: the context's; the lab has none]."
    ),
)
@fabric_options
@probe_options
@output_options(("table", "wide", "json", "yaml", "junit", "tap"), "table")
def command(
    source: str,
    target: str,
    expect: str,
    namespace: str,
    lab: bool,
    manifests: ManifestOptions,
    enforcement: str | None,
    faults: tuple[str, ...],
    timeout: str | None,
    attempts: int | None,
    output: str,
    reports: tuple[Path, ...],
    color: str,
) -> int:
    """Check one connection, FROM → TO.

    \b FROM  deploy/source-controller.flux-system   pod/web-0.shop   node/n1   pods/app=web.shop TO
    tcp://github.com:22   tcp://svc/web.shop:80   dns://github.com   https://github.com
    icmp://node/n2
    """
    from prober.cli.commands.run import overridden
    from prober.cli.options.fabrics import build
    from prober.cli.output import session
    from prober.cli.output.state import remember
    from prober.coordinator.run import Request
    from prober.report.write import check_paths
    from prober.scenario import one_check, resolve

    check_paths(reports)
    namespace = namespace or ("" if lab else default_namespace())
    scenario = overridden(
        one_check(source, target, namespace=namespace, expect=Expectation(expect)),
        timeout,
        attempts,
    )
    ground = build(FabricOptions(lab, manifests.within(namespace), enforcement, faults))
    request = Request(
        name="check",
        checks=lambda snapshot: resolve(
            scenario, snapshot, outside=tuple(ground.fabric.hosts), whole=lab
        ),
        warnings=ground.warnings,
    )
    out = OutputOptions(output, reports, color)
    record = session.run(ground, request)
    remember(record, manifests.paths() if lab else ())
    session.show(record, out)
    return session.conclude([record], out)
