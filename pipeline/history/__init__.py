"""Visits -> how the page stood when; two states -> change events.

In: visits as values; rows of two captures.  Out: verdicts, sightings, states, rows of `changes`.
Never: opens a file, asks the time, or puts an event into words.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
