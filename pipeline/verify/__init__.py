"""Is every stored and published byte as it was written, and every cell as the page has it?

In: `Settings`.  Out: a `Report` of what is damaged, differs or is stale.
Never: repairs anything, or calls stale or not yet published damaged.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
