"""Pages with several faults at once: nothing of the listing is lost, and nothing ends in a bug."""

import random
from collections import defaultdict

import pytest

from pipeline.contacts.items import has_sublabel
from tests.records.forms import FORMS
from tests.records.mutations import RECORDS, render
from tests.records.outcomes import Outcome, read
from tests.records.rebuild import check_rebuilt

MARKUP = (
    '<b>|</b>|<br>|<div>|</div>|<p>|</p>|<span hidden>|</span>|<a href="/x.pdf">|</a>|<td>|<tr>|<table>|'
    "</table>|<h1>|</h1>|<h3>|</h3>|<li>|<!-- c -->|<script>x<b></script>|<xmp>|<pre>\n|</pre>|&nbsp;|"
    '<i class="q">|</i>|<svg><p>|<select><option>|<template>|<hr>|<img src=x>|<summary>|</summary>|'
    '<button aria-expanded="true">|</button>|<dt>|<dd>|<th>|</th>|<math>|<noscript>|<textarea>|<ul>|'
    '<font color="a<b">|<p hidden>|<div style="display:none">|<details>'
).split("|")
TEXTS = (
    " |:|\n|-|0|a|Ä|,|.|(|@|k.A.|ca. |Fax: 02303/123|Projekt: x\n|\n\n|Frau |Dr. |Stadt Hamm\n|Quartier: |"
    "Einwohner:|N.N.\n|x@y.example|[at]|http://x.example|\u00ad|\u200b|\u0308|Ã¼|\ufffd|Mobil: |Tel. |%s|{0}|"
    "59423 Unna\n|Postfach 1\n|02303/1-2-3"
).split("|")


def mutate(document: str, draw: random.Random, pieces: list[str]) -> str:
    """Make one fault: a line dropped, doubled or moved, characters put in, cut out or doubled."""
    lines = document.split("\n")
    first, second = draw.randrange(len(lines)), draw.randrange(len(lines))
    at = draw.randrange(len(document) + 1)
    kind = draw.random()
    if kind < 0.3:
        line = lines.pop(first)
        lines[second:second] = [[], [line], [line, line]][int(kind * 10)]
        return "\n".join(lines)
    if kind < 0.7:
        return document[:at] + draw.choice(pieces) + document[at:]
    if kind < 0.85:
        return document[:at] + document[at + draw.randint(1, 6) :]
    end = at + draw.randint(1, 200)
    return document[:end] + document[at:]


def find_lost(outcome: Outcome) -> set[str]:
    """Give texts of the region that no label, heading or row of cells and unclaimed holds."""
    page, found = outcome.judged.page, outcome.judged.listing
    lines = page.lines[found.first_line - 1 : found.last_line]
    covered: dict[int, set[int]] = defaultdict(set)
    for span in found.headers:
        covered[span.line].update(range(span.start, span.end))
    for record in found.records:
        labels = [f.label for fields in record.repeated.values() for f in fields]
        labels += [field.label for field in record.fields.values()]
        for span in (*labels, *([record.heading] if record.heading else [])):
            covered[span.line].update(range(span.start, span.end))
    for row in outcome.tables["cells"]:
        covered[row["line"]].update(range(row["char_start"], row["char_end"]))
    for row in outcome.tables["unclaimed"]:
        start = page.lines[row["line"] - 1].text.rindex(row["text"])
        covered[row["line"]].update(range(start, start + len(row["text"])))
    rests = {
        "".join(" " if i in covered[line.number] else c for i, c in enumerate(line.text)).strip()
        for line in lines
    }
    return {rest for rest in rests if any(map(str.isalnum, rest)) and not is_told(rest)}


def is_told(rest: str) -> bool:
    """Tell whether a text is no data: a sub-label, a salutation's end, a download's `k.A.`."""
    rest = rest.lstrip(": ")
    return has_sublabel(rest + ("" if ":" in rest else ":")) or rest in ("n", "k.A.", "Herrn")


@pytest.mark.parametrize(
    "seeds", [range(300), pytest.param(range(300, 20_000), marks=pytest.mark.slow)], ids=str
)
def test_a_page_with_faults_loses_nothing(seeds: range) -> None:
    """Each character of the region is told, each cell is cut out of its line, nothing is raised."""
    accepted = 0
    for seed in seeds:
        draw = random.Random(seed)
        form = draw.choice(["text", *FORMS])
        document = render(form, RECORDS)
        for _ in range(draw.randint(1, 5)):
            document = mutate(document, draw, TEXTS if form == "text" else TEXTS + MARKUP)
        outcome = read(document, "text/plain" if form == "text" else "text/html")
        judged = outcome.judged
        if not judged.listing.records:
            continue
        check_rebuilt(judged.page, judged.listing)
        for row in outcome.tables["cells"]:
            text = judged.page.lines[row["line"] - 1].text
            assert text[row["char_start"] : row["char_end"]] == row["raw_text"], (seed, row)
        assert find_lost(outcome) == set(), seed
        accepted += judged.status == "accepted"
    assert accepted > len(seeds) / 2
