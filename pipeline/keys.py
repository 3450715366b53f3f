"""Official municipality keys (AGS): the table that the package carries, or the whole register.

The register is a GV100AD file of the Federal Statistical Office (Satzart 40: districts, 60:
municipalities), read by `gv100ad`; the setting `register` names it.
"""

from __future__ import annotations

import csv
import io
from datetime import date
from functools import cache
from importlib import resources
from typing import NamedTuple

from pipeline.errors import SpecError
from pipeline.text import slug

MAX_REGISTER_BYTES = 64 * 2**20
_KREISE = (43, 44)  # Kennzeichen of Kreis and Landkreis


class Key(NamedTuple):
    """A municipality as the register has it; `district` is None for a kreisfreie Stadt."""

    ags: str
    name: str
    area_ha: int
    district: str | None
    population: int | None = None


class Register(NamedTuple):
    """Municipalities by the slug of their name; a name that stands twice is left out."""

    keys: dict[str, Key]
    source: str
    is_official: bool  # False: the few that the package carries
    as_of: date | None = None

    def find_ags(self, municipality_id: str) -> str | None:
        """Return the key of the municipality with this slug, None if it is not known."""
        key = self.keys.get(municipality_id)
        return key.ags if key else None


@cache
def known_municipalities() -> Register:
    """Return the municipalities that the package carries."""
    path = resources.files("pipeline").joinpath("data/municipalities.csv")
    rows = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8")))
    keys = [Key(r["ags"], r["name"], int(r["area_ha"]), r["district"] or None) for r in rows]
    return Register({slug(key.name): key for key in keys}, "data/municipalities.csv", False)


def parse_register(content: bytes, source: str, state: str = "05") -> Register:
    """Read a GV100AD file (UTF-8); `state` holds the first digits of the keys that count.

    Raises SpecError if it is no such file.
    """
    from gv100ad import GV100ADReader
    from gv100ad.entities.district import District
    from gv100ad.entities.municipality import Municipality

    if len(content) > MAX_REGISTER_BYTES:
        raise SpecError(f"{source}: larger than any GV100AD file ({len(content):,} bytes)")
    try:
        records = list(GV100ADReader(io.StringIO(content.decode("utf-8-sig"))).read())
    except UnicodeDecodeError:
        raise SpecError(f"{source}: the register is not UTF-8; take the UTF-8 file") from None
    except (ValueError, IndexError) as error:
        raise SpecError(f"{source}: not a GV100AD file: {error}") from None
    districts = {
        r.regional_code: _name_district(r.name)
        for r in records
        if isinstance(r, District) and r.type.value in _KREISE
    }
    found: dict[str, list[Key]] = {}
    for record in records:
        if isinstance(record, Municipality) and record.regional_code.startswith(state):
            name = record.name.split(",")[0].strip()
            key = Key(record.regional_code, name, record.area,
                      districts.get(record.regional_code[:5]), record.inhabitants)  # fmt: skip
            found.setdefault(slug(name), []).append(key)
    if not found:
        raise SpecError(f"{source}: the register has no municipality with a key {state}…")
    as_of = max(record.timestamp for record in records)
    keys = {name: keys[0] for name, keys in found.items() if len(keys) == 1}
    return Register(keys, source, True, as_of)


def _name_district(name: str) -> str:
    """Return a district's name as pages print it: the register leaves `Kreis` out of some."""
    name = name.split(",")[0].strip()
    has_word = any(word in name for word in ("Kreis", "kreis", "region"))
    return name if has_word else f"Kreis {name}"
