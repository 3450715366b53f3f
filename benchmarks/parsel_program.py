"""The four tables as a scraper's program on parsel makes them: the selectors of Scrapy, on lxml."""

from __future__ import annotations

from collections.abc import Iterator

from parsel import Selector

from benchmarks.plain import Record, Tables, make_tables

_NODES = "strong | br | .//text()[not(parent::strong)]"


def extract(html: bytes) -> Tables:
    """Return the tables municipalities, concepts, downloads and contacts of a page."""
    return make_tables(_iter_records(html))


def _iter_records(html: bytes) -> Iterator[Record]:
    for record in Selector(body=html).css("div.records p"):
        fields: dict[str, str] = {}
        label = ""
        for node in record.xpath(_NODES):
            if isinstance(node.root, str):
                fields[label] += node.root
            elif node.root.tag == "br":
                fields[label] += "<br>"
            else:
                label = node.root.text.rstrip(":")
                fields[label] = ""
        links = {a.xpath("string()").get(""): a.attrib["href"] for a in record.css("a[href]")}
        yield Record({label: _split(text) for label, text in fields.items()}, links)


def _split(text: str) -> list[str]:
    return [line.strip() for line in text.strip().removesuffix("<br>").split("<br>")]
