"""Seeds -> mutants -> scores.  One seed makes one mutant of a capture, the same on every machine."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import NamedTuple

from pipeline.archives import read_pages
from pipeline.drill.copies import Copy, NotHere, start
from pipeline.drill.flags import Flags
from pipeline.drill.mutations import contacts, documents, labels, records, values
from pipeline.drill.pages.forms import ENCODINGS, FORMS, Record, Sheet, render_text
from pipeline.drill.pages.template import Template
from pipeline.drill.score import Grade, Scorer, Wrong
from pipeline.drill.sheet import Facts, read_facts, read_sheet
from pipeline.errors import SourceUnavailable, SuspectPage
from pipeline.flow import Judged, build_rows, judge_capture
from pipeline.history import GOOD
from pipeline.listing import CHILDREN, NUMBERS, ListingSpec, read_spec
from pipeline.model import Capture
from pipeline.page import decode, has_whole_end
from pipeline.program import read_register
from pipeline.settings import Settings
from pipeline.store import read_store
from pipeline.tables import Register, Row, shape_tables

_OF_SHEETS = {
    **labels.MUTATIONS,
    **records.MUTATIONS,
    **values.MUTATIONS,
    **contacts.MUTATIONS,
}
NAMES = (*_OF_SHEETS, *documents.NAMES)
_DRAWS = 100  # until a mutation fits
_ALSO = 0.25  # of the mutants have their fields in another order too
_ENCODED = 0.3  # of them have an encoding or invisible characters that must not matter


class Result(NamedTuple):
    """One mutant: what was done, what came of it, and each cell that is not right."""

    seed: int
    capture_id: str
    mutation: str
    form: str
    grade: Grade
    cells: int
    wrong: tuple[Wrong, ...]
    reason: str | None  # why the page is suspect


class Mutant(NamedTuple):
    """A page that a seed makes, and what it prints."""

    mutation: str
    form: str
    copy: Copy
    body: bytes


class _Ground(NamedTuple):
    """A form of the listing without any mutation."""

    facts: tuple[Facts, ...]
    known: frozenset[Row]


class Drill:
    """The mutants of one capture.

    Raises SuspectPage if the capture is not good, or not read alike in every form: then there is
    nothing to measure against.
    """

    def __init__(
        self, capture: Capture, spec: ListingSpec, register: Register | None = None
    ) -> None:
        self.capture, self.spec, self.register = capture, spec, register
        self.tables = shape_tables(spec)
        self.columns = {
            name: self.tables[name].names()[3:] for name in CHILDREN.values() if name in self.tables
        }
        judged = judge_capture(capture, spec)
        if judged.reason:
            raise SuspectPage(f"{capture.name}: {judged.reason}; a drill needs a good page")
        facts = self._read(judged)[0]
        if len(facts) < len(judged.listing.records):
            raise SuspectPage(f"{capture.name}: a record stands twice; a drill needs a good page")
        self.sheet = read_sheet(judged, spec, facts)
        self.ids = [facts[n].record_id for n in sorted(facts)]
        self.forms = {"text": render_text, **FORMS}
        self.names = list(self.forms)
        self.template: Template | None = None
        if judged.page.is_html:
            source = decode(capture.body, capture.charset, html=True)
            self.template = Template(source, self.sheet.records)
            self.names += [_STORED] * (len(self.forms) // 4)
        self.grounds: dict[str, _Ground] = {}
        self.idle = {  # mutations of kinds that the listing does not have
            name for name, kind in _NEEDS.items() if all(f.kind not in kind for f in spec.fields)
        }

    def _read(self, judged: Judged) -> tuple[dict[int, Facts], list[Row]]:
        rows = build_rows(judged, self.spec, self.register, self.tables)
        return read_facts(rows, self.tables, self.spec), rows["checks"]

    def _ground(self, form: str) -> _Ground:
        """Return what the tables state where the listing is printed in this form, unchanged."""
        known = self.grounds.get(form)
        if known is None:
            body = self._render(form, self.sheet.records, self.sheet.headings).encode()
            judged = self._judge(body, form, None)
            if judged.reason:
                raise SuspectPage(f"{self.capture.name}, as {form}: {judged.reason}")
            facts, checks = self._read(judged)
            if [facts[n].record_id for n in sorted(facts)] != self.ids:
                raise SuspectPage(f"{self.capture.name}, as {form}: gives other records")
            known = _Ground(tuple(facts[n] for n in sorted(facts)), frozenset(checks))
            self.grounds[form] = known
        return known

    def _judge(self, body: bytes, form: str, before: int | None) -> Judged:
        capture = Capture(
            body,
            hashlib.sha256(body).hexdigest(),
            "text/plain" if form == "text" else "text/html",
            "utf-8" if form == _STORED else None,
            self.capture.url,
            name=f"{self.capture.name} as {form}",
        )
        return judge_capture(capture, self.spec, before)

    def _render(self, form: str, records: Sequence[Record], headings: Sequence[str]) -> str:
        if form == _STORED and self.template is not None:
            document = self.template.render(records)
            if document is None:
                raise NotHere
            return document
        return self.forms[form](
            Sheet(self.sheet.title, tuple(records), tuple(headings), self.spec.colon)
        )

    def run_one(self, seed: int) -> Result:
        """Return the score of a seed's mutant."""
        return self._score(seed, self.make(seed))

    def make(self, seed: int) -> Mutant:
        """Return the page of a seed: seeds take the mutations in turn, all else is drawn."""
        draw = Random(seed)  # noqa: S311  # repeatable, not secret
        for n in range(len(NAMES)):  # a listing without documents has none to change
            name = NAMES[(seed + n) % len(NAMES)]
            for _ in range(_DRAWS if name not in self.idle else 0):
                form = draw.choice(self.names)
                try:
                    copy = self._copy(form)
                    return Mutant(name, form, copy, self._mutate(name, form, copy, draw))
                except NotHere:
                    continue
                except SuspectPage:
                    # A form with colons or without headings, for a listing that has none, or that
                    # is named by them.
                    if self.spec.colon and self.spec.heading is None:
                        raise
        raise SuspectPage(f"{self.capture.name}: no mutation finds anything to change on this page")

    def _copy(self, form: str) -> Copy:
        facts = self._ground(form).facts
        records = zip(facts, self.sheet.records, strict=True)
        return start(self.spec, self.columns, records, is_text=form == "text")

    def _mutate(self, name: str, form: str, copy: Copy, draw: Random) -> bytes:
        if draw.random() < _ALSO:
            records.reorder_fields(copy, draw)
        if name in _OF_SHEETS:
            _OF_SHEETS[name](copy, draw)
        elif name == "footer_added" and form == "text":
            records.add_footer(copy, draw)
        headings = dict(zip(self.ids, self.sheet.headings, strict=True))
        document = self._render(
            form,
            [tuple(record.entries) for record in copy.records],
            [headings[record.facts.record_id] for record in copy.records],
        )
        if name in documents.BODIES:
            return documents.BODIES[name](document, self.spec, draw)
        if name in documents.DOCUMENTS and not (name == "footer_added" and form == "text"):
            if form == "text":
                raise NotHere
            document = documents.DOCUMENTS[name](document, self.spec, draw)
        is_plain = form in ("text", _STORED) or draw.random() > _ENCODED
        return ENCODINGS["utf8" if is_plain else draw.choice(list(ENCODINGS))](document)

    def _score(self, seed: int, mutant: Mutant) -> Result:
        name, form, copy, body = mutant
        printed = copy.printed()
        cells = sum(
            len(one.facts.cells)
            + sum(len(rows) * len(self.columns[t]) for t, rows in one.facts.children.items())
            for one in printed
        )
        judged = self._judge(body, form, len(self.ids))
        reason = judged.reason
        if name == "body_truncated" and not has_whole_end(body):
            reason = "the page does not end with </html>"  # as a visit finds it
        wrong: tuple[Wrong, ...] = ()
        if not reason:
            facts, checks = self._read(judged)
            flags = Flags(checks, self._ground(form).known, self.spec)
            wrong = tuple(Scorer(self.spec, self.columns, flags).score(printed, facts, copy.told))
        grades = {one.grade for one in wrong} | ({"flagged"} if reason else set())
        grade = next((g for g in _WORST_FIRST if g in grades), _WORST_FIRST[-1])
        return Result(seed, self.capture.capture_id, name, form, grade, cells, wrong, reason)


_STORED = "as stored"
_NEEDS = {
    **dict.fromkeys(("number_slipped", "number_reformatted", "number_absurd"), NUMBERS),
    **dict.fromkeys(contacts.MUTATIONS, ("contacts",)),
    "download_changed": ("links",),
}
_WORST_FIRST: tuple[Grade, ...] = ("silent", "flagged", "undetectable", "right")


def open_drills(settings: Settings, pages: Sequence[Path]) -> list[Drill]:
    """Return a drill for each page, or for each accepted capture of the raw store."""
    spec = read_spec(settings.listing)
    register, _ = read_register(settings, spec, keep=False)
    if pages:
        return [Drill(capture, spec, register) for capture in read_pages(list(pages), spec)]
    store = read_store(Path(settings.raw), spec.name)
    names = [name for name, verdict in store.history.verdicts.items() if verdict.status in GOOD]
    if not names:
        raise SourceUnavailable(
            f"{store.folder}: the store holds no accepted capture; fetch the page (ihk fetch)"
        )
    return [Drill(store.read(name), spec, register) for name in names]


def run_drills(drills: Sequence[Drill], seeds: Iterable[int]) -> Iterator[Result]:
    """Yield the score of each seed's mutant; the seeds take the captures in turn."""
    for seed in seeds:
        result = drills[seed % len(drills)].run_one(seed // len(drills))
        yield result._replace(seed=seed)
