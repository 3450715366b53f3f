"""The same four tables as an analyst would make them in a notebook: the program's rival.

BeautifulSoup on lxml for the page, pandas for columns, phonenumbers for phones, straight on, for
this one page: no sources of cells, no checks but the density's, no suspicion.  It knows that each
record is a `p` of `strong` labels.  `measure` asserts that its values and types are the program's.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from urllib.parse import urljoin

import pandas as pd
import phonenumbers
from bs4 import BeautifulSoup, NavigableString, SoupStrainer, Tag

BASE = "https://www.nrw-projektsoziales.de/fsa/qualifizierung-und-transfer/"
AGS = {
    "Bochum": "05911000",
    "Dorsten": "05562012",
    "Gelsenkirchen": "05513000",
    "Hamm": "05915000",
    "Herten": "05562020",
    "Unna": "05978036",
}
SPELT = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"}
NAME = (
    r"^(?P<academic_title>(?:(?:Prof\.|Dr\.(?:-Ing\.)?) )*)(?P<given_name>.*) (?P<family_name>\S+)$"
)


def extract(html: bytes) -> dict[str, pd.DataFrame]:
    """Return the tables municipalities, concepts, downloads and contacts of a page."""
    listing = BeautifulSoup(html, "lxml", parse_only=SoupStrainer("div", class_="records"))
    page = pd.DataFrame([read_record(record) for record in listing.find_all("p")])
    page["municipality"] = first(page["Kontakt"]).str.removeprefix("Stadt ")
    page["municipality_id"] = slug(page["municipality"])
    quarter = slug(first(page["Quartier"]))
    led = [q.startswith(m) for q, m in zip(quarter, page["municipality_id"], strict=True)]
    page["concept_id"] = quarter.where(led, page["municipality_id"] + "-" + quarter)
    return {
        "municipalities": make_municipalities(page),
        "concepts": make_concepts(page),
        "downloads": make_downloads(page),
        "contacts": make_contacts(page),
    }


def read_record(record: Tag) -> dict[str, object]:
    """Return a record's lines by label, and its links by their text."""
    fields: dict[str, str] = {}
    links: dict[str, str] = {}
    label = ""
    for node in record.descendants:
        if isinstance(node, NavigableString):
            if node.parent.name == "strong":
                label = node.rstrip(":")
                fields[label] = ""
            else:
                fields[label] += node
        elif node.name == "br":
            fields[label] += "\n"
        elif node.name == "a":
            links[node.get_text()] = node["href"]
    lines = {label: text.strip().split("\n") for label, text in fields.items()}
    return {**lines, "links": links}


def make_municipalities(page: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each town, with the density checked against what the printed numbers allow."""
    page = page.drop_duplicates("municipality_id").reset_index(drop=True)
    towns = page[["municipality_id", "municipality"]].copy()
    towns["ags"] = towns["municipality"].map(AGS).astype("str")
    district = first(page["Kreis/kreisfrei"])
    free = district.str.lower().str.startswith("kreisfrei")
    towns["district"] = district.mask(free)
    towns["district_ags"] = towns["ags"].str[:5]
    towns["district_free"] = free.astype("boolean")
    printed = {
        "area_km2": page["Fläche (km²)"],
        "population": page["Einwohner"],
        "density_per_km2": page["Einwohner je km²"],
    }
    numbers = pd.DataFrame({name: parse_numbers(lines) for name, lines in printed.items()})
    towns["area_km2"] = numbers["area_km2"].astype("float64")
    towns["population"] = numbers["population"].astype("int64").astype("Int64")
    towns["density_per_km2"] = numbers["density_per_km2"].astype("float64")
    checked = [check_density(*row) for row in numbers.itertuples(index=False)]
    return towns.join(pd.DataFrame(checked))


def parse_numbers(lines: pd.Series) -> pd.Series:
    """Read German numbers: `2.484,3`."""
    plain = first(lines).str.replace(".", "").str.replace(",", ".")
    return plain.map(Decimal).astype(object)


def check_density(area: Decimal, population: Decimal, density: Decimal) -> dict[str, object]:
    """Return what the printed area and population allow, and whether the printed density fits."""
    low, high = population / (area + half(area)), population / (area - half(area))
    if (population / area).quantize(density, ROUND_HALF_UP) == density:
        status = "exact"
    elif low <= density + half(density) and high >= density - half(density):
        status = "within_rounding"
    else:
        status = "inconsistent"
    return {
        "density_computed": float(population / area),
        "density_low": float(low),
        "density_high": float(high),
        "density_status": status,
    }


def half(number: Decimal) -> Decimal:
    """Return half of a number's last digit."""
    return Decimal(5).scaleb(int(number.as_tuple().exponent) - 1)


def make_concepts(page: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each record."""
    concepts = page[["concept_id", "municipality_id"]].copy()
    concepts["position"] = pd.Series(range(1, len(page) + 1), dtype="Int32")
    concepts["title"] = page["Bezeichnung IHK"].str.join(" ").astype("str")
    concepts["quarter"] = first(page["Quartier"])
    concepts["website"] = first(page["Ergänzende Informationen"])
    concepts["website_url"] = find_links(page["links"], concepts["website"])
    return concepts


def make_downloads(page: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each document."""
    downloads = page[["concept_id", "Download", "links"]].explode("Download", ignore_index=True)
    downloads = downloads.rename(columns={"Download": "label"})
    number_rows(downloads, "download_id")
    downloads["label"] = downloads["label"].astype("str")
    downloads["url"] = find_links(downloads["links"], downloads["label"])
    downloads["file_type"] = downloads["url"].str.rpartition(".")[2].str.lower()
    return downloads[["download_id", "concept_id", "position", "label", "url", "file_type"]]


def find_links(links: pd.Series, texts: pd.Series) -> list[str]:
    """Return the absolute address behind each text of its record."""
    return [urljoin(BASE, found[text]) for found, text in zip(links, texts, strict=True)]


def make_contacts(page: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each person; blank lines stand between them, e-mails name them."""
    contacts = page[["concept_id"]].copy()
    contacts["organisation"] = first(page["Kontakt"])
    contacts["block"] = page["Kontakt"].str[1:].str.join("\n").str.split("\n\n")
    contacts = contacts.explode("block", ignore_index=True)
    contacts["block"] = contacts["block"].astype("str")
    number_rows(contacts, "contact_id")
    contacts["phone_text"] = contacts["block"].str.extract(r"Fon: *(.*)", expand=False)
    contacts["email"] = contacts["block"].str.extract(r"Email: *(.*)", expand=False)
    contacts["lines"] = contacts["block"].str.split("\n")
    people = map(find_person, contacts["lines"], contacts["email"])
    contacts = contacts.join(pd.DataFrame(people))
    contacts = contacts.join(contacts["person"].str.extract(NAME))
    contacts["academic_title"] = contacts["academic_title"].str.strip().replace("", None)
    contacts["phone"] = contacts["phone_text"].map(format_phone)
    for absent in ("role", "salutation", "address", "other"):
        contacts[absent] = pd.Series(None, index=contacts.index, dtype="str")
    return contacts[
        ["contact_id", "concept_id", "position", "organisation", "department", "role", "salutation",
         "person", "academic_title", "given_name", "family_name", "phone", "phone_text", "email",
         "address", "other"]
    ]  # fmt: skip


def first(lines: pd.Series) -> pd.Series:
    """Return the first line of each list."""
    return lines.str[0].astype("str")


def number_rows(rows: pd.DataFrame, key: str) -> None:
    """Add a record's rows' positions and keys."""
    rows["position"] = (rows.groupby("concept_id").cumcount() + 1).astype("Int32")
    rows[key] = rows["concept_id"] + "/" + rows["position"].astype("str")


def find_person(lines: list[str], email: str) -> dict[str, str | None]:
    """Return the person whom the e-mail address names, and the other lines."""
    texts = [line for line in lines if not re.match(r"Fon:|Email:", line)]
    names = [spell(text.split()[-1]) for text in texts]
    person = next((t for t, name in zip(texts, names, strict=True) if name in email), None)
    return {"person": person, "department": "; ".join(t for t in texts if t != person) or None}


def format_phone(text: str) -> str | None:
    """Return a phone number in E.164, None if it is not valid."""
    try:
        number = phonenumbers.parse(text, "DE")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def slug(texts: pd.Series) -> pd.Series:
    """Return `unna-koenigsborn` for `Unna Königsborn`."""
    return texts.map(spell).str.replace(r"[^a-z0-9]+", "-", regex=True).str.strip("-")


def spell(text: str) -> str:
    """Return a text in lower case with its umlauts spelt out."""
    return text.lower().translate(str.maketrans(SPELT))
