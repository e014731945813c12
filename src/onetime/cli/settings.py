"""`onetime settings`: every setting, its value and where that came from."""

import os
from argparse import Namespace

from onetime.cli.arguments import Parser
from onetime.cli.output import Column, print_json_list, print_table
from onetime.settings import Found, Kind, load, look_up, shown

COLUMNS = (
    Column[Found]("SETTING", lambda each: each.setting.name),
    Column[Found]("VALUE", lambda each: shown(each.setting, each.value)),
    Column[Found]("FROM", lambda each: each.source),
    Column[Found]("MEANING", lambda each: each.setting.meaning, elastic=True),
)


def add_to(parser: Parser) -> None:
    """Let `onetime settings` run without a verb."""
    parser.set_defaults(run=show)


def show(arguments: Namespace) -> None:
    """Print the settings in force; a mistake in one of them ends the command."""
    load(arguments.data_dir, os.environ)
    found = look_up(arguments.data_dir, os.environ)
    if arguments.json:
        print_json_list(
            {
                "name": each.setting.name,
                "value": _masked(each),
                "default": each.setting.default,
                "source": each.source,
                "allowed": each.setting.allowed,
                "meaning": each.setting.meaning,
            }
            for each in found
        )
    else:
        print_table(found, COLUMNS)


def _masked(each: Found) -> object:
    return shown(each.setting, each.value) if each.setting.kind is Kind.TEXT else each.value
