"""The document is complete and true to its standard, in both forms."""

import jsonschema
from jsonschema import Draft202012Validator

from onetime.api.document import as_3_0, document
from onetime.api.rights import PREFIX, PUBLIC, roles_of
from tests.api.doors import V1, Door


def operations(told: dict) -> list[tuple[str, str, dict]]:
    return [
        (path, method, operation)
        for path, item in told["paths"].items()
        for method, operation in item.items()
    ]


def references(value: object) -> set[str]:
    if isinstance(value, list):
        return set().union(*map(references, value)) if value else set()
    if not isinstance(value, dict):
        return set()
    own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
    return own.union(*map(references, value.values())) if value else own


async def test_every_route_is_told_with_name_summary_answers_and_problems(door: Door) -> None:
    told: dict = document(door.app)
    found = operations(told)

    assert {(method.upper(), V1 + path) for path, method, _ in found} == {
        (each.method, each.path)
        for each in door.routes()
        if each.path.startswith(PREFIX) and each.handler.resolve_include_in_schema()
    }
    names = [operation["operationId"] for _, _, operation in found]
    assert len(set(names)) == len(names)
    for path, method, operation in found:
        place = f"{method} {path}"
        assert operation["operationId"], place
        assert operation["summary"], place
        assert operation["description"].endswith("."), place
        statuses = set(operation["responses"])
        assert statuses & {"200", "201", "202", "204"}, place
        assert {"500", "503"} <= statuses, place
        is_public = roles_of(method.upper(), V1 + path) == PUBLIC
        assert is_public or {"401", "403"} <= statuses, place
        assert is_public == ("security" not in operation), place
        for status, answer in operation["responses"].items():
            if int(status) >= 400:
                assert list(answer["content"]) == ["application/problem+json"], place
    for path, media in (("/renters", "application/json"), ("/imports/{noun}", "text/csv")):
        told_of_kind = told["paths"][path]["post"]["responses"]["415"]["description"]
        assert told_of_kind == f"The body is not `{media}`."


def test_schemas_are_named_closed_and_all_there(door: Door) -> None:
    told: dict = document(door.app)
    schemas = told["components"]["schemas"]

    assert {each.rpartition("/")[2] for each in references(told)} <= set(schemas)
    assert all(name.isalnum() for name in schemas)
    assert {"Renter", "RenterPage", "NewRenter", "Problem"} <= set(schemas)
    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)
    bodies = {
        each.rpartition("/")[2]
        for _, _, operation in operations(told)
        for each in references(operation.get("requestBody"))
    }
    assert bodies
    assert [each for each in bodies if schemas[each].get("additionalProperties", True)] == []


def test_every_list_is_told_to_come_as_a_table_too(door: Door) -> None:
    told: dict = document(door.app)
    found = {
        path: list(operation["responses"]["200"]["content"])
        for path, method, operation in operations(told)
        if method == "get"
    }

    tables = {path for path, media in found.items() if media == ["application/json", "text/csv"]}
    lists = {
        f"/{path}"
        for path in [
            "renters",
            "renters/{renter_id}/sessions",
            "spots",
            "tokens",
            "stations",
            "stations/knocking",
            "sessions",
            "sessions/{session_id}/readings",
            "me/sessions",
            "reservations",
            "charging-profiles",
            "review",
            "alarms",
            "audit",
            "accounts",
            "api-tokens",
            "stations/{station_id}/messages",
        ]
    }
    assert lists <= tables
    pages = {
        path
        for path, method, operation in operations(told)
        if any(each.endswith("Page") for each in references(operation["responses"].get("200")))
    }
    assert tables == pages
    parameters = {path: str(told["paths"][path]["get"]["parameters"]) for path in tables}
    assert [path for path, names in parameters.items() if "'limit'" not in names] == []
    assert [path for path, names in parameters.items() if "'cursor'" not in names] == []
    alone = {path for path, media in found.items() if media == ["text/csv"]}
    assert alone == {"/exports/{noun}"}


async def test_an_answer_is_as_the_document_says(door: Door) -> None:
    owner = await door.client()
    made = await owner.post(f"{V1}/renters", json={"name": "A", "contact_email": "a@b.c"})
    told = document(door.app)

    schema = {"$ref": "#/components/schemas/Renter", "components": told["components"]}
    jsonschema.validate(made.json(), schema)


def test_the_older_form_knows_no_null_type() -> None:
    told = as_3_0(
        {
            "openapi": "3.1.0",
            "a": {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None},
            "b": {"anyOf": [{"$ref": "#/x"}, {"type": "null"}]},
            "c": {"anyOf": [{"type": "string"}, {"type": "integer"}, {"type": "null"}]},
        }
    )

    assert told == {
        "openapi": "3.0.3",
        "a": {"type": "string", "nullable": True, "default": None},
        "b": {"allOf": [{"$ref": "#/x"}], "nullable": True},
        "c": {"anyOf": [{"type": "string"}, {"type": "integer"}], "nullable": True},
    }
