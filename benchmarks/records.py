"""Invented records of a listing, any number of them: the texts of their fields, without markup.

Six towns are known: their keys and figures are real and agree.  Every other six records belong to
towns of their own, with invented figures whose density fits, but for a tenth of them.  Persons,
quarters, titles, numbers and addresses are invented and differ.  The same count gives the same.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

_ONES = "null ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf".split()
_TEENS = {13: "dreizehn", 16: "sechzehn", 17: "siebzehn"}
_TENS = "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig".split()
_GIVEN = "Anna Bernd Carla Dörte Emil Frieda Gustav Hanna Ida Jürgen Klara Ludwig Mia Nora".split()
_FAMILY = (
    "Muster Beispiel Probe Platzhalter Exempel Vorlage Blindtext Jedermann Grünspan Schönwald "
    "Niemand Irgendwer"
).split()
_DISTRICTS = ("Kreis Musterland", "Kreis Beispielau", "Kreis Probenberg", "Kreisfrei")
_SPELT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_GERMAN = str.maketrans(",.", ".,")
_SLIPS = 0.1  # the share of invented towns whose density has a wrong digit

Field = tuple[str, str, list[str]]  # label, the gap behind its colon, lines


class _Town(NamedTuple):
    name: str
    area: str
    population: str
    density: str
    district: str


class _Kind(NamedTuple):
    """One of the six: a known town, and texts in which `{}` is the record's number word."""

    town: _Town
    area_code: str
    title: tuple[str, ...]
    downloads: tuple[str, ...]
    quarter: str  # `%` is the town
    contacts: tuple[tuple[str, ...], ...]  # `%` is the person's line, further blocks are persons


_KINDS = (
    _Kind(_Town("Unna", "88,56", "58.724", "663,1", "Kreis Unna"), "02303/",
          ("IHK Musterviertel {}",), ("Langfassung",), "% Musterviertel {}",
          (("%", "Amt für Beispiele"),)),
    _Kind(_Town("Bochum", "145,66", "361.876", "2.484,3", "Kreisfreie Stadt Bochum"), "0234/",
          ("„Leben im Vorlagenpark {} – familienfreundlich und grün“",),
          ("Langfassung", "Kurzfassung/Faltblatt"), "%-Vorlagenpark {}",
          (("Dr.-Ing. %", "Amt für Muster und Ordnung", "Rahmenplan und Proben"),)),
    _Kind(_Town("Hamm", "226,43", "176.580", "779,9", "Kreisfrei"), "02381/",
          ("„Beispiel bleiben – Beispiel werden“", "Integriertes Handlungskonzept {}"),
          ("Gebietsplan {}", "Handlungskonzept {}"), "Beispielstadt {}",
          (("%", "Musterplanungsamt"), ("%", "Amt für Proben"))),
    _Kind(_Town("Dorsten", "171,20", "75.439", "440,6", "Kreis Recklinghausen"), "02362 / ",
          ("NEUES VOM BLINDTEXTPLATZ {}", "Das integrierte Musterkonzept"),
          ("Antrag", "Anlage zum Antrag {}", "IHK Blindtextplatz {}", "Plan"),
          "%-Blindtextplatz {}", (("%",),)),
    _Kind(_Town("Gelsenkirchen", "104,94", "257.651", "2455,1", "Kreisfrei"), "0209 / ",
          ("Gemeinsames Handlungskonzept – GHK",
           "für Gelsenkirchen-Probe und Herten-Muster/Exempel {}:", "Zwei Orte – ein Beispiel"),
          ("Gemeinsames Handlungskonzept {} – GHK",), "%-Probe {}",
          (("Referat Musterplanung", "%"),)),
    _Kind(_Town("Herten", "37,33", "61.163", "1.638,4", "Kreis Recklinghausen"), "02366/",
          ("IHK Neustart {}",), ("IHK Neustart", "Ergänzung {}"), "% Neustart {}",
          (("%", "FB 2 Muster, Proben, Umwelt"),)),
)  # fmt: skip


def iter_records(records: int) -> Iterator[list[Field]]:
    """Yield the fields of each record."""
    draw = random.Random(1)
    for number in range(records):
        round_number, kind = divmod(number, len(_KINDS))
        word = _spell(number + 1).capitalize()
        town = _invent_town(word, draw) if round_number % 2 else _KINDS[kind].town
        yield _make_record(_KINDS[kind], town, word, draw)


def _invent_town(word: str, draw: random.Random) -> _Town:
    area = Decimal(draw.randint(2_000, 25_000)).scaleb(-2)
    population = area.to_integral_value() * draw.randint(150, 2_600) + draw.randint(0, 99)
    density = str((population / area).quantize(Decimal("0.1"), ROUND_HALF_UP))
    if draw.random() < _SLIPS:
        at = draw.randint(1, len(density) - 3)  # neither the first digit nor the decimal
        density = f"{density[:at]}{9 - int(density[at])}{density[at + 1 :]}"
    figures = (f"{number:,}".translate(_GERMAN) for number in (area, population, Decimal(density)))
    return _Town(f"{word}hausen", *figures, draw.choice(_DISTRICTS))


def _make_record(kind: _Kind, town: _Town, word: str, draw: random.Random) -> list[Field]:
    contact, host = [f"Stadt {town.name}"], f"{_spell_out(town.name)}.example"
    for n, lines in enumerate(kind.contacts):
        given, family = draw.choice(_GIVEN), draw.choice(_FAMILY)
        contact += [""] * bool(n) + [line.replace("%", f"{given} {family}") for line in lines]
        contact.append(f"Fon: {kind.area_code}{draw.randint(100, 999)} {draw.randint(100, 999)}")
        contact.append(f"Email: {_spell_out(f'{given}.{family}')}@{host}")
    return [
        ("Fläche (km²)", "", [town.area]),
        ("Einwohner", "", [town.population]),
        ("Einwohner je km²", "", [town.density]),
        ("Kreis/kreisfrei", "", [town.district]),
        ("Bezeichnung IHK", "", [line.format(word) for line in kind.title]),
        ("Download", " ", [line.format(word) for line in kind.downloads]),
        ("Quartier", "", [kind.quarter.format(word).replace("%", town.name)]),
        ("Kontakt", "", contact),
        ("Ergänzende Informationen", " ", [f"www.{host}"]),
    ]


def _spell_out(text: str) -> str:
    return text.lower().translate(_SPELT)


def _spell(number: int) -> str:
    """Return the German word of a number from 1 to 9,999: `Musterviertel Dreiundzwanzig`.

    >>> [_spell(n) for n in (1, 17, 60, 123, 6000)]
    ['eins', 'siebzehn', 'sechzig', 'einhundertdreiundzwanzig', 'sechstausend']
    """
    if number >= 1000:
        head, rest = _ONES[number // 1000] + "tausend", number % 1000
    elif number >= 100:
        head, rest = _ONES[number // 100] + "hundert", number % 100
    else:
        head, rest = "", number
    if head:
        return head + (_spell(rest) if rest else "")
    if number == 1:
        return "eins"
    if number <= 12:
        return _ONES[number]
    if number < 20:
        return _TEENS.get(number, _ONES[number % 10] + "zehn")
    tens = _TENS[number // 10 - 2]
    return f"{_ONES[number % 10]}und{tens}" if number % 10 else tens
