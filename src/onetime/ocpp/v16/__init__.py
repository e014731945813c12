"""The messages of OCPP 1.6 and of its security extension, one file per profile."""
