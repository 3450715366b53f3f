"""What stands on a terminal, and that nothing of it stands anywhere else."""

import contextlib
import fcntl
import io
import json
import os
import pty
import re
import shutil
import struct
import subprocess
import sys
import termios
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st
from rich.cells import cell_len

from pipeline.cli import screen
from pipeline.cli.app import app
from pipeline.cli.words.drawings import draw_events, draw_explanation, draw_extraction, draw_report
from pipeline.cli.words.terminal import Marked, inert, render
from pipeline.listing.spec_reader import read_spec
from pipeline.program.explain import Explanation, Source
from pipeline.program.export import render_archive
from pipeline.program.extract import extract_pages, extract_store
from pipeline.publish.publication import publish
from pipeline.publish.render import render_set
from pipeline.settings import Settings
from pipeline.store.sightings import read_store
from pipeline.verify.run import Report, verify
from tests.cli.command import call
from tests.program.story import PAGES

ROOT = Path(__file__).parents[2]
INVENTED = ROOT / "tests" / "fixtures" / "invented.txt"
ESCAPE = "\x1b"
COLOR = re.compile(r"\x1b\[[0-9;]*m")
HOSTILE = (
    "[bold]x[/bold] [link=http://a.example]y[/link] \x1b[31mred\x07 \u202egnp.exe :smile: {0} %s"
)
SHOWN = (
    "[bold]x[/bold] [link=http://a.example]y[/link] \\x1b[31mred\\x07 \\u202egnp.exe :smile: {0} %s"
)
ENV = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", "TERM": "xterm"}
ENV = {name: value for name, value in ENV.items() if name not in ("NO_COLOR", "COLUMNS")}


def on_terminal(
    *command: object, cwd: Path, columns: int = 80, out: Any = None, **env: str
) -> tuple[str, int]:
    """Run a program on a terminal of that width; give what it wrote there and its exit code."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    running = subprocess.Popen(
        [*map(str, command)], cwd=cwd, env={**ENV, **env},
        stdin=theirs, stdout=out or theirs, stderr=theirs, start_new_session=True,
    )  # fmt: skip
    os.close(theirs)
    content = b""
    with contextlib.suppress(OSError):  # Linux tells the other side's end so
        while block := os.read(ours, 65536):
            content += block
    os.close(ours)
    return content.decode().replace("\r\n", "\n"), running.wait()


def ihk(*args: object, **more: Any) -> tuple[str, int]:
    """Run `ihk` on a terminal."""
    return on_terminal(sys.executable, "-m", "pipeline", *args, **more)


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with three states of a page, published: changes, a fail, a warn."""
    folder = tmp_path_factory.mktemp("terminal")
    (folder / "first.html").write_text(PAGES["first"], encoding="utf-8")
    (folder / "grown.html").write_text(PAGES["grown"].replace("58.724", "98.724"), encoding="utf-8")
    done = call("extract", "first.html", "grown.html", "--out", "processed", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder


COMMANDS = {  # and a piece of what a terminal of 80 columns gets
    ("extract", "first.html", "grown.html"): "fail unna The three numbers do not fit",
    ("changes",): "municipalities dorsten row added",
    ("verify",): "state all is as it was written",
    (
        "explain",
        "municipalities",
        "unna",
        "population",
    ): "municipalities · unna · population = 98724 rule",
}
EACH = pytest.mark.parametrize("args", COMMANDS, ids=lambda args: args[0])


@EACH
def test_a_terminal_gets_a_table_and_a_pipe_the_plain_words(work: Path, args: Any) -> None:
    plain = call(*args, cwd=work)
    shown, code = ihk(*args, cwd=work)
    assert code == plain.returncode == 0
    assert ESCAPE not in plain.stdout + plain.stderr
    assert ESCAPE in shown
    assert COMMANDS[args] in " ".join(COLOR.sub("", shown).split())
    with (work / "piped").open("w", encoding="utf-8") as file:
        assert ihk(*args, cwd=work, out=file) == ("", 0)  # stderr stays a terminal
    assert (work / "piped").read_text(encoding="utf-8") == plain.stdout


@EACH
def test_a_dumb_terminal_gets_the_plain_words(work: Path, args: Any) -> None:
    assert ihk(*args, cwd=work, TERM="dumb")[0] == call(*args, cwd=work).stdout


@pytest.mark.slow
def test_no_color_takes_the_colour_and_leaves_the_layout(work: Path) -> None:
    """A value that is empty does not count (no-color.org)."""
    args = next(iter(COMMANDS))
    colored, _ = ihk(*args, cwd=work)
    plain, _ = ihk(*args, cwd=work, NO_COLOR="1")
    assert ESCAPE not in plain
    assert [line.rstrip() for line in COLOR.sub("", colored).splitlines()] == plain.splitlines()
    assert ihk(*args, cwd=work, NO_COLOR="")[0] == colored


def _draw(name: str, width: int, *, color: bool = False) -> str:
    return render(DRAWN[name](), width, color=color)


EVENT = {
    "seen_after": None, "seen_by": "2026-01-02T03:00:00Z", "after_capture": "12edf575d90a",
    "by_capture": "c58a89fceb00", "table_name": "concepts", "row_id": "bochum-vorlagenpark",
    "column_name": "title", "concept_id": "bochum-vorlagenpark", "kind": "value_changed",
    "old": HOSTILE, "new": None, "related_row_id": None,
}  # fmt: skip
ADDED = {**EVENT, "kind": "row_added", "column_name": None, "old": None, "related_row_id": "unna-alt",
         "new": json.dumps({"title": HOSTILE, "quarter": None, "website": "a.example"})}  # fmt: skip
REMOVED = {**EVENT, "kind": "row_removed", "column_name": None, "related_row_id": "unna-neu",
           "old": json.dumps({"title": "Alt"}), "new": None}  # fmt: skip
LINE = f"Titel:{HOSTILE}"
CHECK = {"rule": "label", "verdict": "warn", "message": HOSTILE}
TOLD = Explanation("concepts", HOSTILE, "title", HOSTILE, (
    Source("12edf575d90a", 3, 6, len(LINE), HOSTILE, LINE, (6, len(LINE))),
    Source("12edf575d90a", 4, 0, 1, HOSTILE, ""),
), HOSTILE, (CHECK,))  # fmt: skip
DRAWN = {
    "changes": lambda: draw_events([EVENT, ADDED, REMOVED]),
    "explain": lambda: draw_explanation(TOLD),
    "verify": lambda: draw_report(Report(3, 5, True, [HOSTILE], [HOSTILE], [HOSTILE])),
}


@pytest.mark.parametrize("width", [40, 80, 200])
@pytest.mark.parametrize("name", DRAWN)
def test_page_text_is_inert(name: str, width: int) -> None:
    """Markup, emoji, links, escape codes, controls and the turn of writing show as what they are."""
    shown = _draw(name, width)
    assert not set(shown) & set("\x1b\x07\u202e")
    assert "".join(SHOWN.split()) in "".join(_draw(name, 2000).split())
    colored = COLOR.sub("", _draw(name, width, color=True))
    assert [line.rstrip() for line in colored.split("\n")] == shown.split("\n")


@pytest.mark.parametrize("width", [40, 80, 200])
@pytest.mark.parametrize("name", DRAWN)
def test_lines_are_wrapped_not_cut(name: str, width: int) -> None:
    shown = _draw(name, width)
    assert max(map(cell_len, shown.split("\n"))) <= width
    assert "…" not in shown


def test_rows_that_came_and_went_are_told_with_all_their_values() -> None:
    lines = [" ".join(line.split()) for line in _draw("changes", 200).split("\n")]
    where = "concepts bochum-vorlagenpark"
    assert f"{where} row added likely the same as the removed unna-alt" in lines
    assert "website a.example" in lines
    assert not [line for line in lines if line.startswith("quarter")]  # null: nothing to tell
    assert f"{where} row removed likely the same as the new unna-neu" in lines
    assert "title Alt" in lines


def test_fails_come_before_warnings(work: Path) -> None:
    built = extract_pages([work / "grown.html"], Settings())
    shown = render(draw_extraction(built, None, None), 120, color=False)
    assert re.findall(r"^(fail|warn) ", shown, re.MULTILINE) == ["fail", "warn"]
    assert len(built.rows["checks"]) == int(re.findall(r"^checks +(\d+)$", shown, re.MULTILINE)[0])
    assert shown.endswith("\nnothing written; --out DIR writes the tables\n\n")


def test_notes_stand_behind_the_place_of_the_tables() -> None:
    built = extract_pages([INVENTED], Settings())
    shown = render(draw_extraction(built, None, None, ["a note", "another"]), 120, color=False)
    assert shown.endswith("\nnothing written; --out DIR writes the tables\n\na note\n\nanother\n\n")


def test_of_very_many_findings_the_first_are_shown() -> None:
    built = extract_pages([INVENTED], Settings())
    check = next(row for row in built.rows["checks"] if row[5] == "warn")
    built = built._replace(rows={**built.rows, "checks": [check] * 1234})
    shown = render(draw_extraction(built, None, None), 120, color=False)
    assert shown.count("\nwarn ") == 200
    assert "and 1,034 more in the table checks" in shown


@pytest.mark.slow
def test_of_very_many_changes_the_newest_are_shown() -> None:
    events = [{**EVENT, "old": f"title {number}"} for number in range(600)]
    shown = render(draw_events(events), 120, color=False)
    assert re.findall(r"title (\d+)", shown) == [str(number) for number in range(100, 600)]
    assert "100 earlier ones are not shown; ihk changes | less has them" in shown


def test_nothing_changed_and_nothing_damaged_are_told_too() -> None:
    assert render(draw_events([]), 80, color=False) == "\nno changes\n\n"
    assert "all is as it was written" in render(draw_report(Report()), 80, color=False)
    damaged = Report(damaged=["a", "b"])
    assert "2 damaged, as told on stderr" in render(draw_report(damaged), 80, color=False)


@given(st.text("ab ä日\x1b\u202e[]/", max_size=60), st.data(), st.integers(4, 30))
def test_the_carets_stand_below_the_span_however_the_line_is_wrapped(
    text: str, data: st.DataObject, width: int
) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    lines = render([Marked(text, start, end)], width, color=False).split("\n")[1:-2]
    assert max(map(cell_len, lines)) <= width
    pieces = [line for line in lines if "^" not in line]
    assert "".join(pieces).replace(" ", "") == inert(text).plain.replace(" ", "")
    found = ""
    for piece, below in pairwise(lines):
        at = 0
        for character in piece if "^" in below else "":
            found += character if below[at : at + 1] == "^" else ""
            at += cell_len(character)
    if start < end:
        assert found.replace(" ", "") == inert(text[start:end]).plain.replace(" ", "")
    assert any("^" in line for line in lines)


WORK = """
import sys, time
import pipeline.cli.progress as progress
progress._PATIENCE = 0.05
with progress.show_progress("work", quiet={quiet}, as_json={as_json}) as tell:
    for done in range(5):
        time.sleep({seconds} / 5)
        if tell: tell(done + 1, 5)
    {end}
"""


def _work(cwd: Path, *, quiet: bool = False, as_json: bool = False, seconds: float = 0.5,
          end: str = "pass", **env: str) -> str:  # fmt: skip
    code = WORK.format(quiet=quiet, as_json=as_json, seconds=seconds, end=end)
    return on_terminal(sys.executable, "-c", code, cwd=cwd, **env)[0]


def read_screen(written: str) -> list[str]:
    """Give the lines that a terminal shows in the end (the few codes that a bar is drawn with)."""
    lines, row, column = [""], 0, 0
    for code, argument, kind, text in re.findall(r"(\x1b\[\??(\d*)([A-Za-z]))|([^\x1b])", written):
        if kind == "A":
            row -= int(argument or 1)
        elif kind == "K":
            lines[row] = ""
        elif text == "\r":
            column = 0
        elif text == "\n":
            row, column = row + 1, 0
            lines += [""] * (row == len(lines))
        elif text:
            lines[row] = lines[row][:column].ljust(column) + text + lines[row][column + 1 :]
            column += 1
        else:
            assert kind in "mhl", code
    return [line.rstrip() for line in lines[: row + 1]]


def test_a_bar_is_shown_on_a_terminal_after_a_while_and_gone_at_the_end(tmp_path: Path) -> None:
    written = _work(tmp_path)
    assert "work" in written
    assert "100%" in written
    assert read_screen(written) == [""]
    assert written.rindex("\x1b[?25h") > written.rindex("\x1b[?25l")  # the cursor is back


@pytest.mark.slow
def test_nothing_is_left_of_a_bar_after_an_error(tmp_path: Path) -> None:
    shown = read_screen(_work(tmp_path, end="raise SystemExit('ihk: error: so')"))
    assert shown == ["ihk: error: so", ""]


@pytest.mark.slow
@pytest.mark.parametrize(
    "how",
    [{"quiet": True}, {"as_json": True}, {"seconds": 0.0}, {"TERM": "dumb"}],
    ids=["quiet", "json", "short", "dumb"],
)
def test_no_bar_where_nobody_watches_or_the_work_is_short(tmp_path: Path, how: Any) -> None:
    assert _work(tmp_path, **how) == ""


@pytest.mark.slow
def test_a_bar_without_colour(tmp_path: Path) -> None:
    codes = set(re.findall(r"\x1b\[([0-9;]+)m", _work(tmp_path, NO_COLOR="1")))
    assert not {c for code in codes for c in code.split(";") if len(c) > 1}  # 31, 92, 38;5;…


def test_long_work_tells_how_far_it_is(work: Path) -> None:
    """What shows it is not the work's to know: it calls a function, or none."""
    told: list[tuple[int, int]] = []
    paths = [work / "first.html", work / "grown.html", INVENTED]
    extract_pages(paths, Settings(), lambda *step: told.append(step))
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_verify_and_export_tell_how_far_they_are(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "tests/fixtures/raw", tmp_path / "raw")
    settings = Settings(raw=str(tmp_path / "raw"), out=str(tmp_path / "out"))
    told: list[tuple[int, int]] = []

    def tell(done: int, total: int) -> None:
        told.append((done, total))

    publish(tmp_path / "out", render_set(extract_store(settings, progress=tell)))
    assert told == [(1, 1)]
    verify(settings, readers=True, progress=tell)
    assert told == [(1, 1)] * 4  # files, both readers, the rebuild
    spec = read_spec("ihk")
    render_archive(read_store(tmp_path / "raw", "ihk"), spec, compress=True, progress=tell)
    assert told == [(1, 1)] * 5


@pytest.mark.parametrize("args", [["--help"], ["extract", str(INVENTED)], ["verify"], ["changes"]])
def test_nothing_of_the_terminal_is_imported_where_there_is_none(
    work: Path, args: list[str]
) -> None:
    """Each import costs a good part of a run that finds nothing new."""
    code = (
        "import sys; from pipeline.cli.entry import main\n"
        "try: main()\n"
        "finally: sys.stderr.write(str([m for m in sys.modules if m.partition('.')[0] == 'rich']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *args], cwd=work, env=ENV, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert (done.stderr, done.returncode) == ("[]", 0)


@pytest.mark.parametrize(
    ("env", "color"), [({}, True), ({"NO_COLOR": ""}, True), ({"NO_COLOR": "0"}, False)], ids=str
)
def test_no_color_counts_if_it_is_not_empty(
    monkeypatch: pytest.MonkeyPatch, env: dict[str, str], color: bool
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    assert screen.wants_color() is color


class Tty(io.TextIOWrapper):
    """A stream that calls itself a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("term", "encoding", "is_terminal"),
    [
        ("xterm-256color", "utf-8", True),
        ("xterm", "UTF8", True),
        ("dumb", "utf-8", False),
        ("", "utf-8", False),
        ("xterm", "latin-1", False),
        ("xterm", "ascii", False),
    ],
)
def test_a_terminal_is_one_that_shows_tables(
    monkeypatch: pytest.MonkeyPatch, term: str, encoding: str, is_terminal: bool
) -> None:
    monkeypatch.setenv("TERM", term)
    assert screen.is_terminal(Tty(io.BytesIO(), encoding=encoding)) is is_terminal
    assert not screen.is_terminal(io.StringIO())


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_words_that_stdout_cannot_print_are_no_error(work: Path, encoding: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pipeline", "explain", "municipalities", "unna", "area_km2"],
        cwd=work, env={**ENV, "PYTHONIOENCODING": encoding}, capture_output=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")
    label = "Fläche (km²)".encode(encoding, "backslashreplace")
    assert label in done.stdout


COMPLETIONS = [  # what was typed, what bash offers
    ("ihk ex", ["extract", "explain", "export"]),
    ("ihk status --max", ["--max-age"]),
    ("ihk extract --listing i", ["ihk"]),
    ("ihk explain mun", ["municipalities"]),
    ("ihk explain c", ["concepts", "contacts", "captures"]),
    ("ihk explain municipalities u", ["unna"]),
    ("ihk explain municipalities unna area", ["area_km2"]),
    ("ihk explain --out nowhere mun", []),
    ("ihk explain nowhere u", []),
    ("ihk accept c374", ["c374c303fdee"]),
    ("ihk reject --raw nowhere c", []),
    ("ihk spec i", ["ihk"]),
    ("ihk extract fir", []),  # a file: the shell's own to offer
]


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash")
def test_a_shell_completes_commands_options_listings_cells_and_captures(work: Path) -> None:
    """With bash's own script; it is one run for all, as each asks the program anew."""
    shutil.copytree(ROOT / "tests/fixtures/raw", work / "raw", dirs_exist_ok=True)
    (work / "bin").mkdir()
    program = work / "bin" / "ihk"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m pipeline "$@"\n')
    program.chmod(0o755)
    script = call_completion("source_bash")
    lines = [script, "try() { COMP_WORDS=($1); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); COMPREPLY=();",
             "_ihk_completion ihk; echo ${COMPREPLY[*]}; }"]  # fmt: skip
    lines += [f"try '{typed}'" for typed, _ in COMPLETIONS]
    env = {**ENV, "PATH": f"{work / 'bin'}:{ENV['PATH']}"}
    done = subprocess.run(
        ["bash", "--norc", "-c", "\n".join(lines)], cwd=work, env=env, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    assert done.stderr == ""
    offered = [line.split(" ") if line else [] for line in done.stdout.splitlines()]
    assert offered == [names for _, names in COMPLETIONS]


def call_completion(instruction: str, **env: str) -> str:
    """Ask the program as a shell does."""
    done = subprocess.run(
        [sys.executable, "-m", "pipeline"], env={**ENV, "_IHK_COMPLETE": instruction, **env},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_have_their_script_and_are_told_what_a_command_does(shell: str) -> None:
    assert f"_IHK_COMPLETE=complete_{shell}" in call_completion(f"source_{shell}")
    typed = {"_TYPER_COMPLETE_ARGS": "ihk exp", "_TYPER_COMPLETE_FISH_ACTION": "get-args"}
    offered = call_completion(f"complete_{shell}", **typed)
    assert "explain" in offered
    assert "Show where a published cell comes from" in offered


def test_every_help_fits_and_tells_the_same_options_in_the_same_words() -> None:
    options: dict[str, set[str]] = {}
    overview = call("--help").stdout
    assert "..." not in overview.split("Commands:")[1]  # each command has a short first sentence
    for command in app.registered_commands:
        text = call(command.callback.__name__, "--help").stdout
        assert max(map(len, text.splitlines())) <= 80
        for name, words in re.findall(
            r"^  (?:-q, )?(--[a-z -]*\w)(?: [A-Z]+)?\s+(.*)$", text, re.MULTILINE
        ):
            options.setdefault(name, set()).add(words)
    differing = {name for name, words in options.items() if len(words) > 1}
    assert differing == {"--quiet"}  # of draft and update it says more


def test_a_bug_is_told_by_its_place_and_not_by_its_text(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The text of an exception may quote the page, and so a person."""

    def fail(*_: object) -> None:
        raise ValueError("Dr.-Ing. Jana Möller, 0231/1234567")

    monkeypatch.setattr("pipeline.flow.build_rows", fail)
    monkeypatch.setattr("pipeline.program.extract.build_rows", fail)
    done = call("extract", INVENTED, "--json", cwd=tmp_path)
    told = json.loads(done.stdout)
    assert (done.returncode, told["exit_code"]) == (1, 1)
    place = r"pipeline/program/extract\.py:\d+"
    assert re.fullmatch(
        f"a bug in this program: ValueError at {place}; keep the page that it happened with, "
        "and report this line",
        told["error"],
    )
    assert done.stderr == f"ihk: error: {told['error']}\n"


WRONG_CALLS = [
    ("extractt", "no such command 'extractt'; did you mean 'extract'?"),
    ("explain a", "missing argument 'ROW'; see ihk explain --help"),
    ("forget Jana Möller", ("there are more arguments than the command takes; a text with spaces needs "
     "quotes; see ihk forget --help")),
    ("update --timeout soon", ("invalid value for '--timeout': a number is expected, not 'soon'; see "
     "ihk update --help")),
    ("drill --seed 1.5", ("invalid value for '--seed': a whole number is expected, not '1.5'; see ihk "
     "drill --help")),
    ("--json", "no such option: --json; see ihk --help"),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "message"), WRONG_CALLS, ids=[typed for typed, _ in WRONG_CALLS])
def test_a_wrong_call_is_told_in_one_style(tmp_path: Path, typed: str, message: str) -> None:
    done = call(*typed.split(), cwd=tmp_path)
    assert (done.returncode, done.stderr) == (2, f"ihk: error: {message}\n")
