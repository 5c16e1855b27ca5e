"""PURE. Records, baselines and plans to the published JSON and back: the one way in and out for
reports, kept runs, offers of fixes, bundles, baseline files and dry runs.

What is read may be anybody's: a report that came with a ticket, a file of another version, one that
somebody forged. So it is read into types (`prober.model.published`), strictly, and what does not
fit is a `RecordError` that says where. A record that was read renders as the one that was written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import msgspec

from prober.model.baseline import Baseline
from prober.model.errors import UsageError
from prober.model.languages.kinds import PolicyObject
from prober.model.objects import NetworkPolicy
from prober.model.published import API_VERSION, SCHEMA_VERSION, Run
from prober.model.published.baseline import BaselineShape
from prober.model.published.dry_run import DryRun
from prober.model.published.observation import rounded_observation
from prober.model.published.shape import plain, rounded
from prober.model.run import CheckRecord, RunRecord

__all__ = [
    "API_VERSION",
    "SCHEMA_VERSION",
    "RecordError",
    "as_published",
    "decode",
    "decode_baseline",
    "decode_plan",
    "encode",
    "encode_baseline",
    "encode_plan",
]

_AGAIN = "run the checks again with this prober, or get the record anew"
_SAVE_ANEW = "save it anew with `prober baseline save`"
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


def encode_baseline(
    baseline: Baseline, write: Callable[[NetworkPolicy], Mapping[str, Any]]
) -> dict[str, Any]:
    """The baseline as plain data. `write` makes the manifest of a policy: what a manifest is, the
    model does not know."""
    policies = [dict(write(policy)) for policy in baseline.policies]
    others = [_manifest(policy) for policy in baseline.others]
    shape = BaselineShape.of_baseline(baseline, policies, others)
    data: dict[str, Any] = plain(msgspec.to_builtins(shape))
    return data


def _manifest(policy: PolicyObject) -> dict[str, Any]:
    """An object of another policy language, as its API has it."""
    metadata: dict[str, Any] = {"name": policy.name}
    if policy.namespace:
        metadata["namespace"] = policy.namespace
    if policy.labels:
        metadata["labels"] = dict(policy.labels)
    specs = msgspec.to_builtins(policy.specs)
    said = {"spec": specs[0]} if len(specs) == 1 else {"specs": list(specs)} if specs else {}
    return {
        "apiVersion": policy.api_version,
        "kind": policy.kind.kind,
        "metadata": metadata,
        **said,
    }


def decode_baseline(
    data: Mapping[str, Any],
    read: Callable[[Sequence[Any]], tuple[NetworkPolicy, ...]],
    read_others: Callable[[Sequence[Any]], tuple[PolicyObject, ...]] = lambda values: (),
) -> Baseline:
    """The baseline in plain data. `read` makes policies of manifests, and says what is wrong with
    them; so does `read_others` with those of the other languages. Raises `RecordError`."""
    try:
        shape = msgspec.convert(data, BaselineShape)
        others = read_others(shape.other_policies or ())
        return replace(shape.model(), policies=read(shape.policies), others=others)
    except (msgspec.ValidationError, ValueError) as error:
        raise RecordError(f"the baseline is damaged: {error}", hint=_SAVE_ANEW) from error


def encode_plan(plan: DryRun) -> dict[str, Any]:
    """The plan of a dry run as plain data."""
    data: dict[str, Any] = msgspec.to_builtins(plan)
    return data


def decode_plan(data: Mapping[str, Any]) -> DryRun:
    """The plan in plain data. Raises `RecordError`."""
    try:
        return msgspec.convert(data, DryRun)
    except msgspec.ValidationError as error:
        raise RecordError(f"this is not the plan of a dry run: {_said(error)}") from error


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
