"""raw/: captures, registers and the visit log, and each change of a file on the disk.

In: a folder, bytes, visits.  Out: what is stored, checked; files whole or not at all.
Never: reads a page's text, publishes, or overwrites a capture.  Only `storage` changes files.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
