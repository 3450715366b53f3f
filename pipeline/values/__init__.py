"""A text -> a value: numbers, densities, districts, web addresses, telephone numbers.

In: a cleaned text and the locale.  Out: a value, or none with the reason.
Never: knows where the text stood, guesses, or raises because of a text.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
