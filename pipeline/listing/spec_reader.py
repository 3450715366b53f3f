"""A listing's TOML file -> ListingSpec, with errors that name file, key and reason.

The format is documented in `docs/listing-spec.md`; `spec_sections` reads the sections.  It is data:
no logic, no defaults that depend on a listing.  A key that is not known is an error, so that a
typo is never ignored.
"""

from __future__ import annotations

import hashlib
import tomllib
from functools import cache
from importlib import resources
from pathlib import Path

from pipeline.errors import SpecError
from pipeline.listing.spec import ListingSpec
from pipeline.listing.spec_sections import SpecReader


def read_spec(listing: str | Path = "ihk") -> ListingSpec:
    """Read a listing spec: the name of one that comes with the package, or a path ending in .toml.

    Raises SpecError, which names the file, the line or key, and the reason.
    """
    source = str(listing)
    if source.endswith(".toml"):
        try:
            content = Path(source).read_bytes()
        except OSError as error:
            raise SpecError(
                f"{source}: the listing spec cannot be read: {error.strerror}"
            ) from None
    else:
        packaged = resources.files("pipeline").joinpath("listings")
        names = sorted(p.name[:-5] for p in packaged.iterdir() if p.name.endswith(".toml"))
        if source not in names:
            raise SpecError(
                f"listing {source!r} is not known; known are {', '.join(names)}, "
                "or give the path of a file that ends in .toml"
            )
        content = packaged.joinpath(f"{source}.toml").read_bytes()
    return parse_spec(content, source)


@cache  # a process reads a few specs, for thousands of pages
def parse_spec(content: bytes, source: str) -> ListingSpec:
    """Read the bytes of a listing spec; `source` is named in errors."""
    try:
        data = tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise SpecError(f"{source}: line {line}: not UTF-8; save the file as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise SpecError(f"{source}: not valid TOML: {error}") from None
    return SpecReader(source).read(data, hashlib.sha256(content).hexdigest())
