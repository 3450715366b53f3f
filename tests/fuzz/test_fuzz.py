"""The committed corpus of the fuzzer, input by input, without the fuzzer."""

from pathlib import Path

import pytest

from tests.fuzz.targets import TARGETS, call

CORPUS = Path(__file__).parents[1] / "fuzz" / "corpus"


@pytest.mark.parametrize("name", TARGETS)
def test_no_input_of_the_corpus_raises_or_takes_a_second(name: str) -> None:
    inputs = sorted((CORPUS / name).iterdir())
    assert inputs
    for path in inputs:
        call(name, path.read_bytes())


def test_the_corpus_has_no_folder_that_no_target_reads() -> None:
    assert {path.name for path in CORPUS.iterdir()} == set(TARGETS)


@pytest.mark.parametrize(
    ("name", "data", "found"),
    [
        (
            "html",
            "<button aria-expanded=a><b>Fläche (km²):</b><b>Einwohner</b>::Einwohner je km²:</button>"
            "<dl><dt>Fläche (km²)<dd>1<dt>Quartier<dd>x</dl>".encode(),
            "a line was a label and another record's heading",
        ),
        ("html", b"<<?dt>", "a processing instruction has no tag in lexbor"),
        (
            "values",
            b"eDr.XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX1",
            "titles were read in exponential time",
        ),
        ("values", b"Dr.-XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX! a", "the same, at the start"),
        ("html", b'<?xml version="1.0"?><!DOCTYPE html><p>a', "XHTML begins with one"),
    ],
)
def test_what_the_fuzzer_found_stays_mended(name: str, data: bytes, found: str) -> None:
    call(name, data)
