"""Options that all rooms share. What only one room needs stands beside that room's tests."""

from hypothesis import settings

# The same examples every time, so that a merge is never held up by luck; `soak` looks further.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.register_profile("soak", deadline=None, max_examples=5_000)
settings.load_profile("steady")
