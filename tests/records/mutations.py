"""Mutations of the invented listing: each makes one fault of a page, in any form."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from tests.records.forms import FORMS, Entry, Record, read_listing, render_text
from tests.records.outcomes import Outcome, Rows, read

TITLE, RECORDS = read_listing(
    (Path(__file__).parents[1] / "fixtures" / "invented.txt").read_text(encoding="utf-8")
)
UNNA, HOF, BOCHUM, DORSTEN = range(4)  # the records; the second is in Unna too, printing no town
ALL = range(4)
IDS = ["unna-musterviertel", "unna-beispielhof", "bochum-vorlagenpark", "dorsten-blindtextplatz"]
MEDIA = ("text", "p_br_strong", "dl", "table_no_colon")

KNOWN = ("label", "warn", "density_per_km2",
         "The page says “k.A.” for “Einwohner je km²”, so density_per_km2 is null.")  # fmt: skip

# One good record as text; `{0}` tells records apart.
WHOLE = (
    "Fläche (km²):88,56\nEinwohner:58.724\nEinwohner je km²:663,1\nKreis/kreisfrei:Kreis Unna\n"
    "Bezeichnung IHK:Probe{0}\nDownload: Plan\nQuartier:Unna Probe{0}\n"
    "Ergänzende Informationen: www.unna.example\nKontakt:Stadt Unna\n"
)

Mutation = Callable[[list[Record]], list[Record]]
Positions = int | Iterable[int]


def render(form: str, records: list[Record], title: str = TITLE) -> str:
    """Write the listing as plain text, or in one of the HTML forms."""
    return (render_text if form == "text" else FORMS[form])(title, records)


def read_as(form: str, records: list[Record]) -> Outcome:
    """Read the listing as plain text, or in one of the HTML forms."""
    return read(render(form, records), "text/plain" if form == "text" else "text/html")


def edit(where: Positions, label: str, change: Callable[[Entry], list[Entry]]) -> Mutation:
    """Make a mutation that replaces the entries of one label in some records."""
    wanted = {where} if isinstance(where, int) else set(where)

    def mutate(records: list[Record]) -> list[Record]:
        return [
            tuple(
                new
                for entry in record
                for new in (change(entry) if n in wanted and entry.label == label else [entry])
            )
            for n, record in enumerate(records)
        ]

    return mutate


def drop(where: Positions, label: str) -> Mutation:
    """Take a label and its value out."""
    return edit(where, label, lambda entry: [])


def relabel(where: Positions, label: str, new: str) -> Mutation:
    """Print another label before the value."""
    return edit(where, label, lambda entry: [replace(entry, label=new)])


def put(where: Positions, label: str, *lines: str) -> Mutation:
    """Print another value."""
    return edit(where, label, lambda entry: [replace(entry, lines=lines)])


def add(where: Positions, label: str, *entries: Entry) -> Mutation:
    """Print further entries behind a label's value."""
    return edit(where, label, lambda entry: [entry, *entries])


def move_first(where: Positions, label: str) -> Mutation:
    """Print a label with its value before all others of the record."""
    wanted = {where} if isinstance(where, int) else set(where)
    return lambda records: [
        tuple(sorted(record, key=lambda entry: entry.label != label)) if n in wanted else record
        for n, record in enumerate(records)
    ]


def problems(outcome: Outcome, *rules: str) -> list[tuple[object, ...]]:
    """Give the problems besides the one that the invented listing has anyway."""
    found = outcome.problems(*rules)
    if KNOWN in found:
        found.remove(KNOWN)
    return found


def rows(outcome: Outcome) -> dict[str, Rows]:
    """Give the data tables by key, without the concepts' places on the page."""
    names = ("municipalities", "concepts", "downloads", "contacts")
    tables = {
        name: sorted(outcome.tables[name], key=lambda row: str(next(iter(row.values()))))
        for name in names
    }
    tables["concepts"] = [{**row, "position": None} for row in tables["concepts"]]
    return tables
