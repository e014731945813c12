"""The garage's verbs: each one function, one transaction; they never know who calls them."""
