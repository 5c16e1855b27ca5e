"""What every tier shares: a tier that cannot run says why in one line, and in CI a skip is a
failure."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from functools import cache

import pytest
from hypothesis import HealthCheck, settings

# A slow machine is no failure; and where nobody can look at a new example at once, the examples are
# always the same.
settings.register_profile(
    "prober",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=bool(os.environ.get("CI")),
)
settings.load_profile("prober")


def pytest_configure() -> None:
    # A shell that runs something in the background lets it ignore Ctrl-C, and so would everything
    # that the tests start.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def _no_state_of_the_user(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a run remembers for `prober fix` stays with the test."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path_factory.getbasetemp() / "state"))


@cache
def _why_no_lab() -> str:
    """Why the lab tier cannot run here; empty when it can."""
    from prober.fabric.lab.keeper.requirements import missing

    return missing()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("lab") and (why := _why_no_lab()):
            item.add_marker(pytest.mark.skip(reason=f"the lab cannot run here: {why}"))
        elif os.environ.get("CI"):
            # Packets, processes and signals, on a machine that others load as well: what one busy
            # second decided is tried again, and the summary names it (`RERUN`). Elsewhere a failure
            # is a failure, so that whoever changes something sees what became a matter of chance.
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    report = yield
    if report.skipped and os.environ.get("CI") and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped in CI, where it must run: {report.longrepr}"
    return report
