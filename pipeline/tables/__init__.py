"""Records -> typed rows with keys and cells; rows <-> the bytes of CSV and Parquet.

In: the records of a `Listing`, a spec and a register.  Out: rows of the tables in `schema`.
Never: opens a file, judges a value, or makes a cell without the characters it was read from.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
