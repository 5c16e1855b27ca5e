"""What an audit found, in the forms that people and programs want. Pure.

- *sheet*     the audit with what it was made of, and where its objects are written
- `table`     text for people
- `markdown`  for a ticket or a pull request
- `data`      the shape of JSON and YAML
- `openreports` policy reports, to be applied to a cluster
- `sarif`     SARIF 2.1.0, for code scanning
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from prober.report.audit.sheet import Sheet
from prober.report.page import Page

__all__ = ["FORMATS", "Sheet", "render_audit"]


def _table(sheet: Sheet, page: Page) -> str:
    from prober.report.audit.table import render_table

    return render_table(sheet, page)


def _markdown(sheet: Sheet, _page: Page) -> str:
    from prober.report.audit.markdown import render_markdown

    return render_markdown(sheet)


def _json(sheet: Sheet, _page: Page) -> str:
    from prober.report.audit.data import audit_data
    from prober.report.json_ import dump

    return dump(audit_data(sheet))


def _yaml(sheet: Sheet, _page: Page) -> str:
    from prober.report.audit.data import audit_data
    from prober.report.yaml_ import dump

    return dump(audit_data(sheet))


def _sarif(sheet: Sheet, _page: Page) -> str:
    from prober.report.audit.sarif import sarif_log
    from prober.report.json_ import dump

    return dump(sarif_log(sheet))


def _openreports(sheet: Sheet, _page: Page) -> str:
    from prober.report.audit.openreports import audit_reports
    from prober.report.json_ import dump

    return dump({"apiVersion": "v1", "kind": "List", "items": audit_reports(sheet)})


FORMATS: Mapping[str, Callable[[Sheet, Page], str]] = {
    "table": _table,
    "json": _json,
    "yaml": _yaml,
    "markdown": _markdown,
    "sarif": _sarif,
    "openreports": _openreports,
}
"""Every format, by the name that `-o` takes."""


def render_audit(sheet: Sheet, form: str, page: Page) -> str:
    """The audit in one of `FORMATS`; ends with a newline."""
    return FORMATS[form](sheet, page)
