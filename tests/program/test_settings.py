"""Settings: what a file may say, and switches that are turned on in it."""

import contextlib
import tomllib
from pathlib import Path

import pytest

from pipeline.errors import SpecError
from pipeline.settings import Settings, parse_settings, read_settings, turn_on
from tests.cli.command import call
from tests.records.mutations import RECORDS, render

ON = [  # a settings file before, and after `report` was turned on
    (None, "report = true\n"),
    ("", "report = true\n"),
    ('raw = "raw"', 'raw = "raw"\nreport = true\n'),
    ("report = false  # not yet\n", "report = true  # not yet\n"),
    ("# report = false\nexcel = true\n", "# report = false\nexcel = true\nreport = true\n"),
    ("report=false", "report = true"),
]


@pytest.mark.parametrize(("before", "after"), ON)
def test_a_switch_is_turned_on_and_all_else_stays(tmp_path, before, after):
    path = tmp_path / "settings.toml"
    if before is not None:
        path.write_text(before, encoding="utf-8")
    with contextlib.chdir(tmp_path):
        assert turn_on(None, "report") == Path("settings.toml")
        assert turn_on(None, "report") is None
    assert path.read_text(encoding="utf-8") == after
    assert tomllib.loads(after)["report"] is True


def test_what_is_not_turned_on_by_a_line_is_refused(tmp_path):
    path = tmp_path / "settings.toml"
    path.write_text("contact = '''\nreport = false\n'''\nreport = false\n", encoding="utf-8")
    with pytest.raises(SpecError):
        turn_on(path, "report")
    assert "report = false\n'''" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["people", "excel", "csv_de", "report"])
@pytest.mark.parametrize("value", ['"yes"', "1", "[]"])
def test_a_switch_is_true_or_false(name, value):
    with pytest.raises(SpecError, match=f"s.toml: {name}: true or false is expected, not "):
        parse_settings(f"{name} = {value}".encode(), "s.toml")


def test_a_wrong_value_is_told_where_it_was_given(tmp_path):
    path = tmp_path / "settings.toml"
    path.write_text("timeout = 5\n")
    with pytest.raises(SpecError, match=r"^--timeout: a number of seconds is expected, not inf$"):
        read_settings(path, timeout=float("inf"))
    path.write_text("timeout = -1\n")
    with pytest.raises(SpecError, match=r"settings\.toml: timeout: a number of seconds"):
        read_settings(path)


def test_the_file_of_the_repository_says_what_holds_without_one():
    path = Path(__file__).parents[2] / "settings.toml"
    assert read_settings(path) == Settings()


def test_the_report_is_published_and_stays_published(tmp_path):
    (tmp_path / "raw" / "ihk" / "captures").mkdir(parents=True)
    (tmp_path / "old.txt").write_text(render("text", RECORDS), encoding="utf-8")
    source = Path(__file__).parents[2] / "raw" / "ihk"
    for path in source.rglob("*"):
        if path.is_file():
            (tmp_path / "raw" / "ihk" / path.relative_to(source)).write_bytes(path.read_bytes())
    done = call("report", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "report: processed/report.html; open it in a browser",
        "settings.toml: report = true was written, so that later runs publish it too",
    ]
    content = (tmp_path / "processed" / "report.html").read_bytes()
    assert content.startswith(b"<!doctype html>")
    assert len(content) < 300_000
    assert call("extract", cwd=tmp_path).returncode == 0
    assert (tmp_path / "processed" / "report.html").read_bytes() == content
    assert call("report", cwd=tmp_path).stdout.splitlines() == [
        "report: processed/report.html; open it in a browser"
    ]
    assert call("extract", "--no-report", cwd=tmp_path).returncode == 0
    assert not (tmp_path / "processed" / "report.html").exists()
