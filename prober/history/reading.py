"""The records of runs that were kept as files: JSON reports, whoever wrote them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from prober.files import read_text
from prober.model.codec import RecordError, decode
from prober.model.decoding import UNREADABLE
from prober.model.run import RunRecord


class NoRunError(RecordError):
    """The file is something else than the record of a run."""


def read_record(path: Path) -> RunRecord:
    """The run in a JSON report. Raises `NoRunError` for JSON of another kind, `RecordError` and
    `InputError` for what is damaged, forged, too large or unreadable."""
    text = read_text(path)
    try:
        data: Any = msgspec.json.decode(text)
    except UNREADABLE as error:
        raise RecordError(f"{path.name} is no JSON: {error}", hint="write it anew") from error
    if not isinstance(data, dict) or data.get("kind") != "Run":
        raise NoRunError(f"{path.name} is not the record of a run", hint="it is passed over")
    return decode(data)
