"""The drill: no mutant is silently wrong, and the drill itself can tell when one is."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from pipeline import flow
from pipeline.archives.files import make_capture
from pipeline.drill.copies import NotHere
from pipeline.drill.flags import Flags
from pipeline.drill.mutations.documents import BODIES, DOCUMENTS
from pipeline.drill.oracle import contradicts, read_printed
from pipeline.drill.pages.markup import Entry
from pipeline.drill.pages.template import Template
from pipeline.drill.run import NAMES, Drill, Result
from pipeline.drill.score import ANYTHING, Printed, Says, Scorer
from pipeline.drill.sheet import Facts
from pipeline.listing.spec import Locale
from pipeline.listing.spec_reader import read_spec
from pipeline.model import Listing
from pipeline.rules import labels, texts, validate
from tests.cli.command import call
from tests.records.forms import known_capture

LISTINGS = sorted(Path(__file__).parents[1].glob("listings/*/page*.*"))
# What is printed is the same, so that every cell must be right and not only flagged.
HARMLESS = (
    "label_respelled", "fields_reordered", "records_reordered", "record_removed",
    "template_changed", "banner_added", "footer_added",
)  # fmt: skip


@cache
def known() -> Drill:
    """Give the drill of the known capture."""
    return Drill(make_capture(known_capture(), "text/plain", "known"), read_spec("ihk"))


@cache
def of_listing(page: Path) -> Drill:
    """Give the drill of a page of another listing."""
    media_type = "text/plain" if page.suffix == ".txt" else "text/html"
    spec = read_spec(page.parent / "spec.toml")
    return Drill(make_capture(page.read_bytes(), media_type, page.name), spec)


def silent(result: Result) -> list[str]:
    """Give the cells of a mutant that are silently wrong, as text."""
    return [
        f"seed {result.seed}, {result.mutation} as {result.form}: {w.table} {w.record_id} {w.column}: "
        f"{w.before!r} -> {w.published!r}"
        for w in result.wrong
        if w.grade == "silent"
    ]


@pytest.mark.parametrize(
    "seeds",
    [
        *(range(n, n + 120) for n in range(0, 480, 120)),
        *(
            pytest.param(range(n, n + 5_000), marks=pytest.mark.slow)
            for n in range(10_000, 90_000, 5_000)
        ),
    ],
    ids=str,
)
def test_no_mutant_of_the_known_capture_is_silently_wrong(seeds: range) -> None:
    for seed in seeds:
        result = known().run_one(seed)
        assert not silent(result)
        if result.mutation in HARMLESS:
            assert result.grade == "right", result


@pytest.mark.parametrize("page", LISTINGS, ids=lambda page: f"{page.parent.name}-{page.name}")
@pytest.mark.parametrize(
    "seeds", [range(40), pytest.param(range(10_000, 13_000), marks=pytest.mark.slow)], ids=str
)
def test_no_mutant_of_another_listing_is_silently_wrong(seeds: range, page: Path) -> None:
    for seed in seeds:
        assert not silent(of_listing(page).run_one(seed))


def test_a_seed_makes_the_same_page_again_and_another_seed_another() -> None:
    pages = [known().make(seed).body for seed in (7, 7, 7 + len(NAMES))]
    assert pages[0] == pages[1] != pages[2]


def test_every_mutation_changes_the_page_that_it_is_made_of() -> None:
    """None is a stub: each gives other bytes than the listing printed in the same form."""
    for seed, name in enumerate(NAMES):
        mutant = known().make(seed)
        assert mutant.mutation == name
        sheet = known().sheet
        plain = known()._render(mutant.form, sheet.records, sheet.headings).encode()
        assert name == "template_changed" or mutant.body != plain


# --- Teeth: without a protection the drill finds what it protects from ---------------------------


def _without(rule: Callable[..., object]) -> Callable[[pytest.MonkeyPatch], None]:
    """Make a change that takes a rule away."""
    kept = tuple(one for one in validate.RULES if one is not rule)
    assert len(kept) < len(validate.RULES)
    return lambda patch: patch.setattr(validate, "RULES", kept)


def _blind(patch: pytest.MonkeyPatch) -> None:
    """Call no page suspect."""
    patch.setattr(flow, "judge", lambda *_: None)


def _no_doubts(patch: pytest.MonkeyPatch) -> None:
    """Tell of no line that looks as if it stood in the wrong field, nor of labels that are gone."""
    _without(labels.check_labels)(patch)
    parse = flow.parse_listing
    patch.setattr(flow, "parse_listing", lambda *args: parse(*args)._replace(doubts=()))


def _last_wins(patch: pytest.MonkeyPatch) -> None:
    """Take the last of two texts under the same label, as a dict does."""
    parse = flow.parse_listing

    def parse_last(*args: object) -> Listing:
        found = parse(*args)  # type: ignore[arg-type]
        records = tuple(
            record._replace(
                fields=record.fields | {k: v[-1] for k, v in record.repeated.items()}, repeated={}
            )
            for record in found.records
        )
        return found._replace(records=records, leftovers=(), misplaced=None)

    patch.setattr(flow, "parse_listing", parse_last)


@pytest.mark.parametrize(
    ("mutations", "change"),
    [
        ("label_dropped colon_lost label_renamed", _without(labels.check_labels)),
        ("number_reformatted number_absurd", _without(texts.check_readable)),
        ("field_added footer_added", _without(texts.check_unclaimed)),
        ("labels_merged", _no_doubts),
        ("moved_before_opening records_merged encoding_broken", _blind),
        ("label_doubled", _last_wins),
        (
            "number_slipped values_swapped",
            _without(next(r for r in validate.RULES if r.__name__ == "check_ratios")),
        ),
        (
            "labels_swapped",
            _without(next(r for r in validate.RULES if r.__name__ == "check_shapes")),
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_drill_sees_a_protection_that_is_gone(
    mutations: str, change: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    drill = known()
    for form in ("text", "dl", "p_br_strong"):  # what is measured against is read unbroken
        drill._ground(form)
    monkeypatch.setattr(drill, "names", ["text", "dl", "p_br_strong"])
    change(monkeypatch)
    for name in mutations.split():
        seeds = range(NAMES.index(name), 40 * len(NAMES), len(NAMES))
        assert any(silent(drill.run_one(seed)) for seed in seeds), name


# --- The score -----------------------------------------------------------------------------------

SPEC = read_spec("ihk")
FACTS = Facts(
    "unna-x",
    "unna",
    {
        ("concepts", "title"): "IHK X",
        ("concepts", "quarter"): "X",
        ("municipalities", "population"): 58724,
        ("municipalities", "density_status"): "exact",
    },
    {"downloads": (("Plan", None, None), ("Karte", None, None))},
)


def _score(
    found: Facts | None, checks: list[tuple[object, ...]], says: Says | None = None
) -> Counter[str]:
    rows = [
        (rule, table, row, column, "unna-x", verdict, None, "observed", "Message.")
        for rule, table, row, column, verdict in checks
    ]
    scorer = Scorer(
        SPEC, {"downloads": ("label", "url", "file_type")}, Flags(rows, frozenset(), SPEC)
    )
    printed = [Printed(FACTS, says or Says({}, {}), ("IHK X",))]
    return Counter(w.grade for w in scorer.score(printed, {1: found} if found else {}, ()))


def _with(**cells: object) -> Facts:
    by_name = {column: (table, column) for table, column in FACTS.cells}
    changed = {by_name[name]: value for name, value in cells.items()}
    return FACTS._replace(cells=FACTS.cells | changed)


NULL_TITLE = _with(title=None)
LESS = FACTS._replace(children={"downloads": FACTS.children["downloads"][:1]})
TITLE_SAYS = Says({("concepts", "title"): "IHK Y"}, {})


@pytest.mark.parametrize(
    ("found", "checks", "says", "grades"),
    [
        (FACTS, [], None, {}),
        (NULL_TITLE, [], None, {"silent": 1}),
        (NULL_TITLE, [("label", "concepts", "unna-x", "title", "fail")], None, {"flagged": 1}),
        (NULL_TITLE, [("label", "concepts", "unna-x", "title", "pass")], None, {"silent": 1}),
        (NULL_TITLE, [("label", "concepts", "unna-x", "quarter", "fail")], None, {"silent": 1}),
        (NULL_TITLE, [("label", "concepts", "unna-y", "title", "fail")], None, {"silent": 1}),
        (NULL_TITLE, [("unclaimed", "concepts", "unna-x", None, "warn")], None, {"silent": 1}),
        (_with(title="IHK Y"), [], TITLE_SAYS, {"undetectable": 1}),
        (_with(title="IHK Z"), [], TITLE_SAYS, {"silent": 1}),
        (
            _with(title="IHK Z"),
            [],
            Says({("concepts", "title"): ANYTHING}, {}),
            {"undetectable": 1},
        ),
        (
            _with(population=58742),
            [("density", "municipalities", "unna", "density_per_km2", "fail")],
            None,
            {"flagged": 1},
        ),
        (_with(density_status="inconsistent"), [], None, {"silent": 1}),
        (LESS, [], None, {"silent": 1}),
        (LESS, [("label", "concepts", "unna-x", "downloads", "warn")], None, {"flagged": 1}),
        (LESS, [], Says({}, {"downloads": LESS.children["downloads"]}), {"undetectable": 1}),
        (None, [], None, {"silent": 1}),
        (FACTS._replace(record_id="x"), [], None, {"silent": 1}),
        (FACTS._replace(record_id="x"), [], Says({}, {}, new_id=True), {}),
    ],
)
def test_a_cell_is_right_flagged_undetectable_or_silently_wrong(
    found: Facts | None,
    checks: list[tuple[object, ...]],
    says: Says | None,
    grades: dict[str, int],
) -> None:
    assert _score(found, checks, says) == grades


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("58.724", "integer", 58724),
        ("88,56 km²", "decimal", 88.56),
        ("£1.250,5", "decimal", 1250.5),
        ("5.87.24", "decimal", None),
        ("88.56", "decimal", None),
        ("12 bis 14", "integer", None),
        ("k.A.", "integer", None),
    ],
)
def test_the_second_opinion_reads_what_the_listing_prints(
    text: str, kind: str, value: float | None
) -> None:
    field = replace(SPEC.field("population"), kind=kind)
    read = read_printed(text, field, Locale(",", "."))
    assert (None if read is None else float(read)) == value


@pytest.mark.parametrize(
    ("area", "population", "density", "apart"),
    [
        ("88,56", "58.724", "663,1", False),
        ("145,66", "361.876", "2.484,3", False),  # within rounding, on the known page
        ("88,56", "58.742", "663,1", True),
        ("88,56", "58.725", "663,1", False),  # a last digit that nothing contradicts
        ("88,56", "58.724", "k.A.", False),
    ],
)
def test_the_second_opinion_on_three_numbers(
    area: str, population: str, density: str, apart: bool
) -> None:
    printed = {"area_km2": area, "population": population, "density_per_km2": density}
    assert contradicts(SPEC.checks[0], printed, SPEC) == apart


# --- Pages as they are stored --------------------------------------------------------------------


def test_a_template_prints_other_texts_in_the_place_of_texts() -> None:
    records = [(Entry("Ort", ("A & B",)), Entry("Titel", ("Eins", "Zwei")))]
    source = "<i>Ort</i><p>Ort: A &amp; B</p><p>Titel: Eins<br>Zwei</p>"
    template = Template(source, records)
    changed = [(Entry("Ort", ("C",)), Entry("Thema", ("Eins", "<Drei>")))]
    assert template.render(changed) == ("<i>Ort</i><p>Ort: C</p><p>Thema: Eins<br>&lt;Drei&gt;</p>")
    assert template.render([]) is None
    assert template.render([(Entry("Ort", ("A & B", "C")), records[0][1])]) is None
    assert template.render([(Entry("Ort", ("C",), kind="url"), records[0][1])]) is None


def test_a_template_leaves_attributes_and_links_alone() -> None:
    records = [(Entry("Web", ("x.example",), kind="url"),)]
    source = '<p title="Web: x.example">Web: <a href="https://x.example">x.example</a>'
    template = Template(source, records)
    assert template.render([(Entry("Netz", ("x.example",), kind="url"),)]) == source.replace(
        ">Web", ">Netz"
    )
    assert template.render([(Entry("Web", ("y.example",), kind="url"),)]) is None


@pytest.mark.parametrize("name", ["foerderprojekte", "townsrenewed"])
def test_a_stored_page_is_mutated_in_its_own_template(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    drill = of_listing(Path(__file__).parents[1] / "listings" / name / "page.html")
    monkeypatch.setattr(drill, "names", ["as stored"])
    results = [drill.run_one(seed) for seed in range(96)]
    assert not any(map(silent, results))
    assert {r.mutation for r in results} >= {
        "label_renamed", "text_changed", "value_dropped", "number_slipped", "values_swapped",
        "contact_changed", "encoding_broken", "body_truncated",
    }  # fmt: skip


# --- The command ---------------------------------------------------------------------------------


def test_the_command_prints_a_table_by_mutation_and_the_share_that_nobody_could_tell() -> None:
    run = call("drill", "--mutants", "64")
    assert run.returncode == 0, run.stderr
    lines = run.stdout.splitlines()
    assert lines[0].split() == ["mutants", "right", "flagged", "undetectable", "silently", "wrong"]
    assert [line.split()[0] for line in lines[1:-2]] == [*NAMES, "all"]
    assert lines[-3].split()[:2] == ["all", "64"]
    assert lines[-1].endswith("0 are silently wrong")


def test_the_command_as_json_and_its_page() -> None:
    told = json.loads(call("drill", "--mutants", "32", "--seed", "5", "--json").stdout)
    assert told["mutants"] == sum(told["pages"].values()) == 32
    assert told["silently_wrong"] == []
    assert set(told["by_mutation"]) == set(NAMES)


@pytest.mark.parametrize(
    ("arguments", "code", "error"),
    [
        (("--mutants", "0"), 2, "--mutants is a number from 1, --seed one from 0"),
        (("no.html",), 2, "no.html: there is no such file"),
    ],
)
def test_a_wrong_call_is_one_line(arguments: tuple[str, ...], code: int, error: str) -> None:
    run = call("drill", *arguments)
    assert (run.returncode, run.stderr) == (code, f"ihk: error: {error}\n")


def test_a_page_that_is_not_good_cannot_be_drilled(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("<p>Wartung", encoding="utf-8")
    run = call("drill", str(page))
    assert run.returncode == 4
    assert run.stderr.endswith("a drill needs a good page\n")


def test_a_silently_wrong_cell_is_told_with_its_seed_and_exit_code_4(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _without(texts.check_readable)(monkeypatch)
    run = call("drill", "--mutants", "400")
    assert run.returncode == 4
    assert "silently wrong: seed " in run.stdout
    assert "--source prints the page" in run.stdout


def test_documents_and_bodies_say_where_they_do_not_fit() -> None:
    with pytest.raises(NotHere):
        BODIES["body_truncated"]("Text", SPEC, None)  # type: ignore[arg-type]
    assert set(DOCUMENTS) | set(BODIES) <= set(NAMES)
