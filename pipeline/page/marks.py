"""What an element's markup tells of an e-mail address, beside or instead of its text.

Content systems keep addresses from robots: coded in attributes, in a script, behind a picture, in
text that a style reverses or mixes with letters that nobody sees.  A mark is such a text as it stands
in the source, by the name of its attribute; `emails` knows what it means.  Nothing is run.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

Note = tuple[str, str]  # a mark's name and text
Attributes = Mapping[str, Any]

_ABOUT = re.compile(  # attributes made for an address, or for a part of one
    r"data-(?:[a-z0-9-]*-)?(?:e?-?mail|cfemail|mailto|user|name|local|domain|host|tld|addr|address|"
    r"rot13|token|vector|enc|encoded|enc-email|obfuscated?|contact|protected|part[0-9]?|to|at|code|"
    r"href|link|crypt|cipher|key|first|last|a|u|d|m)(?:-[a-z0-9-]+)?"
)
_NAMED = re.compile(rf"\b({_ABOUT.pattern})\s*=", re.IGNORECASE)
_SAID = ("title", "aria-label", "alt")  # whatever an element is called by
_DONE = ("onclick", "onmouseover", "onfocus", "onmousedown")
_SAID_ADDRESS = re.compile(r"@|[\[({](?:at|ät)[\])}]", re.IGNORECASE)
_DONE_ADDRESS = re.compile(r"mail|crypt", re.IGNORECASE)
_CODED = {"joomla-hidden-mail": ("first", "last", "text")}  # elements, and their attributes
_SCRIPT = re.compile(r"mailto|document\.write|crypt|addy|@", re.IGNORECASE)
_STYLE = re.compile(r"<style[^>]*>(.*?)</style", re.IGNORECASE | re.DOTALL)
_RULE = re.compile(r"([^{}]{1,500})\{([^{}]{0,2000})\}")
_SELECTOR = re.compile(r"(?:[a-z0-9]+)?(?:[.#][A-Za-z_][\w-]*)?(?:::?[a-z-]+)?")
_CLASS = re.compile(r"(?:^|[\s>+~*\w])\.([A-Za-z_][\w-]*)$")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_FONT_0 = re.compile(r"font-size:0(?:\.0+)?(?:[a-z%]+)?(?:;|!|$)")
_LONGEST = 4_000  # characters of a mark
HIDDEN, REVERSED, SCRIPT, NOSCRIPT, HREF = "hidden", "reversed", "script", "noscript", "href"


def list_coded(html: str) -> list[str]:
    """Return the CSS selectors of the elements of a page that may carry a mark: mostly none.

    >>> list_coded('<p title="Amt"><a data-mailto-token="x">y</a>')
    ['[data-mailto-token]', '[title]']
    """
    names = sorted(set(map(str.lower, _NAMED.findall(html)))) if "data-" in html else []
    names += [name for name in (*_SAID, *_DONE) if f"{name}=" in html]
    selectors = [f"[{name}]" for name in names]
    selectors += [name for name in _CODED if f"<{name}" in html]
    selectors += [f"[style*={part}]" for part in ("rtl", "font-size") if part in html]
    return [*selectors, "bdo"] if "<bdo" in html else selectors


def find_marks(tag: str, attributes: Attributes, classes: Mapping[str, str]) -> tuple[Note, ...]:
    """Return the marks that an inline element carries; `classes` are those of `read_styles`.

    >>> find_marks("a", {"href": "#", "data-cfemail": "5435143a"}, {})
    (('data-cfemail', '5435143a'),)
    >>> find_marks("span", {"class": "x", "style": "font-size: 0"}, {}), find_marks("b", {"title": "Amt"}, {})
    ((('hidden', ''),), ())
    """
    found: list[Note] = []
    for name, value in attributes.items():
        if not value:
            continue
        text = " ".join(value) if isinstance(value, list) else str(value)
        if name == "style":
            if kind := _tell_style(text):
                found.append((kind, ""))
        elif name == "class":
            kinds = {classes[one] for one in text.split() if one in classes} if classes else set()
            found += [(kind, "") for kind in sorted(kinds)]
        elif len(text) > _LONGEST:
            continue
        elif (
            (name in _SAID and _SAID_ADDRESS.search(text))
            or (name in _DONE and _DONE_ADDRESS.search(text))
            or name in _CODED.get(tag, ())
            or _ABOUT.fullmatch(name)
        ):
            found.append((name, text))
        elif name == "dir" and tag == "bdo" and text.lower() == "rtl":
            found.append((REVERSED, ""))
    return tuple(found)


def read_styles(html: str) -> dict[str, str]:
    """Return the classes that the page's own style sheets hide or reverse, with `hidden` or `reversed`.

    >>> read_styles("<style>.zz, b.y{display:none} p.l{color:red}</style>")
    {'zz': 'hidden', 'y': 'hidden'}
    """
    found: dict[str, str] = {}
    if "<style" not in html and "<STYLE" not in html:
        return found
    for sheet in _STYLE.findall(html):
        for selectors, declared in _RULE.findall(_COMMENT.sub("", sheet)):
            kind = _tell_style(declared)
            for selector in selectors.split(",") if kind else ():
                if match := _CLASS.search(selector.strip()):
                    found[match[1]] = kind
    return found


def _tell_style(declared: str) -> str:
    """Return whether a style hides or reverses a text, else ""."""
    rules = "".join(declared.lower().split())
    if "display:none" in rules or "visibility:hidden" in rules or _FONT_0.search(rules):
        return HIDDEN
    if "direction:rtl" in rules and "bidi-override" in rules:
        return REVERSED
    return ""


def read_script(text: str) -> tuple[Note, ...]:
    """Return the mark of a script in a line, none for one that writes no address.

    >>> read_script("document.write('<b>x</b>')"), read_script("track(1)")
    ((('script', "document.write('<b>x</b>')"),), ())
    """
    return ((SCRIPT, text),) if len(text) <= _LONGEST and _SCRIPT.search(text) else ()


def read_noscript(text: str, hrefs: list[str]) -> tuple[Note, ...]:
    """Return the mark of what a page shows without scripts; `hrefs` are those of its links."""
    told = " ".join([text, *hrefs])
    return ((NOSCRIPT, told),) if len(told) <= _LONGEST and "@" in told else ()
