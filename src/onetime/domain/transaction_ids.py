"""Transaction ids: numbers that look random, never repeat, and carry no meaning.

OCPP 1.6 lets the central system issue them. Stations are hurt by 0, by clock seconds and by ids
that are easy to guess (X05), so a counter is sent through a keyed permutation of 1 to 2^31-1:
equal ids are impossible as long as the counter never goes back.
"""

import hashlib

from onetime.domain.ids import MAX_TRANSACTION_ID, TransactionId

_ROUNDS = 6
_HALF_BITS = 16
_HALF_MASK = (1 << _HALF_BITS) - 1

RESTORE_STRIDE = 1_000_000
"""How far a restore moves the counter on: more than any garage issues between two backups."""


def transaction_id(count: int, secret: bytes) -> TransactionId:
    """Return the id of the count-th transaction (1 to 2^31-1) of this installation.

    Walks the cycle of a Feistel network over 32 bits until it is back among the usable numbers,
    which makes it a permutation of them.
    """
    if not 1 <= count <= MAX_TRANSACTION_ID:
        raise ValueError(f"transaction count {count} is used up")
    number = _mix(count, secret)
    while not 1 <= number <= MAX_TRANSACTION_ID:
        number = _mix(number, secret)
    return TransactionId(number)


def _mix(number: int, secret: bytes) -> int:
    left, right = number >> _HALF_BITS, number & _HALF_MASK
    for turn in range(_ROUNDS):
        left, right = right, left ^ _round(right, turn, secret)
    return left << _HALF_BITS | right


def _round(half: int, turn: int, secret: bytes) -> int:
    text = (turn << _HALF_BITS | half).to_bytes(3, "big")
    return int.from_bytes(hashlib.blake2s(text, key=secret[:32], digest_size=2).digest(), "big")
