"""Extractions for the tests of what is published beside the tables: every listing at hand, with times."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from pipeline.archives.files import make_capture, read_pages
from pipeline.extraction import Extraction
from pipeline.listing.spec_reader import read_spec
from pipeline.program.extract import extract_captures
from pipeline.settings import Settings
from tests.program.story import PAGES
from tests.records.forms import KNOWN_ID
from tests.records.mutations import ALL, BOCHUM, RECORDS, UNNA, put, render

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "tests" / "fixtures"
DAY = datetime(2026, 11, 24, 3, tzinfo=UTC)
LISTINGS = {
    "known": (ROOT / "tests/fixtures/raw/ihk/captures" / f"{KNOWN_ID}.txt", "ihk"),
    "invented": (FIXTURES / "invented.txt", "ihk"),
    "baths": (FIXTURES / "baths.txt", str(FIXTURES / "baths.toml")),
    **{
        f"{page.parent.name}/{page.name}": (page, str(page.parent / "spec.toml"))
        for page in sorted((ROOT / "tests" / "listings").glob("*/page*"))
    },
}
_EVIL = put(ALL, "Bezeichnung IHK", '=HYPERLINK("http://x.example";"Gewinn")')(RECORDS)
_EVIL = put(UNNA, "Bezeichnung IHK", "+1+A1 'x'; \"x\"; --")(_EVIL)
_EVIL = put(BOCHUM, "Bezeichnung IHK", "@SUM(A1) 'n _x0041_ 🏘")(_EVIL)
SERIES = {  # pages of one address, a day apart
    "story": [PAGES["first"], PAGES["grown"]],
    "hostile": [render("dl", RECORDS), render("dl", _EVIL)],
}
NAMES = [*LISTINGS, *SERIES]


@cache
def extract(name: str) -> Extraction:
    """Extract a listing or a series of pages, each captured at a known time."""
    if name in SERIES:
        spec, settings = read_spec(), Settings()
        captures = [make_capture(page.encode(), "text/html", "page") for page in SERIES[name]]
    else:
        path, listing = LISTINGS[name]
        spec, settings = read_spec(listing), Settings(listing=listing)
        captures = read_pages([path], spec)
    dated = [replace(c, captured_at=DAY + timedelta(days=n)) for n, c in enumerate(captures)]
    return extract_captures(dated, spec, settings)
