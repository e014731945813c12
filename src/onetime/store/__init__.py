"""The archive: the only room that writes to the database, one file per noun."""
