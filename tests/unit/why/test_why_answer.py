"""What the exit code says where nobody complains."""

from __future__ import annotations

import pytest

from prober.model.errors import ExitCode
from prober.model.run import FabricInfo, RunRecord
from prober.model.testimony import Statement, StatementKind, Testimony as Heard  # no test class
from prober.why.answer import Answer

RECORD = RunRecord("1", "why", FabricInfo("lab", "lab"), "2026-11-27T03:00:00Z", 1.0)
SAID = (
    Statement(StatementKind.CONDITION, "containers with unready status: [api]", "pod/api.shop"),
)


@pytest.mark.parametrize(
    ("unread", "code"),
    [
        ((), ExitCode.OK),
        (("kustomizations: not allowed to list kustomizations (403)",), ExitCode.OK),
        (("logs: not allowed to get pods/log (403)",), ExitCode.UNKNOWN),
        (("events: not allowed to list events (403)",), ExitCode.UNKNOWN),
    ],
)
def test_silence_is_health_only_where_logs_and_events_were_read(
    unread: tuple[str, ...], code: ExitCode
) -> None:
    assert Answer((), (), (), Heard(SAID, unread=unread), RECORD).exit_code is code
