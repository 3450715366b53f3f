"""The benchmarks measure the program as it stands: each contender reads the page it is given."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def test_each_contender_reads_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [str(ROOT), *sys.path])
    from benchmarks import measure
    from benchmarks.pages import make_page, make_text

    contenders = measure.list_contenders(make_page(6), make_text(6))
    assert set(contenders) == {"parse", "core", "core of text", "extract", "notebook", "plain"}
    assert all(contend() is not None for contend in contenders.values())
    assert measure.compare_tables(make_page(6)) > 100
    assert measure.has_command()
