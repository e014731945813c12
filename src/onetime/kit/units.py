"""Amounts of energy and how they are written; knows nothing of who used them."""

WH_PER_KWH = 1_000


def kwh(energy_wh: int) -> float:
    """Return Wh as kWh; exact to the Wh."""
    return energy_wh / WH_PER_KWH


def kwh_text(energy_wh: int) -> str:
    """Return Wh as kWh with three decimals, for people."""
    return f"{energy_wh / WH_PER_KWH:.3f} kWh"
