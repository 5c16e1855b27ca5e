"""The dry run: which probes would start where, and why. Nothing has been sent when this is
shown."""

from __future__ import annotations

from collections.abc import Sequence

from prober.model.check import Check, Vantage
from prober.model.codec import encode_plan
from prober.model.errors import UsageError
from prober.model.probe import Plan, Probe
from prober.model.protocol import BY_KIND
from prober.model.published.dry_run import DryRun, PlannedCheck, PlannedProbe, PlannedVantage
from prober.report import json_, yaml_
from prober.report.console import assemble
from prober.report.page import Page, Style
from prober.report.text import cells, pad, plural, printable, shorten_flow, wrap
from prober.scenario.protocols import TABLE

PLAN_FORMATS = ("table", "wide", "json", "yaml")

Plans = Sequence[tuple[Vantage, Plan]]


def render_plan(
    checks: Sequence[Check],
    plans: Plans,
    format: str,  # noqa: A002 - the word users know it by
    *,
    color: bool = False,
    width: int | None = None,
) -> str:
    """The plan of a run as text that ends with a newline; `width` as in `prober.report.render`.

    A probe in a plan that is no check's own is a control. Raises `UsageError` for a format that
    plans do not have.
    """
    if format not in PLAN_FORMATS:
        raise UsageError(
            f"a plan has no {format!r} format",
            hint=f"with --dry-run use one of {', '.join(PLAN_FORMATS)}",
        )
    if format == "json":
        return json_.dump(encode_plan(dry_run(checks, plans)))
    if format == "yaml":
        return yaml_.dump(encode_plan(dry_run(checks, plans)))
    return _table(checks, plans, Page(color=color, width=width if format == "table" else None))


def dry_run(checks: Sequence[Check], plans: Plans) -> DryRun:
    """The plan as it is published: `vantages[]` with `probes[]`, each of a check (`check` is its
    id) or a control (null)."""
    by_probe = {(check.vantage, check.probe.id): check for check in checks}
    return DryRun(
        checks=tuple(
            PlannedCheck(
                id=check.id,
                name=check.name,
                vantage=check.vantage.id,
                expected=check.expected,
                skip_reason=check.skip_reason,
            )
            for check in checks
        ),
        vantages=tuple(
            PlannedVantage(
                id=vantage.id,
                probes=tuple(
                    _probe(probe, by_probe.get((vantage, probe.id))) for probe in plan.probes
                ),
            )
            for vantage, plan in plans
        ),
    )


def _probe(probe: Probe, check: Check | None) -> PlannedProbe:
    return PlannedProbe(
        id=probe.id,
        role="check" if check else "control",
        check=check.id if check else None,
        kind=probe.kind,
        target=target(probe),
        timeout_seconds=probe.timeout,
        attempts=probe.attempts,
    )


def target(probe: Probe) -> str:
    """Where the probe goes, as a person would type it: `tcp://github.com:22`,
    `dns://github.com@198.19.0.10`."""
    return TABLE[BY_KIND[probe.kind].scheme].shown(probe)


Row = tuple[str, str, str, str]


def _table(checks: Sequence[Check], plans: Plans, page: Page) -> str:
    by_probe = {(check.vantage, check.probe.id): check for check in checks}
    tables = [
        (vantage, [_row(probe, by_probe.get((vantage, probe.id))) for probe in plan.probes])
        for vantage, plan in plans
    ]
    rows = [row for _, members in tables for row in members]
    controls = sum(role == "control" for role, *_ in rows)
    counts = (
        f"{plural(len(checks), 'check')}, {plural(controls, 'control')}, "
        f"{plural(len(plans), 'vantage')}"
    )
    widths = [max(cells(cell) for cell in column) for column in zip(*rows, strict=True)]
    return assemble(
        [f"{page.paint('dry run', Style.STRONG)} · {counts}"],
        *(_vantage_lines(vantage, members, widths, page) for vantage, members in tables),
        _skipped(checks, page),
        [f"{plural(len(rows), 'probe')} · nothing was sent"],
    )


def _skipped(checks: Sequence[Check], page: Page) -> list[str]:
    """The checks without a probe, and why."""
    skipped = [check for check in checks if check.skip_reason]
    lines = [
        line
        for check in skipped
        for line in wrap(f"{printable(check.name)}: {check.skip_reason}", page.room(2))
    ]
    return (
        [f"{plural(len(skipped), 'check')} cannot be tested", *(f"  {line}" for line in lines)]
        if skipped
        else []
    )


def _vantage_lines(
    vantage: Vantage, rows: Sequence[Row], widths: Sequence[int], page: Page
) -> list[str]:
    lines = [f"from {page.paint(printable(vantage.id), Style.STRONG)}"]
    for role, effort, wanted, name in rows:
        start = f"  {pad(role, widths[0])}  {pad(effort, widths[1])}  {pad(wanted, widths[2])}  "
        room = page.room(cells(start))
        lines.append(start + (name if room is None else shorten_flow(name, max(room, 12))))
    return lines


def _row(probe: Probe, check: Check | None) -> Row:
    """Role, effort, what is expected, and the check's name or the control's target."""
    effort = f"{probe.timeout:g} s" + (f" × {probe.attempts}" if probe.attempts > 1 else "")
    if check is None:
        return "control", effort, "", printable(target(probe))
    return "check", effort, check.expected.value, printable(check.name)
