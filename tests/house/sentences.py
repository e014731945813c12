"""Which sentences the server can put on the screen, read from its sources, and their translations.

The English sentence is the key of a translation; holes of f-strings are numbered. Run as a program
it brings the catalogues up to date: what is missing gets an empty translation, what nobody says any
more goes.
"""

import ast
import json
import re
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from itertools import chain, product

from tests.house.source import ROOT

SOURCES = ROOT / "src" / "onetime"
CATALOGUES = ROOT / "ui" / "src" / "i18n" / "server"
LANGUAGES = ("de", "fr", "it")

ROOMS = (
    *("api", "dispatch", "domain", "gateway", "kit", "operations", "queries", "settings", "store"),
)
"""Whose whole sentences count: those that begin with a capital and end with a full stop."""

OFF_SCREEN = {
    "api/document.py": "the description of the API",
    "api/ftp.py": "what stations are told",
    "api/ftp_door.py": "what is told at the start",
    "api/metrics.py": "what programs read",
    "api/moments.py": "the description of the API",
    "gateway/doorman.py": "what stations are told",
    "gateway/encryption.py": "what is logged",
    "gateway/frames.py": "what stations are told",
    "gateway/handshake.py": "what stations are told",
    "kit/tls.py": "what is told at the start",
    "queries/audit.py": "what the command line checks",
    "queries/books.py": "what the command line checks",
    "settings/__init__.py": "what is told at the start",
    "store/backup.py": "what the command line says",
    "store/database.py": "what is told at the start",
    "store/postgres_backup.py": "what the command line says",
    "store/schema.py": "what is told at the start",
    "store/shapes.py": "what tests meet",
    "store/statements.py": "what tests meet",
}
"""Modules whose sentences never reach the screen, and where they end instead."""

HALVES = {
    "api/shapes.py": "",
    "dispatch/errands.py": "",
    "dispatch/payloads.py": "",
    "domain/commands.py": "STATUS_WORDS",
    "domain/knocks.py": "",
    "domain/quirks.py": "QUIRKS",
    "gateway/answers.py": "",
    "gateway/lane.py": "",
    "kit/limits.py": "",
    "kit/schemas.py": "_KINDS",
    "kit/times.py": "",
    "ocpp/codec.py": "",
    "ocpp/lenient.py": "",
    "ocpp/repair.py": "",
    "ocpp/values.py": "",
    "operations/books.py": "",
    "operations/connectors.py": "",
    "operations/errands.py": "",
    "operations/journal.py": "",
    "operations/orphans.py": "",
    "operations/reconciliation.py": "",
    "operations/requests.py": "",
    "settings/table.py": "",
}
"""Where half sentences count, too: in the table of this name, or in the whole module."""

WORDS = {
    "domain/certificates.py": ("RequestState",),
    "domain/configuration.py": ("WishState",),
    "domain/files.py": ("FileKind",),
    "gateway/answers.py": ("ANSWERED", "REPEATED", "REFUSED", "UNANSWERED", "SET_ASIDE"),
    "gateway/switchboard.py": ("WORDS",),
}
"""Words of programs that the screen shows to people, too: all that is in these names."""

BY_HAND = (
    *("auto, text or json", "offered or required", "plain or detailed", "refuse or accept"),
    *("connector {0}", "station {0}", "the server", "the authority"),
    *("the start", "the end", "the start and the end"),
    *("renter", "spot", "card", "station", "text"),
    *("second", "third", "fourth", "fifth"),
    *("{0}, the {1} time", "{0}, {1} times by now"),
    "'{0}' or '{1}'",
    *("text or null", "a whole number or null", "a number or null", "true or false or null"),
    "no readable value, {0}",
    "Expected 'datetime' with a timezone component",
    *("Expected {0}, got {1}", "Expected {0} >= {1}", "Expected {0} <= {1}"),
)
"""What no source shows as it is said: the words of libraries, and sentences put together."""

_WHOLE = re.compile(r"[A-Z{].* .*\.", re.DOTALL)
_HOLE = re.compile(r"\{(\d+)\}")
_FEWEST_LETTERS = 4


def main() -> int:
    """Bring the catalogues up to date; return how many translations are missing."""
    missing = 0
    for language in LANGUAGES:
        known = translations(language)
        told = {text: known.get(text, "") for text in sorted(templates())}
        missing += sum(not each for each in told.values())
        text = json.dumps(told, ensure_ascii=False, indent=2) + "\n"
        (CATALOGUES / f"{language}.json").write_text(text, "utf-8")
    sys.stdout.write(f"{missing} translations are missing\n")
    return min(missing, 1)


def translations(language: str) -> dict[str, str]:
    """Return what a language's catalogue says: a translation for each template."""
    told: dict[str, str] = json.loads((CATALOGUES / f"{language}.json").read_text("utf-8"))
    return told


def faults_of(said: Iterable[str], told: Mapping[str, str]) -> Iterator[str]:
    """Yield what keeps a catalogue from telling all that is said, and nothing else."""
    said = set(said)
    for text in sorted(said | told.keys()):
        if text not in told:
            yield f"lacks: {text}"
        elif text not in said:
            yield f"nobody says: {text}"
        elif sorted(_HOLE.findall(text)) != sorted(_HOLE.findall(told[text])):
            yield f"other holes: {text}"
        elif not told[text].strip():
            yield f"empty: {text}"


@cache
def templates() -> dict[str, str]:
    """Return every template with the module that says it."""
    found = dict.fromkeys(BY_HAND, "by hand")
    for path in sorted(SOURCES.rglob("*.py")):
        name = path.relative_to(SOURCES).as_posix()
        if name in WORDS:
            found.update(dict.fromkeys(words_in(path.read_text("utf-8"), WORDS[name]), name))
        if name in HALVES or (name.split("/")[0] in ROOMS and name not in OFF_SCREEN):
            for text in sentences_in(path.read_text("utf-8"), HALVES.get(name)):
                found.setdefault(text, name)
    return found


def sentences_in(source: str, halves: str | None = None) -> Iterator[str]:
    """Yield the templates of a module's text; with `halves` also half sentences, there."""
    tree = ast.parse(source)
    said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}  # docstrings
    parts = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr)
        for part in ast.walk(node)
        if part is not node and not isinstance(part, ast.IfExp)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant | ast.JoinedStr) and id(node) not in said | parts:
            for text in _forms(node):
                if _WHOLE.fullmatch(text) and _letters(text) >= _FEWEST_LETTERS:
                    yield text
    for node in ast.walk(_place(tree, halves)) if halves is not None else ():
        if isinstance(node, ast.Constant | ast.JoinedStr) and id(node) not in said | parts:
            yield from (text for text in _forms(node) if _is_half(text))


def words_in(source: str, names: Collection[str]) -> Iterator[str]:
    """Yield the texts that names stand for in a module: constants, tables, enumerations."""
    for statement in ast.parse(source).body:
        if _named(statement).intersection(names):
            told = {id(node.value) for node in ast.walk(statement) if isinstance(node, ast.Expr)}
            for node in ast.walk(statement):
                if isinstance(node, ast.Constant) and id(node) not in told:
                    yield str(node.value)


def _place(tree: ast.Module, name: str) -> ast.AST:
    """Return the value that a name is given in a module; the module itself without a name."""
    return next((node for node in tree.body if name in _named(node)), tree) if name else tree


def _named(statement: ast.stmt) -> set[str]:
    """Return the names that a statement gives."""
    if isinstance(statement, ast.ClassDef):
        return {statement.name}
    if isinstance(statement, ast.Assign):
        return {target.id for target in statement.targets if isinstance(target, ast.Name)}
    target = statement.target if isinstance(statement, ast.AnnAssign) else None
    return {target.id} if isinstance(target, ast.Name) else set()


def _forms(node: ast.expr) -> Iterator[str]:
    """Yield what a text can look like: one form for each choice between two texts in a hole."""
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str):
            yield re.sub(r"\{\w+\}", "{0}", node.value.strip())
        return
    if not isinstance(node, ast.JoinedStr):
        return
    for choice in product(*map(_pieces, node.values)):
        pieces = list(chain.from_iterable(choice))
        holes = iter(range(len(pieces)))
        yield "".join(f"{{{next(holes)}}}" if each is None else each for each in pieces).strip()


def _pieces(part: ast.expr) -> Iterator[tuple[str | None, ...]]:
    """Yield what a part of an f-string can be: texts, with None for each hole."""
    if isinstance(part, ast.Constant):
        yield (str(part.value),)
    elif isinstance(part, ast.FormattedValue) and isinstance(part.value, ast.IfExp):
        for branch in (part.value.body, part.value.orelse):
            yield from _branch(branch)
    else:
        yield (None,)


def _branch(branch: ast.expr) -> Iterator[tuple[str | None, ...]]:
    if isinstance(branch, ast.Constant):
        yield (str(branch.value),)
    elif isinstance(branch, ast.JoinedStr):
        for pieces in product(*map(_pieces, branch.values)):
            yield tuple(chain.from_iterable(pieces))
    else:
        yield (None,)


def _letters(text: str) -> int:
    return len(re.findall("[A-Za-z]", _HOLE.sub("", text)))


def _is_half(text: str) -> bool:
    words = re.findall(r"[A-Za-z]+", _HOLE.sub("", text))
    return len(words) > 1 and " " in text and not re.search(r"[\\^\n\[\]=]", text)


if __name__ == "__main__":
    sys.exit(main())
