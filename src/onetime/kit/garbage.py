"""How often a process that serves for months looks for garbage: a matter of the whole process."""

import gc
from typing import Final

THRESHOLD: Final = 50_000
"""Connections are many small objects that live long: looking through them often is waste."""


def seldom() -> None:
    """Look for garbage seldom from now on: loading a program makes little, and much to look at."""
    gc.set_threshold(THRESHOLD)


def settle() -> None:
    """Leave what a program has built up by now out of every later search for garbage.

    For a program that has just begun to serve; whatever becomes garbage of that is never freed.
    """
    gc.collect()
    gc.freeze()
    seldom()
