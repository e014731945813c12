"""Lets the libraries that speak with strangers complain in our log, in our words.

Knows loggers; values are left out, for they may be secrets, and so is whatever a peer can bring
about at will.
"""

import logging
from typing import Final

from onetime.kit.logs import get_log

log = get_log("api")

NOTHING: Final = ()


class _Forward(logging.Handler):
    """Puts what a library complains of into our log."""

    def __init__(self, event: str, usual: tuple[type[BaseException], ...]) -> None:
        super().__init__()
        self._event = event
        self._usual = usual

    def emit(self, record: logging.LogRecord) -> None:
        """Tell the kind of complaint; the text before the first value says it."""
        cause = record.exc_info[1] if record.exc_info else None
        if not isinstance(cause, self._usual):
            said = str(record.msg).partition("%")[0].strip()
            log.warning(self._event, said=said, exc_info=record.exc_info)


def let_speak(name: str, event: str, usual: tuple[type[BaseException], ...] = NOTHING) -> None:
    """Let complaints of a library be our log's `event`, and nothing else of it reach any place.

    Exceptions that are `usual` with strangers are no complaints.
    """
    speaker = logging.getLogger(name)
    speaker.propagate = False
    speaker.setLevel(logging.WARNING)
    if not any(isinstance(each, _Forward) for each in speaker.handlers):
        speaker.addHandler(_Forward(event, usual))
