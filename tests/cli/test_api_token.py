"""An owner makes tokens for programs and takes them back."""

from onetime.kit.clock import SystemClock
from onetime.queries.api_tokens import principal_of
from onetime.store.archive import Archive
from tests.cli.conftest import Run


def test_a_token_from_creation_to_revocation(run: Run, books: Archive) -> None:
    made = run(
        "api-token", "create", "--name", "Nightly", "--role", "manager", "--expires", "never"
    )

    assert made.lines[0] == "Token 1 for manager, shown only this once; expires: never."
    token = made.lines[1]
    now = SystemClock().now()
    principal = books.ask(principal_of, token, now)
    assert principal is not None
    assert principal.role.value == "manager"
    assert run("api-token", "list").lines == [
        "ID  NAME     ROLE     RENTER            EXPIRES  LAST USED",
        " 1  Nightly  manager       -  in force  never    -",
    ]
    assert run("api-token", "revoke", "1").out == "Token 1 is revoked.\n"
    assert books.ask(principal_of, token, now) is None
    assert "revoked" in run("api-token", "list").out


def test_a_token_as_json_says_it_only_when_it_is_made(run: Run) -> None:
    made = run("api-token", "create", "--name", "x", "--role", "owner", "--json").json

    assert isinstance(made, dict)
    token = made.pop("token")
    assert token.startswith("onetime_")
    assert run("api-token", "list", "--json").json == [made]
    revoked = run("api-token", "revoke", "1", "--json").json
    assert isinstance(revoked, dict)
    assert revoked["revoked_at"] is not None
    assert {**revoked, "revoked_at": None} == made


def test_what_makes_no_sense_is_refused_in_one_sentence(run: Run) -> None:
    for argv, code, sentence in (
        (("create", "--name", "x", "--role", "king"), 2, "invalid choice: 'king'"),
        (("create", "--name", "x"), 2, "required: --role"),
        (("create", "--name", "x", "--role", "renter"), 1, "needs the number of the renter"),
        (("create", "--name", "x", "--role", "owner", "--renter", "1"), 1, "Only the role renter"),
        (("create", "--name", "x", "--role", "renter", "--renter", "9"), 1, "no renter 9"),
        (
            ("create", "--name", "x", "--role", "owner", "--expires", "2020-01-01"),
            1,
            "later than now",
        ),
        (("revoke", "7"), 1, "There is no API token 7."),
        (("revoke", "seven"), 2, "'seven' is not a number"),
    ):
        ended = run("api-token", *argv)

        assert (ended.code, ended.out) == (code, ""), argv
        assert sentence in ended.err
        assert ended.err.count("\n") == 1
