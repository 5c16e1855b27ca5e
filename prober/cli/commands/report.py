"""`prober report`: the record of a run again, in any format; several as one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import click

from prober.cli.options.decorating import PATH, takes
from prober.cli.options.shared import OutputOptions, output_options
from prober.report import FORMATS


@dataclass(frozen=True, slots=True)
class ReportOptions:
    """What `report` takes."""

    files: tuple[Path, ...]
    out: OutputOptions


@click.command("report")
@click.argument("files", nargs=-1, required=True, type=PATH, metavar="RUN.json...")
@output_options(tuple(FORMATS), "table")
@takes(ReportOptions)
def command(options: ReportOptions) -> int:
    """Show the record of a run that was written with --report, in any format.

    Several files are merged: the shards of one scenario, or several scenarios of one cluster. The
    exit code is that of the run; a shard that is missing is a 3.
    """
    from prober.cli.output import session
    from prober.cli.output.state import is_last, read_report
    from prober.coordinator.merge import merge
    from prober.report.write import check_paths

    check_paths(options.out.reports)
    record = merge([read_report(file).record for file in options.files], complete=True)
    session.show(record, options.out, remembered=is_last(record))
    return session.conclude([record], options.out)
