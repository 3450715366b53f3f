"""Settings that hold for every test."""

from hypothesis import settings

# The same examples on every machine and every run, so that a failure can be run again.
# `pytest --hypothesis-profile=default` looks for new ones.
settings.register_profile("ci", derandomize=True, deadline=None, database=None)
settings.load_profile("ci")
