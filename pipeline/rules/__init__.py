"""Rows -> findings: each rule looks at one thing and yields a finding also where all is well.

In: a `Subject`: the page, its listing and its rows.  Out: rows of the table `checks`.
Never: changes a value, or stops an extraction.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
