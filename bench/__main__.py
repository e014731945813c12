"""`make bench`: measures everything, prints it, and writes it to `bench-results/`.

Exits 0 whether or not a target is met: a figure is for reading, not for failing a build.
"""

import argparse
import sys

import msgspec

from bench.lines import IN_ROUNDS, ONCE, Line
from bench.linux import sync_ms
from bench.processes import RESULTS, Cores
from bench.report import Rounds, result_of, text_of


def main() -> None:
    """Measure the lines in rounds, so that whatever disturbs the machine disturbs all alike."""
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--line", choices=[*IN_ROUNDS, *ONCE], help="measure this one alone")
    arguments = parser.parse_args()
    cores = Cores()
    if arguments.line:
        line = (IN_ROUNDS | ONCE)[arguments.line]
        for _ in range(arguments.rounds):
            print(msgspec.json.encode(line(cores)).decode())
        return
    rounds: Rounds = {}
    for number in range(arguments.rounds):
        for name, line in IN_ROUNDS.items():
            _take(rounds, cores, name, line, f"round {number + 1} of {arguments.rounds}")
    for name, line in ONCE.items():
        _take(rounds, cores, name, line, "once")
    with cores.folder() as folder:
        result = result_of(rounds, sync_ms(folder))
    path = RESULTS / f"{result.at:%Y%m%dT%H%M%SZ}.json"
    path.write_bytes(msgspec.json.format(msgspec.json.encode(result)))
    print(text_of(result))
    print(f"\nwritten to {path}")


def _take(rounds: Rounds, cores: Cores, name: str, line: Line, when: str) -> None:
    figures = line(cores)
    rounds.setdefault(name, []).append(figures)
    told = ", ".join(f"{figure} {value:g}" for figure, value in figures.items())
    print(f"{when}: {name}: {told}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
