"""Without people: nothing that is published, shown or told carries a person, whatever the page's faults."""

import json
import re
from functools import cache
from pathlib import Path

import pytest

from pipeline.archives.files import make_capture
from pipeline.drill.run import Drill
from pipeline.errors import SuspectPage
from pipeline.extraction import Extraction
from pipeline.listing.spec_reader import read_spec
from pipeline.model import Capture
from pipeline.program.extract import extract_captures
from pipeline.publish.render import render_set
from pipeline.settings import Settings
from tests.cli.command import call
from tests.privacy.leaks import find_leaks, list_secrets
from tests.records.forms import known_capture
from tests.records.mutations import RECORDS, render

HERE = Path(__file__).parents[1]
PAGES = [None, *sorted(HERE.glob("listings/*/page*.*"))]  # None: the known capture
# A person where the page prints another field's text, under that field's label: nothing tells.
UNDETECTABLE = "labels_swapped"


def name(page: Path | None) -> str:
    return "known" if page is None else f"{page.parent.name}/{page.name}"


def media_type(form: str) -> str:
    return "text/plain" if form in ("text", ".txt") else "text/html"


@cache
def open_page(page: Path | None) -> tuple[Capture, Settings, Drill, frozenset[str]]:
    """Give a page, the settings to read it without people, its drill, and what must not be shown."""
    listing = "ihk" if page is None else str(page.parent / "spec.toml")
    body = known_capture() if page is None else page.read_bytes()
    capture = make_capture(body, media_type(page.suffix if page else "text"), "the page")
    spec = read_spec(listing)
    secrets = frozenset(list_secrets(capture, spec))
    return capture, Settings(listing=listing, people=False), Drill(capture, spec), secrets


def extract(capture: Capture, settings: Settings) -> Extraction:
    return extract_captures([capture], read_spec(settings.listing), settings)


def shown(built: Extraction) -> list:
    """Give all texts that outputs are made of: rows, and the page's lines."""
    lines = [piece.text for pieces in built.lines.values() for piece in pieces]
    return [*built.rows.values(), lines]


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_a_page_shows_its_offices_and_no_person(page):
    capture, settings, _, secrets = open_page(page)
    with_people = extract(capture, Settings(listing=settings.listing))
    assert bool(find_leaks(shown(with_people), secrets)) == bool(secrets)  # the search can find
    built = extract(capture, settings)
    assert find_leaks(shown(built), secrets) == []
    for table in ("municipalities", built.spec.table, "downloads"):
        assert len(built.rows.get(table, [])) == len(with_people.rows.get(table, []))
    assert len(built.rows["checks"]) == len(with_people.rows["checks"])
    for before, after in zip(with_people.rows["cells"], built.rows["cells"], strict=True):
        assert before[2:7] == after[2:7]
        assert before[0] == after[0]
        assert before[0] == "contacts" or before[1] == after[1]
    keys = {row[0] for row in built.rows.get("contacts", [])}
    assert {cell[1] for cell in built.rows["cells"] if cell[0] == "contacts"} <= keys
    assert {check[2] for check in built.rows["checks"] if check[1] == "contacts"} - {"*"} <= keys


@pytest.mark.parametrize("page", PAGES, ids=name)
@pytest.mark.parametrize("seeds", [range(20), pytest.param(range(20, 1500), marks=pytest.mark.slow)],
                         ids=["some", "many"])  # fmt: skip
def test_no_fault_of_a_page_brings_a_person_out(page, seeds):
    _, settings, drill, secrets = open_page(page)
    for seed in seeds:
        mutant = drill.make(seed)
        if mutant.mutation == UNDETECTABLE:
            continue
        capture = make_capture(mutant.body, media_type(mutant.form), "the page")
        try:
            leaks = find_leaks(shown(extract(capture, settings)), secrets)
        except SuspectPage as error:
            told = re.sub("page's title is “.*?”", "", str(error))
            leaks = find_leaks([told], secrets)
        assert leaks == [], f"seed {seed}, {mutant.mutation} as {mutant.form}"


def test_the_known_page_has_one_row_for_each_organisation_of_a_block():
    capture, settings, *_ = open_page(None)
    rows = extract(capture, settings).rows["contacts"]
    assert [(row[0], row[3], row[4]) for row in rows] == [
        ("unna-koenigsborn-sued-ost/1", "Stadt Unna", "Jugendhilfe und Sozialplanung"),
        ("bochum-wattenscheid/1", "Stadt Bochum",
         "Stadtplanungs- und Bauordnungsamt; Rahmenplanung und Stadterneuerung"),
        ("hamm-weststadt/1", "Stadt Hamm", "Stadtplanungsamt; Amt für Soziale Integration"),
        ("dorsten-mitte/1", "Stadt Dorsten", None),
        ("gelsenkirchen-hassel/1", "Stadt Gelsenkirchen", "Referat Stadtplanung"),
        ("herten-innenstadt/1", "Stadt Herten", "FB 2 Planen, Bauen, Umwelt"),
    ]  # fmt: skip
    assert all(row[5:] == (None,) * 11 for row in rows)


CASES = {  # what stands in a record's title, all of it withheld; provenance: constructed
    "an e-mail address": "Konzept, Fragen an jana.moeller@dorsten.example",
    "a decoded one": "Konzept (jana.moeller [at] dorsten.example)",
    "a number": "Konzept, Auskunft 02362/66 41 00",
    "an international number": "Konzept, Auskunft +49 2362 664100",
    "a salutation": "Konzept von Frau Möller",
    "a title": "Konzept von Dr. Öztürk",
    "a sub-label": "Ansprechpartnerin: Jana Möller",
    "a contact's name": "Wohnen mit Max Muster",
    "a contact's name, turned": "Wohnen mit Muster, Max",
}
PLAIN = ["Zwei Städte – ein Ziel", "Dorsten 2020", "Frau und Beruf", "01.03.2021 – 31.08.2024",
         "Phase 2 (2014-2020)", "Muster", "Herrenhaus", "Drei Höfe"]  # fmt: skip


def with_title(title: str) -> Extraction:
    page = render("text", RECORDS).replace("IHK Musterviertel", title)
    return extract(make_capture(page.encode(), "text/plain", "p"), Settings(people=False))


@pytest.mark.parametrize("title", CASES.values(), ids=CASES)
def test_a_title_that_shows_a_person_is_withheld(title):
    built = with_title(title)
    assert built.rows["concepts"][0][3] == "[withheld]"
    assert find_leaks(shown(built), {title}) == []
    assert ("concepts", "unna-musterviertel", "title", "[withheld]") in [
        (*cell[:3], cell[7]) for cell in built.rows["cells"]
    ]


@pytest.mark.parametrize("title", PLAIN)
def test_a_title_that_shows_none_stays(title):
    assert with_title(title).rows["concepts"][0][3] == title


def test_a_record_that_is_named_by_a_person_gets_another_key_everywhere():
    page = render("text", RECORDS).replace("Bochum-Vorlagenpark", "Büro Frau Öztürk")
    built = extract(make_capture(page.encode(), "text/plain", "p"), Settings(people=False))
    assert find_leaks(shown(built), {"Öztürk", "bochum-buero-frau-oeztuerk", "oeztuerk"}) == []
    assert built.rows["concepts"][2][:3] == ("withheld-3", "bochum", 3)
    assert {row[0] for row in built.rows["downloads"] if row[1] == "withheld-3"} == {
        "withheld-3/1", "withheld-3/2",
    }  # fmt: skip
    assert {c[4] for c in built.rows["checks"]} >= {"withheld-3"}


@pytest.fixture
def published(tmp_path):
    """Two captures of the invented page, a contact changed between them, published without people."""
    for name, records in (("old.txt", RECORDS[:3]), ("new.txt", RECORDS)):
        page = render("text", records)
        page = page if name == "new.txt" else page.replace("m.muster@", "max.muster@")
        (tmp_path / name).write_text(page, encoding="utf-8")
    flags = ("--excel", "--csv-de", "--report", "--without-people")
    done = call("extract", "old.txt", "new.txt", "--out", "out", *flags, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    return tmp_path, done


SECRETS = {"Muster", "Beispiel", "Platzhalter", "Exempel", "lena.beispiel", "platzhalterp",
           "02303", "0171", "PProbe"}  # fmt: skip


def test_no_published_file_and_no_word_carries_a_person(published):
    folder, done = published
    assert find_leaks([done.stdout, done.stderr], SECRETS) == []
    files = [path for path in (folder / "out" / ".current").rglob("*") if path.is_file()]
    assert {"report.html", "ihk.xlsx", "changes.atom", "views.sql"} <= {p.name for p in files}
    for path in files:
        text = path.read_bytes().decode("utf-8", "replace")
        # streets of invented offices are named so too
        assert find_leaks([text], SECRETS - {"Muster", "Beispiel"}) == [], path
        assert "Max Muster" not in text
        assert "Lena Beispiel" not in text


def test_only_what_offices_print_changes(published):
    folder, _ = published
    done = call("changes", "--out", "out", "--json", cwd=folder)
    events = json.loads(done.stdout)["changes"]
    assert {event["kind"] for event in events} == {"row_added"}
    assert find_leaks([done.stdout], SECRETS) == []


def test_explain_shows_the_line_with_the_person_withheld(published):
    folder, _ = published
    row = "unna-musterviertel/1"
    done = call("explain", "contacts", row, "person", "--out", "out", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "= null" in done.stdout
    assert "[withheld]" in done.stdout
    done = call("explain", "contacts", row, "organisation", "--out", "out", cwd=folder)
    assert "Stadt Unna" in done.stdout


def test_verify_knows_what_is_withheld(tmp_path):
    (tmp_path / "raw" / "ihk").mkdir(parents=True)
    for path in (HERE.parent / "raw").rglob("*"):
        to = tmp_path / "raw" / path.relative_to(HERE.parent / "raw")
        to.mkdir(parents=True, exist_ok=True) if path.is_dir() else to.write_bytes(
            path.read_bytes()
        )
    (tmp_path / "settings.toml").write_text("people = false\n")
    assert call("extract", cwd=tmp_path).returncode == 0
    done = call("verify", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "a rebuild gives the same bytes" in done.stdout


def test_a_set_with_people_does_not_stay_beside_one_without(tmp_path):
    (tmp_path / "a.txt").write_text(render("text", RECORDS), encoding="utf-8")

    def count(*flags: str) -> int:
        assert call("extract", "a.txt", "--out", "out", *flags, cwd=tmp_path).returncode == 0
        return sum(path.is_dir() for path in (tmp_path / "out" / ".sets").iterdir())

    assert count() == 1
    assert count("--report") == 2
    assert count("--without-people") == 1
    assert count("--without-people", "--report") == 2
    assert count("--with-people") == 2


def test_what_is_withheld_is_the_same_on_every_run():
    capture, settings, *_ = open_page(None)
    assert render_set(extract(capture, settings)) == render_set(extract(capture, settings))
