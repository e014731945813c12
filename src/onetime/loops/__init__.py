"""The door for the clock: what has to be done from time to time, whoever else is at the doors."""
