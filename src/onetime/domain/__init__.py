"""The rules of a garage: pure values and functions, no clock, no database, no protocol."""
