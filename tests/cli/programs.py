"""Commands as processes of their own: started, waited for until they said something, ended."""

import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

DEADLINE_SECONDS = 30.0
STOPPED_WITHIN_SECONDS = 5.0


class Program:
    """A running command; `said` is all that it has printed so far."""

    def __init__(self, arguments: tuple[str, ...], environment: dict[str, str]) -> None:
        self.said = ""
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "onetime", *arguments],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def until(self, words: str) -> str:
        """Wait for a line with these words and return it."""
        deadline = time.monotonic() + DEADLINE_SECONDS
        while True:
            try:
                line = self._lines.get(timeout=max(deadline - time.monotonic(), 0.01))
            except queue.Empty:
                raise AssertionError(f"not said in time: {words!r} in\n{self.said}") from None
            assert line is not None, f"ended without saying {words!r}:\n{self.said}"
            if words in line:
                return line

    def stop(self, number: int = signal.SIGTERM) -> float:
        """Send a signal and wait for the end; return how many seconds that took."""
        began = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(DEADLINE_SECONDS)
        self._reader.join(DEADLINE_SECONDS)
        return time.monotonic() - began

    def end(self) -> int:
        """Wait until it ends by itself; return its exit code."""
        code = self.process.wait(DEADLINE_SECONDS)
        self._reader.join(DEADLINE_SECONDS)
        return code

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said += line
            self._lines.put(line.rstrip("\n"))
        self._lines.put(None)


@contextmanager
def started(*arguments: str, data_dir: Path | None = None, **settings: str) -> Iterator[Program]:
    """Start `onetime` with these arguments and settings; it is gone afterwards."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("ONETIME_")
    }
    environment |= {"ONETIME_HTTP_HOST": "127.0.0.1", "ONETIME_HTTP_PORT": "0"}
    environment |= {f"ONETIME_{name}": value for name, value in settings.items()}
    if data_dir is not None:
        environment["ONETIME_DATA_DIR"] = str(data_dir)
    program = Program(arguments, environment)
    try:
        yield program
    finally:
        if program.process.poll() is None:
            program.process.kill()
        program.end()
        assert program.process.stdout is not None
        program.process.stdout.close()
