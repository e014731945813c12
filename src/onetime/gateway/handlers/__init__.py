"""OCPP words in, OCPP words out, one file per noun; pure but for the transaction they are given."""
