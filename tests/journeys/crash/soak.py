"""Kills in large numbers: `python -m tests.journeys.crash.soak [--kills N] [--seed N]`.

Each run takes its own seed; one line tells what it has shown. Ends with 1 after a breach, whose
plan, commit and files are told.
"""

import argparse
import sys
import time

from tests.journeys.crash.run import CLOCK_FAULTS, FAULTS, Plan, carry_out, commit, complaint

KILLS_OF_A_RUN = 25


def main() -> int:
    """Do run after run until as many kills have been survived as were asked for."""
    parser = argparse.ArgumentParser(description="Kill the central system under load, and check.")
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument(
        "--seed", type=int, default=1, help="of the first run; each next takes one more"
    )
    arguments = parser.parse_args()
    began = time.monotonic()
    kills = breaches = messages = 0
    seed = arguments.seed
    tell(f"commit {commit()}")
    while kills < arguments.kills:
        wanted = min(KILLS_OF_A_RUN, arguments.kills - kills)
        plan = Plan(
            seed=seed,
            kills=wanted,
            stations=12,
            speed=1200.0,
            faults=FAULTS + CLOCK_FAULTS,
        )
        report = carry_out(plan)
        tell(f"seed {seed}: {complaint(plan, report) if report.breaches else report.told()}")
        kills += report.kills
        breaches += len(report.breaches)
        messages += report.messages
        seed += 1
    seconds = time.monotonic() - began
    tell(f"{kills} kills, {messages} messages, {breaches} breaches in {seconds:.0f} s")
    return 1 if breaches else 0


def tell(line: str) -> None:
    """Show a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
