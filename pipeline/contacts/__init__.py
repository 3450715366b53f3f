"""The lines of a contact block -> its persons and offices, with their details.

In: the spans of a block's lines.  Out: entries, each part with its span, and what is left over.
Never: loses a character, gives a detail to a person by a guess, or knows a table.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
