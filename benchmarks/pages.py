"""Listings of any length: as a page of a content system, and as plain text.

The same count gives the same bytes.
"""

from __future__ import annotations

from html import escape

from benchmarks.records import Field, iter_records

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


def make_page(records: int, topics: int = 10) -> bytes:
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
    shown = "".join(_render_record(n, fields) for n, fields in enumerate(iter_records(records), 1))
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
    for fields in iter_records(records):
        for label, gap, (first, *others) in fields:
            lines += [f"{label}:{gap}{first}", *others]
    return "\n".join(lines).encode()


def _render_record(number: int, fields: list[Field]) -> str:
    rows = []
    for label, gap, lines in fields:
        shown = "<br>".join(
            _render_line(label, line, f"{number}-{n}") for n, line in enumerate(lines)
        )
        rows.append(f"<strong>{escape(label)}:</strong>{gap}{shown}<br>\n")
    return (
        f'<div id="c{100 + number}" class="frame frame-default frame-type-text">'
        f'<div class="ce-bodytext"><p class="record">{"".join(rows)}</p></div></div>\n'
    )


def _render_line(label: str, line: str, file: str) -> str:
    """Return a line of a field's text; downloads and the site are links."""
    if label == "Download":
        title = "Neues Fenster"
        return (
            f'<a href="/fileadmin/ihk/{file}.pdf" class="download" target="_blank" '
            f'title="{title}">{line}</a>'
        )
    if label == "Ergänzende Informationen":
        return f'<a href="http://{line}">{line}</a>'
    return escape(line)
