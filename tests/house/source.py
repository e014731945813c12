"""Reads the house's own files for the tests beside it: where they lie, not what they should say."""

import ast
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from msgspec import Struct

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "onetime"
TESTS = ROOT / "tests"

# Made by tools or by running the product, or somebody else's.
_NOT_OURS = {
    ".git",
    ".hypothesis",
    ".import_linter_cache",
    ".lock-venv",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    ".venv",
    "__pycache__",
    "bench-results",
    "build",
    "data",
    "dist",
    "node_modules",
}


class Module(Struct, frozen=True):
    """One Python file, named as it stands in the repository: `src/onetime/kit/clock.py`."""

    name: str
    text: str
    tree: ast.Module

    @property
    def in_source(self) -> bool:
        return self.name.startswith("src/")

    @property
    def path_in_source(self) -> str:
        """The name below `src/onetime`, as exceptions are listed: `kit/clock.py`."""
        return self.name.removeprefix("src/onetime/")

    @property
    def room(self) -> str:
        return self.path_in_source.partition("/")[0].removesuffix(".py")


def module_of(name: str, text: str) -> Module:
    """Read a text as if it stood in the file of that name."""
    return Module(name, text, ast.parse(text))


@cache
def modules() -> tuple[Module, ...]:
    """Every Python file of the product and of its tests."""
    found = [*SOURCE.rglob("*.py"), *TESTS.rglob("*.py")]
    return tuple(
        module_of(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))
        for path in sorted(found)
    )


def files() -> Iterator[Path]:
    """Every file that a person wrote, whether committed already or not."""
    for folder, names, leaves in os.walk(ROOT):
        names[:] = sorted(set(names) - _NOT_OURS)
        yield from (Path(folder, leaf) for leaf in sorted(set(leaves) - _NOT_OURS))
