"""The page of the story in docs/watching.md, as it stands at each visit (constructed, invented persons)."""

from tests.records.mutations import BOCHUM, RECORDS, put, render

_GROWN = put(BOCHUM, "Bezeichnung IHK", "IHK Vorlagenpark 2030")(RECORDS)
_MOVED = render("p_br_strong", _GROWN[::-1], title="Neue Überschrift")

PAGES = {
    "first": render("dl", RECORDS[:3]),
    "grown": render("dl", _GROWN),  # a concept more, and a title edited
    "moved": _MOVED,  # another order, another markup, another heading
    "broken": _MOVED.replace("Quartier:", "Quartiere:"),  # a label renamed
    "mended": _MOVED,
}
