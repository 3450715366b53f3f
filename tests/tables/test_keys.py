"""Official keys: the six that the package carries, and the register's own file."""

import contextlib
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

import pipeline
from pipeline.errors import SpecError
from pipeline.flow import build_rows, judge_capture
from pipeline.tables.register import MAX_REGISTER_BYTES, Key, known_municipalities, parse_register
from tests.records.forms import known_capture
from tests.records.outcomes import capture, spec

ROOT = Path(__file__).parents[2]
SAMPLE = (Path(__file__).parents[1] / "fixtures" / "gv100ad_sample.txt").read_bytes()
LINES = SAMPLE.decode().splitlines()
ADVICE = "let the setting register name the text file GV100AD_….txt of the Gemeindeverzeichnis"
UNREADABLE = "line 1: its date, type or figures cannot be read"
OFFICIAL = {  # Gemeindeverzeichnis, 30.11.2023
    "unna": ("05978036", "Unna", 8856, "Kreis Unna"),
    "bochum": ("05911000", "Bochum", 14566, None),
    "hamm": ("05915000", "Hamm", 22643, None),
    "dorsten": ("05562012", "Dorsten", 17120, "Kreis Recklinghausen"),
    "gelsenkirchen": ("05513000", "Gelsenkirchen", 10494, None),
    "herten": ("05562020", "Herten", 3733, "Kreis Recklinghausen"),
}


def district(code: str, name: str, kind: str) -> str:
    return f"4020231130{code:<12}{name:<100}{kind:<2}".ljust(220)


def municipality(
    ags: str, name: str, kind: str = "63", figures: str = f"{5918:011}{86348:011}"
) -> str:
    return f"6020231130{ags}0000{name:<100}{kind:<2}    {figures}{'0' * 11}    44532".ljust(220)


def render(*lines: str, encoding: str = "utf-8") -> bytes:
    return "".join(f"{line}\n" for line in lines).encode(encoding)


def read_error(content: bytes) -> str:
    """Give the message that refuses `content`."""
    with pytest.raises(SpecError) as caught:
        parse_register(content, "r.txt", "05")
    return str(caught.value)


def test_the_package_knows_the_six_municipalities_of_the_known_page() -> None:
    known = known_municipalities("05")
    assert {name: key[:4] for name, key in known.keys.items()} == OFFICIAL
    assert not known.is_official


def test_the_register_gives_key_area_district_and_population() -> None:
    register = parse_register(SAMPLE, "r.txt", "05")
    assert {name: key[:4] for name, key in register.keys.items()} == OFFICIAL
    assert register.keys["unna"] == Key("05978036", "Unna", 8856, "Kreis Unna", 59700)
    assert (register.source, register.is_official) == ("r.txt", True)
    assert register.as_of == date(2023, 11, 30)


def test_a_key_is_found_by_the_slug_of_the_name() -> None:
    register = parse_register(SAMPLE, "r.txt", "05")
    assert register.find_ags("herten") == "05562020"
    assert register.find_ags("Herten") is None
    assert register.find_ags("herne") is None


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + SAMPLE,
        SAMPLE.replace(b"\n", b"\r\n"),
        SAMPLE.rstrip(b"\n"),
        b"\n" + SAMPLE + b"\n  \n",
        SAMPLE.decode().encode("latin-1"),
        render(*sorted(LINES, reverse=True)),
    ],
    ids=["bom", "crlf", "no_final_newline", "blank_lines", "latin_1", "municipalities_first"],
)
def test_the_same_register_in_another_shape_reads_the_same(content: bytes) -> None:
    assert parse_register(content, "r.txt", "05") == parse_register(SAMPLE, "r.txt", "05")


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_a_name_with_umlauts_is_found_in_new_and_old_files(encoding: str) -> None:
    content = render(*LINES, municipality("05978024", "Lünen, Stadt"), encoding=encoding)
    register = parse_register(content, "r.txt", "05")
    assert register.keys["luenen"] == Key("05978024", "Lünen", 5918, "Kreis Unna", 86348)


def test_a_name_that_stands_twice_in_the_state_is_left_out() -> None:
    content = render(*LINES, municipality("05978040", "Herten, Stadt"))
    assert set(parse_register(content, "r.txt", "05").keys) == set(OFFICIAL) - {"herten"}


def test_another_states_municipality_of_the_same_name_does_not_count() -> None:
    content = render(*LINES, municipality("07339900", "Hamm"))
    assert parse_register(content, "r.txt", "05").find_ags("hamm") == "05915000"
    assert parse_register(content, "r.txt", "07").find_ags("hamm") == "07339900"
    assert parse_register(content, "r.txt", "").find_ags("hamm") is None


@pytest.mark.parametrize(
    ("state", "names"),
    [
        ("05", set(OFFICIAL)),
        ("055", {"gelsenkirchen", "dorsten", "herten"}),
        ("05915", {"hamm"}),
        ("07", set()),
        ("", set()),
    ],
)
def test_the_packages_towns_count_only_where_they_fit_the_state(
    state: str, names: set[str]
) -> None:
    """In all of Germany a name such as Hamm stands twice, which six towns do not tell."""
    assert set(known_municipalities(state).keys) == names


def test_the_spec_tells_which_state_of_the_register_counts(tmp_path: Path) -> None:
    """Two towns are called Hamm: one of them is in the state, none without one."""
    register = tmp_path / "register.txt"
    register.write_bytes(render(*LINES, municipality("07339900", "Hamm")))
    listing = tmp_path / "ihk.toml"
    content = (ROOT / "pipeline/listings/ihk.toml").read_text(encoding="utf-8")
    found = {}
    for line in ('state = "05"', 'state = "07"', ""):
        listing.write_text(content.replace('state = "05"', line), encoding="utf-8")
        tables = pipeline.extract(
            known_capture(), media_type="text/plain", listing=str(listing), register=str(register)
        )
        keys = tables["municipalities"].set_index("municipality_id")["ags"].dropna().to_dict()
        found[line] = (keys.get("hamm"), keys.get("unna"))
    assert found == {
        'state = "05"': ("05915000", "05978036"),
        'state = "07"': ("07339900", None),
        "": (None, "05978036"),
    }


@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [
        ("Unna", "43", "Kreis Unna"),
        ("Unna, Kreis", "43", "Kreis Unna"),
        ("Rhein-Erft-Kreis", "43", "Rhein-Erft-Kreis"),
        ("Hochsauerlandkreis", "43", "Hochsauerlandkreis"),
        ("Städteregion Aachen", "43", "Städteregion Aachen"),
        ("Region Hannover", "43", "Region Hannover"),
        ("Bad Kreuznach", "44", "Landkreis Bad Kreuznach"),
        ("Regionalverband Saarbrücken", "45", "Regionalverband Saarbrücken"),
        ("Hagen, Stadt der FernUniversität", "41", None),
        ("Heidelberg, Stadtkreis", "42", None),
    ],
)
def test_a_district_is_named_as_pages_print_it(name: str, kind: str, expected: str | None) -> None:
    content = render(district("05999", name, kind), municipality("05999001", "Neustadt, Stadt"))
    assert parse_register(content, "r.txt", "05").keys["neustadt"].district == expected


@pytest.mark.parametrize("kind", ["", "60", "64", "67", "68", "69", "99"])
def test_a_municipality_of_any_type_is_read(kind: str) -> None:
    content = render(municipality("05999001", "Neustadt", kind))
    assert parse_register(content, "r.txt", "05").find_ags("neustadt") == "05999001"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the register has no municipality with a key 05…"),
        (render(*LINES[:2]), "the register has no municipality with a key 05…"),
        (b"PK\x03\x04\x14\0", "line 1 is no GV100AD record"),
        (b"ags;name\n05978036;Unna\n", "line 1 is no GV100AD record"),
        (render(LINES[0], "7" + LINES[1][1:]), "line 2 is no GV100AD record"),
        (render(LINES[0], "", LINES[-1][:140]), "line 3 is no GV100AD record"),
        (render(LINES[0], LINES[-1] + " "), "line 2 is no GV100AD record"),
        (SAMPLE.replace(b"\n", b"\r"), "line 1 is no GV100AD record"),
        (render(municipality("0597803٦", "Unna")), "line 1 is no GV100AD record"),
        (render(municipality("05978036", "Unna", figures="1_000".zfill(22))),
         "line 1 is no GV100AD record"),
        (render(municipality("05978036", "Unna", figures=" " * 22)),
         UNREADABLE),
        (render(district("05978", "Unna", "49")), UNREADABLE),
        (render(LINES[-1].replace("20231130", "20231131")),
         UNREADABLE),
    ],
)  # fmt: skip
def test_what_is_no_register_is_refused_with_its_line_and_what_to_do(
    content: bytes, message: str
) -> None:
    told = read_error(content)
    assert told == f"r.txt: {message}; {ADVICE}"


def test_a_file_larger_than_any_register_is_refused_unread() -> None:
    told = read_error(b"\n" * (MAX_REGISTER_BYTES + 1))
    assert told == f"r.txt: larger than any GV100AD file (16,777,217 bytes); {ADVICE}"


@given(st.one_of(
    st.binary(max_size=500),
    st.tuples(st.integers(0, len(SAMPLE) - 1), st.binary(min_size=1, max_size=3)).map(
        lambda cut: SAMPLE[: cut[0]] + cut[1] + SAMPLE[cut[0] + 1 :]
    ),
))  # fmt: skip
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    with contextlib.suppress(SpecError):
        keys = parse_register(content, "r.txt", "05").keys
        assert all(key.ags.isascii() and len(key.ags) == 8 for key in keys.values())


def test_the_reader_of_the_register_is_not_imported_before_it_is_needed() -> None:
    code = (
        "import sys, pipeline.tables.register; pipeline.tables.register.known_municipalities('05'); "
        "sys.exit('gv100ad' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


REGISTER_CASES = [  # label, printed, failing rule and column, message, provenance
    (None, "", None, "", "known page"),
    ("Fläche (km²):88,56", "Fläche (km²):88,57", ("register_area", "area_km2"),
     "The register of 2023-11-30 has 88.56 km², the page “88,57”.", "constructed"),
    ("Fläche (km²):88,56", "Fläche (km²):88,6", None, "", "constructed"),
    ("Kreis/kreisfrei:Kreis Unna", "Kreis/kreisfrei:Kreis Soest", ("register_district", "district"),
     "The register of 2023-11-30 has Kreis Unna, the page Kreis Soest.", "constructed"),
    ("Kreis/kreisfrei:Kreis Unna", "Kreis/kreisfrei:kreisfrei", ("register_district", "district"),
     "The register of 2023-11-30 has Kreis Unna, the page kreisfrei.", "constructed"),
    ("Einwohner:58.724", "Einwohner:58.700", None, "", "constructed"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("found", "printed", "failing", "message", "provenance"), REGISTER_CASES,
    ids=[case[1] or "as it is" for case in REGISTER_CASES],
)  # fmt: skip
def test_area_and_district_are_compared_with_the_register_and_population_is_told(
    found: str | None, printed: str, failing: tuple[str, str] | None, message: str, provenance: str
) -> None:
    """The page's populations are older, so a difference is no fault; a rounded area is none either."""
    text = known_capture().decode()
    judged = judge_capture(
        capture((text.replace(found, printed) if found else text).encode(), "text/plain"), spec()
    )
    checks = build_rows(judged, spec(), parse_register(SAMPLE, "r.txt", "05"))["checks"]
    compared = [row for row in checks if row[0].startswith("register_")]
    assert len(compared) == 18
    failed = [row for row in compared if row[5] != "pass"]
    assert [(row[0], row[3]) for row in failed] == ([failing] if failing else [])
    assert [row[8] for row in failed] == ([message] if failing else [])
    population = next(row for row in compared if row[0] == "register_population")
    assert population[8].startswith("The register of 2023-11-30 has 59700, the page “58.7")
