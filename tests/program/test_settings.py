"""Settings: what a file may say, what a flag does for its run, and the line that keeps it."""

import json
import shutil
from pathlib import Path

import pytest

from pipeline.errors import SpecError
from pipeline.settings import Settings, list_lacking, parse_settings, read_settings
from tests.cli.command import call
from tests.fetch.server import answer, serve
from tests.program.story import PAGES

ROOT = Path(__file__).parents[2]

UNKNOWN = [  # a text, the line of its unknown key `rwa`
    ('rwa = "raw"', 1),
    ('# rwa = 1\n\nraw = "raw"\nrwa="x"  # rwa = 2\nout = "o"\n', 4),
    ('raw = "raw"\n"rwa" = 1\n', 2),
    ("raw = 'raw'\n  'rwa'   = 1\n", 2),
    ('excel = true\n"\\u0072wa" = 1\n', 2),
    ("excel = true\nrwa.deep = 1\nrwa.more = 2\n", 2),
    ('excel = true\n\n[rwa] # a table\nraw = "x"\n', 3),
    ("excel = true\n\n[[ rwa ]]\n", 3),
    ("excel = true\n[rwa.deep]\nraw = 1\n", 2),
    ('contact = """\nrwa = 1\n[rwa]\n"""\nrwa = 1\n', 5),
    ("contact = '''\nrwa = 1\n'''\nrwa = [\n  1,\n  2,\n]\n", 4),
    ('\ufeffexcel = true\r\ncontact = "\u2028"\r\nrwa = 1\r\n', 3),
    ("rwa = [\n1]", 1),
]


@pytest.mark.parametrize(("text", "line"), UNKNOWN)
def test_an_unknown_key_is_told_with_its_line_and_the_nearest_one(text, line):
    with pytest.raises(SpecError) as caught:
        parse_settings(text.encode(), "s.toml")
    assert str(caught.value) == f"s.toml: line {line}: unknown key 'rwa'; did you mean 'raw'?"
    assert caught.value.exit_code == 2


def test_an_unknown_key_like_no_other_is_told_with_all_that_are_known():
    with pytest.raises(
        SpecError, match="line 1: unknown key 'xyzzy'; known are raw, out, listing, "
    ):
        parse_settings(b"xyzzy = 1", "s.toml")


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


def test_the_example_says_what_holds_without_a_file():
    assert read_settings(ROOT / "settings.example.toml") == Settings()


def test_the_users_file_is_ignored_by_git_and_the_example_is_not():
    assert "/settings.toml" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()


FLAGS = [  # flags, the line that they stand for, what the words say of it
    (["--report"], "report = true", "--report", "removes report.html"),
    (["--excel"], "excel = true", "--excel", "removes ihk.xlsx"),
    (["--csv-de"], "csv_de = true", "--csv-de", "removes de/"),
    (["--without-people"], "people = false", "--without-people", "publishes persons"),
]
ONCE = "{} holds for this run: the next one without it {}; for all runs write {} into {}"
FILES = {"report = true": "report.html", "excel = true": "ihk.xlsx", "csv_de = true": "de"}


def list_notes(stdout: str) -> list[str]:
    return [line for line in stdout.splitlines() if " holds for this run: " in line]


@pytest.mark.parametrize(
    ("command", "flags", "line", "flag", "undoes"),
    [
        *(("extract", *one) for one in FLAGS),
        ("report", *FLAGS[0]),
        ("report", *FLAGS[1]),
        ("update", *FLAGS[2]),
        ("update", *FLAGS[3]),
    ],
    ids=lambda v: str(v)[:20],
)
def test_a_flag_holds_for_its_run_and_a_line_for_all(tmp_path, command, flags, line, flag, undoes):
    """Words and JSON name the line; no command writes it; once it stands there nothing is said."""
    if command == "report":
        flags = [each for each in flags if each != "--report"]
    settings = tmp_path / "my.toml"
    settings.write_text('contact = "a@b.example"\n', encoding="utf-8")

    def run(*more):
        done = call(command, *url, "--settings", "my.toml", *more, cwd=tmp_path)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    with serve(answer(PAGES["first"].encode())) as server:
        url = ["--url", server.url] if command == "update" else []
        if command != "update":
            assert call("update", "--url", server.url, cwd=tmp_path).returncode == 0
        notes = list_notes(run(*flags))
        assert ONCE.format(flag, undoes, line, "my.toml") in notes
        assert len(notes) == (2 if command == "report" and line != "report = true" else 1)
        assert settings.read_text(encoding="utf-8") == 'contact = "a@b.example"\n'
        assert not (tmp_path / "settings.toml").exists()
        file = tmp_path / "processed" / FILES.get(line, "contacts.csv")
        assert file.exists()
        rest = call("extract", "--json", cwd=tmp_path)
        assert json.loads(rest.stdout)["settings_to_add"] == []
        assert file.exists() is (line == "people = false")
        assert line in json.loads(run(*flags, "--json"))["settings_to_add"]
        call("extract", cwd=tmp_path)
        settings.write_text(f"{line}\n", encoding="utf-8")
        assert not [note for note in list_notes(run(*flags)) if note.startswith(f"{flag} ")]
        assert file.exists()


def test_nothing_is_said_where_nothing_was_published(tmp_path):
    page = ROOT / "tests" / "fixtures" / "invented.txt"
    flags = ("--report", "--excel", "--csv-de", "--without-people")
    done = call("extract", page, *flags, "--json", cwd=tmp_path)
    assert json.loads(done.stdout)["settings_to_add"] == []
    assert json.loads(done.stdout)["report"] is None
    assert not list_notes(call("extract", page, *flags, cwd=tmp_path).stdout)
    with serve(answer(PAGES["first"].encode())) as server:
        done = call("update", "--dry-run", "--url", server.url, *flags, cwd=tmp_path)
        assert not list_notes(done.stdout)
        assert call("update", "--url", server.url, *flags, cwd=tmp_path).returncode == 0
        done = call("update", "--url", server.url, *flags, "--json", cwd=tmp_path)
        assert json.loads(done.stdout)["settings_to_add"] == []  # all was as it is built
    done = call("extract", "--quiet", *flags, cwd=tmp_path)
    assert (done.stdout, done.stderr) == ("", "")


def test_flags_that_turn_a_setting_off_ask_for_no_line(tmp_path):
    path = tmp_path / "settings.toml"
    path.write_text("report = true\npeople = false\n", encoding="utf-8")
    assert list_lacking(path, report=False, people=True, excel=False, csv_de=None) == []
    assert list_lacking(path, report=True, people=False, excel=True) == ["excel = true"]


def test_another_flag_that_mends_a_setting_counts(tmp_path):
    path = tmp_path / "settings.toml"
    path.write_text('contact = "(x)"\n', encoding="utf-8")
    assert list_lacking(path, contact="a@b.example", excel=True) == ["excel = true"]


def test_the_report_is_extract_with_the_report(tmp_path):
    shutil.copytree(ROOT / "tests/fixtures/raw", tmp_path / "raw")
    done = call("report", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-2:] == [
        "report: processed/report.html; open it in a browser",
        ONCE.format("--report", "removes report.html", "report = true", "settings.toml"),
    ]
    content = (tmp_path / "processed" / "report.html").read_bytes()
    assert content.startswith(b"<!doctype html>")
    assert len(content) < 300_000
    again = call("report", cwd=tmp_path).stdout
    assert call("extract", "--report", cwd=tmp_path).stdout == again
    as_json = call("report", "--json", cwd=tmp_path).stdout
    assert call("extract", "--report", "--json", cwd=tmp_path).stdout == as_json
    assert json.loads(as_json)["report"] == "processed/report.html"
    (tmp_path / "settings.toml").write_text("report = true\n", encoding="utf-8")
    assert call("report", cwd=tmp_path).stdout.splitlines()[-1:] == [
        "report: processed/report.html; open it in a browser"
    ]
    assert call("extract", cwd=tmp_path).returncode == 0
    assert (tmp_path / "processed" / "report.html").read_bytes() == content
    assert call("extract", "--no-report", cwd=tmp_path).returncode == 0
    assert not (tmp_path / "processed" / "report.html").exists()
