"""Counters of a run, for whoever watches it; knows nothing of how they come about."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Progress:
    """What has happened so far, and how things stand."""

    stations: int = 0
    connected: int = 0  # and accepted
    charging: int = 0
    sent: int = 0
    answered: int = 0
    failed: int = 0  # CALLERRORs received
    unanswered: int = 0  # transaction messages that wait for their answer
    asked: int = 0  # CALLs of the central system
    charges_begun: int = 0
    charges_ended: int = 0
    energy_wh: float = 0.0
    faults: int = 0
    violations: int = 0
    refusals: Counter[int] = field(default_factory=Counter)  # by HTTP status; 0: nobody answered
    simulated_seconds: float = 0.0
