"""Structured logs: one event name and its fields, as text for people or JSON for machines.

Whoever writes a log line never puts a card number, a password or a key into it.
"""

import logging
import sys
import traceback
from typing import TextIO, TypeAlias

import structlog

Log: TypeAlias = structlog.typing.FilteringBoundLogger

MASKED_DIGITS = 4


def get_log(room: str) -> Log:
    """Return the log of one room; the room's name stands in every line."""
    log: Log = structlog.get_logger(room=room)
    return log


def configure(form: str, stream: TextIO, level: int = logging.INFO) -> None:
    """Choose how lines look: `text`, `json`, or `auto` (text on a terminal, JSON otherwise)."""
    as_text = form == "text" or (form == "auto" and stream.isatty())
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer(colors=stream.isatty())
        if as_text
        else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _tell_failure,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=stream),
        cache_logger_on_first_use=False,
    )


def masked(secret: str) -> str:
    """Return a tag in the form that may be shown: its last four characters."""
    if len(secret) <= MASKED_DIGITS:
        return "…"
    return "…" + secret[-MASKED_DIGITS:]


def _tell_failure(
    _: structlog.typing.WrappedLogger, __: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Say where an exception came from, without its words: a database puts values in them."""
    given = event.pop("exc_info", None)
    cause = given if isinstance(given, BaseException) else sys.exc_info()[1] if given else None
    lines: list[str] = []
    while cause is not None:
        lines += [*traceback.format_tb(cause.__traceback__), f"{type(cause).__qualname__}\n"]
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    if lines:
        event["exception"] = "".join(lines).rstrip()
    return event
