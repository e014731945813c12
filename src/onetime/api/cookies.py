"""The cookie of somebody who is signed in, and the token that goes with it (S20, S21).

Scripts of a page never see the cookie. The token is worked out from it, so that nothing more is
kept; a page asks for it, and sends it with all that changes something.
"""

import hashlib
import hmac
from typing import Final

from litestar.datastructures import Cookie

from onetime.api.origins import Knock, is_encrypted

CSRF_HEADER: Final = "x-csrf-token"
PLAIN: Final = "onetime"
ENCRYPTED: Final = "__Host-onetime"
"""The beginning keeps other hosts, and whoever rewrites plain HTTP, from setting it."""
_PURPOSE: Final = b"csrf"


def secret_in(connection: Knock) -> str | None:
    """Return the secret in the cookie of a request, or None."""
    return connection.cookies.get(_name(connection)) or None


def csrf_token(secret: str) -> str:
    """Return the token that goes with a cookie; nobody can work out the cookie from it."""
    return hmac.digest(secret.encode(), _PURPOSE, hashlib.sha256).hex()


def is_csrf_token(connection: Knock, secret: str) -> bool:
    """Say whether a request brings the token that goes with its cookie."""
    told = connection.headers.get(CSRF_HEADER, "").encode("utf-8", "surrogatepass")
    return hmac.compare_digest(told, csrf_token(secret).encode())


def cookie(connection: Knock, secret: str) -> Cookie:
    """Return the cookie of a new sign-in; it ends with the browser at the latest."""
    return Cookie(
        key=_name(connection),
        value=secret,
        path="/",
        httponly=True,
        samesite="lax",
        secure=is_encrypted(connection),
    )


def no_cookie(connection: Knock) -> Cookie:
    """Return what makes a browser forget its cookie."""
    return Cookie(
        key=_name(connection),
        value="",
        path="/",
        max_age=0,
        httponly=True,
        samesite="lax",
        secure=is_encrypted(connection),
    )


def _name(connection: Knock) -> str:
    return ENCRYPTED if is_encrypted(connection) else PLAIN
