"""Page files, WARC files and web archives -> captures.

In: paths, or an archive server's address.  Out: captures or sightings, each with its time and origin.
Never: judges a page, or writes into the store.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
