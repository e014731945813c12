"""Names for the numbers and words by which things are known."""

from typing import NewType

StationId = NewType("StationId", str)
"""The ChargePoint identity: the last segment of the address that a station connects to."""

TransactionId = NewType("TransactionId", int)
"""1 to 2^31-1; issued here in StartTransaction.conf, never used twice."""

MAX_TRANSACTION_ID = 2**31 - 1

STATION_LEVEL_CONNECTOR = 0
"""Connector 0 is the station itself (OCPP 1.6, 2.2)."""
