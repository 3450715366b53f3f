"""Persons withheld from what is published, and forgotten in what is stored.

In: rows, lines or bodies.  Out: the same without the persons.
Never: lets a text through because it looks harmless, or decides when to withhold.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
