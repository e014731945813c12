"""Puts something else in the place of a part of the running program; for bugs and for deaths."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def put(owner: object, name: str, instead: object) -> None:
    """Put something in the place of what is there; a part that is not there is a mistake."""
    assert hasattr(owner, name), f"{owner} has no {name}"
    setattr(owner, name, instead)


def wrap(owner: object, name: str, around: Callable[[Callable[P, T]], Callable[P, T]]) -> None:
    """Put something around what is there."""
    put(owner, name, around(getattr(owner, name)))
