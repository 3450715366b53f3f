"""A person is erased: from captures, log, tables, events and reports, for good, and nobody else."""

import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

import pipeline.program.forget
from pipeline.errors import DamagedFile, PipelineError, SourceUnavailable, SpecError
from pipeline.privacy.persons import find_contacts, list_texts
from pipeline.privacy.suppressions import (
    Suppressions,
    erase,
    erase_text,
    find_key,
    spell_number,
    spell_words,
)
from pipeline.program.extract import extract_store
from pipeline.program.forget import Forgotten, forget_person
from pipeline.publish.render import render_set
from pipeline.store import storage
from tests.cli.command import call
from tests.program.runs import (
    Workshop,
    describe,
    hooked,
    is_change,
    open_workshop,
    read_visits,
    settings,
    verify,
    visit,
)
from tests.records.mutations import RECORDS, render

KEY = b"k" * 32
PAGE = render("dl", RECORDS)
LATER = PAGE.replace("58.724", "58.725")
# Lena Beispiel of the invented page, in all ways in which it may print her.
PERSON = ("Lena Beispiel", "lena.beispiel", "02303 / 123-460", "+492303123460")
HIDDEN = (
    '<script>var m = {"n": "Lena Be\\u0069spiel"}</script><!-- Beispiel, Lena -->'
    '<p><a href="mailto:lena%2Ebeispiel%40unna.example?subject=x" title="L. Beispiel">Le&shy;na '
    "<b>Beispiel</b></a> <span>Lena</span>&nbsp;<em>Beispi&#101;l</em>, Tel. (02303) 12 34 60</p>"
)


def hashes(*texts: str, numbers: tuple[str, ...] = ()) -> Suppressions:
    """Give suppressions of these texts."""
    digits = ("".join(filter(str.isdigit, number)) for number in numbers)
    spelt = [spell_number(one) or "" for one in digits]
    return Suppressions(KEY).add(map(spell_words, texts), spelt)


JANA = hashes(
    "Jana Möller", "Möller, Jana", "j.moeller@dorsten.example", numbers=("+49 2362 123456",)
)

# Source, and what is left of it; constructed after the ways in which pages print names (FAULTS: 15, 40).
SOURCES = {
    "plain": ("<p>Jana Möller, Amt</p>", "<p>[withheld], Amt</p>"),
    "entities": ("<p>Jana M&ouml;ller</p>", "<p>[withheld]</p>"),
    "number entities": ("<p>J&#97;na M&#xF6;ller</p>", "<p>[withheld]</p>"),
    "inline tags": ("Jana <b>Möl</b>ler!", "[withheld]<b></b>!"),
    "cells": ("<td>Jana</td><td>Möller</td>", "<td>[withheld]</td><td></td>"),
    "line break": ("Jana<br>Möller", "[withheld]<br>"),
    "soft hyphen and NBSP": ("Ja&shy;na&nbsp;Mö\u00adller", "[withheld]"),
    "NFD": ("Jana Mo\u0308ller", "[withheld]"),
    "spelt out": ("JANA MOELLER", "[withheld]"),
    "turned": ("Möller, Jana", "[withheld]"),
    "mailto": (
        '<a href="mailto:J.Moeller%40Dorsten.example?x=1">x</a>',
        '<a href="mailto:[withheld]?x=1">x</a>',
    ),
    "title attribute": ("<i title='Jana Möller'>", "<i title='[withheld]'>"),
    "open quote": ('<p title="Jana Möller', '<p title="[withheld]'),
    "comment": ("<!-- Jana Möller -->", "<!-- [withheld] -->"),
    "open comment": ("<!-- Jana Möller", "<!-- [withheld]"),
    "script": (
        '<script>a="Jana M\\u00f6ller"</script>b', '<script>a="[withheld]"</script>b',
    ),
    "number": ("Tel. 02362/12 34 56", "Tel. [withheld]"),
    "international number": ("+49 (0)2362 123-456", "[withheld]"),
    "twice": ("Jana Möller. x Jana Möller", "[withheld]. x [withheld]"),
    "less than": ("1 < 2 Jana Möller <3", "1 < 2 [withheld] <3"),
    "another name": ("Janas Möller und Jana Möllers", "Janas Möller und Jana Möllers"),
    "another number": ("02362/1234567", "02362/1234567"),
    "half of it": ("Jana, und Frau Möller", "Jana, und Frau Möller"),
}  # fmt: skip


@pytest.mark.parametrize(("source", "left"), SOURCES.values(), ids=SOURCES)
def test_what_is_to_be_forgotten_goes_and_all_else_stays(source, left):
    assert erase_text(source, JANA, html=True) == left
    assert erase_text(left, JANA, html=True) == left


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-8-sig", "utf-16"])
def test_every_other_byte_stays_in_any_encoding(encoding):
    body = "<p>Größe: 1 km² – Jana Möller – Ende ß</p>".encode(encoding)
    left = erase(body, None if encoding in ("utf-8-sig", "utf-16") else encoding, JANA, html=True)
    assert left == body.replace("Jana Möller".encode(encoding.partition("-sig")[0])[-22:]
                                if encoding == "utf-16" else "Jana Möller".encode(encoding.removesuffix("-sig")),
                                "[withheld]".encode("utf-16-le" if encoding == "utf-16" else "ascii"))  # fmt: skip


def test_bytes_that_are_no_text_stay_too():
    body = b"<p>\xff\xfe\x80 Jana M\xc3\xb6ller \xe9</p>"
    assert erase(body, "utf-8", JANA, html=True) == b"<p>\xff\xfe\x80 [withheld] \xe9</p>"


@given(st.text(max_size=200), st.booleans())
def test_a_page_without_the_person_stays_byte_for_byte(text, html):
    body = text.encode("utf-8", "surrogatepass")
    if "ller" not in text and "dorsten" not in text.lower() and "2362" not in text:
        assert erase(body, "utf-8", JANA, html=html) == body


PARTS = ["Jana", "Möller", " ", "<b>", "</b>", "<br>", "&nbsp;", ", ", "&shy;", "x", "<", '"']


@given(st.lists(st.sampled_from(PARTS)))
def test_nothing_is_left_to_erase_after_erasing(parts):
    once = erase_text("".join(parts), JANA, html=True)
    assert erase_text(once, JANA, html=True) == once


CONTACT = {
    "salutation": "Frau", "person": "Dr. Jana Möller", "given_name": "Jana", "family_name": "Möller",
    "email": "j.moeller@dorsten.example", "phone": "+492362123456", "phone_text": "02362 123-456",
    "other": "Fax: 02362 123-457; Raum: 12",
}  # fmt: skip
OTHER = CONTACT | {
    "person": "Mehmet Öztürk", "given_name": "Mehmet", "family_name": "Öztürk",
    "email": "oeztuerk@dorsten.example", "phone_text": "02362 / 123-456", "other": None,
}  # fmt: skip


@pytest.mark.parametrize("text", [
    "Jana Möller", "Möller, Jana", "frau möller", "Moeller", "J.Moeller@Dorsten.example",
    "02362 123 457", "+49 2362 123457", "Dr. Jana Möller",
])  # fmt: skip
def test_a_name_an_address_or_a_number_means_a_contact(text):
    assert find_contacts(text, [OTHER, CONTACT]) == [CONTACT]


@pytest.mark.parametrize(
    "text", ["Jan Müller", "Jana", "dorsten", "02362 123", "Jana Öztürk-Möllers"]
)
def test_another_text_means_no_contact(text):
    assert find_contacts(text, [OTHER, CONTACT]) == []


def test_a_number_that_another_contact_has_too_stays():
    texts = list_texts("Jana Möller", [CONTACT], [CONTACT, OTHER])
    assert texts.numbers == {"02362123457"}  # the fax alone
    assert list_texts("Jana Möller", [CONTACT], [CONTACT]).numbers == {"02362123456", "02362123457"}
    assert (2, "jana moeller") in texts.words
    assert (1, "moeller") not in texts.words  # others are called so


@pytest.fixture(scope="module")
def workshop() -> Iterator[Workshop]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline.program.forget, "make_key", lambda: KEY)
        yield from open_workshop()


@pytest.fixture
def root(workshop):
    """Two captures of the invented page, the second with the person hidden in many places."""
    place = workshop.new()
    place.mkdir()
    visit(place, PAGE.encode(), 1)
    visit(place, (LATER + HIDDEN).encode(), 2)
    return place


def find_files(root: Path, *texts: str) -> list[str]:
    """Give the files below `root` in which one of the texts stands."""
    found = []
    for path in root.rglob("*"):
        if path.is_file() and not path.is_symlink():
            content = path.read_bytes().decode("utf-8", "replace").lower()
            if any(text.lower() in content for text in texts):
                found.append(str(path.relative_to(root)))
    return found


def rows(root: Path, table: str) -> list:
    return extract_store(settings(root), write=False).rows[table]


@pytest.mark.parametrize(
    "text", ["Lena Beispiel", "lena.beispiel@unna.example", "02303/123 460", "Beispiel"]
)
def test_the_person_is_gone_from_all_files_and_nobody_else(root, text):
    before = {table: rows(root, table) for table in ("concepts", "contacts", "municipalities")}
    assert len(find_files(root, *PERSON)) > 3
    done = forget_person(settings(root), text)
    assert done.matched == 2  # once in each capture
    assert len(done.captures) == 2
    assert find_files(root, *PERSON, "Beispi&#101;l", "Be\\u0069spiel", "lena%2e", "12 34 60") == []
    assert rows(root, "concepts") == before["concepts"]
    assert rows(root, "municipalities") == before["municipalities"]
    contacts = rows(root, "contacts")
    assert [row[0] for row in contacts] == [row[0] for row in before["contacts"]]
    changed = [new for old, new in zip(before["contacts"], contacts, strict=True) if old != new]
    assert [(row[0], row[3], row[4], row[6], row[10], row[12]) for row in changed] == [
        ("unna-beispielhof/1", "Kreisstadt Unna", "Stabsstelle Probe", None, None, None)
    ]
    verdicts = {row[5] for row in rows(root, "checks") if row[2] == "unna-beispielhof/1"}
    assert verdicts == {"not_checkable", "pass"}
    assert verify(root).damaged == verify(root).notes == []
    assert len(list((root / "processed" / ".sets").glob("[0-9a-f]*"))) == 1


def test_ids_are_of_the_stored_bytes_and_the_log_follows(root):
    old = {line.capture_id for line in read_visits(root)}
    done = forget_person(settings(root), "Lena Beispiel")
    assert {one for one, _ in done.captures} == old
    assert [line.capture_id for line in read_visits(root)] == [new for _, new in done.captures]
    assert {p.stem for p in (root / "raw/ihk/captures").iterdir()} == {
        new for _, new in done.captures
    }


def test_the_next_visit_does_not_bring_the_person_back(root):
    forget_person(settings(root), "Lena Beispiel")
    stored = find_files(root / "raw", "")
    visit(root, (LATER + HIDDEN).encode(), 3)
    assert read_visits(root)[-1].outcome == "unchanged"
    assert find_files(root / "raw", "") == stored
    visit(root, LATER.replace("58.725", "58.726").encode(), 4)
    assert read_visits(root)[-1].outcome == "new"
    assert find_files(root, *PERSON) == []
    events = rows(root, "changes")
    assert [event[6] for event in events] == ["population", "population"]
    assert verify(root).damaged == []


def test_an_import_does_not_bring_the_person_back(root, tmp_path):
    forget_person(settings(root), "Lena Beispiel")
    other = tmp_path / "other"
    other.mkdir()
    visit(other, PAGE.replace("58.724", "58.720").encode(), 1)
    done = call("export", tmp_path / "old.warc.gz", "--raw", other / "raw", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    done = call(
        "backfill", tmp_path / "old.warc.gz", "--raw", root / "raw", "--url",
        "http://listing.example/", cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert find_files(root, *PERSON) == []


def test_a_second_person_is_forgotten_as_well(root):
    forget_person(settings(root), "Lena Beispiel")
    key = find_key(root / "raw").read_bytes()
    assert forget_person(settings(root), "Max Muster").matched == 2
    assert find_files(root, *PERSON, "Max Muster", "m.muster@", "02303/123 456") == []
    assert find_key(root / "raw").read_bytes() == key


def test_the_key_is_its_owners_alone_and_nothing_names_the_person(root):
    forget_person(settings(root), "Lena Beispiel")
    mode = find_key(root / "raw").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600
    assert not find_key(root / "raw").is_relative_to(root / "raw")
    assert b"beispiel" not in (root / "raw/ihk/forgotten.json").read_bytes().lower()


@pytest.mark.parametrize("how", ["key gone", "key damaged", "list damaged"])
def test_without_key_or_list_nothing_is_stored(root, how):
    forget_person(settings(root), "Lena Beispiel")
    path = root / "raw/ihk/forgotten.json" if how == "list damaged" else find_key(root / "raw")
    path.unlink() if how == "key gone" else path.write_bytes(b"[1]\n")
    stored = find_files(root / "raw", "")
    with pytest.raises(DamagedFile, match="restore it from a backup"):
        visit(root, LATER.replace("58.725", "58.726").encode(), 3)
    assert find_files(root / "raw", "") == stored


@pytest.mark.parametrize(("text", "said"), [
    ("", "is expected"), ("Jo", "is expected"), ("12", "is expected"), ("[withheld]", "is expected"),
    ("Bezeichnung IHK", "a label, a place"), ("Kreis Unna", "a label, a place"),
    ("Unna-Musterviertel", "a label, a place"), ("Kreisstadt Unna", "a label, a place"),
    ("Stabsstelle Probe", "a label, a place"), ("Blindtext", "single word"),
])  # fmt: skip
def test_a_text_that_means_no_person_is_refused_and_changes_nothing(root, text, said):
    before = find_files(root, "")
    with pytest.raises(SpecError, match=said):
        forget_person(settings(root), text)
    assert [path for path in find_files(root, "") if ".lock" not in path] == [
        path for path in before if ".lock" not in path
    ]


def test_a_person_whom_no_capture_names_is_kept_out_from_now_on(root):
    done = forget_person(settings(root), "Erika Mustermann")
    assert (done.matched, done.captures) == (0, ())
    visit(root, PAGE.replace("Max Muster", "Erika Mustermann").encode(), 3)
    assert find_files(root, "Erika Mustermann") == []


def test_a_person_who_stands_in_another_field_alone_is_erased_there(workshop):
    root = workshop.new()
    root.mkdir()
    visit(root, PAGE.replace("IHK Musterviertel", "Konzept von Erika Mustermann").encode(), 1)
    assert forget_person(settings(root), "Erika Mustermann").matched == 0
    assert find_files(root, "Erika Mustermann") == []
    assert rows(root, "concepts")[0][3] == "Konzept von [withheld]"
    assert verify(root).damaged == []


def test_without_a_store_there_is_nothing_to_erase(tmp_path):
    with pytest.raises(SourceUnavailable, match="nothing to erase"):
        forget_person(settings(tmp_path), "Erika Mustermann")


def test_where_nothing_is_published_nothing_is(root):
    storage.remove(root / "processed")
    assert forget_person(settings(root), "Lena Beispiel").published is None
    assert not (root / "processed").exists()


def test_what_cannot_be_reached_is_named(root):
    (root / ".git").mkdir()
    done: Forgotten = forget_person(settings(root), "Lena Beispiel")
    told = "\n".join(done.unreachable)
    assert "git history" in told
    assert "ihk export" in told
    assert "backups" in told


def test_the_command_names_nobody(root):
    done = call(
        "forget", "Lena Beispiel", "--raw", root / "raw", "--out", root / "processed", cwd=root
    )
    assert done.returncode == 0, done.stderr
    assert "2 contacts matched; 2 captures written anew" in done.stdout
    assert "Beispiel" not in done.stdout + done.stderr
    done = call("forget", "Lena", "--raw", root / "raw", "--out", root / "processed", cwd=root)
    assert done.returncode == 2
    assert "Lena" not in done.stderr


class Died(BaseException):
    """The run ends here, as if it was killed."""


def count_changes(start: Path, workshop: Workshop) -> int:
    calls = []

    def note(name, call, args):
        calls.append(name) if is_change(name, args) else None
        return call()

    with hooked(note):
        forget_person(settings(copy(start, workshop)), "Lena Beispiel")
    return len(calls)


def copy(start: Path, workshop: Workshop) -> Path:
    to = workshop.new()
    shutil.copytree(start, to, symlinks=True)
    return to


@pytest.mark.parametrize("step", [17, pytest.param(1, marks=pytest.mark.slow)])
def test_a_run_that_dies_anywhere_is_ended_by_the_next_one(root, workshop, record_property, step):
    """Before it is ended, no other command takes the store for whole, and nothing is half-written."""
    whole = copy(root, workshop)
    forget_person(settings(whole), "Lena Beispiel")
    end = describe(whole)
    total = count_changes(root, workshop)
    for last in range(0, total, step):
        place, seen = copy(root, workshop), [0]

        def die(name, call, args, last=last, seen=seen):
            if is_change(name, args):
                if seen[0] == last:
                    raise Died
                seen[0] += 1
            return call()

        with hooked(die), pytest.raises(Died):
            forget_person(settings(place), "Lena Beispiel")
        if (place / "raw/ihk/forgetting.json").exists():
            with pytest.raises(PipelineError, match="give the same command again"):
                render_set(extract_store(settings(place), write=False))
        forget_person(settings(place), "Lena Beispiel")
        assert describe(place) == end, f"died before change {last}"
        assert find_files(place, *PERSON) == [], f"died before change {last}"
        storage.remove(place)
    record_property("deaths of ihk forget", len(range(0, total, step)))
    assert total > 50
