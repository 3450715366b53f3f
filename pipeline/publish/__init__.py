"""Tables -> processed/: one complete set of files, old or new, and its reading.

In: an `Extraction`.  Out: files as bytes, a published set, its descriptor and its events.
Never: reads a page, asks the time, or shows half of a set.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
