"""Turns a page that lists labelled records into tables whose every cell is traced to the page.

    import pipeline
    tables = pipeline.extract("page.html")        # a dict of pandas DataFrames; nothing is written
    contacts = pipeline.load("contacts")          # what is published, with the right dtypes
    contacts = pipeline.load("contacts", as_of="2019-01-01")   # rebuilt in memory from raw/

Errors are `PipelineError` and those below it, one for each exit code of the command `ihk`.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
