"""A station's own certificate: its key is made here and never told; knows no frame."""

from onetime.kit.signing import KeyKind, make_request
from onetime.kit.x509 import Pair, Unreadable, belong_together

ORGANIZATION = "Simulated"


class Wallet:
    """The key that a station has asked a certificate for."""

    def __init__(self) -> None:
        self._key = b""

    def ask(self, identity: str) -> str:
        """Make a new key and a request for it, as PEM."""
        request, self._key = make_request(KeyKind.ECDSA_P256, identity, ORGANIZATION)
        return request.decode()

    def take(self, chain: str) -> Pair | None:
        """Return the certificate with its key; None when it is for another key, or is none."""
        pair = Pair(chain.encode(), self._key)
        try:
            return pair if belong_together(pair) else None
        except Unreadable:
            return None
