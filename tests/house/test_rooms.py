"""The plan in docs/architecture.md is true: the rooms, what each may import, where tests stand."""

import ast
import re
from collections.abc import Iterator

from tests.house.source import ROOT, SOURCE, TESTS, Module, module_of, modules

ARCHITECTURE = ROOT / "docs" / "architecture.md"
# `gateway/` | operations queries garage domain ocpp kit | what it is
ROW = re.compile(r"^\| `(?P<room>\w+)(?:/|\.py)` \| (?P<may>[\w ]+) \|", re.MULTILINE)

# Tests that follow no single module: what a person does, and the house itself.
WITHOUT_A_MODULE = {"faults", "hostile", "house", "journeys", "quirks", "ui"}


def plan() -> dict[str, set[str]]:
    """The rooms of the plan, each with the rooms that it may import."""
    rows = {
        row["room"]: row["may"].split() for row in ROW.finditer(ARCHITECTURE.read_text("utf-8"))
    }
    everything = list(rows)
    return {
        room: set(
            everything[everything.index(room) + 1 :]
            if may == ["everything", "below"]
            else []
            if may == ["nothing"]
            else may
        )
        for room, may in rows.items()
    }


def rooms_built() -> set[str]:
    """The rooms that stand below `src/onetime`."""
    return {module.room for module in modules() if module.in_source} - {"__init__", "__main__"}


def imported_rooms(module: Module) -> Iterator[tuple[int, str]]:
    """Each other room that a module names in an import, with its line."""
    for node in ast.walk(module.tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module == "onetime":
            # `__version__` and its like are no rooms.
            names = [f"onetime.{each.name}" for each in node.names if each.name[:2] != "__"]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module]
        for name in names:
            package, _, rest = name.partition(".")
            room = rest.partition(".")[0]
            if package == "onetime" and room and room != module.room:
                yield getattr(node, "lineno", 1), room


def strays(module: Module, allowed: dict[str, set[str]]) -> list[str]:
    """Imports that the plan does not list for this module's room."""
    may = allowed.get(module.room, set())
    return [
        f"{module.name}:{line}: {module.room} imports {room}"
        for line, room in imported_rooms(module)
        if room not in may
    ]


def test_the_plan_lists_every_room_and_no_other() -> None:
    assert set(plan()) == rooms_built()


def test_a_room_imports_what_the_plan_lists() -> None:
    allowed = plan()
    offences = [
        stray
        for module in modules()
        if module.in_source and module.room not in ("__init__", "__main__")
        for stray in strays(module, allowed)
    ]

    assert not offences, "\n".join(offences)


def test_an_import_that_the_plan_does_not_list_is_noticed() -> None:
    lines = "import onetime.store.tables\nfrom onetime import ocpp\nfrom onetime.kit import clock\n"
    sample = module_of("src/onetime/domain/sample.py", lines)

    assert strays(sample, {"domain": {"kit"}}) == [
        "src/onetime/domain/sample.py:1: domain imports store",
        "src/onetime/domain/sample.py:2: domain imports ocpp",
    ]


def test_tests_mirror_modules() -> None:
    astray = []
    for path in TESTS.rglob("test_*.py"):
        inside = path.relative_to(TESTS)
        module = SOURCE / inside.with_name(inside.name.removeprefix("test_"))
        stands = module.exists() or module.with_suffix("").is_dir()
        if inside.parts[0] not in WITHOUT_A_MODULE and not stands:
            astray.append(f"{path.relative_to(ROOT)}: there is no {module.relative_to(ROOT)}")

    assert not astray, "\n".join(sorted(astray))
