"""Two front ends: HTML text -> one stream of events for the walker in `lines`.

lexbor is an HTML5 parser like the browsers'; BeautifulSoup on lxml belongs to another family and
is the independent second reader.  An event is `(text, tag, attributes, inner)`: a text, empty where
none stands there, and what is behind it: an element's start, `"/"` for the end of one (`br` and
`hr` have none), or `""` for nothing.  Attributes are given only where the walker asks for them
(links, toggles).  `inner` is the text of an element that holds nothing else: it spares the two
events of that text and of the element's end.  What a reader of the page does not see yields no event.
"""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any, NamedTuple

_WHOLE = re.compile(r"[ \t\n\f\r]*\+?([0-9]{1,9})")
Attributes = Mapping[str, Any]
Event = tuple[str, str, Attributes | None, str | None]

UNSEEN: frozenset[str | None] = frozenset(
    "title script style template noscript svg iframe object canvas noframes datalist "
    "img input wbr meta link base col area embed source track param "
    "-text -comment !doctype -doctype -cdata -processing-instruction".split()
) | {None}  # selectolax names no tag for a processing instruction (`<?xml …?>`)
BREAKS = frozenset(("br", "hr"))
MARKS = (
    *("hidden", "style", "colspan", "rowspan"),
    *("aria-expanded", "aria-controls", "data-toggle", "data-bs-toggle"),
)


class Tree(NamedTuple):
    """A parsed page: its title, its `<base href>`, and its events in document order."""

    title: str
    base: str | None
    events: Iterator[Event]


Reader = Callable[[str, Sequence[str]], Tree]


def read_with_lexbor(html: str, hidden: Sequence[str] = ()) -> Tree:
    """Parse `html` (decoded text) with lexbor; elements of the CSS classes `hidden` are not seen."""
    from selectolax.lexbor import LexborHTMLParser

    tree = LexborHTMLParser(html)
    base, title = tree.css_first("base[href]"), tree.css_first("title")
    source = tree.raw_html.lower()  # bytes; a look into them spares most searches of the tree
    marks = ",".join(f"[{name}]" for name in MARKS if name.encode() in source)
    marked = {node.mem_id: node.attributes for node in tree.css(marks)} if marks else {}
    if hidden:
        selector = ",".join(f"[class~={json.dumps(name, ensure_ascii=False)}]" for name in hidden)
        marked.update((node.mem_id, {"hidden": None}) for node in tree.css(selector))
    return Tree(
        title.text() if title is not None else "",
        base.attributes.get("href") if base is not None else None,
        _read_ahead(_walk_lexbor(tree, marked)),
    )


def _read_ahead(events: Iterator[Event]) -> Iterator[Event]:
    """Return the same events, made 500 at a time: a tenth quicker than by turns with the walker."""
    return chain.from_iterable(iter(lambda: list(islice(events, 500)), []))


def _walk_lexbor(tree: Any, marked: Mapping[int, Attributes]) -> Iterator[Event]:
    parents: list[Any] = []
    node, text = tree.root, ""
    while True:
        if node is None:
            if not parents:
                return
            yield text, "/", None, None
            node, text = parents.pop().next, ""
            continue
        own = node.text_content
        if own is not None:
            if text:
                yield text, "", None, None
            node, text = node.next, own
            continue
        tag = node.tag
        if tag in BREAKS:
            if not marked or not is_hidden(marked.get(node.mem_id, {})):
                yield text, tag, None, None
                text = ""
        elif tag not in UNSEEN:
            attributes = marked.get(node.mem_id) if marked else None
            if attributes is None or not is_hidden(attributes):
                if attributes is None and tag == "a":
                    attributes = node.attributes
                child = node.child
                inner = child.text_content if child is not None and child.next is None else None
                yield text, tag, attributes, inner
                text = ""
                if not inner:
                    parents.append(node)
                    node = child
                    continue
        node = node.next


def read_with_soup(html: str, hidden: Sequence[str] = ()) -> Tree:
    """Parse `html` (decoded text) with BeautifulSoup on lxml, as `read_with_lexbor` does."""
    from bs4 import BeautifulSoup
    from bs4.element import Tag

    with warnings.catch_warnings(action="ignore"):  # its guesses: XML, a file's name, an address
        soup = BeautifulSoup(html, "lxml")
    base, title = soup.find("base", href=True), soup.find("title")
    return Tree(
        title.get_text() if title is not None else "",
        str(base["href"]) if isinstance(base, Tag) else None,
        _walk_soup(soup, frozenset(hidden)),
    )


def _walk_soup(soup: Any, hidden: frozenset[str]) -> Iterator[Event]:
    from bs4.element import CData, NavigableString, PreformattedString

    waiting = [iter(soup.contents)]
    while waiting:
        node = next(waiting[-1], None)
        if node is None:
            waiting.pop()
            if waiting:
                yield "", "/", None, None
        elif isinstance(node, NavigableString):
            if not isinstance(node, PreformattedString) or isinstance(node, CData):
                yield str(node), "", None, None
        elif is_hidden(node.attrs) or (
            hidden and not hidden.isdisjoint(node.attrs.get("class", ()))
        ):
            continue
        elif node.name in BREAKS:
            yield "", node.name, None, None
        elif node.name not in UNSEEN:
            yield "", node.name, node.attrs, None
            waiting.append(iter(node.contents))


def find_span(tag: str, attributes: Attributes) -> tuple[int, int]:
    """Return the columns and rows that a cell covers, within the HTML standard's bounds.

    >>> find_span("td", {"colspan": " 2x", "rowspan": "0"}), find_span("th", {"colspan": "9999"})
    ((2, 0), (1000, 1))
    """
    if tag not in ("td", "th"):
        return 1, 1
    columns = _read_whole(attributes.get("colspan"))
    rows = _read_whole(attributes.get("rowspan"))
    return min(columns or 1, 1000), min(rows, 65534)


def _read_whole(value: object) -> int:
    match = _WHOLE.match(str(value))
    return int(match[1]) if match else 1


def is_hidden(attributes: Attributes) -> bool:
    """Tell whether an element says of itself that a browser shows nothing of it.

    >>> is_hidden({"style": "Display : none"}), is_hidden({"hidden": ""}), is_hidden({})
    (True, True, False)
    """
    hidden = attributes.get("hidden", False)
    if hidden is not False and hidden != "until-found":  # the value None is the bare attribute
        return True
    style = attributes.get("style")
    if not style:
        return False
    rules = str(style).lower().replace(" ", "").replace("\t", "").replace("\n", "")
    return "display:none" in rules or "visibility:hidden" in rules
