"""The command `ihk`: arguments -> calls -> words and exit codes.

In: the command line.  Out: words, drawings or JSON, and the exit code of the README's table.
Never: does what a function of `program` could do.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
