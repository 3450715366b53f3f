"""A page's source -> its words, each with the characters of the source that it stands in.

A name may stand in text, across inline tags, in an attribute (`mailto:`), a comment or a script, and
be written with entities, percent signs or escapes.  Each of these is a stream: decoded text with the
places it came from.  In the text itself tags are read twice, as nothing and as a space, because `Jana
<b>Möller</b>` is a name and `<td>Jana<td>Möller` too.
"""

from __future__ import annotations

import io
import re
from array import array
from bisect import bisect_right
from collections.abc import Iterator
from html import unescape
from typing import NamedTuple

from pipeline.page import MAX_TAGS, slug

Place = tuple[int, int]  # characters of the source, half-open
_UNSEEN = "\u00ad\u200b-\u200f\u2060\ufeff"
_WORD = re.compile(f"\0|(?:[^\\W_]|[\u0300-\u036f{_UNSEEN}])+")
_DROP = re.compile(f"[{_UNSEEN}]")
_TAG = re.compile(r"""<[^>"']*+(?:(?:"[^"]*+"|'[^']*+')[^>"']*+)*+>""")
_NAME = re.compile(r"</?([A-Za-z][^\s/>]*)")
_RAW = {name: re.compile(f"</{name}", re.IGNORECASE) for name in ("script", "style")}
_INLINE = frozenset(
    "a abbr b bdi bdo cite code em font i ins kbd mark q s small span strong sub sup tt u wbr".split()
)
_ENTITY = re.compile(r"&(?:\#[0-9]{1,7}|\#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});?")
_CODED = re.compile(rf"{_ENTITY.pattern}|\\u[0-9A-Fa-f]{{4}}|(?:%[0-9A-Fa-f]{{2}})+")


class Word(NamedTuple):
    """A word as a slug spells it, and where it stands in its stream; "" where the stream breaks."""

    text: str
    start: int
    end: int


class Stream:
    """Decoded text, and which characters of the source each of its pieces came from."""

    def __init__(self) -> None:
        self._buffer = io.StringIO()
        self._at, self._start, self._end = array("q"), array("q"), array("q")  # of each piece
        self._even = bytearray()  # whether it stands for its part character for character
        self._length = 0
        self.text = ""

    def add(self, text: str, start: int, end: int, *, even: bool) -> None:
        """Add text that stands for the source's `[start:end]`; `even`: character for character."""
        if text:
            self._at.append(self._length)
            self._start.append(start)
            self._end.append(end)
            self._even.append(even)
            self._buffer.write(text)
            self._length += len(text)

    def add_coded(self, source: str, start: int, end: int, coded: re.Pattern[str]) -> None:
        """Add a part of the source in which characters may be written as `coded` finds them."""
        at = start
        for match in coded.finditer(source, start, end):
            self.add(source[at : match.start()], at, match.start(), even=True)
            for text, first, last in _decode(match[0], match.start()):
                self.add(text, first, last, even=False)
            at = match.end()
        self.add(source[at:end], at, end, even=True)

    def add_break(self, text: str, at: int) -> None:
        """Add a character that stands for no part of the source."""
        self.add(text, at, at, even=False)

    def close(self) -> Stream:
        """Return the stream, ready to be read."""
        self.text = self._buffer.getvalue()
        self._buffer.close()
        return self

    def iter_words(self) -> Iterator[Word]:
        """Yield the words in order."""
        for match in _WORD.finditer(self.text):
            word = match[0]
            text = word.lower() if word.isascii() else slug(_DROP.sub("", word))
            if text == "\0":
                yield Word("", *match.span())
            elif text:
                yield Word(text, *match.span())

    def find_places(self, start: int, end: int) -> list[Place]:
        """Return the parts of the source that `text[start:end]` came from, in order."""
        places: list[Place] = []
        for n in range(bisect_right(self._at, start) - 1, len(self._at)):
            at, first, last, even = self._at[n], self._start[n], self._end[n], self._even[n]
            if at >= end:
                break
            low = first + max(start - at, 0) if even else first
            high = min(first + end - at, last) if even else last
            if low < high:
                if places and places[-1][1] == low:
                    low = places.pop()[0]
                places.append((low, high))
        return places


def iter_streams(source: str, *, html: bool) -> Iterator[Stream]:
    """Yield the streams of a page's source; one with more tags than a page may have is one stream."""
    if not html or source.count("<") > MAX_TAGS:
        text = Stream()
        text.add(source, 0, len(source), even=True)
        yield text.close()
        return
    yield _read_text(source, _INLINE)
    yield _read_text(source, frozenset())
    yield _read_rest(source)


def _read_text(source: str, inline: frozenset[str]) -> Stream:
    """Return the text, in which the tags `inline` are nothing and all others a space."""
    text = Stream()
    for kind, start, end, name in _iter_parts(source):
        if kind == "text":
            text.add_coded(source, start, end, _ENTITY)
        elif kind == "tag" and name not in inline:
            text.add_break(" ", start)
    return text.close()


def _read_rest(source: str) -> Stream:
    """Return what stands inside of tags, in comments and scripts."""
    rest = Stream()
    for kind, start, end, _ in _iter_parts(source):
        if kind != "text":
            rest.add_coded(source, start, end, _CODED)
            rest.add_break("\0", end)
    return rest.close()


def _iter_parts(source: str) -> Iterator[tuple[str, int, int, str]]:
    """Yield what the source is made of: text, tags, and what is neither (comments, scripts)."""
    at, size = 0, len(source)
    while at < size:
        start = source.find("<", at)
        if start < 0:
            start = size
        if start > at:
            yield "text", at, start, ""
        if start == size:
            return
        if source.startswith("<!--", start):
            end = source.find("-->", start + 4)
            at = size if end < 0 else end + 3
            yield "other", start, at, ""
            continue
        if source[start + 1 : start + 2] in ("", " ", "\n", "<") or not (
            source[start + 1].isalpha() or source[start + 1] in "/!?"
        ):
            yield "text", start, start + 1, ""
            at = start + 1
            continue
        match = _TAG.match(source, start)
        at = size if match is None else match.end()  # an open quote takes the rest, as in a browser
        named = _NAME.match(source, start)
        name = named[1].lower() if named else ""
        yield "tag", start, at, name
        if name in _RAW and source[start + 1] != "/":
            closing = _RAW[name].search(source, at)
            end = closing.start() if closing else size
            yield "other", at, end, ""
            at = end


def _decode(coded: str, start: int) -> Iterator[tuple[str, int, int]]:
    """Yield the characters that an entity, an escape or percent signs stand for, with their places."""
    if coded[0] == "&":
        yield unescape(coded), start, start + len(coded)
    elif coded[0] == "\\":
        yield chr(int(coded.removeprefix("\\u"), 16)), start, start + len(coded)
    else:
        raw = bytes.fromhex(coded.replace("%", ""))
        try:
            text = raw.decode()
        except UnicodeDecodeError:
            text = raw.decode("latin-1")
            yield from ((c, start + 3 * n, start + 3 * n + 3) for n, c in enumerate(text))
            return
        at = start
        for c in text:
            width = 3 * len(c.encode())
            yield c, at, at + width
            at += width
