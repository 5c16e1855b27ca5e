"""The shape of the JSON and YAML reports: plain data with documented, camelCase member names.

- `run`          the whole record: fabric, summary, checks, findings
- `observation`  one observation with its evidence
- `prediction`   one prediction with its trail
- `plain`        object names, rounded times, JSON-like values

The published schema (`run.schema.json`) is closed and describes exactly this. Every member is
always present; what is not known is null, or empty. Whatever has no order of its own is sorted, so
that equal runs give equal text.
"""

from __future__ import annotations

from prober.report.data.run import API_VERSION, SCHEMA_VERSION, run_data

__all__ = ["API_VERSION", "SCHEMA_VERSION", "run_data"]
