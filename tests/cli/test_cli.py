"""The command line: results, exit codes, and errors of one line."""

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from pipeline.cli import tables, watch
from pipeline.cli.app import TABLES, WATCH, app
from pipeline.version import VERSION
from tests.cli.command import call

ROOT = Path(__file__).parents[2]
INVENTED = ROOT / "tests" / "fixtures" / "invented.txt"
README = (ROOT / "README.md").read_text(encoding="utf-8")
PROVENANCE = (ROOT / "docs/provenance.md").read_text(encoding="utf-8")


def run(*args: object, cwd: Path | None = None, **env: str) -> subprocess.CompletedProcess[str]:
    """Run `ihk` with these arguments."""
    command = [sys.executable, "-m", "pipeline", *map(str, args)]
    full = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", **env}
    return subprocess.run(command, cwd=cwd, env=full, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def work(tmp_path_factory) -> Path:
    """A working directory with raw/ and settings, published once."""
    folder = tmp_path_factory.mktemp("work")
    shutil.copytree(ROOT / "tests/fixtures/raw", folder / "raw")
    assert run("extract", cwd=folder).returncode == 0
    return folder


def test_extract_tells_the_tables_and_the_checks(work):
    done = run("extract", cwd=work)
    assert done.returncode == 0
    assert done.stdout.splitlines()[:2] == [
        "Gute Praxisbeispiele zu IHKs: 6 municipalities, 6 concepts, 12 downloads, 7 contacts",
        "checks: 82 pass, 0 warn, 0 fail, 0 not_checkable; 0 lines unclaimed",
    ]
    assert done.stdout.splitlines()[2].startswith("unchanged: processed (set ")


def test_quiet_says_nothing_and_json_is_one_object(work):
    assert run("extract", "--quiet", cwd=work).stdout == ""
    data = json.loads(run("extract", "--json", cwd=work).stdout)
    assert data["rows"]["concepts"] == 6
    assert data["checks"] == {"pass": 82}


def test_a_page_without_out_writes_nothing(tmp_path):
    done = run("extract", INVENTED, cwd=tmp_path)
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1] == "nothing written; --out DIR writes the tables"
    assert list(tmp_path.iterdir()) == []


def test_pages_are_judged_in_order_and_changes_told(tmp_path):
    old = INVENTED.read_text(encoding="utf-8")
    (tmp_path / "new.txt").write_text(
        old.replace("0234/123-4567", "0234/123-4568"), encoding="utf-8"
    )
    done = run("extract", INVENTED, tmp_path / "new.txt", "--out", tmp_path / "out", "--json")
    assert done.returncode == 0, done.stderr
    changes = (tmp_path / "out" / "changes.csv").read_text(encoding="utf-8").splitlines()
    assert len(changes) == 2
    assert "contacts,bochum-vorlagenpark/1,phone,bochum-vorlagenpark,value_changed" in changes[1]
    assert "+492341234567,+492341234568" in changes[1]


def test_explain_shows_the_line_with_the_span_marked(work):
    done = run("explain", "municipalities", "unna", "area_km2", cwd=work)
    shown = PROVENANCE.split("$ ihk explain municipalities unna area_km2\n")[1].split("```")[0]
    assert done.stdout == shown


def test_explain_shows_each_line_of_a_cell_and_null_cells(work):
    title = run("explain", "concepts", "gelsenkirchen-hassel", "title", cwd=work).stdout
    assert title.count("capture c374c303fdee, line ") == 3
    district = run("explain", "municipalities", "bochum", "district", cwd=work).stdout
    assert "district = null" in district
    assert "Kreis/kreisfrei:Kreisfreie Stadt Bochum" in district


def test_verify_is_content_with_what_was_published(work):
    done = run("verify", "--readers", cwd=work)
    assert done.returncode == 0, done.stderr
    assert "a rebuild gives the same bytes" in done.stdout


def test_spec_shows_lines_records_and_leftovers(tmp_path):
    page = tmp_path / "page.txt"
    text = INVENTED.read_text(encoding="utf-8")
    page.write_text(
        text.replace("Download: Antrag", "Flaeche: 3\nDownload: Antrag"), encoding="utf-8"
    )
    done = run("spec", "ihk", page)
    assert done.returncode == 0
    assert "    3 1 area_km2                   Fläche (km²):88,56" in done.stdout
    assert "4 records" in done.stdout
    assert re.search(r"unclaimed|kept in title", done.stdout)


CASES = [  # arguments, exit code, the error
    (["extract", "nix.html"], 2, "nix.html: there is no such file"),
    (["extract", "dir"], 2, "dir: is a directory; give a page's file"),
    (["extract", "page.doc"], 2, ("page.doc: the ending of the name is none of .html, .htm, .xhtml, "
     ".txt, .warc, .warc.gz; rename the file")),
    (["extract", "pipe.html"], 2, "pipe.html: is no regular file; give a page's file"),
    (["extract", "binary.html"], 4, "binary.html: the bytes are binary, not a page"),
    (["extract", "empty.html"], 4, "empty.html: the page is empty"),
    (["extract", "a.pdf.html"], 4, "a.pdf.html: the bytes are a PDF, not a page"),
    (["extract", "french.html"], 4, ("french.html: no record: no line begins with “Fläche (km²)” or "
     "“Fläche in km²” or “Fläche (km2)”; the page's title is “Les villes”")),
    (["extract", "bad.warc"], 4, None),
    (["extract", "--listing", "nope"], 2, ("listing 'nope' is not known; known are ihk, or give the "
     "path of a file that ends in .toml")),
    (["extract", "--listing", "typo.toml"], 2, ("typo.toml: opens_wth: unknown key 'opens_wth'; did "
     "you mean 'opens_with'?")),
    (["spec", "missing.toml"], 2, ("missing.toml: the listing spec cannot be read: No such file or "
     "directory")),
    (["extract", "--settings", "wrong.toml"], 2, "wrong.toml: line 2: unknown key 'rwa'; did you mean 'raw'?"),
    (["update", "--settings", "watch.toml"], 2, ("watch.toml: the settings file is missing; copy "
     "settings.example.toml of the program's repository to watch.toml and edit it")),
    (["extract", "good.txt", "--out", "page.doc"], 7, ("page.doc/.sets: cannot make the directory: "
     "Not a directory; a file stands where a directory is needed; choose another directory")),
    (["extract", "--raw", "dir"], 3, ("dir/ihk: no visit log, so there is no capture; fetch the page "
     "(ihk fetch) or give files: ihk extract PAGE --out DIR")),
    (["explain", "towns", "unna", "ags"], 3, None),
    (["extract", "--as-of", "gestern"], 2, ("'gestern' is no date; write it like 2026-11-24 or "
     "2026-11-24T03:00")),
    (["extract", "good.txt", "--as-of", "2026-01-01"], 2, ("--as-of looks into raw/; it cannot be "
     "given together with files")),
    (["changes"], 3, "processed: nothing is published yet; run ihk extract"),
    (["changes", "--since", "1.1.2026"], 2, None),
    (["status"], 3, ("raw/ihk: no visit log, so there is no capture; fetch the page (ihk fetch) or "
     "give files: ihk extract PAGE --out DIR")),
    (["accept", "c374c303fdee"], 3, None),
    (["status", "--max-age", "old"], 2, None),
    (["status", "--max-age", "-1"], 2, "--max-age: a number of days is expected, not -1.0"),
    (["backfill", "good.txt", "--server", "http://a.example"], 2, None),
    (["update", "--dry-run", "--url", "www.unna.example"], 2, ("'www.unna.example' is not an absolute "
     "http or https address; mend the setting url")),
    (["update", "--dry-run", "--url", "http://me:secret@a.example/"], 2, ("the setting url holds a "
     "password, which the log would tell; take it out")),
    (["update", "--dry-run", "--timeout", "0.2", "--url", "http://127.0.0.1:1/"], 3, None),
    (["update", "--dry-run", "--timeout", "inf", "--url", "http://127.0.0.1:1/"], 2, (
     "--timeout: a number of seconds is expected, not inf")),
    (["update", "--dry-run", "--pause", "-1", "--url", "http://127.0.0.1:1/"], 2, (
     "--pause: a number of seconds is expected, not -1.0")),
    (["update", "--dry-run", "--contact", "ich (wer sonst)", "--url", "http://127.0.0.1:1/"], 2, (
     "--contact: an e-mail or web address is expected, not 'ich (wer sonst)'")),
    (["extractt"], 2, None),
    (["extract", "--nope"], 2, None),
]  # fmt: skip


@pytest.fixture(scope="module")
def wrong(tmp_path_factory) -> Path:
    """A directory of inputs that are wrong on purpose."""
    folder = tmp_path_factory.mktemp("wrong")
    (folder / "dir").mkdir()
    os.mkfifo(folder / "pipe.html")
    (folder / "page.doc").write_text("x")
    (folder / "binary.html").write_bytes(bytes(range(256)) * 20)
    (folder / "empty.html").write_bytes(b" \n")
    (folder / "a.pdf.html").write_bytes(b"%PDF-1.7\n")
    (folder / "french.html").write_text("<title>Les villes</title><p>Surface : 12</p>")
    (folder / "bad.warc").write_bytes(b"WARC/1.0\r\nnonsense")
    spec = (ROOT / "pipeline/listings/ihk.toml").read_text(encoding="utf-8")
    (folder / "typo.toml").write_text(spec.replace("opens_with", "opens_wth"), encoding="utf-8")
    (folder / "wrong.toml").write_text('# mine\nrwa = "raw"\n')
    shutil.copy(INVENTED, folder / "good.txt")
    return folder


@pytest.mark.parametrize(("args", "code", "message"), CASES, ids=lambda v: str(v)[:40])
def test_wrong_input_is_one_clear_line_and_the_right_exit_code(wrong, args, code, message):
    before = {path: path.lstat().st_mtime_ns for path in wrong.rglob("*")}
    done = call(*args, cwd=wrong)
    assert done.returncode == code, done.stderr
    assert done.stderr.startswith("ihk: error: ")
    assert done.stderr.count("\n") == 1
    if message:
        assert done.stderr == f"ihk: error: {message}\n"
    assert done.stdout == ""
    assert {path: path.lstat().st_mtime_ns for path in wrong.rglob("*")} == before
    as_json = call(*args, "--json", cwd=wrong)
    assert as_json.returncode == code
    assert json.loads(as_json.stdout)["exit_code"] == code


def test_a_suspect_page_leaves_what_is_published_untouched(work, tmp_path):
    shutil.copytree(work, tmp_path / "w", symlinks=True)
    page = tmp_path / "login.html"
    page.write_text("<title>Anmelden</title><p>Bitte einloggen</p>")
    current = (tmp_path / "w/processed/.current").readlink()
    done = run("extract", page, "--out", "processed", cwd=tmp_path / "w")
    assert done.returncode == 4
    assert "it may be a login page" in done.stderr
    assert (tmp_path / "w/processed/.current").readlink() == current


DAMAGE = [  # how, file, what verify says of it
    ("flip", "raw/ihk/captures/c374c303fdee.txt", "the bytes have the sha256"),
    ("cut", "raw/ihk/captures/c374c303fdee.json", "not a sidecar as it was written"),
    ("delete", "raw/ihk/captures/c374c303fdee.txt", "a stored file is missing"),
    ("pipe", "raw/ihk/captures/c374c303fdee.txt", "not a regular file"),
    ("flip", "raw/ihk/visits.jsonl", "line 1: not as it was written"),
    ("flip", "processed/.current/cells.parquet", "cells.parquet: not as it was published"),
    ("cut", "processed/.current/contacts.csv", "contacts.csv: not as it was published"),
    ("delete", "processed/.current/checks.csv", "checks.csv: a stored file is missing"),
    ("flip", "processed/.current/datapackage.json", "datapackage.json: not as it was published"),
    ("delete", "processed/concepts.csv", "concepts.csv: not the link to the published table"),
]


@pytest.mark.parametrize(("how", "name", "message"), DAMAGE, ids=lambda v: str(v)[-30:])
def test_verify_names_a_damaged_file(work, tmp_path, how, name, message):
    folder = tmp_path / "w"
    shutil.copytree(work, folder, symlinks=True)
    path = folder / name
    if how == "flip":
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
    elif how == "cut":
        path.write_bytes(path.read_bytes()[:20])
    else:
        path.unlink()
        if how == "pipe":
            os.mkfifo(path)
    done = run("verify", cwd=folder)
    assert done.returncode == 5, done.stdout
    assert message in done.stderr
    assert all(line.startswith("ihk: error: ") for line in done.stderr.splitlines())


def test_verify_notices_a_cell_that_the_page_does_not_hold(work, tmp_path):
    """A set that is whole by its hashes, but whose cells are not the capture's (constructed)."""
    folder = tmp_path / "w"
    shutil.copytree(work, folder, symlinks=True)
    page = (folder / "raw/ihk/captures/c374c303fdee.txt").read_text(encoding="utf-8")
    (folder / "other.txt").write_text(page.replace("88,56", "88,65"), encoding="utf-8")
    assert run("extract", "other.txt", "--out", "processed", cwd=folder).returncode == 0
    done = run("verify", cwd=folder)
    assert done.returncode == 0
    assert "this capture is not in raw" in done.stdout


def test_a_torn_last_line_of_the_log_is_tolerated(work, tmp_path):
    folder = tmp_path / "w"
    shutil.copytree(work, folder, symlinks=True)
    with (folder / "raw/ihk/visits.jsonl").open("ab") as file:
        file.write(b'{"at":"2026-')
    assert run("extract", cwd=folder).returncode == 0
    done = run("verify", cwd=folder)
    assert done.returncode == 0
    assert "visits.jsonl: its last line is torn" in done.stdout


def test_a_run_imports_nothing_that_it_does_not_need(tmp_path):
    """Each costs a good part of the run; Arrow imports pandas in places, typer pydantic."""
    code = (
        "import sys; from pipeline.cli.entry import main\n"
        "try: main()\n"
        "finally: print([m for m in ('pandas', 'bs4', 'requests', 'pydantic') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "extract", INVENTED, "--out", tmp_path, "--quiet"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.stdout, done.returncode) == ("[]\n", 0)


def test_help_imports_the_command_line_alone():
    code = (
        "import sys; from pipeline.cli.entry import main\nsys.argv = ['ihk', '--help']\n"
        "try: main()\n"
        "finally: sys.stderr.write(' '.join(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = done.stderr.split()
    own = {name.split(".")[1] for name in loaded if name.startswith("pipeline.")}
    assert own == {"cli", "errors"}
    heavy = (
        "asyncio bs4 lxml numpy pandas phonenumbers pyarrow pydantic requests rich selectolax ssl"
    )
    assert {name.partition(".")[0] for name in loaded}.isdisjoint(heavy.split())


def test_the_commands_that_are_imported_alone_are_where_the_app_looks_for_them():
    named = {command.callback.__name__ for command in app.registered_commands if command.callback}
    for module, names in ((tables, TABLES), (watch, WATCH)):
        assert [name for name in names if not callable(getattr(module, name, None))] == []
        assert named.issuperset(names)


def test_a_closed_stdout_is_no_error(work):
    done = subprocess.run(
        f"{shlex.quote(sys.executable)} -m pipeline spec ihk raw/ihk/captures/c374c303fdee.txt | head -1",
        shell=True, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout.startswith("ihk: good")
    assert done.stderr == ""


def test_page_text_is_inert_on_the_terminal(tmp_path):
    page = tmp_path / "page.html"
    page.write_text("<title>\x1b[31m{{7*7}} %s {0.__class__}</title><p>x</p>")
    done = run("extract", page)
    assert done.returncode == 4
    assert "\x1b" not in done.stderr
    assert "{{7*7}} %s {0.__class__}" in done.stderr


def test_every_command_of_the_readme_has_help_with_an_example():
    listed = set(re.findall(r"^\| `ihk (\w+)", README, re.MULTILINE))
    offered = set(
        re.findall(r"^  (\w+)  ", call("--help").stdout.split("Commands:")[1], re.MULTILINE)
    )
    assert listed == offered
    for command in sorted(offered):
        assert f"Example: ihk {command}" in call(command, "--help").stdout


def test_the_versions_agree():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == VERSION


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (["extract"], 0),
        (["extract", "nope.txt"], 2),
        (["extract", "cats.html"], 4),
        (["explain", "concepts", "dorsten-mitte", "title"], 0),
        (["explain", "concepts", "dorsten-mitte", "titel"], 2),
        (["verify"], 0),
        (["spec", "ihk"], 0),
        (["spec", "ihk", "cats.html"], 4),
        (["spec", "nope.toml"], 2),
        (["nope"], 2),
    ],
)
def test_json_is_one_object_whatever_the_exit_code(work, args, code):
    (work / "cats.html").write_text("<title>Cats</title><p>A page about cats.</p>")
    done = call(*args, "--json", cwd=work)
    assert done.returncode == code
    assert isinstance(json.loads(done.stdout), dict)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_a_run_in_one_line(tmp_path, number):
    """Here while it publishes; the lock is the kernel's, so it goes with the process (FAULTS 21)."""
    code = (
        "import os, sys, time, pipeline.publish.publication as publish\n"
        f"publish.publish = lambda *_: (os.kill(os.getpid(), {int(number)}), time.sleep(9))\n"
        f"sys.argv = ['ihk', 'extract', {str(INVENTED)!r}, '--out', {str(tmp_path / 'out')!r}]\n"
        "from pipeline.cli.entry import main\n"
        "main()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (130, "ihk: error: interrupted\n")
