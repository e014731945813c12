"""The tables of what stations are asked and what they keep: commands, reservations, lists, files."""
