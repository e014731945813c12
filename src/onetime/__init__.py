"""onetime: a central system for the charging stations of a garage."""
