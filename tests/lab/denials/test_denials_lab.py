"""Nobody enforces the policies, and the network is dead or odd in a way that looks as if somebody
did: no such run is green. And where they are enforced, the same denials are."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from dead_networks import DEAD, ENFORCED, Try
from denied_worlds import EXPECTED, TARGETS
from partial_networks import CUT, MORE, PARTIAL

from prober.model.errors import ExitCode
from prober.model.run import CheckRecord, Result, RunRecord, Verdict
from prober.report import render

pytestmark = pytest.mark.lab


def told(record: RunRecord) -> str:
    return "\n" + render(record, "wide", color=False, width=None)


def is_green(check: CheckRecord) -> bool:
    return check.result is Result.PASS


@pytest.mark.parametrize("one_try", [pytest.param(case, id=case.id) for case in (*DEAD, *PARTIAL)])
def test_a_dead_network_is_no_denial(
    one_try: Try, denied_runs: Mapping[Try, RunRecord | Exception]
) -> None:
    record = denied_runs[one_try]
    if isinstance(record, Exception):
        raise record
    assert len(record.checks) == _checks_of(one_try)
    assert not [check.check.id for check in record.checks if is_green(check)], told(record)
    assert record.exit_code is not ExitCode.OK
    for check in record.checks:
        if check.verdict is Verdict.INCONCLUSIVE:
            assert check.reasons, told(record)


def test_there_are_enough_tries() -> None:
    assert sum(map(_checks_of, DEAD)) >= 120
    assert sum(map(_checks_of, CUT)) >= 120
    assert len(MORE) >= 100


def _checks_of(one_try: Try) -> int:
    return len(TARGETS[one_try.targets]) * len(one_try.expected or EXPECTED)


@pytest.mark.parametrize("one_try", [pytest.param(case, id=case.id) for case in ENFORCED])
def test_a_denial_stays_one(one_try: Try, denied_runs: Mapping[Try, RunRecord | Exception]) -> None:
    record = denied_runs[one_try]
    if isinstance(record, Exception):
        raise record
    assert all(check.as_expected for check in record.checks), told(record)
    assert record.exit_code is ExitCode.OK
