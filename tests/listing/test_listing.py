"""Another listing is a spec file: no code knows the names or labels of the first one."""

import re
import shlex
from decimal import Decimal
from pathlib import Path

import pytest

import pipeline
from pipeline.errors import SpecError
from pipeline.listing.spec import ListingSpec
from pipeline.listing.spec_reader import parse_spec, read_spec
from pipeline.listing.spec_sections import KEYS
from tests.cli.command import call
from tests.records.forms import known_capture

FIXTURES = Path(__file__).parents[1] / "fixtures"
SPEC = FIXTURES / "baths.toml"
GUIDE = (Path(__file__).parents[2] / "docs/listing-spec.md").read_text(encoding="utf-8")
IHK = (Path(__file__).parents[2] / "pipeline/listings/ihk.toml").read_bytes()


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


def test_a_label_word_is_a_value_where_it_is_alone_with_its_label_in_a_div():
    """Among many `div` side by side, the place does not tell: an empty label stays empty."""
    pair = "<div><div>{}</div><div>{}</div></div>".format
    rows = pair("Bad", "Länge") + pair("Länge", "25.5 m") + pair("Besucher", "12,345")
    flat = "".join(f"<div>{text}</div>" for text in ("Bad", "Nord", "Länge", "Besucher", "12,345"))
    for record, expected in ((rows, ("Länge", 25.5, 12345)), (flat, ("Nord", None, 12345))):
        other = record.replace("12,345", "99")
        page = f"<section>{record}</section><section>{other}</section>".encode()
        table = pipeline.extract(page, media_type="text/html", listing=str(SPEC))["baths"]
        first = table.iloc[0]
        assert (first["name"], first["length_m"] if first.notna()["length_m"] else None,
                first["visitors"]) == expected  # fmt: skip


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
    (b"maximum = 1000", b"maximum = 0", ("[[field]] 2 (area_km2), minimum: 0.01 is more than the "
     "maximum, 0")),
    (b"minimum = 1\n", b'minimum = "1"\n', ("[[field]] 3 (population), minimum: a number is expected, "
     "not '1'")),
    (b"minimum = 1\n", b"minimum = true\n", ("[[field]] 3 (population), minimum: a number is expected, "
     "not True")),
    (b"minimum = 1\n", b"minimum = nan\n", ("[[field]] 3 (population), minimum: a number is expected, "
     "not nan")),
    (b'name = "quarter"', b'name = "quarter"\nmaximum = 9', ("[[field]] 6 (quarter), maximum: a field of "
     "kind 'text' is no number; leave it out")),
    (b'name = "quarter"', b'name = "quarter"\njoint = "; "', ("[[field]] 6 (quarter), joint: only a text "
     "with many = true has lines to join")),
    (b'name = "quarter"', b'name = "quarter"\nheading = true', ("[[field]] 6 (quarter), heading: a heading "
     "has no label before it; leave out labels or heading")),
    (b'labels = ["Quartier"]\nkind = "text"', b'heading = true\nkind = "url"', ("[[field]] 6 (quarter), "
     "heading: a heading is one line of text; write kind = \"text\" without many")),
    (b'state = "05"', b'state = "5"', ("municipality, state: '5' is not the first 2, 3 or 5 digits of an "
     "AGS, such as '05' for North Rhine-Westphalia")),
    (b'state = "05"', "state = \"٠٥\"".encode(), ("municipality, state: '٠٥' is not the first 2, 3 or 5 "
     "digits of an AGS, such as '05' for North Rhine-Westphalia")),
    (b'state = "05"', b"state = 5", "municipality, state: a text is expected, not 5"),
    (b'group = "."', b'group = "."\ncountry = "UK"', ("locale, country: 'UK' is not the ISO 3166 code of "
     "a country, such as 'DE', 'AT' or 'GB'")),
    (b'group = "."', b'group = "."\ncountry = "AT"', ("municipality, state: only towns of Germany have an "
     "AGS, and the country of the locale is 'AT'; leave it out")),
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


def test_bounds_are_exact_and_belong_to_numbers_of_any_table():
    spec = read_spec()
    bounds = {f.name: (f.minimum, f.maximum) for f in spec.fields if f.minimum is not None}
    assert bounds == {
        "area_km2": (Decimal("0.01"), Decimal(1000)),
        "population": (Decimal(1), Decimal(4000000)),
        "density_per_km2": (Decimal("0.01"), Decimal(6000)),
    }


BOUNDS = [  # lines of the field, text, verdict, expected, message
    ("minimum = 25.5", "25.5", "pass", "at least 25.5", "25.5 is a possible length_m."),
    ("minimum = 25.6", "25.5", "fail", "at least 25.6",
     "25.5 is no possible length_m: expected is at least 25.6."),
    ("maximum = 25.5", "25.5", "pass", "at most 25.5", "25.5 is a possible length_m."),
    ("maximum = 25.4", "25.5", "fail", "at most 25.4",
     "25.5 is no possible length_m: expected is at most 25.4."),
    ("minimum = 0.1\nmaximum = 0.3", "0.3", "pass", "0.1 to 0.3", "0.3 is a possible length_m."),
    ("minimum = 1\nmaximum = 50", "-25.5", "fail", "1 to 50",
     "-25.5 is no possible length_m: expected is 1 to 50."),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "text", "verdict", "expected", "message"), BOUNDS)
def test_a_number_of_the_record_table_is_held_to_its_bounds(
    lines: str, text: str, verdict: str, expected: str, message: str, tmp_path: Path
) -> None:
    file = tmp_path / "baths.toml"
    content = SPEC.read_text(encoding="utf-8").replace('unit = "m"', f'unit = "m"\n{lines}')
    file.write_text(content, encoding="utf-8")
    page = f"Bad\nNordbad\nLänge\n{text} m\n".encode()
    checks = pipeline.extract(page, media_type="text/plain", listing=str(file))["checks"]
    told = checks[checks["rule"] == "plausible"]
    assert told[["table_name", "row_id", "column_name", "bath_id", "verdict", "expected",
                 "observed", "message"]].to_numpy().tolist() == [
        ["baths", "nordbad", "length_m", "nordbad", verdict, expected, text, message]
    ]  # fmt: skip


@pytest.mark.parametrize(("country", "count"), [("DE", 7), ("AT", 0)])
def test_area_codes_tell_a_town_in_germany_only(country: str, count: int, tmp_path: Path) -> None:
    file = tmp_path / "ihk.toml"
    content = IHK.decode().replace('state = "05"', "")
    file.write_text(content.replace('group = "."', f'group = "."\ncountry = "{country}"'))
    page = known_capture().replace(b"Fon: 0", b"Fon: +49 ")
    tables = pipeline.extract(page, media_type="text/plain", listing=str(file))
    assert tables["contacts"]["phone"].str.startswith("+49").all()
    assert list(tables["checks"]["rule"]).count("area_code") == count


def test_an_empty_label_is_published(tmp_path):
    page = tmp_path / "page.txt"
    page.write_text("Bad\nNordbad\nLänge\n\nBesucher\n1\n", encoding="utf-8")
    done = call("extract", page, "--listing", SPEC, "--out", tmp_path / "tables")
    assert (done.returncode, done.stderr) == (0, "")
    assert "  warn: nordbad: The label “Länge” has no text, so length_m is null.\n" in done.stdout


# --- The guide: docs/listing-spec.md -----------------------------------------------------------

TABLE = re.compile(r"^\| `(?:(\[+\w+\]+) )?(\w+)` \| [^|]+ \| ([^|]+) \|", re.MULTILINE)


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)


def documented() -> dict[tuple[str, str], str]:
    """Give section and key with the default that the guide tells."""
    table = GUIDE.partition("\n## Keys\n")[2].partition("What the kinds read")[0]
    return {(s.strip("[]"), key): default for s, key, default in TABLE.findall(table)}


def test_the_guide_lists_each_key_that_the_reader_knows_and_no_other():
    known = {(section, key) for section, keys in KEYS.items() for key in keys.split()}
    assert set(documented()) == known - {("", section) for section in KEYS}


def minimal() -> ListingSpec:
    text = """name = "x"\ntitle = "X"\nurl = "https://x.example"\ntable = "xs"\nkey = ["a"]
opens_with = "a"\n[[field]]\nname = "a"\nlabels = ["A"]\nkind = "text"\n"""
    return parse_spec(text.encode(), "x.toml")


def test_the_guide_tells_the_defaults():
    spec = minimal()
    (field,) = spec.fields
    told = {
        f"{section}.{key}".lstrip("."): text.strip("`")
        for (section, key), text in documented().items()
    }
    assert (told["id"], told["min_records"], told["colon"]) == (spec.id, "1", "true")
    assert (spec.min_records, spec.colon, spec.name_from, spec.state) == (1, True, (), "")
    assert tuple(told[f"locale.{key}"] for key in ("decimal", "group", "country")) == spec.locale
    assert (told["field.table"], field.table) == ("the record table", "xs")
    assert (told["field.many"], told["field.required"]) == ("false", "false")
    assert (field.many, field.required, field.joint) == (False, False, " ")
    assert (field.unit, field.minimum, field.maximum) == (None, None, None)


def test_the_walk_through_of_the_guide_runs(tmp_path):
    (page,), (first, rest), (_, again) = blocks("text"), blocks("toml"), blocks("sh")
    (tmp_path / "pools.txt").write_text(page, encoding="utf-8")
    spec = tmp_path / "pools.toml"
    spec.write_text(first, encoding="utf-8")
    done = call("spec", "pools.toml", "pools.txt", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "   5 unclaimed                    Visitors: 12,345\n" in done.stdout
    spec.write_text(first + rest, encoding="utf-8")
    for line in again.splitlines():
        done = call(*shlex.split(line)[1:], cwd=tmp_path)
        assert (done.returncode, done.stderr) == (0, "")
        assert "2 pools, 2 contacts\n" in done.stdout
        assert ", 1 warn, 0 fail, " in done.stdout
        assert "; 0 lines unclaimed\n" in done.stdout
        assert (
            "  warn: west-baths: The page says “n/a” for “Visitors”, so visitors is null.\n"
            in done.stdout
        )
    contacts = (tmp_path / "tables/contacts.csv").read_text(encoding="utf-8").splitlines()
    assert contacts[1] == (
        "north-baths/1,north-baths,1,Pools Office,,,Ms,Ann Example,,Ann,Example,+442079460123,"
        "020 7946 0123,ann.example@pools.example,,"
    )
