"""The notebook for analysts: it runs as it is committed, and its answers are right."""

import ast
import contextlib
import io
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import nbformat
import pytest

from pipeline.program.extract import extract_store
from pipeline.publish.publication import publish
from pipeline.publish.render import render_set
from pipeline.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOK = ROOT / "notebooks" / "analysis.ipynb"
QUESTIONS = ("density", "district", "download", "change", "trust")

# What an analyst reads off; each expression stands over the notebook's variables.
FACTS = {
    "densest['municipality']": "Bochum",
    "list(ranks['municipality'])": "Bochum Gelsenkirchen Herten Hamm Unna Dorsten".split(),
    "list(ranks.index)": [1, 2, 3, 4, 5, 6],
    "int(ranks['rank_is_safe'].sum())": 6,
    "(upper['municipality'], lower['municipality'])": ("Bochum", "Gelsenkirchen"),
    "round(float(upper['gap_to_next']), 2)": 28.96,  # 2484.303 - 2455.339, by hand
    "round(float(growth), 2)": 1.19,  # 2484.3 / 2455.1, by hand
    "sorted(set(half_digit.round(9)))": [0.05],
    "density_duckdb['municipality'].tolist()": "Bochum Gelsenkirchen Herten Hamm Unna Dorsten".split(),
    "density_polars['municipality'].to_list()": "Bochum Gelsenkirchen Herten Hamm Unna Dorsten".split(),
    "districts[['towns', 'concepts', 'population', 'area_km2', 'density_per_km2']].T.to_dict('list')": {
        "kreisfrei": [3, 3, 796107, 477.03, 1668.9],
        "Kreis Recklinghausen": [2, 2, 136602, 208.53, 655.1],
        "Kreis Unna": [1, 1, 58724, 88.56, 663.1],
    },
    "district_duckdb.values.tolist()": [
        ["kreisfrei", 3, 796107, 477.03],
        ["Kreis Recklinghausen", 2, 136602, 208.53],
        ["Kreis Unna", 1, 58724, 88.56],
    ],
    "[(*row[:3], round(row[3], 2)) for row in district_polars.rows()]": [
        ("kreisfrei", 3, 796107, 477.03),
        ("Kreis Recklinghausen", 2, 136602, 208.53),
        ("Kreis Unna", 1, 58724, 88.56),
    ],
    "known.T.to_dict('list')": {"label": [12, 0], "url": [0, 12], "file_type": [0, 12]},
    "per_concept.sum().to_dict()": {
        "short version": 1,
        "supplement": 2,
        "area map": 1,
        "application": 1,
        "social planning": 1,
        "concept": 5,
        "other": 1,
    },
    "per_concept.sum(axis='columns').tolist()": [1, 2, 2, 4, 1, 2],  # in the order of the page
    "download_duckdb['documents'].tolist()": [4, 2, 2, 2, 1, 1],
    "download_polars.rows() == [tuple(row) for row in download_duckdb.values]": True,
    "(len(captures), len(changes))": (1, 0),
    "list(zip(events['table_name'], events['column_name'].fillna(''), events['kind']))": [
        ("municipalities", "population", "value_changed"),
        ("municipalities", "density_per_km2", "value_changed"),
        ("concepts", "title", "value_changed"),
        ("downloads", "", "row_added"),
        ("contacts", "email", "value_changed"),
    ],
    "invented_downloads['file_type'].tolist()": ["pdf", "png"],
    "change_duckdb['events'].tolist()": [1, 1, 1, 2],
    "change_polars['events'].to_list()": [1, 1, 1, 2],
    "INVENTED.exists()": False,
    "verdicts.loc['all rules'].tolist()": [82, 0, 0, 0],
    "int(verdicts.loc['density', 'pass'])": 6,
    "origin.index[origin['origin'] == 'page'].tolist()": (
        "municipality district district_free area_km2 population density_per_km2".split()
    ),
    "trace.loc['density_per_km2', 'raw_text']": "2.484,3",
    "(len(unclaimed), len(trust_duckdb), len(trust_polars))": (0, 0, 0),
    "'  Einwohner je km²:2.484,3' in explained.split(chr(10))": True,
}


class Run(NamedTuple):
    """What a run of the notebook left."""

    names: dict[str, Any]
    shown: str
    axes: list[Any]
    was_kept: bool  # no file of the repository that the notebook could touch is another one


def read_cells() -> list[Any]:
    return nbformat.read(NOTEBOOK, as_version=nbformat.NO_CONVERT).cells


def run_cell(cell: Any, names: dict[str, Any]) -> str:
    """Run a cell; give what it prints and what its last expression shows in a notebook."""
    tree, place = ast.parse(cell.source), f"<cell {cell.id}>"
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(tree, place, "exec"), names)
        if last is not None:
            value = eval(compile(ast.Expression(last.value), place, "eval"), names)
            printed.write(value._repr_html_() if hasattr(value, "_repr_html_") else repr(value))
    return printed.getvalue()


def list_kept() -> dict[Path, tuple[int, int]]:
    """Give the files beside the code, with size and time of change."""
    folders = (ROOT / "notebooks", ROOT / "tests/fixtures/raw", ROOT / "tests" / "fixtures")
    found = [path for folder in folders for path in folder.rglob("*") if path.name != ".lock"]
    return {path: (path.stat().st_size, path.stat().st_mtime_ns) for path in found}


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """The known capture's tables, published somewhere else than in the repository."""
    out = tmp_path_factory.mktemp("notebook") / "tables"
    publish(
        out, render_set(extract_store(Settings(raw=str(ROOT / "tests/fixtures/raw")), write=False))
    )
    return out


@pytest.fixture(scope="module")
def run(published):
    """The notebook, run cell by cell in this process, from its folder in a repository of its own."""
    import matplotlib as mpl

    names: dict[str, Any] = {"__name__": "__main__"}
    with pytest.MonkeyPatch.context() as patch, mpl.rc_context():
        mpl.use("Agg")
        import matplotlib.pyplot as plt
        import pandas as pd

        home = published.parent / "home"
        shutil.copytree(ROOT / "tests/fixtures/raw", home / "raw")
        shutil.copy(ROOT / "pyproject.toml", home)
        (home / "notebooks").mkdir()
        patch.chdir(home / "notebooks")
        patch.setenv("IHK_PROCESSED", str(published))
        before = list_kept()
        cells = [cell for cell in read_cells() if cell.cell_type == "code"]
        with pd.option_context("display.max_colwidth", 50):
            try:
                shown = [run_cell(cell, names) for cell in cells]
            finally:
                if "folder" in names:
                    names["folder"].cleanup()
        figures = [plt.figure(number) for number in plt.get_fignums()]
        for figure in figures:
            figure.canvas.draw()
        yield Run(
            names, "\n".join(shown), [a for f in figures for a in f.axes], before == list_kept()
        )
        plt.close("all")


def test_the_notebook_is_valid_and_committed_without_results():
    """It is nbformat 4.5 with an id of its own for each cell, and holds no output and no count."""
    text = NOTEBOOK.read_text(encoding="utf-8")
    notebook = nbformat.reads(text, as_version=nbformat.NO_CONVERT)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)
    assert [name for name in ids if re.fullmatch(r"[0-9a-f]{8}", name)] == []
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [c.id for c in code if c.outputs or c.execution_count is not None or c.metadata] == []
    assert text == nbformat.writes(notebook, indent=1) + "\n"


@pytest.mark.parametrize("question", QUESTIONS)
def test_each_question_is_answered_in_words_and_three_libraries(question):
    """A text opens it, a cell of pandas answers, and DuckDB and polars say the same in few lines."""
    cells = {cell.id: cell for cell in read_cells()}
    assert re.match(
        rf"## {QUESTIONS.index(question) + 1}\. .*\?\n", cells[f"{question}-text"].source
    )
    for library, call in (("duckdb", "sql("), ("polars", "pl.read_parquet(")):
        cell = cells[f"{question}-{library}"]
        assert call in cell.source
        assert cell.source.count("\n") <= 6


def test_its_answers_are_right(run):
    """Each fact that a reader takes from it is the one that the page gives by hand."""
    found = {code: eval(code, dict(run.names)) for code in FACTS}
    assert found == FACTS


def test_its_plots_are_labelled(run):
    """Each axis with a scale says what it shows and in what unit, and the bars are the printed densities."""
    labels = [axes.get_xlabel() for axes in run.axes]
    assert labels == [
        "Einwohner je km²",
        "Einwohner je km²",
        "Städte (Anzahl)",
        "Einwohner (in 1.000)",
        "Fläche (km²)",
        "Downloads (Anzahl)",
    ]
    bars = [round(bar.get_width(), 1) for bar in run.axes[0].patches]
    assert bars == [2484.3, 2455.1, 1638.4, 779.9, 663.1, 440.6]


def test_it_shows_no_person_of_the_page_and_writes_nothing(run):
    """Contacts are counted, never shown, and the repository is as it was."""
    contacts = run.names["tables"]["contacts"]
    columns = ["person", "email", "phone", "phone_text"]
    texts = [text for column in columns for text in contacts[column].dropna()]
    assert len(texts) >= len(contacts) * 3
    assert [text for text in texts if text in run.shown] == []
    assert run.was_kept


@pytest.mark.parametrize("folder", [ROOT, ROOT / "notebooks"], ids=["root", "notebooks"])
def test_it_finds_the_tables_from_the_root_and_from_its_folder(folder, monkeypatch):
    """Without a setting it reads processed/, and says what to do where nothing is published."""
    import matplotlib as mpl

    monkeypatch.chdir(folder)
    monkeypatch.delenv("IHK_PROCESSED", raising=False)
    monkeypatch.setattr(Path, "exists", lambda path: path == ROOT / "pyproject.toml")
    (setup,) = [cell for cell in read_cells() if cell.id == "setup"]
    with mpl.rc_context():
        mpl.use("Agg")
        with pytest.raises(FileNotFoundError) as caught:
            run_cell(setup, {})
    assert str(caught.value) == f"no tables in {ROOT / 'processed'}: run `make extract` first"


@pytest.mark.slow
def test_it_runs_in_a_kernel(published):
    """A real kernel runs all cells, and the committed file stays as it is."""
    before = NOTEBOOK.read_bytes()
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "--nbmake",
        str(NOTEBOOK),
        "-p",
        "no:cacheprovider",
    ]
    done = subprocess.run(
        [*command, "-p", "no:xdist", "-c", os.devnull, "--rootdir", str(ROOT)],
        cwd=ROOT,
        env={**os.environ, "IHK_PROCESSED": str(published)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout.splitlines()[-1][:8]) == (0, "1 passed"), done.stdout
    assert NOTEBOOK.read_bytes() == before
