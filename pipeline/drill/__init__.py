"""Pages whose content is known, mutated, and how the pipeline reads what comes out, scored.

In: stored captures and a seed.  Out: scores by mutation and form.
Never: writes into the store, or learns from what it measures.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
