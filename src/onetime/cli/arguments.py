"""What commands are told: options that all have, and texts that become numbers and times.

Knows argparse; loads nothing that takes time to load.
"""

import argparse
from collections.abc import Callable
from datetime import datetime
from typing import NoReturn, TypeAlias

from onetime.kit.times import parse_time

MAX_DIGITS = 18
NEVER = "never"
NONE = "none"
SWITCH = {"on": True, "off": False}

Verbs: TypeAlias = "argparse._SubParsersAction[Parser]"
Run: TypeAlias = Callable[[argparse.Namespace], None]


class Misuse(Exception):
    """The command was used wrongly; its text is one sentence."""


class Parser(argparse.ArgumentParser):
    """A parser that takes no abbreviations and is brief when it complains."""

    def __init__(self, **options: object) -> None:
        super().__init__(allow_abbrev=False, **options)  # type: ignore[arg-type]  # handed through

    def error(self, message: str) -> NoReturn:
        """End with one sentence and where to read more."""
        self.exit(2, f"{self.prog}: {message}; see {self.prog} --help\n")


def add_common(parser: Parser) -> None:
    """Add what every command takes, before and after its verb."""
    parser.add_argument(
        "--data-dir",
        metavar="DIR",
        default=argparse.SUPPRESS,
        help="where settings and the database are kept (ONETIME_DATA_DIR, ./data)",
    )
    parser.add_argument(
        "--json", action="store_true", default=argparse.SUPPRESS, help="print JSON instead of text"
    )


def verbs_of(parser: Parser) -> Verbs:
    """Let a command have verbs; one of them must be given."""
    return parser.add_subparsers(metavar="VERB", required=True, parser_class=Parser)


def add_verb(verbs: Verbs, name: str, run: Run, summary: str) -> Parser:
    """Add a verb and what it runs; return its parser, which takes its arguments."""
    parser: Parser = verbs.add_parser(name, help=summary, description=summary)
    parser.set_defaults(run=run)
    add_common(parser)
    return parser


def is_text(argument: str) -> bool:
    """Say whether an argument was readable; what was not stands in it as half a letter."""
    return not any("\ud800" <= letter <= "\udfff" for letter in argument)


def row_number(text: str) -> int:
    """Read the number of a renter, session or the like."""
    if not (text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number")
    return int(text)


def register(text: str) -> int:
    """Read what a meter's register shows, in Wh."""
    if not (text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS):
        raise argparse.ArgumentTypeError(f"{text!r} is no meter register; write whole Wh from 0 on")
    return int(text)


def watts_or_none(text: str) -> int | None:
    """Read a power in W, or `none`."""
    return None if text == NONE else row_number(text)


def text_or_none(text: str) -> str | None:
    """Read a text, or `none`."""
    return None if text == NONE else text


def on_or_off(text: str) -> bool:
    """Read a switch."""
    if text not in SWITCH:
        raise argparse.ArgumentTypeError(f"{text!r} is neither on nor off")
    return SWITCH[text]


def moment(text: str) -> datetime:
    """Read a time or a date; without zone it is UTC."""
    try:
        return parse_time(text)
    except ValueError as fault:
        raise argparse.ArgumentTypeError(str(fault)) from None


def moment_or_never(text: str) -> datetime | None:
    """Read a time, a date or `never`."""
    return None if text == NEVER else moment(text)
