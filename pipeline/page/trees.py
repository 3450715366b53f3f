"""Two front ends: each parses HTML and tells the walker (`walker`) what stands in it.

lexbor is an HTML5 parser like the browsers'; BeautifulSoup on lxml belongs to another family and
is the independent second reader.  What a reader of the page does not see is told by neither.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pipeline.page.blocks import BLOCKS, Attributes
from pipeline.page.inlines import MARKUP_SPACE
from pipeline.page.marks import (
    Note,
    find_marks,
    list_coded,
    read_noscript,
    read_script,
    read_styles,
)
from pipeline.page.walker import Walker

Head = tuple[str, str | None]  # a page's title and its `<base href>`
Reader = Callable[[str, Sequence[str], Walker], Head]

UNSEEN: frozenset[str | None] = frozenset(
    "title script style template noscript svg iframe object canvas noframes datalist "
    "img input wbr meta link base col area embed source track param "
    "-text -comment !doctype -doctype -cdata -processing-instruction".split()
) | {None}  # selectolax names no tag for a processing instruction (`<?xml …?>`)
_TOLD = frozenset(("script", "noscript", "img"))  # that may stand where an address is meant
MARKS = (
    *("hidden", "style", "colspan", "rowspan"),
    *("aria-expanded", "aria-controls", "data-toggle", "data-bs-toggle"),
)


def read_with_lexbor(html: str, hidden: Sequence[str], walker: Walker) -> Head:
    """Parse `html` (decoded text) with lexbor; elements of the CSS classes `hidden` are not seen."""
    from selectolax.lexbor import LexborHTMLParser

    tree = LexborHTMLParser(html)
    source = tree.raw_html.lower()  # bytes; a look into them spares most searches of the tree
    title = tree.css_first("title")
    base = tree.css_first("base[href]") if b"<base" in source else None
    marks = ",".join(f"[{name}]" for name in MARKS if name.encode() in source)
    marked = {node.mem_id: node.attributes for node in tree.css(marks)} if marks else {}
    if hidden:
        selector = ",".join(f"[class~={json.dumps(name, ensure_ascii=False)}]" for name in hidden)
        marked.update((node.mem_id, {"hidden": None}) for node in tree.css(selector))
    _walk_lexbor(tree.root, marked, _find_notes(tree, html), walker)
    return (
        title.text() if title is not None else "",
        base.attributes.get("href") if base is not None else None,
    )


def _find_notes(tree: Any, html: str) -> dict[int, tuple[Note, ...]]:
    """Return the marks of the elements that have some, by the numbers of their nodes."""
    classes = read_styles(html)
    selectors = [*list_coded(html), *(f"[class~={json.dumps(name)}]" for name in classes)]
    found = {}
    for node in tree.css(",".join(selectors)) if selectors else ():
        if marks := find_marks(node.tag, node.attributes, classes):
            found[node.mem_id] = marks
    return found


def _walk_lexbor(
    node: Any,
    marked: Mapping[int, Attributes],
    notes: Mapping[int, tuple[Note, ...]],
    walker: Walker,
) -> None:
    """Tell the walker of all nodes below `node`, in a loop: a page may nest them deep.

    An HTML5 parser leaves nothing in `head` that is seen.
    """
    parents: list[Any] = []
    pieces, end_line = walker.pieces, walker.end_line
    while True:
        if node is None:
            if not parents:
                return
            walker.end_element()
            node = parents.pop().next
            continue
        text = node.text_content
        if text is not None:
            if walker.block.pre:
                walker.read_text(text)
            elif pieces or (text := text.lstrip(MARKUP_SPACE)):  # as `read_text`, without a call
                pieces.append(text)
            node = node.next
            continue
        tag = node.tag
        attributes = marked.get(node.mem_id) if marked else None
        marks = notes.get(node.mem_id, ()) if notes else ()
        if tag in UNSEEN or tag == "head" or (attributes is not None and is_hidden(attributes)):
            if tag in _TOLD:
                _tell_unseen(walker, tag, marks, node.text(), node.css("a[href]"))
            node = node.next
        elif tag == "br":
            end_line(tag)
            node = node.next
        elif tag == "hr":
            walker.read_rule()
            node = node.next
        else:
            href = _find_href(attributes or node.attrs) if tag == "a" else None
            child = node.child
            text = child.text_content if child is not None and child.next is None else None
            is_plain = attributes is None and not marks and tag not in BLOCKS
            if text and is_plain and not walker.block.pre:
                walker.read_leaf(href, text)
                node = node.next
            else:
                walker.begin_element(tag, attributes, href, marks)
                parents.append(node)
                node = child


def _tell_unseen(
    walker: Walker, tag: str, marks: tuple[Note, ...], text: str, links: Sequence[Any]
) -> None:
    """Tell the walker of an element that is not seen but may stand for an address."""
    if tag == "script":
        marks = read_script(text)
    elif tag == "noscript":
        marks = read_noscript(text, [str(_find_href(link.attrs) or "") for link in links])
    for note in marks:
        walker.read_mark(note)


def _find_href(attributes: Any) -> str | None:
    """Return where a link leads, None for an `a` that is none."""
    return attributes.get("href") or ("" if "href" in attributes else None)


def read_with_soup(html: str, hidden: Sequence[str], walker: Walker) -> Head:
    """Parse `html` (decoded text) with BeautifulSoup on lxml, as `read_with_lexbor` does."""
    from bs4 import BeautifulSoup
    from bs4.element import Tag

    with warnings.catch_warnings(action="ignore"):  # its guesses: XML, a file's name, an address
        soup = BeautifulSoup(html, "lxml")
    base, title = soup.find("base", href=True), soup.find("title")
    _walk_soup(soup, frozenset(hidden), read_styles(html), walker)
    return (
        title.get_text() if title is not None else "",
        str(base["href"]) if isinstance(base, Tag) else None,
    )


def _walk_soup(soup: Any, hidden: frozenset[str], classes: dict[str, str], walker: Walker) -> None:
    from bs4.element import CData, NavigableString, PreformattedString

    waiting = [iter(soup.contents)]
    while waiting:
        node = next(waiting[-1], None)
        if node is None:
            waiting.pop()
            if waiting:
                walker.end_element()
        elif isinstance(node, NavigableString):
            if not isinstance(node, PreformattedString) or isinstance(node, CData):
                walker.read_text(str(node))
        elif is_hidden(node.attrs) or (
            hidden and not hidden.isdisjoint(node.attrs.get("class", ()))
        ):
            continue
        elif node.name == "br":
            walker.end_line("br")
        elif node.name == "hr":
            walker.read_rule()
        elif node.name in _TOLD:
            marks = find_marks(node.name, node.attrs, classes)
            _tell_unseen(walker, node.name, marks, node.get_text(), node.find_all("a", href=True))
        elif node.name not in UNSEEN:
            href = _find_href(node.attrs) if node.name == "a" else None
            marks = find_marks(node.name, node.attrs, classes)
            walker.begin_element(node.name, node.attrs, href, marks)
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
