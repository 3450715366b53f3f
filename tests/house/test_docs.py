"""The documentation: its links, commands, examples and figures are true."""

import contextlib
import doctest
import json
import re
import runpy
import shlex
import shutil
import subprocess
import tomllib
from dataclasses import fields
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple, get_args

import pytest
import yaml

from pipeline.cli import watch
from pipeline.errors import PipelineError
from pipeline.extraction import Extraction
from pipeline.history.visits import Outcome
from pipeline.listing.spec_reader import parse_spec
from pipeline.page import limits, markup
from pipeline.program.extract import extract_pages, extract_store
from pipeline.publish.outputs import feed, views
from pipeline.publish.published import PACKAGE
from pipeline.publish.render import GERMAN, REPORT, WORKBOOK
from pipeline.settings import Settings, parse_settings
from pipeline.version import VERSION
from tests.cli.command import call

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
INVENTED = (ROOT / "tests/fixtures/invented.txt").read_text(encoding="utf-8")
REGISTER = ROOT / "tests/fixtures/gv100ad_sample.txt"


def list_tracked(folder: str, ending: str) -> list[Path]:
    """List the repository's own files; a user may keep more beside them."""
    told = subprocess.run(
        ["git", "ls-files", "-z", folder], cwd=ROOT, capture_output=True, text=True, check=False
    )
    own = told.stdout.split("\0") if told.stdout else map(str, (ROOT / folder).rglob("*"))
    return sorted(ROOT / name for name in own if name and name.endswith(ending))


FILES = [ROOT / "README.md", *list_tracked("docs", ".md")]
PAGES = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in FILES}
FENCE = re.compile(r"^```(?P<kind>.*)\n(?P<text>(?:(?!```).*\n)*)```$", re.MULTILINE)
NETWORK = ("update", "fetch", "backfill")  # commands that are parsed here and not run
SHELL = ("tar", "mkdir", "sed", "ls", "cmp")  # harmless in a directory of their own


class Block(NamedTuple):
    """A fenced block of a page: what stands behind the fence's mark, and the text."""

    kind: str
    text: str


def list_blocks(page: str) -> list[Block]:
    return [Block(*match.groups()) for match in FENCE.finditer(PAGES[page])]


def find_section(page: str, heading: str) -> str:
    """Return the text of a page below a heading, up to the next of the same level."""
    _, _, rest = f"\n{PAGES[page]}".partition(f"\n{heading}\n")
    assert rest, (page, heading)
    return rest.partition(f"\n{heading.partition(' ')[0]} ")[0]


def list_cells(text: str) -> list[list[str]]:
    """Return the rows of the tables in a text, without their headings."""
    lines = text.splitlines()
    rows = [
        line for line, below in pairwise([*lines, ""])
        if line.startswith("| ") and not below.startswith("|---")
    ]  # fmt: skip
    return [[cell.strip() for cell in row[1:].removesuffix("|").split(" | ")] for row in rows]


# --- Links -------------------------------------------------------------------------------------


def list_anchors(path: Path) -> set[str]:
    """Return the anchors that a page's headings have on a forge."""
    text = FENCE.sub("", path.read_text(encoding="utf-8"))
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def list_links(page: str) -> list[str]:
    return re.findall(r"\]\(([^)\s]+)\)", FENCE.sub("", PAGES[page]))


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_to_a_file_and_a_heading_of_it(page):
    for link in list_links(page):
        assert "://" not in link, f"{link}: nobody can check an address without a network"
        name, _, anchor = link.partition("#")
        path = (ROOT / page).parent / name if name else ROOT / page
        assert path.exists(), link
        assert not anchor or anchor in list_anchors(path), link


def test_every_page_is_linked_from_the_index():
    linked = {(DOCS / link).resolve() for link in list_links("docs/README.md")}
    for path in list_tracked("docs", ".md"):
        assert path in linked or path.parent != DOCS or path.name == "README.md", path.name
    assert (DOCS / "decisions").resolve() in linked
    assert "docs/README.md" in list_links("README.md")


# --- Commands ----------------------------------------------------------------------------------


@cache
def tell_help(command: str) -> str:
    return call(command, "--help").stdout


def iter_calls(page: str) -> list[tuple[str, list[str]]]:
    """Return each call of `ihk` in code of a page: the command and its flags."""
    text = PAGES[page]
    code = [line for block in list_blocks(page) for line in block.text.splitlines()]
    code += re.findall(r"`([^`\n]+)`", FENCE.sub("", text))
    found = (re.search(r"(?:^|\s|bin/)ihk ([a-z]+)([^#]*)", line) for line in code)
    return [(match[1], re.findall(r"--[a-z-]+", match[2])) for match in found if match]


@pytest.mark.parametrize("page", [page for page in PAGES if iter_calls(page)])
def test_every_command_and_every_flag_of_it_is_known(page):
    for command, flags in iter_calls(page):
        told = tell_help(command)
        assert told, f"{page}: there is no command {command}"
        for flag in flags:
            assert re.search(rf"{flag}\b", told), f"{page}: ihk {command} has no {flag}"


def test_every_target_of_make_that_is_named_exists():
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    for page, text in PAGES.items():
        named = [line for block in list_blocks(page) for line in block.text.splitlines()]
        named += re.findall(r"`([^`\n]+)`", FENCE.sub("", text))
        for line in named:
            for target in re.findall(r"^make ([a-z-]+)", line):
                assert target in targets, f"{page}: {target}"


@pytest.fixture(scope="module")
def published(tmp_path_factory) -> Path:
    """A directory with the repository's store, settings and the examples, published once."""
    folder = tmp_path_factory.mktemp("published")
    shutil.copytree(ROOT / "tests/fixtures/raw", folder / "raw")
    shutil.copy(ROOT / "settings.example.toml", folder / "settings.toml")
    for path in (DOCS / "examples").iterdir():
        shutil.copy(path, folder)
    assert call("extract", cwd=folder).returncode == 0
    return folder


def run_line(line: str, folder: Path) -> str:
    """Run a line of a page as a shell would, and return what the terminal shows."""
    line, _, comment = line.partition("  #")
    wanted = re.search(r"exits with (\d+)", comment)
    line, _, target = line.partition(" > ")
    words = shlex.split(line)
    if words[0] == "ihk":
        done = call(*words[1:], cwd=folder)
        code, out, err = done
    else:
        shell = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
        code, out, err = shell.returncode, shell.stdout, shell.stderr
    assert code == (int(wanted[1]) if wanted else code if err.startswith("ihk: error") else 0), err
    if target:
        (folder / target).write_text(out, encoding="utf-8")
        return ""
    return re.sub(r"\(set [0-9a-f]{16}\)", "(set …)", out + err)


def run_transcript(text: str, folder: Path) -> None:
    """Run the commands of a transcript and compare what they say; a line `…` stands for any lines."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        line, _, expected = part.partition("\n")
        shown = run_line(line, folder)
        pattern = "".join(
            r"(?:.*\n)*?" if told == "…\n" else re.escape(told)
            for told in expected.splitlines(keepends=True)
        )
        assert re.fullmatch(pattern, shown), f"{line}\n{shown}"


def run_block(block: Block, folder: Path, names: dict[str, Any]) -> int:
    """Run a block of a page, if it is one to run; return how many commands it had.

    `names` holds what the page's lines of Python have made so far.
    A file's name behind the fence's mark: `toml` writes that file, `text` shows what it holds.
    """
    kind, _, name = block.kind.partition(" ")
    if kind == "console":
        run_transcript(block.text, folder)
    elif kind == "python":
        with contextlib.chdir(folder):
            exec(compile(block.text, "page", "exec"), {})
    elif kind == "pycon":
        told = doctest.DocTestParser().get_doctest(block.text, names, "page", "page", 0)
        with contextlib.chdir(folder):
            report: list[str] = []
            doctest.DocTestRunner(verbose=False).run(told, out=report.append, clear_globs=False)
        names.update(told.globs)
        assert not report, "".join(report)
    elif kind == "toml" and name:
        (folder / name).write_text(block.text, encoding="utf-8")
    elif kind == "text" and name:
        assert (folder / name).read_text(encoding="utf-8") == block.text
    elif kind == "sh":
        lines = [line for line in block.text.splitlines() if not line.startswith("make ")]
        for line in lines:
            words = shlex.split(line, comments=True)
            assert words[0] in (*SHELL, "ihk"), line
            assert words[1] not in NETWORK, f"{line}: belongs into a block of text"
            shown = run_line(line, folder)
            assert "ihk: error" not in shown, shown
        return len(lines)
    else:
        return 0
    return 1


RUN = [
    page for page in PAGES if any(block.kind in ("sh", "console") for block in list_blocks(page))
]
NO_PAGES_OF_ITS_OWN = "docs/listing-spec.md"  # `test_listing` runs its example


@pytest.mark.parametrize("page", [page for page in RUN if page != NO_PAGES_OF_ITS_OWN])
def test_the_examples_of_a_page_run_and_say_what_it_shows(page, published, tmp_path):
    folder = tmp_path / "work"
    shutil.copytree(published, folder, symlinks=True)
    names: dict[str, Any] = {}
    assert sum(run_block(block, folder, names) for block in list_blocks(page))


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not installed")
def test_the_example_for_r_runs(published):
    (code,) = (block.text for block in list_blocks("docs/loading.md") if block.kind == "r")
    subprocess.run(["Rscript", "-e", code], cwd=published, check=True, timeout=60)


def test_a_record_of_the_example_stands_as_the_page_shows_it():
    (part,) = (
        block.text for block in list_blocks("docs/adding-a-listing.md") if block.kind == "html"
    )
    assert part in (DOCS / "examples/hallen.html").read_text(encoding="utf-8")


def test_toml_in_pages_is_a_part_of_a_spec_or_settings():
    found = [
        (page, block) for page in PAGES for block in list_blocks(page) if block.kind[:4] == "toml"
    ]
    assert len(found) >= 4
    for page, block in found:
        data = tomllib.loads(block.text)
        if "opens_with" in data and block.kind != "toml":
            parse_spec(block.text.encode(), page)
        elif not {"field", "name"} & set(data):
            parse_settings(block.text.encode(), page)


# --- Tables, rules, figures --------------------------------------------------------------------


def test_the_page_of_tables_is_what_the_program_publishes():
    render = runpy.run_path(str(DOCS / "make_tables.py"))["render"]
    assert PAGES["docs/tables.md"] == render(), "run .venv/bin/python docs/make_tables.py"


def test_the_page_of_tables_names_every_file_of_a_set():
    told = re.findall(r"`([\w./*]+)`", find_section("docs/tables.md", "## Files beside the tables"))
    for name in (PACKAGE, feed.NAME, views.NAME, WORKBOOK, REPORT, f"{GERMAN}/*.csv"):
        assert name in told


def test_columns_called_read_have_cells_and_those_called_computed_have_none(known):
    read = {(row[0], row[2]) for row in known.rows["cells"]}
    for name, table in known.tables.items():
        if not any(column.derived for column in table.columns):
            continue
        for n, column in enumerate(table.columns):
            has_values = any(row[n] is not None for row in known.rows[name])
            assert ((name, column.name) in read) == (has_values and not column.derived), column.name


def list_rules() -> set[str]:
    code = "".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "pipeline/rules").glob("*.py")
    )
    return set(re.findall(r'inding\(\(?\s*"(\w+)"', code)) | {"density"}


def test_every_rule_has_its_section_and_its_row():
    sections = re.findall(r"^## (\w+)$", PAGES["docs/checks.md"], re.MULTILINE)
    assert set(sections) == list_rules()
    listed = re.findall(r"\[`(\w+)`\]\(#(\w+)\)", find_section("docs/checks.md", "## The rules"))
    assert [rule for rule, _ in listed] == sections == [anchor for _, anchor in listed]
    assert list_rules() <= set(re.findall(r"`(\w+)`", PAGES["README.md"]))


EXAMPLE = re.compile(r"(?:```diff\n([^`]*)```|(The page as it is:))\n\n((?:>.*\n)+)")
EXAMPLES = [
    pytest.param(page, *match.groups(), id=f"{page[5:-3]}-{n}")
    for page in ("docs/checks.md", "docs/density.md")
    for n, match in enumerate(EXAMPLE.finditer(PAGES[page]))
]


@pytest.mark.parametrize(("page", "diff", "as_it_is", "told"), EXAMPLES)
def test_an_edit_of_the_invented_page_says_what_the_page_shows(
    page, diff, as_it_is, told, tmp_path
):
    text = INVENTED
    for hunk in (diff or "").split("@@\n"):
        lines = hunk.splitlines(keepends=True)
        old = "".join(line[1:] for line in lines if line[0] in "- ")
        new = "".join(line[1:] for line in lines if line[0] in "+ ")
        assert as_it_is or old in text, old
        text = text.replace(old, new, 1)
    (tmp_path / "page.txt").write_text(text, encoding="utf-8")
    register = str(REGISTER) if "The register of" in told else ""
    built = extract_pages([tmp_path / "page.txt"], Settings(register=register))
    found = {f"{row[5]}: {row[8]}" for row in built.rows["checks"]}
    for line in told.splitlines():
        if line != ">":
            assert line.removeprefix("> ") in found


def test_an_example_stands_in_the_section_of_every_rule_that_can_fail():
    for rule in list_rules() - {"unique_key", "foreign_key"}:
        assert EXAMPLE.search(find_section("docs/checks.md", f"## {rule}") + "\n"), rule


@pytest.fixture(scope="module")
def known() -> Extraction:
    return extract_store(Settings(raw=str(ROOT / "tests/fixtures/raw")), write=False)


def read_german(text: str) -> tuple[Fraction, Fraction]:
    """Return a number as the page prints it, and half of its last digit."""
    decimals = len(text.partition(",")[2])
    return Fraction(text.replace(".", "").replace(",", ".")), Fraction(1, 2 * 10**decimals)


def print_rounded(number: Fraction, places: int = 4) -> str:
    exact = Decimal(number.numerator) / Decimal(number.denominator)
    return str(exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP))


def work_out(area: str, population: str, density: str) -> list[str]:
    """Return quotient, bounds, printed bounds and status, worked out anew from the page's rule."""
    (a, a_half), (p, _), (d, d_half) = map(read_german, (area, population, density))
    low, high = p / (a + a_half), p / (a - a_half)
    if print_rounded(p / a, len(density.partition(",")[2])) == density.replace(".", "").replace(
        ",", "."
    ):
        status = "exact"
    else:
        overlap = low <= d + d_half and d - d_half <= high
        status = "within_rounding" if overlap else "inconsistent"
    bounds = [print_rounded(number, 2) for number in (d - d_half, d + d_half)]
    return [*(print_rounded(number) for number in (p / a, low, high)), *bounds, status]


def test_the_figures_of_the_density_example_are_those_of_the_known_page(known):
    rows = list_cells(find_section("docs/density.md", "## The known page, by numbers"))
    names = known.tables["municipalities"].names()
    by_town = {row[1]: dict(zip(names, row, strict=True)) for row in known.rows["municipalities"]}
    cells = {tuple(row[:3]): row[7] for row in known.rows["cells"]}
    assert [row[0] for row in rows] == list(by_town)
    for town, *printed, quotient, low, high, from_, to, status in rows:
        row = by_town[town]
        for text, column in zip(
            printed, ("area_km2", "population", "density_per_km2"), strict=True
        ):
            assert cells["municipalities", row["municipality_id"], column] == text
        assert [quotient, low, high, from_, to, status] == work_out(*printed)
        assert status == row["density_status"]
        for text, column in ((quotient, "computed"), (low, "low"), (high, "high")):
            assert f"{row[f'density_{column}']:.4f}" == text


def test_the_rules_that_density_is_not_are_wrong_as_it_says(known):
    section = find_section("docs/density.md", "## The known page, by numbers")
    text = " ".join(section.split())
    rows = [row[1:4] for row in list_cells(section)]
    figures = [tuple(read_german(cell)[0] for cell in row) for row in rows]
    alarms = [row for row, (a, p, d) in zip(rows, figures, strict=True) if round(p / a, 1) != d]
    assert "three false alarms of six" in text
    assert len(alarms) == 3
    furthest = max(abs(p / a - d) for a, p, d in figures)
    assert Fraction("0.12") < furthest <= Fraction("0.13")
    assert "population of 75.449 in Dorsten" in text
    slip = work_out("171,20", "75.449", "440,6")
    assert slip[-1] == "inconsistent"
    assert abs(Fraction(75449) / Fraction("171.2") - Fraction("440.6")) < Fraction("0.13")
    shown = [f"{float(number):.3f}" for number in slip[:3]]
    assert all(number in text for number in shown), shown


# --- What operating tells ----------------------------------------------------------------------


OPERATING = "docs/operating.md"


def first_words(heading: str) -> list[str]:
    """Return the words in code of the first cells of the tables in a section of `operating`."""
    section = find_section(OPERATING, heading)
    return [word for row in list_cells(section) for word in re.findall(r"`(\w+)`", row[0])]


def test_every_outcome_of_a_visit_is_told_once():
    assert sorted(first_words("## The visit log")) == sorted(get_args(Outcome))
    failed = {"unreachable", "refused", "waiting", "gone"}
    assert set(first_words("## When the page cannot be had")) == failed


def test_every_key_of_the_status_is_told(published):
    data = json.loads(call("status", "--json", cwd=published).stdout)
    assert first_words("## Monitoring") == list(data)


def test_every_exit_code_asks_for_something():
    def walk(error: type[PipelineError]) -> set[int]:
        return {error.exit_code}.union(*map(walk, error.__subclasses__()))

    codes = {0, 1, 130, watch.NEWS, watch.NEW_FAIL, *walk(PipelineError)}
    told = [
        int(row[0])
        for row in list_cells(find_section(OPERATING, "## What each exit code asks of you"))
    ]
    assert told == sorted(codes)
    short = re.search(r"^Exit codes: .*?\n\n", PAGES["README.md"], re.MULTILINE | re.DOTALL)
    assert short
    assert {int(code) for code in re.findall(r"`(\d+)`", short[0])} == codes - {130}


def test_the_limits_are_those_of_the_program():
    told = dict(list_cells(find_section(OPERATING, "## Limits")))
    assert told == {
        "bytes": f"{limits.MAX_BYTES // 2**20} MiB",
        "tags": f"{markup.MAX_TAGS:,}",
        "levels of elements": f"{limits.MAX_DEPTH:,}",
        "elements open at once": f"{markup.MAX_OPEN:,}",
        "attributes of one element": f"{markup.MAX_ATTRIBUTES:,}",
        "lines": f"{limits.MAX_LINES:,}",
        "characters of one line": f"{limits.MAX_LINE_LENGTH:,}",
        "records": f"{limits.MAX_RECORDS:,}",
    }
    text = find_section(OPERATING, "## Limits")
    assert f"{limits.MAX_REGISTER_BYTES // 2**20} MiB" in text
    assert f"{limits.MAX_ARCHIVE_BYTES // 2**20} MiB" in text


def test_every_file_of_deploy_is_told():
    told = re.findall(r"`([\w@.-]+)`", find_section(OPERATING, "## Scheduling"))
    for path in list_tracked("deploy", ""):
        assert path.name in told


def test_the_readme_names_every_setting():
    told = re.search(r"^Settings stand in .*?\n\n", PAGES["README.md"], re.MULTILINE | re.DOTALL)
    assert told
    assert {field.name for field in fields(Settings)} <= set(re.findall(r"`(\w+)`", told[0]))


# --- Persons, citation, container --------------------------------------------------------------


def test_no_page_names_a_person_of_the_known_capture(known):
    names = known.tables["contacts"].names()
    columns = ("family_name", "person", "phone", "phone_text", "email")
    texts = {row[names.index(c)] for row in known.rows["contacts"] for c in columns} - {None}
    assert len(texts) > 20
    files = [
        *FILES,
        *(DOCS / "examples").iterdir(),
        *(ROOT / n for n in ("CITATION.cff", "CHANGELOG.md")),
    ]
    for path in files:
        page = path.read_text(encoding="utf-8")
        for text in texts:
            assert not re.search(rf"(?<!\w){re.escape(text)}(?!\w)", page), path


def test_the_citation_is_of_this_version():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert cited["cff-version"] == "1.2.0"
    assert cited["version"] == project["version"] == VERSION
    assert (cited["title"], cited["license"]) == (project["name"], project["license"])
    assert cited["authors"] == project["authors"]
    assert not {"doi", "url", "repository-code", "date-released"} & set(cited)


def list_instructions() -> list[tuple[str, str]]:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", "")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [
        (word, " ".join(rest.split())) for word, _, rest in (line.partition(" ") for line in lines)
    ]


def test_the_image_is_of_the_lock_and_has_no_rights():
    instructions = list_instructions()
    by_word = dict(instructions)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    base = re.fullmatch(r"python:(3\.\d+)-slim", by_word["FROM"])
    assert base
    assert f"Programming Language :: Python :: {base[1]}" in project["classifiers"]
    for path in re.findall(r"python3\.\d+", " ".join(text for _, text in instructions)):
        assert path == f"python{base[1]}"
    installs = [text for word, text in instructions if "pip install" in text]
    assert len(installs) == 1
    for wanted in ("--require-hashes", "--no-deps", "--only-binary :all:", "requirements.lock"):
        assert wanted in installs[0]
    uid, _, gid = by_word["USER"].partition(":")
    assert int(uid) > 0
    assert int(gid) > 0
    last_run = max(n for n, (word, _) in enumerate(instructions) if word == "RUN")
    assert instructions.index(("USER", by_word["USER"])) > last_run
    assert json.loads(by_word["ENTRYPOINT"]) == ["ihk"]
    assert by_word["WORKDIR"] == "/data"
    assert not {"ARG", "ADD"} & set(by_word)


def test_the_image_gets_the_program_and_the_lock_alone():
    sources = {
        source
        for word, text in list_instructions()
        if word == "COPY"
        for source in text.split()[:-1]
    }
    assert all((ROOT / source).exists() for source in sources)
    text = (ROOT / ".dockerignore").read_text(encoding="utf-8")
    first, *rest = [line for line in text.splitlines() if not line.startswith("#")]
    assert first == "*"
    assert {line[1:] for line in rest if line.startswith("!")} == sources
    assert sources == {"requirements.lock", "pipeline"}
