"""The visit log as history: states, sightings, verdicts, whatever the clock and the order of import."""

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, strategies as st

import pipeline
from pipeline.errors import DamagedFile, SourceUnavailable, SpecError
from pipeline.history.states import History, read_history
from pipeline.history.visits import Outcome, Visit
from pipeline.store.visit_log import parse_visit, render_visit
from tests.cli.command import call
from tests.records.mutations import RECORDS, UNNA, put, render

A, B, C, S = (letter * 12 for letter in "abce")
DAY = datetime(2026, 1, 1, tzinfo=UTC)


def at(day: float) -> datetime:
    return DAY + timedelta(days=day)


def fetched(day: float, outcome: Outcome, capture: str | None) -> Visit:
    return Visit(at(day), "http://a.example/", outcome, 200, 1, capture, "why")


def imported(seen: float | None, capture: str, outcome: Outcome = "imported") -> Visit:
    return Visit(
        at(99), "http://a.example/", outcome, 200, 0, capture, "why",
        seen_at=None if seen is None else at(seen), content_type="text/html",
    )  # fmt: skip


def verdict(capture: str, outcome: Outcome) -> Visit:
    return Visit(at(50), None, outcome, capture_id=capture)


def read(*visits: Visit, sidecars: dict[str, dict[str, Any]] | None = None) -> History:
    return read_history(visits, lambda name: (sidecars or {}).get(name, {}))


def states(history: History) -> list[tuple[str, float | None, float | None]]:
    """Give the letter of each state's capture, and the days of its first and last sighting."""
    return [
        (s.capture_id[0], s.first and (s.first - DAY).days, s.last and (s.last - DAY).days)
        for s in history.states
    ]


CASES = [  # visits, states, captures that wait, provenance
    ([fetched(1, "new", A), fetched(2, "unchanged", A), fetched(3, "new", B)],
     [("a", 1, 2), ("b", 3, 3)], (), "contract: the two visits' times"),
    ([fetched(1, "new", A), fetched(2, "new", B), fetched(3, "new", A)],
     [("a", 1, 1), ("b", 2, 2), ("a", 3, 3)], (), "FAULTS 50: two changes"),
    ([fetched(1, "new", A), fetched(2, "not_modified", A), fetched(3, "new", B)],
     [("a", 1, 1), ("b", 3, 3)], (), "FAULTS 12: a 304 may lie"),
    ([fetched(1, "new", A), fetched(2, "suspect", S), fetched(3, "unchanged", A)],
     [("a", 1, 3)], (), "contract: followed by a good one"),
    ([fetched(1, "new", A), fetched(2, "suspect", S), fetched(3, "suspect", S)],
     [("a", 1, 1)], (S,), "contract: at every visit"),
    ([fetched(1, "new", A), fetched(2, "suspect", S), verdict(S, "accepted")],
     [("a", 1, 1), ("e", 2, 2)], (), "contract: accept"),
    ([fetched(1, "new", A), fetched(2, "suspect", S), verdict(S, "rejected")],
     [("a", 1, 1)], (), "contract: reject"),
    ([fetched(1, "new", A), fetched(2, "new", B), verdict(B, "rejected"), fetched(3, "unchanged", B)],
     [("a", 1, 1)], (), "a person says that a good one is none"),
    ([fetched(1, "new", A), verdict(A, "rejected"), imported(0, A)], [], (), "an import overrules nobody"),
    ([fetched(1, "suspect", S), fetched(2, "new", S)], [("e", 1, 2)], (), "a label was added to the spec"),
    ([fetched(5, "new", A), imported(2, B), imported(3, C), fetched(6, "unchanged", A)],
     [("b", 2, 2), ("c", 3, 3), ("a", 5, 6)], (), "backfill"),
    ([fetched(5, "new", A), fetched(7, "unchanged", A), imported(6, B)],
     [("a", 5, 5), ("b", 6, 6), ("a", 7, 7)], (), "between two visits the page was another"),
    ([imported(None, A), imported(2, B)], [("a", None, None), ("b", 2, 2)], (), "undated ones first"),
    ([imported(None, A), fetched(2, "new", B), fetched(3, "new", A)],
     [("a", None, None), ("b", 2, 2), ("a", 3, 3)], (), "an undated one comes back"),
    ([imported(3, S, "suspect"), imported(4, A)], [("a", 4, 4)], (), "an archive's soft 404"),
    ([imported(None, S, "suspect")], [], (S,), "an undated file that is no listing"),
    ([fetched(9, "new", A), fetched(2, "new", B), fetched(3, "new", C)],
     [("a", 9, 9), ("b", 2, 2), ("c", 3, 3)], (), "FAULTS 22: the clock was set back"),
    ([fetched(1, "gone", None), fetched(2, "unreachable", None)], [], (), "nothing came yet"),
]  # fmt: skip


@pytest.mark.parametrize(("visits", "expected", "waiting", "provenance"), CASES)
def test_visits_give_states(visits, expected, waiting, provenance):
    history = read(*visits)
    assert states(history) == expected
    assert history.waiting == waiting
    assert history.in_force() == (history.states[-1].capture_id if expected else None)


def test_only_news_moves_the_last_visit_that_a_set_is_made_after():
    visits = [
        fetched(1, "new", A), fetched(2, "unchanged", A), fetched(3, "suspect", S),
        fetched(4, "suspect", S), fetched(5, "gone", None), fetched(6, "not_modified", A),
    ]  # fmt: skip
    news = [read(*visits[:n]).news for n in range(len(visits) + 1)]
    assert news == [None, visits[0], visits[0], visits[2], visits[2], visits[2], visits[2]]


def test_bounds_in_a_sidecar_place_a_capture_of_unknown_time():
    sidecars = {A: {"not_before": "2026-01-03T00:00:00Z"}, C: {"not_after": "2026-01-09T00:00:00Z"}}
    visits = (imported(None, A), imported(1, B), imported(4, S), imported(None, C))
    history = read(*visits, sidecars=sidecars)
    assert [name for name, *_ in states(history)] == ["c", "b", "a", "e"]
    assert history.seen[A] is None


def test_a_log_that_sees_again_what_it_never_saw_is_damage():
    with pytest.raises(DamagedFile, match="no visit of it brought that capture"):
        read(fetched(1, "unchanged", A))


@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from([A, B, C])), max_size=9), st.randoms())
def test_the_order_of_import_never_matters(sightings: list[tuple[int, str]], rng: random.Random):
    visits = [imported(day, name) for day, name in sightings]
    shuffled = visits[:]
    rng.shuffle(shuffled)
    assert states(read(fetched(5, "new", A), *visits)) == states(
        read(*shuffled, fetched(5, "new", A))
    )


_TEXTS = st.none() | st.text(max_size=20)
_TIMES = st.datetimes(datetime(1970, 1, 1), datetime(9999, 1, 1)).map(  # noqa: DTZ001
    lambda time: time.replace(microsecond=0, tzinfo=UTC)
)
_VISITS = st.builds(
    Visit, at=_TIMES, url=_TEXTS, outcome=st.sampled_from(["new", "gone", "waiting"]),
    http_status=st.none() | st.integers(100, 599), attempts=st.integers(0, 5),
    capture_id=st.none() | st.just(A), reason=_TEXTS, seen_at=st.none() | _TIMES, etag=_TEXTS,
    content_type=_TEXTS, last_modified=_TEXTS, wait_until=st.none() | _TIMES, sha256=st.just(""),
)  # fmt: skip


@given(_VISITS)
def test_a_visit_comes_back_from_its_line(visit: Visit):
    line = render_visit(visit)
    assert line.count(b"\n") == 1
    again = parse_visit(line[:-1])
    assert again is not None
    assert again._replace(sha256="") == visit


@given(_VISITS, st.integers(0, 10**6), st.integers(1, 255))
def test_a_changed_byte_of_a_line_is_found(visit: Visit, place: int, change: int):
    line = bytearray(render_visit(visit)[:-1])
    line[place % len(line)] ^= change
    assert parse_visit(bytes(line)) is None


# --- As of a time ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def watched(tmp_path_factory) -> Path:
    """A store whose page was seen in 2016, 2018 and 2020, and as a text of unknown time."""
    from tests.archives.test_archives import Response, write_archive

    folder = tmp_path_factory.mktemp("watched")
    pages = [
        Response(f"{year}-03-01T12:00:00Z", render("dl", put(UNNA, "Bezeichnung IHK", title)(RECORDS)).encode())
        for year, title in ((2016, "Alt"), (2018, "Neu"), (2020, "Neuer"))
    ]  # fmt: skip
    write_archive(folder / "a.warc", *pages)
    assert call("backfill", "a.warc", cwd=folder).returncode == 0
    return folder


@pytest.mark.parametrize(
    ("date", "title", "captures", "changes"),
    [
        ("2016-03-01", "Alt", 1, 0),
        ("2016-03-01T12:00", "Alt", 1, 0),
        ("2018-02-28", "Alt", 1, 0),
        ("2018-03-01", "Neu", 2, 1),
        ("2018-03-01T13:00+02:00", "Alt", 1, 0),
        ("2100-01-01", "Neuer", 3, 2),
    ],
)
def test_the_tables_are_those_of_the_time(watched, date, title, captures, changes, tmp_path):
    done = call("extract", "--as-of", date, "--out", tmp_path / "out", cwd=watched)
    assert done.returncode == 0, done.stderr
    concepts = pipeline.load("concepts", out=tmp_path / "out")
    assert concepts["title"][0] == title
    assert len(pipeline.load("captures", out=tmp_path / "out")) == captures
    assert len(pipeline.load("changes", out=tmp_path / "out")) == changes
    assert call("verify", "--out", tmp_path / "out", cwd=watched).stdout.splitlines()[1] == (
        "a rebuild gives the same bytes"
    )
    for name in ("concepts", "contacts", "changes", "concepts_wide"):
        pd.testing.assert_frame_equal(
            pipeline.load(name, out=tmp_path / "out"),
            pipeline.load(name, as_of=date, raw=watched / "raw"),
        )


def test_as_of_writes_nothing_unless_it_is_told_where(watched):
    before = sorted(watched.rglob("*"))
    done = call("extract", "--as-of", "2018-12-31", cwd=watched)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == "nothing written; --out DIR writes the tables"
    pipeline.load("concepts", as_of=datetime(2018, 12, 31, tzinfo=UTC), raw=watched / "raw")
    assert sorted(watched.rglob("*")) == before


def test_a_time_before_the_first_capture_has_no_tables(watched):
    done = call("extract", "--as-of", "2016-02-29", cwd=watched)
    assert done.returncode == 3
    assert done.stderr == (
        "ihk: error: raw/ihk: no capture is as old as 2016-02-29T23:59:59Z, the oldest is of "
        "2016-03-01T12:00:00Z; older ones may be in a web archive (ihk backfill)\n"
    )
    with pytest.raises(SourceUnavailable):
        pipeline.load("concepts", as_of="2016-02-29", raw=watched / "raw")
    with pytest.raises(SpecError, match="is no date"):
        pipeline.load("concepts", as_of="gestern", raw=watched / "raw")
