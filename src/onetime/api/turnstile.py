"""How often somebody may try to come in: by name and address, by address, by account.

It is the attacker who is held up: what one address tries does not count against another. Names are
treated alike whether somebody has them or not. Knows counts; never a password, a code or a token.
"""

import math
from collections.abc import Hashable
from typing import Final, TypeVar

from onetime.domain.accounts import email_key, secret_digest
from onetime.domain.errors import TooManyAttempts
from onetime.kit.addresses import neighbourhood
from onetime.kit.attempts import Attempts, Pace
from onetime.kit.clock import Clock

KeyT = TypeVar("KeyT", bound=Hashable)

NAME_AT_ADDRESS: Final = Pace(free=5)
"""One login name, tried from one address."""
ADDRESS: Final = Pace(free=20)
"""All login names tried from one address; names that came in from there before are not."""
CODES: Final = Pace(free=10)
"""One-time passwords of one account, from wherever: whoever tries them has the password."""
SETUP: Final = Pace(free=10)
TOKENS: Final = Pace(free=30, longest_wait_seconds=60.0)
"""Tokens are too long to be guessed; this spares the database."""
KNOWN: Final = 10_000
"""How many names with their addresses, and how many tokens, are remembered as good."""


class Turnstile:
    """Counts the attempts of all who are not in yet."""

    def __init__(self, clock: Clock) -> None:
        self._names: Attempts[tuple[str, str]] = Attempts(clock, NAME_AT_ADDRESS)
        self._addresses: Attempts[str] = Attempts(clock, ADDRESS)
        self._codes: Attempts[int] = Attempts(clock, CODES)
        self._setup: Attempts[str] = Attempts(clock, SETUP)
        self._tokens: Attempts[str] = Attempts(clock, TOKENS)
        self._came_in: dict[tuple[str, str], None] = {}
        self._good_tokens: dict[str, None] = {}

    def login(self, email: str, address: str) -> "LoginAttempt":
        """Begin an attempt to sign in; raises TooManyAttempts."""
        place = neighbourhood(address)
        key = (secret_digest(email_key(email)), place)
        wait = self._names.wait_seconds(key)
        is_known = key in self._came_in
        if not is_known:
            wait = max(wait, self._addresses.wait_seconds(place))
        _refuse(wait)
        self._names.begin(key)
        if not is_known:
            self._addresses.begin(place)
        return LoginAttempt(self, key, is_known)

    def succeeded(self, key: tuple[str, str], was_known: bool, came_in: bool) -> None:
        """Take back what an attempt counted; whoever came in begins anew at this address."""
        if not was_known:
            self._addresses.take_back(key[1])
        if came_in:
            self._names.forget(key)
            _remember(self._came_in, key)
        else:
            self._names.take_back(key)

    def code(self, account_id: int) -> None:
        """Begin to try a one-time password; raises TooManyAttempts."""
        _refuse(self._codes.wait_seconds(account_id))
        self._codes.begin(account_id)

    def code_was_right(self, account_id: int) -> None:
        """Begin anew with the one-time passwords of this account."""
        self._codes.forget(account_id)

    def setup(self, address: str) -> None:
        """Begin to try a set-up link; raises TooManyAttempts."""
        place = neighbourhood(address)
        _refuse(self._setup.wait_seconds(place))
        self._setup.begin(place)

    def setup_was_right(self, address: str) -> None:
        """Count the attempt no more."""
        self._setup.take_back(neighbourhood(address))

    def token(self, token: str, address: str) -> None:
        """Let a token be looked up; raises TooManyAttempts, but never for one that was good."""
        if secret_digest(token) not in self._good_tokens:
            _refuse(self._tokens.wait_seconds(neighbourhood(address)))

    def token_was(self, good: bool, token: str, address: str) -> None:
        """Remember whether a token opened something."""
        digest = secret_digest(token)
        if good:
            _remember(self._good_tokens, digest)
        else:
            self._good_tokens.pop(digest, None)
            self._tokens.begin(neighbourhood(address))


class LoginAttempt:
    """An attempt under way; until it is told otherwise it counts as failed."""

    def __init__(self, turnstile: Turnstile, key: tuple[str, str], was_known: bool) -> None:
        self._turnstile = turnstile
        self._key = key
        self._was_known = was_known

    def came_in(self) -> None:
        """Name, password and code were right."""
        self._turnstile.succeeded(self._key, self._was_known, True)

    def half_way(self) -> None:
        """The password was right, and a code is still asked for."""
        self._turnstile.succeeded(self._key, self._was_known, False)


def _remember(kept: dict[KeyT, None], key: KeyT) -> None:
    kept.pop(key, None)
    kept[key] = None
    if len(kept) > KNOWN:
        del kept[next(iter(kept))]


def _refuse(wait_seconds: float) -> None:
    if wait_seconds > 0:
        seconds = math.ceil(wait_seconds)
        raise TooManyAttempts(f"Tried too often; try again in {seconds} s.", seconds)
