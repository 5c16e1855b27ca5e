"""Runs of the past: those that this machine has kept, and those that the operator has kept in a
cluster."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from prober.cli.output.state import runs_folder
from prober.cli.terminal import note
from prober.model.errors import InputError, ProberError, UsageError
from prober.model.run import RunRecord

if TYPE_CHECKING:
    from prober.fabric.kubernetes import Access
    from prober.serve.standing import Answer, Standing


def kept_here() -> list[RunRecord]:
    """The runs of this machine, the oldest first. What cannot be read is told, and left out."""
    from prober.history.reading import NoRunError, read_record

    records = []
    folder = runs_folder()
    for path in sorted(folder.glob("*.json")) if folder.is_dir() else ():
        try:
            records.append(read_record(path))
        except NoRunError:
            continue
        except (ProberError, InputError) as error:
            note(f"warning: {error}")
    return _in_order(records)


async def kept_in_cluster(access: Access, namespace: str) -> list[RunRecord]:
    """The runs of Scenario objects in a namespace (empty: in all), the oldest first; their scenario
    is `NAMESPACE/NAME`. Raises `FabricError`."""
    from prober.fabric.kubernetes import Settings
    from prober.fabric.kubernetes.client import SCENARIO_HISTORIES, Api

    async with await Api.open(access, Settings(image="")) as api:
        listed = await api.list_all(SCENARIO_HISTORIES, dict[str, Any], namespace=namespace)
    return _in_order(record for item in listed for record in _unpacked(item))


async def seen_in_cluster(access: Access, namespace: str) -> Answer:
    """The runs, and how each Scenario object is now. Who may not list Scenarios is told so beside
    the runs. Raises `FabricError` where the runs cannot be listed."""
    from prober.fabric.kubernetes import Settings
    from prober.fabric.kubernetes.client import SCENARIO_HISTORIES, SCENARIOS, Api, ApiError
    from prober.serve.standing import Answer

    async with await Api.open(access, Settings(image="")) as api:
        listed = await api.list_all(SCENARIO_HISTORIES, dict[str, Any], namespace=namespace)
        records = _in_order(record for item in listed for record in _unpacked(item))
        try:
            items = await api.list_all(SCENARIOS, dict[str, Any], namespace=namespace)
        except ApiError as error:
            said = f"it is not known how the Scenarios are now: {error}"
            return Answer(records, troubles=(said,))
    return Answer(records, _standings(items))


def _standings(items: Sequence[dict[str, Any]]) -> dict[str, Standing]:
    from prober.operator.objects import scenario_object
    from prober.operator.standing import standing_of

    now = datetime.datetime.now(datetime.UTC)
    standings = {}
    for item in items:
        with suppress(ValueError):  # an object that no API server sends
            scenario = scenario_object(item)
            standings[str(scenario)] = standing_of(scenario, now)
    return standings


def _unpacked(item: dict[str, Any]) -> list[RunRecord]:
    from dataclasses import replace

    from prober.history.packing import unpack

    name = f"{item['metadata'].get('namespace')}/{item['metadata'].get('name')}"
    records = []
    for entry in item.get("runs") or ():
        with suppress(KeyError, TypeError):
            if not entry["record"]:
                continue
            try:
                records.append(replace(unpack(entry["record"]), scenario=name))
            except ProberError as error:
                note(f"warning: a run of {name}: {error}")
    return records


def _in_order(records: Any) -> list[RunRecord]:
    known = {record.id: record for record in records}
    return sorted(known.values(), key=lambda record: (record.started, record.id))


def chosen(records: Sequence[RunRecord], name: str) -> RunRecord:
    """The run that is meant: by its id, by the beginning of it, or by its number, of which 1 is the
    newest. Raises `UsageError`."""
    if name.isdigit() and 0 < int(name) <= len(records):
        return records[-int(name)]
    matching = [record for record in records if record.id.startswith(name)]
    if len(matching) == 1:
        return matching[0]
    what = f"{len(matching)} runs begin with {name}" if matching else f"there is no run {name}"
    raise UsageError(what, hint="prober history list says which there are, and their numbers")
