"""Progress for whoever looks on: a few lines that renew themselves on a terminal, else plain lines.

Knows the terminal; never what is shown.
"""

import os
import sys
from collections.abc import Callable, Sequence

from onetime.cli.output import clean, cut

FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 10.0
USUAL_WIDTH = 80
_UP = "\x1b[{}A"
_CLEAR_BELOW = "\x1b[J"


class Screen:
    """Shows what is the case now; `note` tells what happened, which stays."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._is_terminal = sys.stdout.isatty()
        self._drawn = 0
        self._pause = 0.0
        self._said_at = monotonic()

    def show(self, lines: Sequence[str]) -> None:
        """Replace what was shown; where there is no terminal, print the first line now and then."""
        if not self._is_terminal:
            if self._monotonic() - self._said_at >= self._pause:
                self._said_at = self._monotonic()
                self._pause = min(max(2 * self._pause, FIRST_PAUSE_SECONDS), LONGEST_PAUSE_SECONDS)
                print(_harmless(lines[0]), flush=True)
            return
        width = os.get_terminal_size(sys.stdout.fileno()).columns or USUAL_WIDTH
        self._erase()
        for line in lines:
            print(cut(_harmless(line), width - 1))
        self._drawn = len(lines)
        sys.stdout.flush()

    def note(self, line: str) -> None:
        """Print a line that stays; on a terminal only `show` speaks."""
        if not self._is_terminal:
            print(_harmless(line), flush=True)

    def _erase(self) -> None:
        if self._drawn:
            print(_UP.format(self._drawn) + _CLEAR_BELOW, end="")
        self._drawn = 0


def _harmless(line: str) -> str:
    """Return a line without what steers a terminal, indented as it was."""
    return " " * (len(line) - len(line.lstrip(" "))) + clean(line)
