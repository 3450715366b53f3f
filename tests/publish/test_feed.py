"""The Atom feed of the changes: what RFC 4287 asks for, stable ids, any text."""

import shutil
import uuid
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from pipeline.publish.outputs.feed import render_feed
from tests.archives.test_archives import Response, write_archive
from tests.cli.command import call
from tests.records.mutations import BOCHUM, RECORDS, put, render
from tests.records.outcomes import shapes, spec

ATOM = "{http://www.w3.org/2005/Atom}"


def write(path: Path, titles: dict[str, str]) -> Path:
    """Write an archive in which the page shows these titles at these days."""
    pages = [
        Response(f"{day}T00:00:00Z", render("dl", put(BOCHUM, "Bezeichnung IHK", title)(RECORDS)).encode())
        for day, title in titles.items()
    ]  # fmt: skip
    return write_archive(path, *pages)


def read_feed(folder: Path) -> tuple[ET.Element, dict[str, str]]:
    """Give the feed, and the ids of its entries by their times."""
    feed = ET.parse(folder / "processed" / "changes.atom").getroot()
    return feed, {
        entry.findtext(f"{ATOM}updated") or "": entry.findtext(f"{ATOM}id") or ""
        for entry in feed.iter(f"{ATOM}entry")
    }


@pytest.fixture
def watched(tmp_path: Path) -> Path:
    call(
        "backfill",
        write(tmp_path / "a.warc", {"2018-01-01": "Eins", "2019-01-01": "Zwei <&> \u202e"}),
        cwd=tmp_path,
    )
    assert call("extract", cwd=tmp_path).returncode == 0
    return tmp_path


def test_the_feed_has_what_atom_asks_for(watched):
    feed, ids = read_feed(watched)
    assert feed.tag == f"{ATOM}feed"
    for element in (feed, *feed.iter(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert element.findtext(f"{ATOM}{name}")
        assert uuid.UUID((element.findtext(f"{ATOM}id") or "").removeprefix("urn:uuid:"))
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == "ihk-listing"
    assert feed.findtext(f"{ATOM}updated") == "2019-01-01T00:00:00Z"
    assert list(ids) == ["2019-01-01T00:00:00Z"]
    (content,) = feed.iter(f"{ATOM}content")
    assert content.text == "concepts bochum-vorlagenpark: title “Eins” -> “Zwei <&>”"


def test_an_entry_keeps_its_id_whatever_comes_to_the_store(watched):
    before = read_feed(watched)[1]
    more = {"2017-01-01": "Null", "2018-06-01": "Eins", "2020-01-01": "Drei"}
    call("backfill", write(watched / "b.warc", more), cwd=watched)
    call("extract", cwd=watched)
    feed, after = read_feed(watched)
    assert list(after) == [f"{year}-01-01T00:00:00Z" for year in (2020, 2019, 2018)]  # newest first
    assert {time: after[time] for time in before} == before
    assert len(set(after.values())) == 3
    shutil.rmtree(watched / "processed")
    call("extract", cwd=watched)
    assert ET.tostring(read_feed(watched)[0]) == ET.tostring(feed)


def test_any_text_gives_xml_and_long_histories_are_cut():
    names = shapes()["changes"].names()
    event = dict.fromkeys(names)
    event |= {
        "table_name": "concepts",
        "row_id": "x",
        "column_name": "title",
        "kind": "value_changed",
    }
    rows = [
        tuple((event | {"after_capture": str(n), "by_capture": str(n + 1), "new": text}).values())
        for n in range(150)
        for text in ["\ufffe\ud800<]]>", "a\x1b"] * (150 if n == 149 else 1)
    ]
    content = render_feed({"captures": [], "changes": rows}, shapes(), spec())
    entries = list(ET.fromstring(content).iter(f"{ATOM}entry"))
    assert len(entries) == 100
    lines = (entries[0].findtext(f"{ATOM}content") or "").splitlines()
    assert len(lines) == 201
    assert lines[-1] == "and 100 more: see the table changes"
