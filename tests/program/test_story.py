"""The story of a page that is watched (docs/watching.md), run as told; and the ways to schedule it."""

import http.server
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import yaml

from pipeline.program.extract import extract_store
from pipeline.settings import Settings
from tests.cli.command import call
from tests.program.story import PAGES

ROOT = Path(__file__).parents[2]
WATCHING = (ROOT / "docs/watching.md").read_text(encoding="utf-8")
DEPLOY = ROOT / "deploy"
PROGRAM = f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m pipeline "$@"\n'
ATOM = "{http://www.w3.org/2005/Atom}"


class Site:
    """A web site of one page on loopback."""

    def __init__(self) -> None:
        self.page = b""
        site = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = site.page if self.path == "/page" else b""
                self.send_response(200 if body else 404)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: object) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def show(self, name: str) -> None:
        """Put a page of the story on the site."""
        self.page = PAGES[name].encode()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site()
    url = f"http://127.0.0.1:{made.server.server_port}/page"
    (tmp_path / "settings.toml").write_text(f'url = "{url}"\n')
    yield made
    made.server.shutdown()
    made.server.server_close()


def tell_story(site: Site, folder: Path) -> list[str]:
    """Visit the page as it stands at each time of the story; give what the terminal shows."""
    told = []
    for name in PAGES:
        site.show(name)
        done = call("update", cwd=folder)
        assert done.returncode == (4 if name == "broken" else 0)
        told.append(re.sub(r"\(set [0-9a-f]{16}\)", "(set …)", done.stdout + done.stderr))
    return told


def test_the_story_of_the_page_on_watching_is_true(site, tmp_path):
    block = WATCHING.split("over five visits:\n\n```\n")[1].split("```")[0]
    written = re.split(r"^\$ ihk update .*\n", block, flags=re.MULTILINE)[1:]
    assert tell_story(site, tmp_path) == written


def test_the_storys_tables_feed_and_log_agree(site, tmp_path):
    tell_story(site, tmp_path)
    rows = extract_store(Settings(raw=str(tmp_path / "raw"))).rows
    assert [row[8] for row in rows["captures"]] == ["accepted", "accepted", "accepted", "suspect"]
    assert len(rows["changes"]) == 5
    outcomes = re.findall(r'"outcome":"(\w+)"', (tmp_path / "raw/ihk/visits.jsonl").read_text())
    assert outcomes == ["new", "new", "new", "suspect", "unchanged"]
    feed = ET.parse(tmp_path / "processed" / "changes.atom").getroot()
    (entry,) = feed.findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == "5 changes from capture 12edf575d90a to c58a89fceb00"
    assert len((entry.findtext(f"{ATOM}content") or "").splitlines()) == 5
    done = call("changes", "--since", "2026-01-01", cwd=tmp_path)
    assert done.stdout.count("\n") == 6
    assert call("changes", "--since", "2126-01-01", cwd=tmp_path).stdout == "no changes\n"
    assert call("verify", cwd=tmp_path).returncode == 0


def test_quiet_and_exit_codes_tell_news_and_nothing_else(site, tmp_path):
    seen = []
    for name in ("first", "first", "grown", "moved", "broken", "broken", "mended", "first"):
        site.show(name)
        done = call("update", "--quiet", "--exit-code", cwd=tmp_path)
        seen.append((name, done.returncode, bool(done.stdout)))
    assert seen == [
        ("first", 10, True), ("first", 0, False), ("grown", 10, True), ("moved", 0, False),
        ("broken", 4, False), ("broken", 4, False), ("mended", 0, False), ("first", 10, True),
    ]  # fmt: skip


def test_a_dry_run_tells_the_same_and_writes_nothing(site, tmp_path):
    site.show("first")
    call("update", cwd=tmp_path)
    for name in ("grown", "broken", "first"):
        site.show(name)
        before = {p: p.lstat().st_mtime_ns for p in tmp_path.rglob("*")}
        dry = call("update", "--dry-run", cwd=tmp_path)
        assert {p: p.lstat().st_mtime_ns for p in tmp_path.rglob("*")} == before
        if name == "grown":
            shutil.copytree(tmp_path, tmp_path.with_name("copy"), symlinks=True)
            wet = call("update", cwd=tmp_path.with_name("copy"))
            assert dry.stdout.splitlines()[:-1] == wet.stdout.splitlines()[:-1]
    empty = tmp_path / "empty"
    empty.mkdir()
    url = f"http://127.0.0.1:{site.server.server_port}/page"
    assert call("update", "--dry-run", "--url", url, cwd=empty).returncode == 0
    assert list(empty.iterdir()) == []


def test_a_new_label_in_the_spec_mends_a_suspect_page(site, tmp_path):
    site.show("moved")
    call("update", cwd=tmp_path)
    site.show("broken")
    assert call("update", cwd=tmp_path).returncode == 4
    assert call("status", cwd=tmp_path).returncode == 4
    spec = (ROOT / "pipeline/listings/ihk.toml").read_text(encoding="utf-8")
    mended = spec.replace('labels = ["Quartier"]', 'labels = ["Quartier", "Quartiere"]')
    assert mended != spec
    (tmp_path / "mine.toml").write_text(mended, encoding="utf-8")
    done = call("update", "--listing", "mine.toml", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert call("status", "--listing", "mine.toml", cwd=tmp_path).returncode == 0


def test_a_visit_that_finds_nothing_new_imports_nothing_that_builds_tables(site, tmp_path):
    """Its cost is bounded by that of a bare request (`make bench`)."""
    code = (
        "import sys; from pipeline.cli.entry import main\nsys.argv = ['ihk', 'update']\n"
        "try: main()\n"
        "finally: print([m for m in ('pandas', 'pyarrow', 'numpy', 'pydantic', 'rich', 'selectolax',"
        " 'phonenumbers', 'w3lib', 'tenacity', 'asyncio', 'pipeline.flow', 'pipeline.records',"
        " 'pipeline.contacts', 'pipeline.tables', 'pipeline.cli.tables') if m in sys.modules])"
    )
    site.show("first")
    call("update", cwd=tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.splitlines() == ["unchanged: capture 12edf575d90a, the same bytes", "[]"]


@pytest.mark.parametrize("name", ["cells.parquet", "municipalities.csv", "changes.atom"])
@pytest.mark.parametrize("damage", ["another byte", "gone"])
def test_a_visit_that_finds_nothing_new_mends_what_is_published(
    site: Site, tmp_path: Path, name: str, damage: str
) -> None:
    """Provenance: imagined, a file that somebody opened and saved."""
    site.show("first")
    call("update", cwd=tmp_path)
    path = tmp_path / "processed" / name
    whole = path.read_bytes()
    if damage == "gone":
        path.resolve().unlink()
    else:
        path.resolve().write_bytes(whole[:-9] + bytes([whole[-9] ^ 1]) + whole[-8:])
    done = call("update", cwd=tmp_path)
    assert done.stdout.startswith("unchanged: capture 12edf575d90a, the same bytes\n")
    assert path.read_bytes() == whole


def test_a_verdict_of_a_person_is_obeyed(site, tmp_path):
    site.show("grown")
    call("update", cwd=tmp_path)
    site.show("broken")
    call("update", cwd=tmp_path)
    assert "ihk: suspect: " in call("extract", cwd=tmp_path).stderr
    site.show("grown")
    assert call("update", cwd=tmp_path).returncode == 0
    assert call("extract", cwd=tmp_path).stderr == ""  # a good one has followed
    site.page = PAGES["grown"].split("<dt>Fläche")[0].encode() + b"</dl>"
    assert call("update", cwd=tmp_path).returncode == 4
    (name,) = re.findall(r"suspect: capture (\w+)", call("status", cwd=tmp_path).stdout)
    refused = call("accept", name, cwd=tmp_path)
    assert refused.returncode == 2
    assert "there is no record in it" in refused.stderr
    assert call("reject", name[:6], cwd=tmp_path).returncode == 0
    assert call("update", cwd=tmp_path).returncode == 0  # it was looked at; no alarm again
    assert call("status", cwd=tmp_path).returncode == 0
    for wanted in ("zzzz", "", "123"):
        assert call("accept", wanted, cwd=tmp_path).returncode == 2


def test_new_rules_are_told_as_such_and_make_no_event(site, tmp_path):
    site.show("first")
    call("update", cwd=tmp_path)
    site.show("grown")
    call("update", cwd=tmp_path)
    spec = (ROOT / "pipeline/listings/ihk.toml").read_text(encoding="utf-8")
    (tmp_path / "mine.toml").write_text(spec, encoding="utf-8")
    settings = (tmp_path / "settings.toml").read_text() + 'listing = "mine.toml"\n'
    (tmp_path / "settings.toml").write_text(settings)
    call("update", cwd=tmp_path)
    fewer = spec.replace('labels = ["Quartier"]', 'labels = ["Quartier", "Stadtteil"]')
    (tmp_path / "mine.toml").write_text(fewer, encoding="utf-8")
    done = call("update", "--exit-code", cwd=tmp_path)
    assert "because of new rules" not in done.stdout  # another label, the same cells
    assert done.returncode == 0
    start = fewer.index('[[field]]\nname = "website"')
    end = fewer.index("[[field]]", start + 9)
    (tmp_path / "mine.toml").write_text(fewer[:start] + fewer[end:], encoding="utf-8")
    done = call("update", "--exit-code", cwd=tmp_path)
    assert "because of new rules: 8 cells" in done.stdout, done.stdout
    assert "changes in the listing" not in done.stdout


# --- Scheduling --------------------------------------------------------------------------------


def test_the_units_of_systemd_are_good(tmp_path):
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not there (Debian: systemd)")
    program = tmp_path / "srv/.venv/bin/ihk"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    (tmp_path / "srv/README.md").write_text("")
    for path in DEPLOY.glob("ihk-*"):
        text = path.read_text().replace("/srv/ihk", str(tmp_path / "srv"))
        (tmp_path / path.name).write_text(text.replace("User=ihk", "User=daemon"))
    shutil.copy(DEPLOY / "alert.sh", tmp_path)
    for name in ("ihk-update.service", "ihk-update.timer", "ihk-alert@.service"):
        done = subprocess.run(
            ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", tmp_path / name],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (0, ""), name


def test_a_failed_run_is_mailed(site, tmp_path):
    """`alert.sh` as systemd starts it, with a sendmail that keeps what it is given."""
    site.show("moved")
    call("update", cwd=tmp_path)
    site.show("broken")
    call("update", cwd=tmp_path)
    programs = tmp_path / ".venv" / "bin"
    programs.mkdir(parents=True)
    (programs / "sendmail").write_text(f"#!/bin/sh\ncat >{tmp_path}/mail.txt\n")
    (programs / "ihk").write_text(PROGRAM)
    for path in programs.iterdir():
        path.chmod(0o755)
    subprocess.run(["/bin/sh", DEPLOY / "alert.sh", "ihk-update.service"], cwd=tmp_path, check=True)
    mail = (tmp_path / "mail.txt").read_text(encoding="utf-8")
    assert mail.startswith("To: root\nSubject: ihk: ihk-update.service failed\n")
    assert "suspect: capture " in mail


def test_the_lines_for_cron_are_good_and_run(site, tmp_path):
    lines = (DEPLOY / "crontab").read_text().splitlines()
    jobs = [
        line for line in lines if line and not line.startswith("#") and "=" not in line.split()[0]
    ]
    assert len(jobs) == 2
    for job in jobs:
        *times, command = job.split(None, 5)
        assert all(re.fullmatch(r"[\d*/,-]+", time) for time in times)
        assert command.startswith("cd /srv/ihk && .venv/bin/ihk ")
    site.show("first")
    call(*jobs[0].split("bin/ihk ")[1].split(), cwd=tmp_path)
    assert call(*jobs[0].split("bin/ihk ")[1].split(), cwd=tmp_path) == (0, "", "")
    assert call("status", "--max-age", "7", cwd=tmp_path).returncode == 0


def test_the_workflow_commits_captures_and_fails_where_somebody_has_to_look(site, tmp_path):
    """Its shell lines are run as the runner would, in a clone with a remote of its own.

    The settings are those of watch.toml, which git does not ignore: no person is published.
    """
    workflow = yaml.safe_load((DEPLOY / "watch.yml").read_text())
    steps = {step["name"]: step for step in workflow["jobs"]["watch"]["steps"] if "name" in step}
    remote, work = tmp_path / "remote.git", tmp_path / "work"
    git = ["git", "-c", "init.defaultBranch=main"]
    subprocess.run([*git, "init", "-q", "--bare", remote], check=True)
    subprocess.run([*git, "clone", "-q", remote, work], check=True, capture_output=True)
    programs = work / ".venv" / "bin"
    programs.mkdir(parents=True)
    (programs / "ihk").write_text(PROGRAM)
    (programs / "ihk").chmod(0o755)
    (work / ".gitignore").write_text((ROOT / ".gitignore").read_text())

    def shell(name: str, code: str = "") -> subprocess.CompletedProcess[str]:
        script = steps[name]["run"].replace("${{ steps.visit.outputs.code }}", code)
        env = {
            **os.environ,
            "GITHUB_OUTPUT": str(tmp_path / "output"),
            "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
        }
        return subprocess.run(
            ["bash", "-e", "-c", script], cwd=work, env=env, capture_output=True, text=True,
            check=False,
        )  # fmt: skip

    assert shell("Visit the page").returncode == 0
    assert (tmp_path / "output").read_text() == "code=2\n"
    missing = shell("Fail where somebody has to look", "2")
    assert missing.returncode == 2
    assert "watch.toml: the settings file is missing; copy settings.example.toml" in missing.stderr

    settings = (tmp_path / "settings.toml").read_text() + "people = false\n"
    (work / "watch.toml").write_text(settings)
    subprocess.run(["git", "add", "watch.toml"], cwd=work, check=True)
    codes, commits = [], []
    for name in ("first", "grown", "broken", "broken"):
        site.show(name)
        assert shell("Visit the page").returncode == 0
        codes.append((tmp_path / "output").read_text().splitlines()[-1])
        kept = shell("Keep what came")
        assert kept.returncode == 0, kept.stderr
        log = subprocess.run(
            ["git", "log", "--oneline", "origin/main"], cwd=work, capture_output=True, text=True,
            check=True,
        )  # fmt: skip
        commits.append(log.stdout.count("\n"))
    assert codes == ["code=10", "code=10", "code=4", "code=4"]
    assert commits == [1, 2, 3, 4]  # the log has a line for every visit
    assert shell("Tell what changed").returncode == 0
    assert "concepts dorsten-blindtextplatz: added" in (tmp_path / "summary").read_text()
    package = json.loads((work / "processed" / "datapackage.json").read_text(encoding="utf-8"))
    assert package["made_from"]["settings"]["people"] is False
    assert not subprocess.run(
        ["git", "check-ignore", "watch.toml"], cwd=work, capture_output=True, check=False
    ).stdout
    for step in workflow["jobs"]["watch"]["steps"]:
        for line in step.get("run", "").splitlines():
            assert ("bin/ihk " in line) is ("--settings watch.toml" in line), line
    failed = shell("Fail where somebody has to look", "4")
    assert failed.returncode == 4
    assert "suspect: capture" in failed.stdout
