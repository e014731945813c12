"""OCPP-J 1.6 as a library: bytes in, typed messages out; no sockets, no clock, no garage."""
