"""Another listing is a spec file: no code knows the names or labels of the first one."""

import re
from pathlib import Path

import pytest

import pipeline
from pipeline.errors import SpecError
from pipeline.spec import parse_spec, read_spec

FIXTURES = Path(__file__).parent / "fixtures"
SPEC = FIXTURES / "baths.toml"
IHK = (Path(__file__).parent.parent / "pipeline/listings/ihk.toml").read_bytes()


def test_a_listing_without_municipalities_has_just_its_record_table():
    tables = pipeline.extract(FIXTURES / "baths.txt", listing=str(SPEC))
    assert list(tables) == ["baths", "checks", "cells", "unclaimed", "captures", "changes"]
    columns = ["bath_id", "position", "name", "length_m", "visitors", "note", "web", "web_url"]
    assert list(tables["baths"]) == columns
    assert tables["baths"].iloc[0].tolist() == [
        "nordbad", 1, "Nordbad", 25.5, 12345, "im Sommer Besucher willkommen",
        "www.nord.example", "http://www.nord.example",
    ]  # fmt: skip
    assert tables["baths"]["visitors"].isna().tolist() == [False, True]
    assert "bath_id" in tables["checks"]
    assert len(tables["unclaimed"]) == 0


def test_labels_alone_on_their_line_are_read_from_cells_too():
    rows = "".join(
        f"<tr><th>{label}</th><td>{text}</td></tr>"
        for label, text in (("Bad", "Nordbad"), ("Länge", "25.5 m"), ("Besucher", "12,345"))
    )
    page = f"<table>{rows}</table><table>{rows.replace('Nordbad', 'Westbad')}</table>"
    tables = pipeline.extract(page.encode(), media_type="text/html", listing=str(SPEC))
    assert tables["baths"]["bath_id"].tolist() == ["nordbad", "westbad"]
    assert tables["baths"]["length_m"].tolist() == [25.5, 25.5]


WRONG = [  # in ihk.toml, in its place, the error behind the file's name
    (b'kind = "integer"', b'kind = "integr"', ("[[field]] 3 (population), kind: 'integr' is not one of "
     "text, integer, decimal, district, url, links, contacts; did you mean 'integer'?")),
    (b"opens_with", b"opens_wth", "opens_wth: unknown key 'opens_wth'; did you mean 'opens_with'?"),
    (b'opens_with = "area_km2"', b'opens_with = "area"', "opens_with: no field is called 'area'"),
    (b'key = ["quarter"]', b'key = ["quartr"]', ("key: 'quartr' is no field of table concepts; did you "
     "mean 'quarter'?")),
    (b"min_records = 1", b"min_records = 0", "min_records: a whole number from 1 is expected, not 0"),
    (b'numerator = "population"', b'numerator = "title"', ("[[check]] 1: 'title' is no number in table "
     "municipalities")),
    (b'labels = ["Einwohner"]', b'labels = ["Quartier"]', ("field quarter, labels: 'Quartier' is a "
     "label of population too")),
    (b'table = "concepts"', b'table = "cells"', ("table: 'cells' is the name of another table; choose "
     "another")),
    (b'decimal = ","', b'decimal = "."', "locale: decimal and group are the same mark"),
    (b'url = "https', b'url = "ftp', None),
    (b'name = "ihk"', b"name = ", None),
    (b'name = "ihk"', b'name = "../x"', "name: '../x' is no name of lower-case letters, digits and _"),
    ("ä".encode(), b"\xe4", None),
    (b"[municipality]", b"[municipalty]", ("municipalty: unknown key 'municipalty'; did you mean "
     "'municipality'?")),
    (b'name = "title"', b'name = "position"', ("field: table concepts would have two columns called "
     "'position'")),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "message"), WRONG, ids=lambda v: str(v)[:30])
def test_a_wrong_spec_names_file_key_and_reason(
    old: bytes, new: bytes, message: str | None
) -> None:
    assert old in IHK
    with pytest.raises(SpecError) as raised:
        parse_spec(IHK.replace(old, new, 1), "my.toml")
    assert str(raised.value).startswith("my.toml: ")
    assert "\n" not in str(raised.value)
    if message:
        assert str(raised.value).startswith(f"my.toml: {message}")


def test_no_code_knows_a_label_of_the_listing():
    """The labels stand in the spec alone."""
    code = Path(pipeline.__file__).parent
    texts = {
        path: re.sub(r'""".*?"""|#.*', "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        for path in code.rglob("*.py")
    }
    for label in (label for field in read_spec().fields for label in field.labels):
        if label not in ("Kontakt", "Download"):  # words that names of code hold too
            assert not [path.name for path, text in texts.items() if f'"{label}' in text], label
