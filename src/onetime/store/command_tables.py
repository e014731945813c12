"""The tables of what stations are asked and keep: commands, reservations, lists, files."""
