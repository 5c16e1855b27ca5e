"""Logs: structlog on stderr. Results go to stdout and are never logged."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from prober.cli.terminal import wants_color

if TYPE_CHECKING:
    import structlog

LEVELS = ("warning", "info", "debug")
"""By how often -v was given."""


def configure(form: str, verbose: int) -> None:
    """Send logs to stderr as text or as one JSON object a line. Importing structlog is left to the
    first logger, so that a command which never logs does not pay for it."""
    _SETTINGS.update(form=form, level=LEVELS[min(verbose, len(LEVELS) - 1)])


_SETTINGS = {"form": "text", "level": "warning"}


def logger(name: str) -> structlog.typing.FilteringBoundLogger:
    """A logger of the configured kind."""
    import structlog

    if not structlog.is_configured():
        renderer: structlog.typing.Processor = (
            structlog.processors.JSONRenderer()
            if _SETTINGS["form"] == "json"
            else structlog.dev.ConsoleRenderer(colors=wants_color(sys.stderr))
        )
        structlog.configure(
            processors=[
                structlog.contextvars.merge_contextvars,
                structlog.processors.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                renderer,
            ],
            wrapper_class=structlog.make_filtering_bound_logger(_SETTINGS["level"]),
            logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
            cache_logger_on_first_use=True,
        )
    bound: structlog.typing.FilteringBoundLogger = structlog.get_logger(part=name)
    return bound
