"""Programs that send whatever the API's document allows, and what it does not, to a real server.

No answer is a bug of ours, and each is one that the document tells. The examples are the same each
time, and few, as making them up takes most of the time.
"""

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from onetime.api.rights import PREFIX
from onetime.domain.ids import StationId
from onetime.domain.reviews import AlarmKind, ReviewKind
from onetime.garage import Transaction
from onetime.store import reviews
from tests.cli.programs import started
from tests.garage_makers import a_session
from tests.garages import another_process

LOCAL = {"OCPP_HOST": "127.0.0.1", "OCPP_PORT": "0", "LOG_FORMAT": "json"}
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
EXAMPLES = {GenerationMode.POSITIVE: 6, GenerationMode.NEGATIVE: 4}
TIMEOUT_SECONDS = 20.0
QUICKLY = settings(
    max_examples=2,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
    deadline=None,
    derandomize=True,
    database=None,
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """A server with a small garage; its address, and an owner's token."""
    data_dir = tmp_path_factory.mktemp("fuzzed")
    with started("serve", data_dir=data_dir, **LOCAL) as program:
        program.until("Programs call the API at")
        address = program.until("/api/docs").strip().removesuffix("/api/docs")
        token = told("api-token", "create", "--name", "fuzz", "--role", "owner", data_dir=data_dir)
        furnish(address, str(token["token"]))
        with another_process(f"sqlite:///{data_dir / 'onetime.db'}") as archive:
            archive.perform(charge)
        yield address, str(token["token"])
        program.stop()
    failures = [line for line in program.said.splitlines() if '"level": "error"' in line]
    assert failures == []


def told(*command: str, data_dir: Path) -> dict:
    with started("--json", *command, data_dir=data_dir) as program:
        assert program.end() == 0, program.said
    answer: dict = json.loads(program.said)
    return answer


def furnish(address: str, token: str) -> None:
    """Make something that can be found: number 1 of each kind, and names that are drawn often."""
    base = address + PREFIX
    with httpx.Client(base_url=base, headers={"Authorization": f"Bearer {token}"}) as client:
        for path, body in (
            ("/renters", {"name": "Anna", "contact_email": "a@example.org"}),
            ("/stations", {"id": "0"}),
            ("/tokens", {"token": "0", "renter_id": 1}),
            ("/spots", {"label": "0", "charging_station_id": "0"}),
        ):
            client.post(path, json=body).raise_for_status()


def charge(tx: Transaction) -> None:
    """Enter two charges, something to be decided, an alarm."""
    a_session(tx, 1, station_id="0", token_id="0", renter_id=1)
    a_session(tx, 2, station_id="0", energy_wh=None)
    finding = reviews.Finding(kind=ReviewKind.REGISTER, key="1", evidence="It went back.")
    reviews.open_review(tx, finding)
    reviews.raise_alarm(tx, AlarmKind.TAKEOVERS, "1", "It happened.", StationId("0"))


def operations(address: str) -> list[APIOperation]:
    document = httpx.get(f"{address}{PREFIX}/openapi.json").json()
    schema = schemathesis.openapi.from_dict(document)
    schema.config.update(base_url=address + PREFIX)
    found = [each.ok() for each in schema.get_all_operations() if isinstance(each, Ok)]
    told = {(method, path) for path, item in document["paths"].items() for method in item}
    assert {(each.method, each.path) for each in found} == told  # none is left out unseen
    return sorted(found, key=lambda each: each.method == "delete")  # what is there is used first


def mostly_there(case: Case) -> None:
    """Let most paths be those of what is there: of what is not little can be learned."""
    for name, value in case.path_parameters.items():
        if isinstance(value, int) and value % 3:
            case.path_parameters[name] = 1
        elif isinstance(value, str) and len(value) % 3:
            case.path_parameters[name] = "0"


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_no_request_meets_a_bug_and_each_answer_is_as_the_document_says(
    server: tuple[str, str], mode: GenerationMode
) -> None:
    address, token = server
    for operation in operations(address):

        @settings(QUICKLY, max_examples=EXAMPLES[mode])
        @given(case=operation.as_strategy(generation_mode=mode))
        def hold(case: Case) -> None:
            mostly_there(case)
            case.headers.pop("Authorization", None)  # guesses would only lock the address out
            case.cookies.clear()
            case.call_and_validate(
                checks=CHECKS,
                headers={"Authorization": f"Bearer {token}"},
                timeout=TIMEOUT_SECONDS,
            )

        with suppress(Unsatisfiable):  # there is nothing about it that could be wrong
            hold()


def test_nobody_without_a_token_gets_anything_but_the_document(server: tuple[str, str]) -> None:
    address, _ = server
    closed = [each for each in operations(address) if each.definition.raw.get("security")]
    assert len(closed) > 40
    for operation in closed:

        @settings(QUICKLY)
        @given(case=operation.as_strategy())
        def hold(case: Case) -> None:
            answer = case.call(headers={"Authorization": ""}, timeout=TIMEOUT_SECONDS)
            assert answer.status_code in (401, 429), f"{case.method} {case.path}"

        hold()
