"""What a command means for the books: one table by action, used by everything that is sent.

An effect runs in the transaction that records the command, before it is sent (`ASKED`), or in the
one that records how it ended (`ENDED`), whoever asked: a person over the API, or a loop. One of
`ASKED` may refuse: then nothing is recorded and nothing is sent. One of `ENDED` has nothing to
refuse any more. How a command is sent is none of this module's business.
"""

from collections.abc import Callable, Mapping
from typing import Final

from onetime.dispatch.outcomes import Order, Sent
from onetime.garage import Transaction

AskedEffect = Callable[[Transaction, int, Order], None]
"""Takes the transaction, the id of the command and what is about to be sent."""
EndedEffect = Callable[[Transaction, Order, Sent], None]

ASKED: Final[Mapping[str, AskedEffect]] = {}
ENDED: Final[Mapping[str, EndedEffect]] = {}
