"""All that stands in the way of one act, told at once instead of one by one.

An act notes its objections while it looks around, and ends with them before it changes anything.
"""

from types import TracebackType

from onetime.domain.errors import Refusal, Several


class Objections:
    """Refusals of one act; `with` this object each is noted, and the act looks further."""

    def __init__(self) -> None:
        self._found: list[Refusal] = []

    def __enter__(self) -> None:
        """Begin to look at one more thing."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        """Note why the act is refused; a bug is none of these."""
        if not isinstance(error, Refusal):
            return False
        self._found.append(error)
        return True

    def end(self) -> None:
        """Refuse the act if anything was noted; raises that refusal, or Several."""
        if len(self._found) == 1:
            raise self._found[0]
        if self._found:
            raise Several(self._found)
