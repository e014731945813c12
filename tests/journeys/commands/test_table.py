"""The table of commands is whole, and true to the official schemas."""

import json

from onetime.dispatch.descriptions import COMMAND_NAMES
from tests.journeys.commands.table import CASES
from tests.ocpp.schemas import accepts


def test_the_table_names_every_command() -> None:
    assert sorted(CASES) == sorted(COMMAND_NAMES)


def test_the_official_schemas_accept_what_stands_in_the_table() -> None:
    for action, case in CASES.items():
        assert accepts(action, json.dumps(case.payload).encode()), action
        for answer in (case.yes, case.no, case.simulated or case.yes):
            assert accepts(f"{action}Response", json.dumps(answer).encode()), action
