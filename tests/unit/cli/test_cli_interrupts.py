"""A command that is told to end takes away what it made before it ends."""

from __future__ import annotations

import asyncio
import signal

import pytest

from prober.cli import main
from prober.cli.output.interrupts import run_async
from prober.model.errors import ExitCode


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_what_was_made_is_taken_away_whichever_task_runs_when_the_signal_comes(
    number: signal.Signals,
) -> None:
    made = {"pod", "map"}

    async def probe() -> None:
        signal.raise_signal(number)
        await asyncio.sleep(60)

    async def wave() -> None:
        async with asyncio.TaskGroup() as outer:
            async with asyncio.TaskGroup() as inner:
                inner.create_task(probe())
            outer.create_task(asyncio.sleep(60))

    async def main() -> None:
        work = asyncio.create_task(wave())
        try:
            await work
        finally:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)
            for one in sorted(made):
                await asyncio.sleep(0.01)
                made.remove(one)

    with pytest.raises(KeyboardInterrupt):
        run_async(main())
    assert made == set()


def test_a_second_signal_does_not_interrupt_the_taking_away() -> None:
    made = {"pod"}

    async def main() -> None:
        try:
            signal.raise_signal(signal.SIGTERM)
            await asyncio.sleep(60)
        finally:
            signal.raise_signal(signal.SIGTERM)
            await asyncio.sleep(0.01)
            made.clear()

    with pytest.raises(KeyboardInterrupt):
        run_async(main())
    assert made == set()


def test_without_a_signal_it_gives_the_result_and_leaves_the_handler_alone() -> None:
    before = signal.getsignal(signal.SIGTERM)
    assert run_async(asyncio.sleep(0, "done")) == "done"
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_task_that_is_cancelled_otherwise_is_no_interrupt() -> None:
    async def main() -> None:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        run_async(main())


def test_ctrl_c_while_a_command_is_imported_is_an_interruption_and_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def importing(_: list[str]) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(main, "run", importing)
    with pytest.raises(SystemExit) as ended:
        main.main()
    assert ended.value.code == ExitCode.INTERRUPTED
    assert capfd.readouterr().err == "prober: interrupted\n"
