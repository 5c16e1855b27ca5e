"""`prober check`: one connection, with the same engine as a scenario."""

from __future__ import annotations

from dataclasses import dataclass

import click

from prober.cli.options.cluster import default_namespace
from prober.cli.options.decorating import takes
from prober.cli.options.shared import (
    FabricOptions,
    OutputOptions,
    ProbeOptions,
    fabric_options,
    output_options,
    probe_options,
)
from prober.model.check import Expectation


@dataclass(frozen=True, slots=True)
class CheckOptions:
    """What `check` takes."""

    source: str
    target: str
    expect: str
    namespace: str
    fabric: FabricOptions
    probes: ProbeOptions
    out: OutputOptions


@click.command("check")
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@click.option(
    "--expect",
    type=click.Choice([item.value for item in Expectation]),
    default=Expectation.OK.value,
    show_default=True,
    help="The expected outcome.",
)
@click.option(
    "-n",
    "--namespace",
    default="",
    help=("Namespace for names without one [default: that of the context; none in the lab]."),
)
@fabric_options
@probe_options
@output_options(("table", "wide", "json", "yaml", "junit", "tap"), "table")
@takes(CheckOptions)
def command(options: CheckOptions) -> int:
    """Check one connection, FROM → TO.

    \b
    FROM  deploy/source-controller.flux-system   pod/web-0.shop   node/n1   pods/app=web.shop
    TO    tcp://github.com:22   tcp://svc/web.shop:80   dns://github.com   https://github.com
          icmp://node/n2
    """
    from prober.cli.commands.run import overridden
    from prober.cli.options.fabrics import build
    from prober.cli.output import session
    from prober.cli.output.state import remember
    from prober.coordinator.run import Request
    from prober.report.write import check_paths
    from prober.scenario import one_check, resolve

    check_paths(options.out.reports)
    namespace = options.namespace or ("" if options.fabric.lab else default_namespace())
    fabric = options.fabric.within(namespace)
    expected = Expectation(options.expect)
    scenario = overridden(
        one_check(options.source, options.target, namespace=namespace, expect=expected),
        options.probes,
    )
    choice = build(fabric)
    request = Request(
        name="check",
        checks=lambda snapshot: resolve(
            scenario, snapshot, outside=tuple(choice.fabric.hosts), whole=fabric.lab
        ),
        warnings=choice.warnings,
    )
    record = session.run(choice, request)
    remember(record, fabric.manifests.paths() if fabric.lab else ())
    session.show(record, options.out)
    return session.conclude([record], options.out)
