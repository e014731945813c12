"""Accounts from the command line; passwords come by standard input, never as an argument."""

import io
import sys

import pytest

from onetime.operations.passwords import PasswordHash, is_password
from onetime.queries.sign_ins import login_of
from onetime.store.archive import Archive
from tests.cli.conftest import Ended, Run

PASSWORD = "correct horse battery"


class Typing:
    """Runs a command with something on its standard input."""

    def __init__(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        self._run = run
        self._monkeypatch = monkeypatch

    def __call__(self, typed: str, *argv: str) -> Ended:
        self._monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        return self._run("account", *argv)


@pytest.fixture
def typing(run: Run, monkeypatch: pytest.MonkeyPatch) -> Typing:
    return Typing(run, monkeypatch)


def password_is(books: Archive, password: str) -> bool:
    login = books.ask(login_of, "olga@example.org")
    assert login is not None
    return is_password(PasswordHash(login.password_hash), password)


def test_an_account_from_creation_to_removal(typing: Typing, run: Run, books: Archive) -> None:
    made = typing(f"{PASSWORD}\n", "create", "Olga@example.org", "--role", "owner")

    assert (made.code, made.out) == (0, "Olga@example.org can sign in as owner.\n"), made.err
    assert password_is(books, PASSWORD)
    assert run("account", "list").lines == [
        "ID  E-MAIL            ROLE   RENTER           SECOND FACTOR  LAST SIGN-IN",
        " 1  Olga@example.org  owner       -  enabled  -              -",
    ]
    changed = typing("another good sentence\r\n", "password", "olga@example.org")
    assert changed.out == ("The password of Olga@example.org is changed; all sign-ins ended.\n"), (
        changed.err
    )
    assert password_is(books, "another good sentence")
    typing(PASSWORD, "create", "otto@example.org", "--role", "owner")
    assert run("account", "disable", "otto@example.org").out == (
        "otto@example.org can not sign in any more.\n"
    )
    assert "disabled" in run("account", "list").out
    assert run("account", "enable", "otto@example.org").code == 0
    assert run("account", "reset-totp", "otto@example.org").code == 0
    assert run("account", "remove", "otto@example.org").code == 0
    assert "otto" not in run("account", "list").out


def test_an_account_as_json_has_no_secrets(typing: Typing, run: Run) -> None:
    run("renter", "add", "Anna", "--email", "anna@example.org")
    made = typing(
        PASSWORD, "create", "anna@example.org", "--role", "renter", "--renter", "1", "--json"
    ).json

    assert isinstance(made, dict)
    assert (made["role"], made["renter_id"], made["is_enabled"]) == ("renter", 1, True)
    assert "argon2" not in repr(made)
    assert run("account", "list", "--json").json == [made]
    assert run("account", "remove", "anna@example.org", "--json").json == made


def test_a_password_typed_at_a_terminal_is_typed_twice(
    run: Run, books: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed = iter([PASSWORD, PASSWORD, "one of two sentences", "and another sentence"])
    monkeypatch.setattr("getpass.getpass", lambda prompt: next(typed))
    terminal = io.StringIO()
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stdin", terminal)

    assert run("account", "create", "olga@example.org", "--role", "owner").code == 0
    refused = run("account", "password", "olga@example.org")

    assert (refused.code, refused.err) == (1, "The two differ; nothing was changed.\n")
    assert password_is(books, PASSWORD)


def test_what_makes_no_sense_is_refused_in_one_sentence(typing: Typing) -> None:
    typing(PASSWORD, "create", "olga@example.org", "--role", "owner")
    for typed, argv, code, sentence in (
        ("", ("create", "x@example.org", "--role", "owner"), 1, "this one has 0"),
        ("short", ("create", "x@example.org", "--role", "owner"), 1, "this one has 5"),
        ("x" * 5000, ("create", "x@example.org", "--role", "owner"), 1, "12 to 1024 characters"),
        ("olga@example.org", ("password", "olga@example.org"), 1, "not be the login name"),
        (PASSWORD, ("create", "Olga@example.org", "--role", "owner"), 1, "an account with this"),
        (PASSWORD, ("create", "no address", "--role", "owner"), 1, "is not an e-mail address"),
        (PASSWORD, ("create", "x@example.org", "--role", "king"), 2, "invalid choice: 'king'"),
        (PASSWORD, ("create", "x@example.org", "--role", "renter"), 1, "needs the number"),
        (PASSWORD, ("create", "x@example.org"), 2, "required: --role"),
        (PASSWORD, ("password", "x@example.org"), 1, "no account with this e-mail"),
        ("", ("disable", "olga@example.org"), 1, "the only owner"),
        ("", ("remove", "olga@example.org"), 1, "the only owner"),
    ):
        ended = typing(typed, *argv)

        assert (ended.code, ended.out) == (code, ""), argv
        assert sentence in ended.err
        assert ended.err.count("\n") == 1
