"""Why an act is refused: each refusal has a code for programs and a sentence for people.

Each door turns these into its own form: an exit code, a problem document, a CALLERROR.
"""

from collections.abc import Sequence

from msgspec import Struct


class FieldFault(Struct, frozen=True):
    """What is wrong with one field of a document, in a sentence; `body` is the whole of it."""

    field: str
    detail: str


class Refusal(Exception):
    """The act was not done, nothing was changed, and the sentence says why and what to do."""

    code = "refused"

    def __init__(self, sentence: str, field: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field


class NotFound(Refusal):
    """What the act is about does not exist."""

    code = "not-found"


class Conflict(Refusal):
    """Something that exists stands in the way."""

    code = "conflict"


class Unacceptable(Refusal):
    """A value cannot be accepted as it is."""

    code = "unacceptable"


class NotSignedIn(Refusal):
    """Nobody is known to be behind the request."""

    code = "not-signed-in"


class WrongProof(Refusal):
    """What should prove who somebody is does not."""

    code = "wrong-proof"


class SecondFactorNeeded(Refusal):
    """The password was right, and alone it is not enough."""

    code = "second-factor-needed"


class Faulty(Unacceptable):
    """A document breaks its schema; all that is wrong is told at once."""

    def __init__(self, faults: Sequence[FieldFault]) -> None:
        super().__init__(" ".join(f"{each.field}: {each.detail}" for each in faults))
        self.faults = tuple(faults)


class Several(Refusal):
    """More than one thing is wrong or stands in the way; each has a refusal of its own."""

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        super().__init__(" ".join(each.sentence for each in refusals))
        self.refusals = tuple(refusals)
        codes = {each.code for each in refusals}
        self.code = codes.pop() if len(codes) == 1 else Unacceptable.code


class TooManyAttempts(Refusal):
    """It was tried too often; after so many seconds it may be tried again."""

    code = "too-many-attempts"

    def __init__(self, sentence: str, wait_seconds: float) -> None:
        super().__init__(sentence)
        self.wait_seconds = wait_seconds


class StoreDown(Exception):
    """The database cannot commit at present; nothing may be answered to a station."""


class OperationFailed(Exception):
    """An operation met a bug; its own effects were rolled back and nobody else's were."""
