"""What a published set is made from: what `datapackage.json` records, and a rebuild goes by."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline.errors import SpecError
from pipeline.history import print_time
from pipeline.listing import ListingSpec
from pipeline.page import MAX_REGISTER_BYTES
from pipeline.publish.makers import digest_code, list_libraries
from pipeline.settings import Settings
from pipeline.store import Store


def describe_origin(spec: ListingSpec, settings: Settings, register: str | None) -> dict[str, Any]:
    """Return what a set is made from, for datapackage.json; `out` and `raw` are no part of it."""
    return {
        "code_sha256": digest_code(),
        "spec_sha256": spec.digest,
        "settings": {
            "listing": settings.listing,
            "register_sha256": register,
            **settings.switches,
        },
        "libraries": list_libraries(settings.switches),
        "last_visit": None,
        "as_of": None,
    }


def describe_store(
    store: Store,
    spec: ListingSpec,
    settings: Settings,
    register: str | None,
    as_of: datetime | None = None,
) -> dict[str, Any]:
    """Return what a set made from the raw store is made from.

    The last visit is the last that was news: later ones, which saw nothing new, change no byte.
    """
    made_from = describe_origin(spec, settings, register)
    if last := store.history.news:
        made_from["last_visit"] = {"at": print_time(last.at), "sha256": last.sha256}
    if as_of:
        made_from["as_of"] = as_of.isoformat()
    return made_from


def hash_register(settings: Settings) -> str | None:
    """Return the sha256 of the settings' register, None if they name none."""
    content = read_register_file(settings)
    return None if content is None else hashlib.sha256(content).hexdigest()


def read_register_file(settings: Settings) -> bytes | None:
    """Return the bytes of the settings' register, None if they name none."""
    if not settings.register:
        return None
    path = Path(settings.register)
    try:
        with path.open("rb") as file:
            return file.read(MAX_REGISTER_BYTES + 1)
    except OSError as error:
        raise SpecError(f"{path}: the register cannot be read: {error.strerror}") from None
