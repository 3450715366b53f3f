"""An unknown page -> a proposed listing spec: labels that repeat, how they begin, what they hold.

In: a capture.  Out: the text of a spec, and the rows that it gives.
Never: names a listing, or calls a guess certain.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
