"""The notebook's tables by plain lists and dicts, the leanest rival: pandas only holds the result.

The steps are those of `notebook`, without its columns and types; `measure` asserts its values.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from urllib.parse import urljoin

import pandas as pd
from bs4 import BeautifulSoup, Tag

from benchmarks.notebook import AGS, BASE, format_phone, half, spell

TITLE = re.compile(r"((?:Prof\.|Dr\.(?:-Ing\.)?) )*")
DETAIL = re.compile(r"(Fon|Email): *(.*)")

Lines = dict[str, list[str]]


def extract(html: bytes) -> dict[str, pd.DataFrame]:
    """Return the tables municipalities, concepts, downloads and contacts of a page."""
    soup = BeautifulSoup(html, "lxml")
    municipalities: dict[str, dict[str, object]] = {}
    concepts: list[dict[str, object]] = []
    downloads: list[dict[str, object]] = []
    contacts: list[dict[str, object]] = []
    listing = soup.find("div", class_="records")
    assert isinstance(listing, Tag)
    for position, record in enumerate(listing.find_all("p"), start=1):
        links = {a.get_text(): str(a["href"]) for a in record.find_all("a", href=True)}
        fields = read_fields(record)
        town = fields["Kontakt"][0].removeprefix("Stadt ")
        if town not in municipalities:
            municipalities[town] = read_municipality(town, fields)
        quarter, website = fields["Quartier"][0], fields["Ergänzende Informationen"][0]
        concept_id = slug(quarter)
        if not concept_id.startswith(slug(town)):
            concept_id = f"{slug(town)}-{concept_id}"
        concepts.append(
            {
                "concept_id": concept_id,
                "municipality_id": slug(town),
                "position": position,
                "title": " ".join(fields["Bezeichnung IHK"]),
                "quarter": quarter,
                "website": website,
                "website_url": links.get(website, f"http://{website}"),
            }
        )
        for number, label in enumerate(fields["Download"], start=1):
            url = urljoin(BASE, links[label])
            downloads.append(
                {
                    "download_id": f"{concept_id}/{number}",
                    "concept_id": concept_id,
                    "position": number,
                    "label": label,
                    "url": url,
                    "file_type": url.rpartition(".")[2].lower(),
                }
            )
        for number, contact in enumerate(read_contacts(fields["Kontakt"]), start=1):
            key = {"contact_id": f"{concept_id}/{number}", "concept_id": concept_id}
            contacts.append({**key, "position": number, **contact})
    return {
        "municipalities": pd.DataFrame(list(municipalities.values())),
        "concepts": pd.DataFrame(concepts),
        "downloads": pd.DataFrame(downloads),
        "contacts": pd.DataFrame(contacts),
    }


def read_fields(record: Tag) -> Lines:
    """Return a record's lines by label."""
    for br in record.find_all("br"):
        br.replace_with("\n")
    fields: Lines = {}
    for strong in record.find_all("strong"):
        parts = []
        for sibling in strong.next_siblings:
            if isinstance(sibling, Tag) and sibling.name == "strong":
                break
            parts.append(sibling.get_text())
        text = "".join(parts).strip()
        fields[strong.get_text().rstrip(":")] = [line.strip() for line in text.split("\n")]
    return fields


def read_municipality(town: str, fields: Lines) -> dict[str, object]:
    """Return a town's row, with the density checked against what the printed numbers allow."""
    area = parse_number(fields["Fläche (km²)"][0])
    population = parse_number(fields["Einwohner"][0])
    density = parse_number(fields["Einwohner je km²"][0])
    district = fields["Kreis/kreisfrei"][0]
    free = district.lower().startswith("kreisfrei")
    ags = AGS.get(town)
    low, high = population / (area + half(area)), population / (area - half(area))
    if (population / area).quantize(density, ROUND_HALF_UP) == density:
        status = "exact"
    elif low <= density + half(density) and high >= density - half(density):
        status = "within_rounding"
    else:
        status = "inconsistent"
    return {
        "municipality_id": slug(town),
        "municipality": town,
        "ags": ags,
        "district": None if free else district,
        "district_ags": ags and ags[:5],
        "district_free": free,
        "area_km2": float(area),
        "population": int(population),
        "density_per_km2": float(density),
        "density_computed": float(population / area),
        "density_low": float(low),
        "density_high": float(high),
        "density_status": status,
    }


def parse_number(text: str) -> Decimal:
    """Read a German number: `2.484,3`."""
    return Decimal(text.replace(".", "").replace(",", "."))


def read_contacts(lines: list[str]) -> list[dict[str, object]]:
    """Return the persons of a contact block; blank lines stand between them."""
    organisation, *rest = lines
    blocks = [block.split("\n") for block in "\n".join(rest).split("\n\n")]
    return [read_contact(organisation, block) for block in blocks]


def read_contact(organisation: str, lines: list[str]) -> dict[str, object]:
    """Return one person's row; the person is whoever the e-mail address names."""
    details = {match[1]: match[2] for line in lines if (match := DETAIL.match(line))}
    texts = [line for line in lines if not DETAIL.match(line)]
    email = details["Email"]
    person = next((t for t in texts if slug(t.split()[-1]) in email), None)
    title = given = family = None
    if person:
        title = TITLE.match(person)[0].strip()  # type: ignore[index]  # the pattern may be empty
        given, _, family = person.removeprefix(title).strip().rpartition(" ")
    return {
        "organisation": organisation,
        "department": "; ".join(text for text in texts if text != person) or None,
        "salutation": None,
        "person": person,
        "academic_title": title or None,
        "given_name": given or None,
        "family_name": family,
        "phone": format_phone(details["Fon"]),
        "phone_text": details["Fon"],
        "email": email,
        "address": None,
        "other": None,
    }


def slug(text: str) -> str:
    """Return `unna-koenigsborn` for `Unna Königsborn`."""
    return re.sub(r"[^a-z0-9]+", "-", spell(text)).strip("-")
