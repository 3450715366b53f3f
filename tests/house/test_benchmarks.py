"""The benchmarks measure the program as it stands: each contender reads the page it is given."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def checkout_on_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [str(ROOT), *sys.path])


def test_each_contender_reads_a_page() -> None:
    from benchmarks.contenders import list_contenders
    from benchmarks.pages import make_page, make_text

    names = {"parse", "core", "extract", "selectolax", "parsel", "notebook"}
    contenders = list_contenders(make_page(6))
    assert set(contenders) == names
    assert all(contend() is not None for contend in contenders.values())
    assert list_contenders(make_text(6), "text/plain")["core"]() is not None


def test_rivals_give_the_tables_of_the_program() -> None:
    from benchmarks.contenders import compare_tables
    from benchmarks.pages import make_page, make_site_page

    assert compare_tables(make_site_page()) > 250
    assert compare_tables(make_page(24)) > 1000  # invented towns, and one whose density is wrong


def test_the_guard_names_a_commit() -> None:
    from benchmarks.guard import BASELINE

    assert len(BASELINE) == 40
    assert int(BASELINE, 16)
