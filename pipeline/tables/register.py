"""Official municipality keys (AGS): the table that the package carries, or the whole register.

The register is a GV100AD file of the Federal Statistical Office (Satzart 40: districts, 60:
municipalities), read by `gv100ad`; the setting `register` names it.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

from pipeline.errors import SpecError
from pipeline.page import MAX_REGISTER_BYTES, slug

_RECORD = re.compile(  # Satzart, date, code; a municipality has area and two populations as well
    r"(?:[1-5]0[0-9]{8}[0-9 ]{12}|60[0-9]{20}.{100}[0-9 ]{6}[0-9 ]{33})"
)
_WIDTH = 220
_WANTED = ("40", "60")
_KREISFREI = (41, 42)  # Kennzeichen of kreisfreie Stadt and Stadtkreis
_WORDS = {43: "Kreis", 44: "Landkreis"}
_ADVICE = "let the setting register name the text file GV100AD_….txt of the Gemeindeverzeichnis"


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
def known_municipalities(state: str) -> Register:
    """Return the municipalities that the package carries and whose keys begin with `state`.

    None of them if `state` is empty: six towns of one state do not tell whether another town of
    Germany has the same name.
    """
    path = resources.files("pipeline").joinpath("data/municipalities.csv")
    rows = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8")))
    keys = [Key(r["ags"], r["name"], int(r["area_ha"]), r["district"] or None) for r in rows]
    known = {slug(key.name): key for key in keys if state and key.ags.startswith(state)}
    return Register(known, "data/municipalities.csv", False)


def parse_register(content: bytes, source: str, state: str) -> Register:
    """Read a GV100AD file; `state` holds the first digits of the keys that count, none for all.

    `content` is UTF-8, or ISO-8859-1 as the files up to about 2020 are; `source` names the file in
    messages.  Source: the Federal Statistical Office's description of the format.
    Raises SpecError if it is no such file, or holds no municipality of that state.
    """
    if len(content) > MAX_REGISTER_BYTES:
        raise SpecError(
            f"{source}: larger than any GV100AD file ({len(content):,} bytes); {_ADVICE}"
        )
    towns, districts, as_of = [], {}, date.min
    for record in _iter_records(_decode(content), source, state):
        as_of = max(as_of, record.timestamp)
        name = record.name.split(",")[0].strip()
        if len(record.regional_code) == 5:
            districts[record.regional_code] = _name_district(name, record.type.value)
        else:
            towns.append((name, record))
    keys: dict[str, list[Key]] = {}
    for name, record in towns:
        ags = record.regional_code
        key = Key(ags, name, record.area, districts.get(ags[:5]), record.inhabitants)
        keys.setdefault(slug(name), []).append(key)
    if not keys:
        raise SpecError(
            f"{source}: the register has no municipality with a key {state}…; {_ADVICE}"
        )
    single = {name: found[0] for name, found in keys.items() if len(found) == 1}
    return Register(single, source, True, as_of)


def _decode(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _iter_records(text: str, source: str, state: str) -> Iterator[Any]:
    """Yield `gv100ad`'s District and Municipality records of a state, in the file's order.

    Every line's shape is checked here: `gv100ad` reads `1_000` and Arabic digits, and refuses a
    file for one municipality of a type it does not list (68, 69), which nobody here looks at.
    """
    from gv100ad import GV100ADReader

    for number, ended in enumerate(text.split("\n"), 1):
        line = ended.rstrip("\r")
        if not line.strip():
            continue
        if len(line) > _WIDTH or not _RECORD.match(line):
            raise SpecError(f"{source}: line {number} is no GV100AD record; {_ADVICE}")
        if line[:2] not in _WANTED or not line.startswith(state, 10):
            continue
        known = line if line.startswith("40") else f"{line[:122]}  {line[124:]}"
        try:
            yield from GV100ADReader(io.StringIO(known)).read()
        except ValueError:
            raise SpecError(
                f"{source}: line {number}: its date, type or figures cannot be read; {_ADVICE}"
            ) from None


def _name_district(name: str, kind: int) -> str | None:
    """Return a district's name as pages print it: the register leaves `Kreis` out of some."""
    if kind in _KREISFREI:
        return None
    has_word = any(word in name.lower() for word in ("kreis", "region"))
    return name if has_word or kind not in _WORDS else f"{_WORDS[kind]} {name}"
