"""The one check that nothing of a listing is lost: its region is rebuilt from what was parsed."""

from collections import defaultdict

from pipeline.model import Listing, Page, Span


def spans_of(found: Listing) -> list[Span]:
    """Give all labels, texts, headings and leftovers of a listing; a repeated text is a leftover.

    A header's label and the text of a shared cell count once, whatever number of records has them.
    """
    headers, shared = set(found.headers), {span.line for span in found.shared}
    spans = _spans_of_records(found)
    own = [span for span in spans if span not in headers and span.line not in shared]
    return [*own, *found.headers, *{span for span in spans if span.line in shared}]


def _spans_of_records(found: Listing) -> list[Span]:
    spans = [leftover.span for leftover in found.leftovers]
    for record in found.records:
        for field in record.fields.values():
            if field.label.text:  # the text of another field is the heading
                spans += [field.label, *field.texts]
        for fields in record.repeated.values():
            spans += [field.label for field in fields]
        if record.heading and record.heading.line >= found.first_line:
            spans.append(record.heading)  # the first record's stands over the region
    return spans


def check_rebuilt(page: Page, found: Listing) -> None:
    """Assert that labels, texts, headings, leftovers and separators are the region's lines."""
    by_line: dict[int, list[Span]] = defaultdict(list)
    for span in spans_of(found):
        by_line[span.line].append(span)
    for line in page.lines[found.first_line - 1 : found.last_line]:
        rebuilt, at = "", 0
        for _, start, end, text in sorted(by_line.pop(line.number, [])):
            separator = line.text[at:start]
            assert start >= at, (line, "two places hold the same characters")
            assert separator in ("", " ", ":", ": ", " :", " : "), (line, separator)
            rebuilt += separator + text
            at = end
        assert line.text[at:] in ("", ":", " :"), line
        assert rebuilt + line.text[at:] == line.text
    assert by_line == {}
