"""The notebook's four tables by plain lists, from the lines and links of each record.

What the lean rivals share: figures are whole numbers until the end, a telephone number is only
validated, a known host is put before an address without `urljoin`.  `measure` asserts the values.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple
from urllib.parse import urljoin

import phonenumbers

from benchmarks.notebook import AGS, BASE, SPELT

COLUMNS = {
    "municipalities": (
        "municipality_id municipality ags district district_ags district_free area_km2 population "
        "density_per_km2 density_computed density_low density_high density_status"
    ).split(),
    "concepts": "concept_id municipality_id position title quarter website website_url".split(),
    "downloads": "download_id concept_id position label url file_type".split(),
    "contacts": (
        "contact_id concept_id position organisation department role salutation person academic_title "
        "given_name family_name phone phone_text email address other"
    ).split(),
}
_ORIGIN = BASE[: BASE.index("/", len("https://"))]
_SPELT = str.maketrans(SPELT)
_NO_WORD = re.compile(r"[^a-z0-9]+")
_TITLE = re.compile(r"((?:Prof\.|Dr\.(?:-Ing\.)?) )*")
_NO_DIGIT = re.compile(r"[^0-9]+")

Tables = dict[str, list[tuple[object, ...]]]


class Record(NamedTuple):
    """A record's lines by label, and its links by their text."""

    fields: Mapping[str, list[str]]
    links: Mapping[str, str]


def make_tables(records: Iterable[Record]) -> Tables:
    """Return the rows of municipalities, concepts, downloads and contacts."""
    tables: Tables = {name: [] for name in COLUMNS}
    concepts, downloads, contacts = tables["concepts"], tables["downloads"], tables["contacts"]
    towns: dict[str, str] = {}
    for position, (fields, links) in enumerate(records, start=1):
        organisation, *lines = fields["Kontakt"]
        town = organisation.removeprefix("Stadt ")
        if town not in towns:
            towns[town] = _slug(town)
            tables["municipalities"].append(_make_municipality(town, towns[town], fields))
        quarter, website = fields["Quartier"][0], fields["Ergänzende Informationen"][0]
        key = _slug(quarter)
        if not key.startswith(towns[town]):
            key = f"{towns[town]}-{key}"
        title, url = " ".join(fields["Bezeichnung IHK"]), _join(links[website])
        concepts.append((key, towns[town], position, title, quarter, website, url))
        for number, label in enumerate(fields["Download"], start=1):
            url = _join(links[label])
            file_type = url.rpartition(".")[2].lower()
            downloads.append((f"{key}/{number}", key, number, label, url, file_type))
        for number, block in enumerate("\n".join(lines).split("\n\n"), start=1):
            person = _read_person(block.split("\n"))
            contacts.append((f"{key}/{number}", key, number, organisation, *person))
    return tables


def _make_municipality(town: str, key: str, fields: Mapping[str, list[str]]) -> tuple[object, ...]:
    """Return a town's row, with the density checked against what the printed numbers allow."""
    area, area_scale = _parse_number(fields["Fläche (km²)"][0])
    population, _ = _parse_number(fields["Einwohner"][0])
    density, density_scale = _parse_number(fields["Einwohner je km²"][0])
    district, ags = fields["Kreis/kreisfrei"][0], AGS.get(town)
    free = district.lower().startswith("kreisfrei")
    people = population * area_scale  # over `area`: people per km²
    if (2 * people * density_scale + area) // (2 * area) == density:
        status = "exact"
    elif (
        (2 * density - 1) * (2 * area - 1)
        <= 4 * people * density_scale
        <= (2 * density + 1) * (2 * area + 1)
    ):
        status = "within_rounding"
    else:
        status = "inconsistent"
    low, high = 2 * people / (2 * area + 1), 2 * people / (2 * area - 1)
    return (
        *(key, town, ags, None if free else district, ags and ags[:5], free, area / area_scale),
        *(population, density / density_scale, people / area, low, high, status),
    )


def _parse_number(text: str) -> tuple[int, int]:
    """Read a German number: 24843 and 10 for `2.484,3`."""
    whole, _, decimals = text.partition(",")
    return int(whole.replace(".", "") + decimals), 10 ** len(decimals)


def _read_person(lines: list[str]) -> tuple[str | None, ...]:
    """Return what follows the organisation; the person is whoever the e-mail address names."""
    texts: list[str] = []
    phone = email = ""
    for line in lines:
        if line.startswith("Fon:"):
            phone = line[4:].lstrip()
        elif line.startswith("Email:"):
            email = line[6:].lstrip()
        else:
            texts.append(line)
    person = title = given = family = None
    for text in texts:
        if text.rpartition(" ")[2].lower().translate(_SPELT) in email:
            person = text
            title = _TITLE.match(text)[0]  # type: ignore[index]  # the pattern may be empty
            given, _, family = text[len(title) :].rpartition(" ")
            title = title.rstrip() or None
            texts.remove(text)
            break
    department = "; ".join(texts) or None
    return (
        *(department, None, None, person, title, given, family),
        *(_format_phone(phone), phone, email, None, None),
    )


def _format_phone(text: str) -> str | None:
    """Return a phone number printed with a German area code in E.164, None if it is not valid."""
    digits = _NO_DIGIT.sub("", text)[1:]
    number = phonenumbers.PhoneNumber(country_code=49, national_number=int(digits))
    return f"+49{digits}" if phonenumbers.is_valid_number(number) else None


def _join(address: str) -> str:
    if address.startswith("http"):
        return address
    return _ORIGIN + address if address.startswith("/") else urljoin(BASE, address)


def _slug(text: str) -> str:
    """Return `unna-koenigsborn` for `Unna Königsborn`."""
    return _NO_WORD.sub("-", text.lower().translate(_SPELT)).strip("-")
