"""The door for stations: sockets, conversations, and OCPP words for what the garage does."""
