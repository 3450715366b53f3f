"""Faults of the document around a listing: its bytes, its end, its template, or another page."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from random import Random

from pipeline.drill.copies import NotHere
from pipeline.drill.mutations.records import FOOTER
from pipeline.drill.pages.forms import META
from pipeline.listing import ListingSpec

_HEADLINES = (
    ("Wartungsarbeiten", "Diese Seite ist wegen Wartungsarbeiten vorübergehend nicht erreichbar."),
    ("404 – Seite nicht gefunden", "Die angeforderte Seite existiert nicht."),
    ("Anmeldung", "Bitte melden Sie sich mit Benutzername und Passwort an."),
    ("Just a moment...", "Checking that you are not a robot. Captcha erforderlich."),
    ("Datenschutz", "Wir verwenden Cookies. Bitte stimmen Sie zu."),
    ("Startseite", "Willkommen auf unserer neuen Internetseite."),
)
_BANNERS = (
    '<div class="banner" role="alert"><p>Neu: Unser Portal zieht um.</p><button>Schließen</button></div>',
    '<div id="cookie"><p>Cookies: Wir speichern nur, was nötig ist.</p><a href="#">Zustimmen</a></div>',
    '<div class="skip"><a href="#inhalt">Zum Inhalt</a></div>',
    "<p>Stand: 24.11.2026</p><hr>",
)
_TAG = re.compile(r"</?(?!br|hr|a[ >]|t[rdh])[a-z][^>]*>", re.IGNORECASE)
_TWO_BYTES = re.compile(rb"[\xc3\xc2].")


def render_other_page(document: str, spec: ListingSpec, draw: Random) -> str:
    """Return a page that came in place of the listing; it may name some of the labels in prose."""
    labels = [label for field in spec.fields for label in field.labels]
    title, words = draw.choice(_HEADLINES)
    some = ", ".join(draw.sample(labels, min(3, len(labels))))
    prose = draw.choice(("", f"<p>Hier fanden Sie bisher {escape(some)}.</p>",
                         f"<p>{escape(draw.choice(labels))}: siehe unten.</p>"))  # fmt: skip
    return (
        f"<!DOCTYPE html><html><head>{META}<title>{title}</title></head><body><h1>{title}</h1>"
        f"<p>{words}</p>{prose}<footer><p>Impressum</p></footer></body></html>"
    )


def add_banner(document: str, spec: ListingSpec, draw: Random) -> str:
    """Put a banner in front of a page's content or behind it: outside the listing."""
    banner = draw.choice(_BANNERS)
    if draw.random() < 0.5 or "</body>" not in document:
        return re.sub(r"(<body[^>]*>|<main>)", lambda m: m[0] + banner, document, count=1)
    return document.replace("</body>", f"{banner}</body>")


def add_footer(document: str, spec: ListingSpec, draw: Random) -> str:
    """Put a page's footer behind the listing, inside the element that holds the page's content."""
    lines = "".join(f"<p>{line}</p>" for line in draw.sample(FOOTER, draw.randrange(1, 4)))
    wrap = draw.choice(("<div>{}</div>", "<hr><div>{}</div>", "<hr>{}", "<footer>{}</footer>"))
    return document.replace("</main>", wrap.format(lines) + "</main>")


def break_markup(document: str, spec: ListingSpec, draw: Random) -> str:
    """Lose or double a tag inside the body.

    None whose loss would take away a line's end, a link, or (a table's) the place of its text.
    """
    if "<template" in document or " hidden" in document or _is_unclosed(document):
        raise NotHere  # what is hidden might spread, and a reader of the page would not see it
    tags = [m for m in _TAG.finditer(document) if m.start() > document.find("<h1")]
    if not tags:
        raise NotHere
    tag = draw.choice(tags)
    again = tag[0] * draw.choice((0, 0, 2))
    return document[: tag.start()] + again + document[tag.end() :]


def _is_unclosed(document: str) -> bool:
    return document.count("<dd") != document.count("</dd>")


def break_encoding(document: str, spec: ListingSpec, draw: Random) -> bytes:
    """Return a document's bytes in an encoding that is not the declared one, or damaged."""
    kind = draw.randrange(6)
    body = document.encode()
    if kind == 0:
        return document.replace(META, '<meta charset="windows-1252">').encode()
    if kind == 1:
        try:
            return document.encode("cp1252")
        except UnicodeEncodeError:
            raise NotHere from None
    if kind == 2:
        return body.decode("cp1252", "replace").encode()
    if kind == 3:
        if all(label.isascii() for label in spec.field(spec.opens_with).labels):
            raise NotHere  # `?` in a value alone is what the page prints
        return document.encode("ascii", "replace")
    places = [match.start() for match in _TWO_BYTES.finditer(body)]
    if not places:
        return body
    at = draw.choice(places)
    if kind == 4:
        return body[:at] + body[at + 1 :]
    return body[:at] + body[at : at + 2].decode("cp1252").encode() + body[at + 2 :]


def cut_body(document: str, spec: ListingSpec, draw: Random) -> bytes:
    """Return the beginning of a document's bytes; of a text nobody could tell."""
    if "</html" not in document.lower():
        raise NotHere
    body = document.encode()
    return body[: draw.randrange(1, len(body))]


def _change_nothing(document: str, spec: ListingSpec, draw: Random) -> str:
    """Print the same listing in another template."""
    return document


DOCUMENTS: dict[str, Callable[[str, ListingSpec, Random], str]] = {
    "template_changed": _change_nothing,
    "banner_added": add_banner,
    "footer_added": add_footer,
    "markup_broken": break_markup,
    "other_page": render_other_page,
}
BODIES: dict[str, Callable[[str, ListingSpec, Random], bytes]] = {
    "encoding_broken": break_encoding,
    "body_truncated": cut_body,
}
NAMES = (*DOCUMENTS, *BODIES)
