"""Bounds on a page's markup, checked before a parser sees it.

HTML parsers are not linear on every page.  In lexbor (selectolax 1.0.2, measured) time grows with
the square of the attributes of one element, of the elements open at once and of the options of a
list; unclosed formatting elements around many blocks cost memory too, since the HTML standard
makes each anew in each block.

`_scan` follows the tokenizer of the standard tag by tag.  Few pages need it: `_may_exceed` bounds
what it would count from above, and takes a tenth of its time, since an element that holds nothing
but text, breaks and such elements costs one match of a pattern.  All patterns are possessive.
"""

from __future__ import annotations

import re

from pipeline.errors import SuspectPage

MAX_TAGS = 500_000
MAX_ATTRIBUTES = 2_000
MAX_RECONSTRUCTED = 500_000
MAX_OPEN = 2_000
MAX_OPTIONS = 5_000
_MAX_STEPS = 5_000_000

_ATTRIBUTE = (
    r"(?:=[^\s/>=]*+|[^\s/>=]++)"
    r"(?:\s*+=\s*+(?:\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z)|[^\s>\"'][^\s>]*+)?+)?+"
)
_TOKEN = re.compile(
    r"<!--(?:>|->|.*?(?:--!?>|\Z))"
    r"|<(?P<raw>script|style|textarea|title|xmp)\b.*?(?:</(?P=raw)|\Z)"
    rf"|<(?P<close>/?)(?P<name>[a-z][^\s/>]*+)(?P<attributes>(?:[\s/]++|{_ATTRIBUTE})*+)",
    re.IGNORECASE | re.DOTALL,
)
_ATTRIBUTES = re.compile(_ATTRIBUTE, re.IGNORECASE)
_USUAL_ATTRIBUTES = r"(?: [a-z-]++=\"[^\"]*+\"){0,16}+"
_FORMATTING = frozenset(
    "a b big code em font i nobr s small strike strong tt u".split()
)  # the HTML standard's list
# Void elements, and those that the next of their kind closes: they do not pile up.
_FLAT = frozenset(
    "area base br col embed hr img input link meta param source track wbr html head body "
    "p li dt dd tr td th thead tbody tfoot caption colgroup option".split()
)
_BARRIERS = frozenset("applet marquee object table template".split())  # an end tag stops there
_LEAVES_SVG = frozenset(
    "b big blockquote center code desc div dl em foreignobject h1 h2 h3 h4 h5 h6 i menu nobr ol p "
    "pre ruby s small span strike strong sub sup table tt u ul var".split()
)
_RAW = ("script", "style", "textarea", "title", "xmp")  # whose content is no markup
_RAW_ELEMENT = "|".join(rf"(?i:{name})\b.*?(?:</(?i:{name})|\Z)" for name in _RAW)
# As `_TOKEN`, and in front of each tag all that holds nothing but text, breaks and elements of text.
_USUAL_NAME = r"(?!option\b)[a-z][a-z0-9]*+"
_OF_TEXT = rf"<(?P<@>{_USUAL_NAME}){_USUAL_ATTRIBUTES}>[^<]*+</(?P=@)>"
_OUTLINE = re.compile(
    rf"[^<]*+(?:(?:<br>|{_OF_TEXT.replace('@', 'leaf')}"
    rf"|<(?!(?:{'|'.join(_FORMATTING)})\b)(?P<block>{_USUAL_NAME}){_USUAL_ATTRIBUTES}>"
    rf"[^<]*+(?:(?:<br>|{_OF_TEXT.replace('@', 'inner')})[^<]*+)*+</(?P=block)>)[^<]*+)*+"
    rf"(?:<(?:(?P<tag>/?(?!(?i:{'|'.join(_RAW)})\b)[a-zA-Z][^\s/>]*+)"
    rf"(?:{_USUAL_ATTRIBUTES}(?=>)|(?P<attributes>(?:[\s/]++|{_ATTRIBUTE})*+))"
    r"|!--(?:>|->|.*?(?:--!?>|\Z))"
    rf"|{_RAW_ELEMENT})?|\Z)",
    re.DOTALL,
)
_NAME = re.compile(r"/?([^\s/]*)")
_USUAL = ("b", "em", "i", "strong", "u")  # these without attributes are most of a page's
_FORMATTING_TAG = re.compile(  # but those; without `a`: an open one is closed by the next
    rf"<(?=[bcefinstuBCEFINSTU])(?!(?:br|{'|'.join(_USUAL)})>)"
    rf"(?i:{'|'.join(sorted(_FORMATTING - {'a'}))})(?=[\s/>])[^>]*"
)
_SMALL = 2**16  # characters: no such page took lexbor two seconds, unclosed elements set aside


def check_markup(html: str) -> None:
    """Raise SuspectPage if parsing `html` could take unbounded time or memory."""
    if _may_exceed(html) if len(html) > _SMALL else _may_reconstruct(html):
        _scan(html)


def _may_reconstruct(html: str) -> bool:
    """Bound the reconstructed elements from above without a scan: the usual page is far below.

    The usual tags count as if all of them stood there, and are looked for only if that is too much.
    """
    bare, quoted = set(), 0
    for tag in _FORMATTING_TAG.findall(html):
        if '"' in tag or "'" in tag:  # may go on behind its first `>`
            quoted += 1
        else:
            bare.add(tag)
    count = html.count("<")
    if (3 * (len(bare) + len(_USUAL)) + quoted) * count <= MAX_RECONSTRUCTED:
        return False
    bare.update(name for name in _USUAL if f"<{name}>" in html)
    return (3 * len(bare) + quoted) * count > MAX_RECONSTRUCTED


def _may_exceed(html: str) -> bool:
    """Bound all that `_scan` counts from above."""
    count = html.count("<")
    tags, longest = [], 0
    for match in _OUTLINE.finditer(html):
        tag, attributes = match.group("tag", "attributes")
        if tag:
            tags.append(tag)
        if attributes:
            longest = max(longest, len(attributes))
    most, formatted, steps, options = _bound_open(tags)
    return (
        count > MAX_TAGS
        or longest > MAX_ATTRIBUTES
        or most + 2 > MAX_OPEN  # in front of a tag two more may be open
        or formatted * count > MAX_RECONSTRUCTED
        or steps + count > _MAX_STEPS
        or options > MAX_OPTIONS
    )


def _bound_open(tags: list[str]) -> tuple[int, int, int, int]:
    """Return how many elements and formatting elements are open at most, the steps of end tags, options.

    An end tag is taken to end one element of its name inside the innermost barrier, and none that
    stands in it: so no fewer are open than in `_scan`.
    """
    names = {tag: _NAME.findall(tag)[0].lower() for tag in set(tags)}
    is_open = most = formatted = most_formatted = steps = 0
    counts: dict[str, int] = {}  # of open elements, inside the innermost barrier
    formatting: dict[str, int] = {}
    outside: list[tuple[str, int, dict[str, int]]] = []  # barriers, and what was open there
    for tag in tags:
        name = names[tag]
        if tag[0] == "/":
            steps += is_open
            if formatting.get(name):
                formatting[name] -= 1
                formatted -= 1
            if counts.get(name):
                counts[name] -= 1
                is_open -= 1
            elif outside and outside[-1][0] == name:
                _, is_open, counts = outside.pop()
        elif name not in _FLAT:
            if name in _BARRIERS:
                outside.append((name, is_open, counts))
                counts = {}
            else:
                counts[name] = counts.get(name, 0) + 1
            is_open += 1
            most = max(most, is_open)
            if name in _FORMATTING:
                formatting[name] = formatting.get(name, 0) + 1
                formatted += 1
                most_formatted = max(most_formatted, formatted)
    options = sum(name == "option" for name in map(names.__getitem__, tags))
    return most, most_formatted, steps, options


def _scan(html: str) -> None:
    opened: list[tuple[str, str]] = []
    counts: dict[tuple[str, str], int] = {}
    tags = reconstructed = 0
    nesting = _Nesting()
    for token in _TOKEN.finditer(html):
        name = token["name"]
        if name is None:
            continue
        tags += 1
        name, attributes = name.lower(), token["attributes"]
        if len(attributes) > MAX_ATTRIBUTES:
            count = sum(1 for _ in _ATTRIBUTES.finditer(attributes))
            if count > MAX_ATTRIBUTES:
                raise _too_much(f"an element with {count:,} attributes", MAX_ATTRIBUTES)
        nesting.read(name, bool(token["close"]), attributes)
        if name not in _FORMATTING:
            reconstructed += len(opened)
        elif token["close"]:
            for i in range(len(opened) - 1, -1, -1):
                if opened[i][0] == name:
                    counts[opened.pop(i)] -= 1
                    break
        elif counts.get(key := (name, attributes), 0) < 3:  # the standard keeps three equal ones
            counts[key] = counts.get(key, 0) + 1
            opened.append(key)
        if reconstructed > MAX_RECONSTRUCTED:
            raise _too_much("too many blocks inside unclosed elements", MAX_RECONSTRUCTED)
        if tags > MAX_TAGS:
            raise _too_much(f"more than {MAX_TAGS:,} tags", MAX_TAGS)


class _Nesting:
    """The elements that a parser holds open, at least those that it does."""

    def __init__(self) -> None:
        self.open: list[str] = []
        self.counts: dict[str, int] = {}
        self.options = self.steps = 0
        self.in_svg = False  # where `<path/>` is closed

    def read(self, name: str, is_end: bool, attributes: str) -> None:
        if name == "svg":
            self.in_svg = not is_end
        elif name in _LEAVES_SVG:
            self.in_svg = False
        if is_end:
            self.end(name)
        elif name == "option":
            self.options += 1
            if self.options > MAX_OPTIONS:
                raise _too_much(f"more than {MAX_OPTIONS:,} options", MAX_OPTIONS)
        elif name not in _FLAT and not (self.in_svg and attributes.endswith("/")):
            self.open.append(name)
            self.counts[name] = self.counts.get(name, 0) + 1
            if len(self.open) > MAX_OPEN:
                raise _too_much(f"more than {MAX_OPEN:,} elements open at once", MAX_OPEN)

    def end(self, name: str) -> None:
        if not self.counts.get(name):
            return
        for i in range(len(self.open) - 1, -1, -1):
            self.steps += 1
            if self.open[i] == name:
                for inner in self.open[i:]:
                    self.counts[inner] -= 1
                del self.open[i:]
                return
            if self.open[i] in _BARRIERS:
                return
            if self.steps > _MAX_STEPS:
                raise _too_much("too many end tags out of order", _MAX_STEPS)


def _too_much(what: str, limit: int) -> SuspectPage:
    return SuspectPage(
        f"the page has {what} (limit {limit:,}), so it was not parsed; cut it down to the listing"
    )
