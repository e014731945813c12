"""Errands to stations: ask, wait for the outcome, keep it. No transaction is open meanwhile."""
