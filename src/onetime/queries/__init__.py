"""The garage's questions: read-only, frozen values out; they never change anything."""
