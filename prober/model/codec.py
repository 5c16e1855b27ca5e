"""PURE. Records to the published JSON and back: the one way in and out for reports, kept runs,
offers of fixes and bundles.

What is read may be anybody's: a report that came with a ticket, a file of another version, one that
somebody forged. So it is read into types (`prober.model.published`), strictly, and what does not
fit is a `RecordError` that says where. A record that was read renders as the one that was written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import msgspec

from prober.model.errors import UsageError
from prober.model.published import API_VERSION, SCHEMA_VERSION, Run
from prober.model.published.observation import rounded_observation
from prober.model.published.shape import rounded
from prober.model.run import CheckRecord, RunRecord

__all__ = ["API_VERSION", "SCHEMA_VERSION", "RecordError", "as_published", "decode", "encode"]

_AGAIN = "run the checks again with this prober, or get the record anew"
_WRITE_ONE = "write one with `prober run … --report run.json`"


class RecordError(UsageError):
    """It is not the record of a run, or not one that this prober reads."""


def encode(record: RunRecord) -> dict[str, Any]:
    """The run as plain data, in the order of the published members. Equal records give equal
    data."""
    data: dict[str, Any] = msgspec.to_builtins(Run.of(record))
    return data


def decode(data: Mapping[str, Any]) -> RunRecord:
    """The run in plain data. Raises `RecordError`."""
    if data.get("kind") != "Run":
        raise RecordError("this is not the record of a run", hint=_WRITE_ONE)
    version = data.get("schemaVersion")
    if version != SCHEMA_VERSION or isinstance(version, bool):
        said = f"the record has schemaVersion {version}, and this prober reads {SCHEMA_VERSION}"
        raise RecordError(said, hint=_AGAIN)
    try:
        return msgspec.convert(data, Run).model()
    except msgspec.ValidationError as error:
        raise RecordError(f"the record is damaged: {_said(error)}", hint=_AGAIN) from error
    except ValueError as error:
        raise RecordError(f"the record is forged or damaged: {error}", hint=_AGAIN) from error


def as_published(record: RunRecord) -> RunRecord:
    """The record with its times as they are published, so that every format says of it what it says
    of the record that is read back."""
    return replace(
        record,
        duration_ms=rounded(record.duration_ms),
        checks=tuple(_as_published(check) for check in record.checks),
    )


def _as_published(check: CheckRecord) -> CheckRecord:
    observation = rounded_observation(check.observation)
    controls = tuple(
        replace(control, observation=rounded_observation(control.observation))
        if control.observation
        else control
        for control in check.controls
    )
    if observation is check.observation and not controls:
        return check
    return replace(check, observation=observation, controls=controls)


def _said(error: msgspec.ValidationError) -> str:
    """`Expected `str`, got `int` - at `$.findings[0].cause`` in the order in which people ask."""
    message, _, place = str(error).partition(" - at ")
    where = place.strip("`").removeprefix("$.").removeprefix("$")
    return f"{where}: {message[:1].lower()}{message[1:]}" if where else message
