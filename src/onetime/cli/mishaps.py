"""Turns whatever ended a command into one sentence; a bug leaves its trace in a file.

Knows what database errors mean; the trace holds no values, for they could be cards or keys.
"""

import os
import traceback
from pathlib import Path

from onetime.domain.errors import Refusal, StoreDown
from onetime.settings import SettingsFault
from onetime.store.database import Trouble, reason_of, trouble

LOG_NAME = "command-line.log"


def told(error: Exception, data_dir: Path) -> str:
    """Return the sentence for people; a bug's trace is appended to the log of this directory."""
    match error:
        case Refusal():
            return error.sentence
        case SettingsFault():
            return str(error)
        case StoreDown():
            return _down(str(error))
        case ModuleNotFoundError(name="psycopg"):
            return "PostgreSQL needs psycopg; install onetime with its extra: onetime[postgresql]."
        case ModuleNotFoundError(name="aioftp"):
            return "FTP needs aioftp; install onetime[ftp], its extra, or set FTP to false."
        case OSError(strerror=str(reason), filename=str() | bytes() as path):
            return f"{os.fsdecode(path)} can not be used: {reason}."
        case OSError(filename=None, strerror=str(reason)):
            # Files and sockets have names; what has none is the output of this command.
            return f"The answer could not be written: {reason}."
    match trouble(error):
        case Trouble.DOWN | Trouble.RETRY:
            return _down(reason_of(error))
        case Trouble.FATAL:
            return (
                f"The database can not be trusted any more ({reason_of(error)});"
                " restore a backup with `onetime database restore`."
            )
    return _bug(error, data_dir / LOG_NAME)


def _down(reason: str) -> str:
    return (
        f"Not done: the database can not be used at present ({reason});"
        " try again, or ask `onetime doctor`."
    )


def _bug(error: Exception, log: Path) -> str:
    if os.environ.get("ONETIME_DEBUG"):
        traceback.print_exception(error)
    cause: BaseException | None = error
    lines = []
    while cause is not None:
        lines += [f"{type(cause).__name__}\n", *traceback.format_tb(cause.__traceback__)]
        cause = cause.__cause__ or cause.__context__
    try:
        with log.open("a", encoding="utf-8") as file:
            file.writelines(lines)
        where = f"its trace is in {log}"
    except OSError:
        where = f"{log} can not be written"
    return (
        f"Not done: onetime has a bug here ({type(error).__name__}); {where},"
        " and ONETIME_DEBUG=1 shows more."
    )
