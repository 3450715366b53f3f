"""Settings that hold for every test."""

import os
import shutil
import signal
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import settings

# The same examples on every machine and every run, so that a failure can be run again.
# `pytest --hypothesis-profile=default` looks for new ones.
settings.register_profile("ci", derandomize=True, deadline=None, database=None)
settings.load_profile("ci")

# A shell's background job ignores SIGINT, and the programs that the tests start would ignore it too.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def away(tmp_path_factory):
    """Run all tests in a folder of their own: what a user keeps in the checkout is not theirs.

    It holds the store as it was committed, and no settings.
    """
    folder, before = tmp_path_factory.mktemp("away"), Path.cwd()
    shutil.copytree(Path(__file__).parent / "fixtures" / "raw", folder / "raw")
    os.chdir(folder)
    yield
    os.chdir(before)


def pytest_terminal_summary(terminalreporter):
    """Tell how often the sweeps killed, refused, lost power and flipped, so that a sweep of none shows."""
    counts = Counter()
    for report in terminalreporter.getreports("passed"):
        if report.when == "call":
            counts.update(dict(report.user_properties))
    if counts:
        shown = ", ".join(f"{count:,} {name}" for name, count in sorted(counts.items()))
        terminalreporter.write_line(f"sweeps: {shown}")
