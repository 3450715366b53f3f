"""A capture's bytes -> numbered lines, each with its text, its links and its place in the markup.

In: bytes with media type and charset.  Out: a `Page` of `Line`s.
Never: knows a listing, decides what a line means, or reads beyond the limits (`limits`).
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
