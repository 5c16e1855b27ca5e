"""The last run, kept so that `prober fix 1` knows what 1 is, and `prober evidence` what happened.

Two files in the user's state directory (XDG_STATE_HOME), readable by the user only: the last run,
and the last one that offered a fix. Nothing depends on them: a run that cannot write them is as
good as any.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prober.model.errors import UsageError

if TYPE_CHECKING:
    from prober.model.run import RunRecord

_NO_RUN = "run the checks first, or name a run's JSON report with --from"


@dataclass(frozen=True, slots=True)
class LastRun:
    """What is kept."""

    record: Mapping[str, Any]
    """As the JSON report has it."""
    manifests: tuple[Path, ...]
    """Of the lab that it ran on; empty for a cluster."""


def state_file(*, offering: bool = False) -> Path:
    """Where the last run is kept, or the last that offered a fix: it is needed to undo what made
    later ones green."""
    home = os.environ.get("XDG_STATE_HOME", "")
    folder = (Path(home) if home else Path.home() / ".local" / "state") / "prober"
    return folder / ("last-offer.json" if offering else "last-run.json")


def remember(record: RunRecord, manifests: Sequence[Path]) -> None:
    """Keep a run. The places of its manifests are kept from the root: the next command may be
    called elsewhere."""
    from prober.report.data import run_data

    content = {"record": run_data(record), "manifests": [str(path.resolve()) for path in manifests]}
    with suppress(OSError):
        _write(state_file(), content)
        if any(finding.fix and finding.fix.command for finding in record.findings):
            _write(state_file(offering=True), content)


def _write(file: Path, content: Mapping[str, Any]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = file.with_name(f".{file.name}.{os.getpid()}")
    with os.fdopen(
        os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
    ) as out:
        json.dump(content, out)
    temporary.replace(file)


def recall(*, offering: bool = False) -> LastRun:
    """The last run, or the last that offered a fix. Raises `UsageError` when there is none."""
    try:
        content = json.loads(state_file(offering=offering).read_text(encoding="utf-8"))
        return LastRun(content["record"], tuple(Path(path) for path in content["manifests"]))
    except FileNotFoundError:
        raise UsageError(
            "no run is remembered" + (" that offered a fix" if offering else ""), hint=_NO_RUN
        ) from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(f"the last run cannot be read: {error}", hint=_NO_RUN) from error


def read_report(path: Path) -> LastRun:
    """A run's JSON or YAML report. Raises `UsageError`."""
    import yaml

    try:
        text = path.read_text(encoding="utf-8")
        data = json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise UsageError(
            f"cannot read {path}: {error}", hint="write one with `prober run … --report run.json`"
        ) from error
    if not isinstance(data, dict):
        raise UsageError(
            f"{path} is not the record of a run",
            hint="write one with `prober run … --report run.json`",
        )
    return LastRun(data, ())
