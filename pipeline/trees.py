"""Two front ends: HTML text -> one stream of events for the walker in `lines`.

lexbor is an HTML5 parser like the browsers'; BeautifulSoup on lxml belongs to another family and
is the independent second reader.  An event is `(text, tag, attributes)`: a text, empty where none
stands there, and what is behind it: an element's start, `"/"` for the end of one (`br` and `hr`
have none), or `""` for nothing.  Attributes are given only where the walker asks for them (links,
toggles).  What a reader of the page does not see yields no event.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

Attributes = Mapping[str, Any]
Event = tuple[str, str, Attributes | None]

UNSEEN = frozenset(
    "title script style template noscript svg iframe object canvas noframes datalist "
    "img input wbr meta link base col area embed source track param "
    "-comment !doctype -doctype -cdata -processing-instruction".split()
)
BREAKS = frozenset(("br", "hr"))
MARKED = "[hidden],[style],[aria-expanded],[aria-controls],[data-toggle],[data-bs-toggle]"


class Tree(NamedTuple):
    """A parsed page: its title, its `<base href>`, and its events in document order."""

    title: str
    base: str | None
    events: Iterator[Event]


def read_with_lexbor(html: str) -> Tree:
    """Parse `html` (decoded text) with lexbor."""
    from selectolax.lexbor import LexborHTMLParser

    tree = LexborHTMLParser(html)
    base, title = tree.css_first("base[href]"), tree.css_first("title")
    marked = {node.mem_id: node.attributes for node in tree.css(MARKED)}
    return Tree(
        title.text() if title is not None else "",
        base.attributes.get("href") if base is not None else None,
        _walk_lexbor(tree, marked),
    )


def _walk_lexbor(tree: Any, marked: Mapping[int, Attributes]) -> Iterator[Event]:
    parents: list[Any] = []
    node, text = tree.root, ""
    while True:
        if node is None:
            if not parents:
                return
            yield text, "/", None
            node, text = parents.pop().next, ""
            continue
        tag = node.tag
        if tag == "-text":
            if text:
                yield text, "", None
            text = node.text_content
        elif tag in BREAKS:
            yield text, tag, None
            text = ""
        elif tag not in UNSEEN:
            attributes = node.attributes if tag == "a" else marked.get(node.mem_id)
            if attributes is None or not is_hidden(attributes):
                yield text, tag, attributes
                parents.append(node)
                node, text = node.child, ""
                continue
        node = node.next


def read_with_soup(html: str) -> Tree:
    """Parse `html` (decoded text) with BeautifulSoup on lxml."""
    from bs4 import BeautifulSoup
    from bs4.element import Tag

    soup = BeautifulSoup(html, "lxml")
    base, title = soup.find("base", href=True), soup.find("title")
    return Tree(
        title.get_text() if title is not None else "",
        str(base["href"]) if isinstance(base, Tag) else None,
        _walk_soup(soup),
    )


def _walk_soup(soup: Any) -> Iterator[Event]:
    from bs4.element import CData, NavigableString, PreformattedString

    waiting = [iter(soup.contents)]
    while waiting:
        node = next(waiting[-1], None)
        if node is None:
            waiting.pop()
            if waiting:
                yield "", "/", None
        elif isinstance(node, NavigableString):
            if not isinstance(node, PreformattedString) or isinstance(node, CData):
                yield str(node), "", None
        elif node.name in BREAKS:
            yield "", node.name, None
        elif node.name not in UNSEEN and not is_hidden(node.attrs):
            yield "", node.name, node.attrs
            waiting.append(iter(node.contents))


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
