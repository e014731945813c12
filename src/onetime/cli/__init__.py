"""The command line: which commands there are, and how a command ends.

Knows the names of the commands; the file of a command is loaded when it is called, so that help
and wrong usage cost nothing. Never knows what a command does.
"""

import argparse
import importlib
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from onetime import __version__
from onetime.cli.arguments import Misuse, Parser, add_common, is_text
from onetime.kit import garbage
from onetime.settings import DEFAULT_DATA_DIR

DONE = 0
REFUSED = 1
MISUSED = 2
INTERRUPTED = 130

COMMANDS: dict[str, str] = {
    "serve": "run the central system",
    "demo": "run it with a made-up garage and simulated stations that charge",
    "simulate": "let simulated stations charge at any central system",
    "renter": "who rents: add, list, show, edit, deactivate, reactivate",
    "spot": "parking spots: add, list, assign, release, station, edit, remove",
    "card": "cards that charge: issue, list, show, edit, block, unblock",
    "station": "charging stations: add, list, show, configuration, edit, disable, enable,"
    " rotate-key, retire, knocking",
    "certificate": "encryption: the garage's own authority, certificates of server and stations",
    "reservation": "which connectors are kept for whom: list",
    "errand": "over the air: rotate-key, upgrade, install-root, read-roots, roots, delete-root,"
    " renew-certificate, list, cancel",
    "session": "where did a renter charge: list, show, readings, close",
    "review": "what needs a decision: list, show, resolve",
    "alarm": "what somebody should know: list, acknowledge",
    "account": "people who sign in: create, password, list, disable, enable, reset-totp, remove",
    "api-token": "tokens with which programs use the API: create, list, revoke",
    "audit": "who changed what: list, verify",
    "import": "bring a whole table of renters, spots, cards or stations",
    "export": "print a list as a table for a spreadsheet",
    "garage": "the garage as a whole: show, name, lock, unlock",
    "database": "migrate, check, backup, restore",
    "doctor": "what is wrong, and what to do about it",
    "settings": "all settings, their values and where each came from",
}
"""Each is a module of this package; `add_to(parser)` gives it its verbs."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code: 0 done, 1 refused, 2 used wrongly."""
    garbage.seldom()
    _tolerate_any_letter()
    try:
        code = _run(list(sys.argv[1:] if argv is None else argv))
    except BrokenPipeError:
        code = DONE
    except KeyboardInterrupt:
        return INTERRUPTED
    try:
        print(end="", flush=True)
    except BrokenPipeError:
        _let_go_of_output()
    except OSError as error:
        _let_go_of_output()
        if code == DONE:
            print(f"The answer could not be written: {error.strerror}.", file=sys.stderr)
        code = REFUSED
    return code


def _run(argv: list[str]) -> int:
    arguments = argparse.Namespace(data_dir=None, json=False)
    try:
        if not all(is_text(part) for part in argv):
            raise Misuse("An argument has letters that are not in this terminal's encoding.")
        arguments = _parsed(argv)
        arguments.run(arguments)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else MISUSED
    except Misuse as misuse:
        print(misuse, file=sys.stderr)
        return MISUSED
    except BrokenPipeError:
        raise
    except Exception as error:  # noqa: BLE001  # the end of every command
        # Loaded here, so that its knowledge of the database costs nothing when all goes well.
        mishaps = importlib.import_module("onetime.cli.mishaps")
        print(mishaps.told(error, data_dir_of(arguments)), file=sys.stderr)
        return REFUSED
    return DONE


def _parsed(argv: list[str]) -> argparse.Namespace:
    """Read the command's name, load its file, and read the rest by its rules."""
    width = max(map(len, COMMANDS))
    parser = Parser(
        prog="onetime",
        usage="onetime [--data-dir DIR] [--json] COMMAND ...",
        description="A central system for the charging stations of a garage.",
        epilog="\n".join(
            ["commands:"]
            + [f"  {name:{width}}  {summary}" for name, summary in COMMANDS.items()]
            + [
                "",
                "`onetime COMMAND --help` says more. Exit code: 0 done, 1 refused, 2 wrong usage.",
            ]
        ),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"onetime {__version__}")
    add_common(parser)
    parser.add_argument("command", metavar="COMMAND", choices=COMMANDS, help=argparse.SUPPRESS)
    parser.add_argument(
        "rest", metavar="...", nargs=argparse.REMAINDER, default=[], help=argparse.SUPPRESS
    )
    if not argv:
        parser.print_help(sys.stderr)
        parser.exit(MISUSED)
    first = parser.parse_args(argv, argparse.Namespace(data_dir=None, json=False))
    command = Parser(prog=f"onetime {first.command}", description=COMMANDS[first.command])
    add_common(command)
    importlib.import_module(f"onetime.cli.{module_of(first.command)}").add_to(command)
    rest, first.rest = first.rest, None
    arguments = command.parse_args(rest, first)
    arguments.data_dir = data_dir_of(arguments)
    return arguments


def module_of(command: str) -> str:
    """Return the module of a command; Python keeps `import` for itself."""
    return "importing" if command == "import" else command.replace("-", "_")


def data_dir_of(arguments: argparse.Namespace) -> Path:
    """Return the data directory: as given, from the environment, or `./data`."""
    return Path(arguments.data_dir or os.environ.get("ONETIME_DATA_DIR") or DEFAULT_DATA_DIR)


def _tolerate_any_letter() -> None:
    """Let a terminal that knows few letters show a substitute instead of ending the command.

    Lines leave as they are made: through a pipe too, what is said and why it failed keep order.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace", line_buffering=True)


def _let_go_of_output() -> None:
    """Keep the interpreter from trying again, and complaining, at its end."""
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())
