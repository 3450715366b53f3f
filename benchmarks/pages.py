"""Listings of any length, made of six invented records: as a page and as plain text.

Towns, keys and figures are real and agree within a town; persons, quarters, titles, numbers and
addresses are invented and differ from record to record.  The same count gives the same bytes.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from html import escape
from typing import NamedTuple

_ONES = "null ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf".split()
_TEENS = {13: "dreizehn", 16: "sechzehn", 17: "siebzehn"}
_TENS = "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig".split()
_GIVEN = "Anna Bernd Carla Dörte Emil Frieda Gustav Hanna Ida Jürgen Klara Ludwig Mia Nora".split()
_FAMILY = (
    "Muster Beispiel Probe Platzhalter Exempel Vorlage Blindtext Jedermann Grünspan Schönwald "
    "Niemand Irgendwer"
).split()
_SPELT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


class _Kind(NamedTuple):
    """One of the six: a town's figures, and texts in which `{}` is the record's number word."""

    town: str
    area: str
    population: str
    density: str
    district: str
    area_code: str
    title: tuple[str, ...]
    downloads: tuple[str, ...]
    quarter: str
    contacts: tuple[tuple[str, ...], ...]  # `%` is the person's line, further blocks are persons


_KINDS = (
    _Kind("Unna", "88,56", "58.724", "663,1", "Kreis Unna", "02303/",
          ("IHK Musterviertel {}",), ("Langfassung",), "Unna Musterviertel {}",
          (("%", "Amt für Beispiele"),)),
    _Kind("Bochum", "145,66", "361.876", "2.484,3", "Kreisfreie Stadt Bochum", "0234/",
          ("„Leben im Vorlagenpark {} – familienfreundlich und grün“",),
          ("Langfassung", "Kurzfassung/Faltblatt"), "Bochum-Vorlagenpark {}",
          (("Dr.-Ing. %", "Amt für Muster und Ordnung", "Rahmenplan und Proben"),)),
    _Kind("Hamm", "226,43", "176.580", "779,9", "Kreisfrei", "02381/",
          ("„Beispiel bleiben – Beispiel werden“", "Integriertes Handlungskonzept {}"),
          ("Gebietsplan {}", "Handlungskonzept {}"), "Beispielstadt {}",
          (("%", "Musterplanungsamt"), ("%", "Amt für Proben"))),
    _Kind("Dorsten", "171,20", "75.439", "440,6", "Kreis Recklinghausen", "02362 / ",
          ("NEUES VOM BLINDTEXTPLATZ {}", "Das integrierte Musterkonzept"),
          ("Antrag", "Anlage zum Antrag {}", "IHK Dorsten Blindtextplatz {}", "Plan"),
          "Dorsten-Blindtextplatz {}", (("%",),)),
    _Kind("Gelsenkirchen", "104,94", "257.651", "2455,1", "Kreisfrei", "0209 / ",
          ("Gemeinsames Handlungskonzept – GHK",
           "für Gelsenkirchen-Probe und Herten-Muster/Exempel {}:", "Zwei Orte – ein Beispiel"),
          ("Gemeinsames Handlungskonzept {} – GHK",), "Gelsenkirchen-Probe {}",
          (("Referat Musterplanung", "%"),)),
    _Kind("Herten", "37,33", "61.163", "1.638,4", "Kreis Recklinghausen", "02366/",
          ("IHK Neustart {}",), ("IHK Neustart", "Ergänzung {}"), "Herten Neustart {}",
          (("%", "FB 2 Muster, Proben, Umwelt"),)),
)  # fmt: skip
_PLACE = "@records@"
_PAGE = f"""<!DOCTYPE html>
<html lang="de">
<head>
<meta charset="utf-8">
<title>Gute Praxisbeispiele zu IHKs | Projekt Muster</title>
{{head}}<script>{{script}}</script>
</head>
<body id="p42" class="layout-default">
<nav class="nav main-nav"><ul>
<li class="nav-item"><a href="/" class="nav-link">Startseite</a></li>
<li class="nav-item"><a href="/themen" class="nav-link">Themen</a></li>
<li class="nav-item active"><a href="/beispiele" class="nav-link">Beispiele</a></li>
{{menu}}</ul></nav>
<main class="content"><div id="c7" class="frame frame-default">
<h1 class="title">Gute Praxisbeispiele zu IHKs</h1>
<p class="lead">Die Beispiele zeigen, wie Quartiere geplant werden.</p>
{{prose}}<div class="records">
{_PLACE}</div>
</div><aside class="sidebar">{{teasers}}</aside></main>
<footer class="footer"><p>Projekt Muster, Beispielstraße 1, 40213 Düsseldorf</p>
<ul><li><a href="/impressum">Impressum</a></li><li><a href="/kontakt">Kontakt</a></li></ul></footer>
</body>
</html>
"""
_TOPICS = (
    "Quartier Wohnen Jugend Alter Umwelt Arbeit Bildung Kultur Verkehr Gesundheit Ehrenamt Nachbarschaft"
).split()
_PROSE = (
    "Gute Beispiele zeigen, wie ein Quartier gemeinsam geplant wird und was sich bewährt hat. "
    "Ein Konzept bündelt die Vorhaben vieler Ämter, benennt Ziele und sagt, wer was bis wann tut. "
)
_Field = tuple[str, str, list[str]]  # label, the gap behind its colon, lines


def make_page(records: int, topics: int = 9) -> bytes:
    """Return a page of so many records in a content system's template.

    Each record is a `p` of `strong` labels and lines ended by `br`, in a frame of its own.  Around
    the listing stand a head, a menu and teasers, some 3.4 kB for each of the `topics`.
    """
    names = [_TOPICS[n % len(_TOPICS)] for n in range(topics)]
    script = "window.muster = window.muster || []; muster.push({a: 1 < 2});\n" * (7 * topics)
    head = "".join(_render_head(n, name) for n, name in enumerate(names))
    menu = "".join(_render_menu(name) for name in names)
    prose = f"<p>{_PROSE * 3}</p>\n" * (topics // 2)
    teasers = "".join(_render_teaser(n, name) for n, name in enumerate(names))
    shown = "".join(_render_record(n, fields) for n, fields in enumerate(_iter_records(records), 1))
    page = _PAGE.format(head=head, script=script, menu=menu, prose=prose, teasers=teasers)
    return page.replace(_PLACE, shown).encode()


def make_site_page() -> bytes:
    """Return six records among some 44 kB of furniture: a page of the known one's size."""
    return make_page(6, 13)


def make_large_site_page() -> bytes:
    """Return sixty records among some 2 MB of furniture."""
    return make_page(60, 590)


def _render_head(number: int, topic: str) -> str:
    return "".join(
        f'<meta property="og:muster-{number}-{n}" content="Projekt Muster, {topic}">\n'
        f'<link rel="stylesheet" href="/typo3temp/assets/css/teil-{n}.css?1467{number:06}" media="all">\n'
        for n in range(3)
    )


def _render_menu(topic: str) -> str:
    items = "".join(
        f'<li class="nav__item nav__item--level-2 nav__item--page" data-uid="4{n:02}">'
        f'<a class="nav__link nav__link--internal" '
        f'href="/themen/{topic.lower()}/seite-{n}">{topic} {other}</a></li>\n'
        for n, other in enumerate(_TOPICS[:10])
    )
    return (
        f'<li class="nav__item nav__item--level-1"><a class="nav__link" href="/themen/{topic.lower()}" '
        f'title="{topic}">{topic}</a>\n<ul class="nav__sub nav__sub--level-2">{items}</ul></li>\n'
    )


def _render_teaser(number: int, topic: str) -> str:
    return (
        f'<div class="teaser teaser--small"><h3 class="teaser__title">{topic}</h3>'
        f'<p class="teaser__text">{_PROSE[:90]}</p>'
        f'<a class="teaser__more" href="/aktuelles/{number}">Mehr lesen</a></div>\n'
    )


def make_text(records: int) -> bytes:
    """Return the same listing as plain text."""
    lines = ["Gute Praxisbeispiele zu IHKs", ""]
    for fields in _iter_records(records):
        for label, gap, (first, *others) in fields:
            lines += [f"{label}:{gap}{first}", *others]
    return "\n".join(lines).encode()


def _iter_records(records: int) -> Iterator[list[_Field]]:
    draw = random.Random(1)
    for number in range(records):
        yield _make_record(_KINDS[number % len(_KINDS)], _spell(number + 1).capitalize(), draw)


def _make_record(kind: _Kind, word: str, draw: random.Random) -> list[_Field]:
    contact = [f"Stadt {kind.town}"]
    for n, lines in enumerate(kind.contacts):
        given, family = draw.choice(_GIVEN), draw.choice(_FAMILY)
        mailbox = f"{given}.{family}".lower().translate(_SPELT)
        contact += [""] * bool(n) + [line.replace("%", f"{given} {family}") for line in lines]
        contact.append(f"Fon: {kind.area_code}{draw.randint(100, 999)} {draw.randint(100, 999)}")
        contact.append(f"Email: {mailbox}@{kind.town.lower()}.example")
    return [
        ("Fläche (km²)", "", [kind.area]),
        ("Einwohner", "", [kind.population]),
        ("Einwohner je km²", "", [kind.density]),
        ("Kreis/kreisfrei", "", [kind.district]),
        ("Bezeichnung IHK", "", [line.format(word) for line in kind.title]),
        ("Download", " ", [line.format(word) for line in kind.downloads]),
        ("Quartier", "", [kind.quarter.format(word)]),
        ("Kontakt", "", contact),
        ("Ergänzende Informationen", " ", [f"www.{kind.town.lower()}.example"]),
    ]


def _render_record(number: int, fields: list[_Field]) -> str:
    rows = []
    for label, gap, lines in fields:
        shown = "<br>".join(
            _render_line(label, line, f"{number}-{n}") for n, line in enumerate(lines)
        )
        rows.append(f"<strong>{escape(label)}:</strong>{gap}{shown}<br>\n")
    return (
        f'<div id="c{100 + number}" class="frame frame-default frame-type-text frame-layout-0">'
        f'<div class="ce-bodytext"><p class="record">{"".join(rows)}</p></div></div>\n'
    )


def _render_line(label: str, line: str, file: str) -> str:
    """Return a line of a field's text; downloads and the site are links."""
    if label == "Download":
        title = "Öffnet die Datei in einem neuen Fenster"
        return (
            f'<a href="/fileadmin/ihk/{file}.pdf" class="download" target="_blank" '
            f'title="{title}">{line}</a>'
        )
    if label == "Ergänzende Informationen":
        return f'<a href="http://{line}">{line}</a>'
    return escape(line)


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
