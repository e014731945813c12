"""The stranger: simulated stations, cars and faults, which know only what the wire shows."""
