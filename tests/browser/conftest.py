"""Pages in a headless Chromium: where there is none, or in CI unless PROBER_BROWSER is set, none of
these tests are collected (a skip would be a failure there)."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from chromium import PROGRAM, Browser, chromium

T = TypeVar("T")
Visit = Callable[[Callable[[Browser], Awaitable[T]]], T]

collect_ignore_glob: list[str] = []
if not PROGRAM or (os.environ.get("CI") and not os.environ.get("PROBER_BROWSER")):
    collect_ignore_glob.append("test_*.py")


@pytest.fixture(scope="session")
def visit() -> Iterator[Visit[object]]:
    """Does something with a browser that all tests share."""
    with asyncio.Runner() as runner:
        opened = chromium()
        browser = runner.run(opened.__aenter__())
        yield lambda work: runner.run(work(browser))  # type: ignore[arg-type]  # a coroutine of ours
        runner.run(opened.__aexit__(None, None, None))


@pytest.fixture
def axe() -> str:
    """axe-core, the checker of accessibility, where AXE names its file (npm install axe-core)."""
    file = os.environ.get("AXE", "")
    return Path(file).read_text() if file else ""
