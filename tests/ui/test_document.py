"""The client's types are those of the API as it is."""

import re

import msgspec

from tests.house.source import ROOT
from tests.ui.document import described

TYPES = ROOT / "ui" / "src" / "lib" / "schema.d.ts"


async def test_each_operation_of_the_api_is_known_to_the_client_and_no_other() -> None:
    """`make types` brings them up to date."""
    told = set(re.findall(r'"operationId": "(\w+)"', (await described()).decode()))
    known = set(re.findall(r'operations\["(\w+)"\]', TYPES.read_text("utf-8")))

    assert known == told


async def test_each_field_of_the_api_is_known_to_the_client() -> None:
    schemas = msgspec.json.decode(await described())["components"]["schemas"]
    fields = {name for each in schemas.values() for name in each.get("properties", {})}
    types = TYPES.read_text("utf-8")
    known = set(re.findall(r"^ +(\w+)\??:", types, re.MULTILINE))

    assert fields - known == set()
