"""The rules of style that a machine can see, each a function from one module to its offences.

`docs/style.md` says why. Every exception is named here, so that adding one shows in a review.
"""

import ast
import re
from collections.abc import Iterator

from tests.house.source import Module

LINES = 400
LINES_OF_MESSAGES = 500  # one page for each profile of OCPP
LINES_OF_A_FUNCTION = 60

# Words that say nothing. They stay in names that others gave: OCPP, SQLite, a library.
EMPTY_WORDS = {"manager", "service", "helper", "util", "data", "info", "process"}
WORDS_OF_OCPP = {"data", "info"}
SPEAK_OCPP = {"ocpp", "simulator"}
NAMED_BY_THE_FRAMEWORK = {"api": "data"}  # what a handler calls the body it is given
ROLES = {"MANAGER"}  # what people call the one who looks after a house
NAMES_OF_OTHERS = {
    "certificate_hash_data",
    "data_dir",
    "data_received",
    "data_transfer",
    "data_version",
    "get_extra_info",
    "id_tag_info",
    "process_bind_param",
    "process_result_value",
    "tech_info",
    "transaction_data",
}

READS_THE_CLOCK = {"kit/clock.py"}
MAY_SAY_ANY = {"ocpp/repair.py"}
# The tops of tasks, where whatever was not foreseen ends: logged there, and nowhere else.
MAY_CATCH_ALL = {
    "cli/__init__.py",
    "gateway/lane.py",
    "gateway/server.py",
    "gateway/strangers.py",
    "loops/pace.py",
    "store/writer.py",
}

_CLOCKS = {
    "date": {"today"},
    "datetime": {"now", "today", "utcnow"},
    "time": {"gmtime", "localtime", "monotonic", "monotonic_ns", "time", "time_ns"},
}
_PLACEHOLDERS = re.compile(
    r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b|NotImplemented" + r"Error"
    r"|pragma: no " + r"cover|\bpytest\.(skip|xfail|importorskip)\b|\bmark\.(skip|skipif|xfail)\b"
)
_SILENCED = re.compile(
    r"#\s*(?:type:\s*ignore|noqa)"
    r"(?P<codes>\[[\w, -]+\]|:\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*)?"
    r"(?P<reason>.*)$"
)


def long_file(module: Module) -> Iterator[str]:
    """A module has one job; past the limit it has two."""
    limit = LINES_OF_MESSAGES if "/ocpp/v16/" in module.name else LINES
    lines = module.text.count("\n")
    if module.in_source and not _is_migration(module) and lines > limit:
        yield f"{lines} lines, at most {limit}"


def long_function(module: Module) -> Iterator[str]:
    """A function fits on a screen."""
    if _is_migration(module):
        return
    for function in _functions(module.tree):
        lines = (function.end_lineno or function.lineno) - function.lineno + 1
        if lines > LINES_OF_A_FUNCTION:
            yield f"{function.lineno}: {function.name} has {lines} lines"


def silent_module(module: Module) -> Iterator[str]:
    """Each module says first what it knows."""
    if not ast.get_docstring(module.tree) and module.text.strip():
        yield "1: no docstring"


def empty_word(module: Module) -> Iterator[str]:
    """Names carry the field's words."""
    if not module.in_source:
        return
    empty = EMPTY_WORDS - WORDS_OF_OCPP if module.room in SPEAK_OCPP else EMPTY_WORDS
    for line, name in [(1, module.name.split("/")[-1].removesuffix(".py")), *_defined(module.tree)]:
        if name in ROLES or NAMED_BY_THE_FRAMEWORK.get(module.room) == name:
            continue
        snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()
        for known in NAMES_OF_OTHERS:
            snake = snake.replace(known, "")
        said = {word for word in snake.split("_") if {word, word.removesuffix("s")} & empty}
        if said:
            yield f"{line}: {name} says {', '.join(sorted(said))}"


def reads_the_clock(module: Module) -> Iterator[str]:
    """Time is handed in, so that tests can turn it."""
    if not module.in_source or module.path_in_source in READS_THE_CLOCK:
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute) and node.attr in _CLOCKS.get(_called(node.value), ()):
            yield f"{node.lineno}: {_called(node.value)}.{node.attr}"
        if isinstance(node, ast.ImportFrom) and node.module == "time":
            taken = {alias.name for alias in node.names} & _CLOCKS["time"]
            yield from (f"{node.lineno}: time.{name}" for name in sorted(taken))


def hidden_import(module: Module) -> Iterator[str]:
    """What a module needs stands at its top."""
    for function in _functions(module.tree):
        for node in ast.walk(function):
            if isinstance(node, ast.Import | ast.ImportFrom):
                yield f"{node.lineno}: import inside {function.name}"


def smuggled_type(module: Module) -> Iterator[str]:
    """A direction that is forbidden is forbidden for types too."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Name | ast.Attribute) and _called(node) == "TYPE_CHECKING":
            yield f"{node.lineno}: TYPE_CHECKING"


def untyped_value(module: Module) -> Iterator[str]:
    """`Any` switches the checker off."""
    if not module.in_source or module.path_in_source in MAY_SAY_ANY:
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Name | ast.Attribute) and _called(node) == "Any":
            yield f"{node.lineno}: Any"
        if isinstance(node, ast.ImportFrom) and "Any" in {alias.name for alias in node.names}:
            yield f"{node.lineno}: Any"


def broad_except(module: Module) -> Iterator[str]:
    """A bug is not an answer."""
    if not module.in_source or module.path_in_source in MAY_CATCH_ALL:
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ExceptHandler):
            kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
            caught = {_called(kind) if kind else "Exception" for kind in kinds}
            if caught & {"BaseException", "Exception"}:
                yield f"{node.lineno}: catches everything"


def placeholder(module: Module) -> Iterator[str]:
    """What stands in the tree is done."""
    for number, line in enumerate(module.text.splitlines(), 1):
        if _PLACEHOLDERS.search(line):
            yield f"{number}: {line.strip()}"


def silenced_check(module: Module) -> Iterator[str]:
    """A check that is switched off for a line names what it checks and says why not."""
    for number, line in enumerate(module.text.splitlines(), 1):
        found = _SILENCED.search(line)
        if found and not (found["codes"] and len(found["reason"].strip(" #-:")) > len("because")):
            yield f"{number}: no reason given: {line.strip()}"


RULES = (
    long_file,
    long_function,
    silent_module,
    empty_word,
    reads_the_clock,
    hidden_import,
    smuggled_type,
    untyped_value,
    broad_except,
    placeholder,
    silenced_check,
)


def _is_migration(module: Module) -> bool:
    """A migration is a list, as long as the schema was on that day."""
    return module.path_in_source.startswith("store/migrations/versions/")


def _functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def _defined(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.lineno, node.name
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.attr


def _called(node: ast.AST) -> str:
    if isinstance(node, ast.Name):
        return node.id
    return node.attr if isinstance(node, ast.Attribute) else ""
