"""What an audit found, in the forms that people and programs want. Pure.

- `audit_report`  the audit with what it was made of, and where its objects are written
- `table`     text for people
- `markdown`  for a ticket or a pull request
- `data`      the shape of JSON and YAML
- `openreports` policy reports, to be applied to a cluster
- `sarif`     SARIF 2.1.0, for code scanning
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from prober.report.audit.audit_report import AuditReport
from prober.report.page import Page

__all__ = ["FORMATS", "AuditReport", "render_audit"]


def _table(report: AuditReport, page: Page) -> str:
    from prober.report.audit.table import render_table

    return render_table(report, page)


def _markdown(report: AuditReport, _page: Page) -> str:
    from prober.report.audit.markdown import render_markdown

    return render_markdown(report)


def _json(report: AuditReport, _page: Page) -> str:
    from prober.report.audit.data import audit_data
    from prober.report.json_ import dump

    return dump(audit_data(report))


def _yaml(report: AuditReport, _page: Page) -> str:
    from prober.report.audit.data import audit_data
    from prober.report.yaml_ import dump

    return dump(audit_data(report))


def _sarif(report: AuditReport, _page: Page) -> str:
    from prober.report.audit.sarif import sarif_log
    from prober.report.json_ import dump

    return dump(sarif_log(report))


def _openreports(report: AuditReport, _page: Page) -> str:
    from prober.report.openreports import OPEN

    return _reports(report, OPEN)


def _policyreports(report: AuditReport, _page: Page) -> str:
    from prober.report.openreports import POLICY

    return _reports(report, POLICY)


def _reports(report: AuditReport, dialect: tuple[str, str]) -> str:
    from prober.report.audit.openreports import audit_reports
    from prober.report.json_ import dump

    items = audit_reports(report, dialect)
    return dump({"apiVersion": "v1", "kind": "List", "items": items})


FORMATS: Mapping[str, Callable[[AuditReport, Page], str]] = {
    "table": _table,
    "json": _json,
    "yaml": _yaml,
    "markdown": _markdown,
    "sarif": _sarif,
    "openreports": _openreports,
    "policyreports": _policyreports,
}
"""Every format, by the name that `-o` takes."""


def render_audit(report: AuditReport, form: str, page: Page) -> str:
    """The audit in one of `FORMATS`; ends with a newline."""
    return FORMATS[form](report, page)
