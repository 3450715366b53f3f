"""What a listing is, as data: a TOML file -> `ListingSpec`.

In: the name or the path of a listing spec.  Out: fields, labels, checks and locale, or a SpecError.
Never: looks at a page, or holds a rule that only one listing needs.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
