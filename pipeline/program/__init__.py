"""What the commands do, as functions: settings in, results out.

In: `Settings` and arguments.  Out: values that tell what was done.
Never: prints, knows an exit code, or reads the command line.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
