"""The last run, kept so that `prober fix 1` knows what 1 is.

One file in the user's state directory (XDG_STATE_HOME), readable by the user only. Nothing depends on it: a run that
cannot write it is as good as any.
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


def state_file() -> Path:
    """Where it is kept."""
    home = os.environ.get("XDG_STATE_HOME", "")
    return (Path(home) if home else Path.home() / ".local" / "state") / "prober" / "last-run.json"


def remember(record: RunRecord, manifests: Sequence[Path]) -> None:
    """Keep a run that offers something. The places of its manifests are kept from the root: the next command may be
    called elsewhere."""
    if not any(finding.fix for finding in record.findings):
        return
    from prober.report.data import run_data

    content = {"record": run_data(record), "manifests": [str(path.resolve()) for path in manifests]}
    with suppress(OSError):
        file = state_file()
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        temporary = file.with_name(f".{file.name}.{os.getpid()}")
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
            json.dump(content, out)
        temporary.replace(file)


def recall() -> LastRun:
    """The last run that offered something. Raises `UsageError` when there is none."""
    try:
        content = json.loads(state_file().read_text(encoding="utf-8"))
        return LastRun(content["record"], tuple(Path(path) for path in content["manifests"]))
    except FileNotFoundError:
        raise UsageError("no run is remembered that offered a fix", hint=_NO_RUN) from None
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
        raise UsageError(f"{path} is not the record of a run", hint="write one with `prober run … --report run.json`")
    return LastRun(data, ())
