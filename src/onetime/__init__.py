"""onetime: a central system for the charging stations of a garage."""

__version__ = "0.1.0"
