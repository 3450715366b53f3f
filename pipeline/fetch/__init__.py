"""The web -> bytes: the only room with sockets.

In: an address and what the last visit knows.  Out: an answer within the limits, or why there is none.
Never: visits without permission or in haste, reaches a private host, or stores what came.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
