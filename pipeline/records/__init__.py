"""Lines and a listing spec -> records of labelled texts, and all that no field took.

In: a `Page` and a `ListingSpec`.  Out: a `Listing`, and whether it is the listing at all.
Never: reads a value, knows a kind, or drops a line of the region.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
