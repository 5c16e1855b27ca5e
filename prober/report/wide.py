"""`wide`: every check and every column, as wide as it needs to be (as `kubectl -o wide`, it is not
cut to fit)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from prober.model.outcome import Observation, ordered_phases
from prober.model.run import CheckRecord, RunRecord
from prober.report.causes import causes
from prober.report.console import assemble, ending, header
from prober.report.evidence import evidence_line
from prober.report.page import Page, Style
from prober.report.strangers import stranger_lines
from prober.report.text import cells, pad, printable
from prober.report.words import explain, flake, mark_of, milliseconds

Column = Callable[[CheckRecord], str]


def render_wide(record: RunRecord, page: Page) -> str:
    """The whole report, each check in one line of columns with its sentences below."""
    unlimited = Page(color=page.color)
    return assemble(
        header(record, unlimited),
        _table(record, unlimited),
        stranger_lines(record.predicted_only, unlimited, each=True),
        causes(record.findings, unlimited, everything=True),
        [f"{printable(key)}: {printable(value)}" for key, value in sorted(record.notes.items())],
        ending(record, unlimited),
    )


def _columns(record: RunRecord) -> dict[str, Column]:
    """Heading → what a check shows under it. The widest is last."""
    return {
        "RESULT": lambda check: mark_of(check).value,
        "CHECK": lambda check: check.check.name,
        "OUTCOME": lambda check: check.observation.outcome.value,
        "TIME": lambda check: milliseconds(check.observation.time_ms),
        "EXPECTED": lambda check: check.check.expected.value,
        "VERDICT": lambda check: check.verdict.value,
        "PREDICTED": lambda check: check.prediction.verdict.value,
        "EGRESS": lambda check: check.prediction.egress.value,
        "INGRESS": lambda check: check.prediction.ingress.value,
        "FROM": lambda check: check.check.vantage.id,
        "ADDRESS": lambda check: check.observation.address,
        "PHASES": lambda check: _phases(check.observation),
        "ATTEMPTS": lambda check: _attempts(check.observation),
        "LAG": lambda check: milliseconds(check.observation.lag_ms),
        "EVIDENCE": lambda check: evidence_line(check.observation.evidence, record.addresses),
    }


def _phases(observation: Observation) -> str:
    return ", ".join(
        f"{name} {milliseconds(value) or '0 ms'}"
        for name, value in ordered_phases(observation.phases)
    )


def _attempts(observation: Observation) -> str:
    if not observation.attempts:
        return "1"
    flaky = (
        f" ({', '.join(item.outcome.value for item in observation.attempts)})"
        if observation.flaky
        else ""
    )
    return f"{len(observation.attempts)}{flaky}"


def _table(record: RunRecord, page: Page) -> list[str]:
    if not record.checks:
        return []
    columns = _columns(record)
    rows = [
        [printable(column(check)) or "-" for column in columns.values()] for check in record.checks
    ]
    widths = [max(map(cells, column)) for column in zip(columns, *rows, strict=True)]
    lines = ["  " + page.paint(_row(list(columns), widths), Style.FAINT)]
    for check, row in zip(record.checks, rows, strict=True):
        word, *rest = row
        mark = page.paint(word, mark_of(check).style) + " " * (widths[0] - cells(word))
        lines.append(f"  {mark}  {_row(rest, widths[1:])}")
        lines.extend(" " * (widths[0] + 4) + printable(sentence) for sentence in _sentences(check))
    return lines


def _row(row: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(pad(cell, width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _sentences(check: CheckRecord) -> list[str]:
    """Under every check, also those that are ok: its reasons, its detail and its controls."""
    sentences = list(check.reasons) if mark_of(check).value == "ok" else list(explain(check))
    detail = check.observation.detail
    if detail and not any(detail in sentence for sentence in sentences):
        sentences.append(detail)
    for control in check.controls:
        if control.passed:
            sentences.append(f"control passed: {control.name}")
    if flaky := flake(check.observation):
        sentences.append(flaky)
    return sentences
