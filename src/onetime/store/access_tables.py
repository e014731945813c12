"""The tables of who may do what: accounts, their sign-ins, tokens of programs."""
