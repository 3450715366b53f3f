"""Whose texts must not be stored again: keyed hashes, so that the list itself names nobody.

RAW/LISTING/forgotten.json    the hashes, and how many words each text has
RAW.key                       the key, beside the store, readable by its owner alone

Without the key nothing can be recognised, so nothing is stored either.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from pipeline.errors import DamagedFile
from pipeline.model import Capture
from pipeline.page import WITHHELD, find_encoding
from pipeline.privacy.streams import Place, Stream, Word, iter_streams
from pipeline.store import FORGOTTEN, SUFFIXES, canonical, read_stored, write_file

_FORMAT = 1
_WINDOW = 8  # groups of digits that a telephone number is printed in
_SHORTEST = 6  # digits of a telephone number
_PREFIX = 4  # digits that 00490 has more than 0
_CACHED = 50_000  # words of a page that are hashed once


class Suppressions(NamedTuple):
    """Hashes of texts by their number of words, of telephone numbers by that of their digits, negative.

    `ends` are the hashes of the texts' last words: all others of a page need no further look.
    """

    key: bytes = b""
    hashes: frozenset[tuple[int, str]] = frozenset()
    ends: frozenset[str] = frozenset()

    def add(self, words: Iterable[tuple[int, str]], numbers: Iterable[str]) -> Suppressions:
        """Return them with more texts, as `spell_words` and `spell_number` spell these."""
        told = list(words)
        hashes = {(length, self.hash(text)) for length, text in told}
        hashes |= {(-len(number), self.hash(number)) for number in numbers}
        ends = {self.hash(text.rpartition(" ")[2]) for _, text in told}
        return Suppressions(self.key, self.hashes | hashes, self.ends | ends)

    def holds(self, length: int, text: str) -> bool:
        """Tell whether a text, as `spell_words` or `spell_number` spells it, is to be forgotten."""
        return (length, self.hash(text)) in self.hashes

    def hash(self, text: str) -> str:
        """Return the keyed hash of a text (BLAKE2b, 16 bytes)."""
        return hashlib.blake2b(text.encode(), key=self.key, digest_size=16).hexdigest()


def suppress(capture: Capture, suppressions: Suppressions) -> Capture:
    """Return a capture without the texts that are to be forgotten; what is no page stays as it is."""
    if capture.media_type not in SUFFIXES:
        return capture
    html = capture.media_type != "text/plain"
    body = erase(capture.body, capture.charset, suppressions, html=html)
    if body == capture.body:
        return capture
    return replace(capture, body=body, sha256=hashlib.sha256(body).hexdigest())


def suppress_new(capture: Capture, folder: Path) -> Capture:
    """Return a capture as a listing's folder may hold it."""
    if not (folder / FORGOTTEN).exists():
        return capture
    return suppress(capture, read_suppressions(folder.parent, folder.name))


def read_suppressions(raw: Path, listing: str) -> Suppressions:
    """Read what a listing's store must not hold; DamagedFile if the list or its key is not whole."""
    path = raw / listing / FORGOTTEN
    if not path.exists():
        return Suppressions()
    try:
        data = json.loads(read_stored(path))
        own = {name: value for name, value in data.items() if name != "sha256"}
        if data["sha256"] != hashlib.sha256(canonical(own)).hexdigest():
            raise ValueError
        hashes = frozenset((int(n), str(digest)) for n, digest in own["hashes"])
        ends = frozenset(map(str, own["ends"]))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise DamagedFile(f"{path}: not as it was written; restore it from a backup") from None
    key = read_key(raw)
    if key is None:
        raise DamagedFile(
            f"{find_key(raw)}: the key to {path} is missing, so nobody who was forgotten could be "
            "recognised; restore it from a backup"
        )
    return Suppressions(key, hashes, ends)


def write_suppressions(raw: Path, listing: str, suppressions: Suppressions) -> None:
    """Write the hashes, and the key if there is none yet."""
    if read_key(raw) is None:
        write_file(find_key(raw), suppressions.key.hex().encode() + b"\n", mode=0o600)
    own = {
        "format": _FORMAT,
        "hashes": sorted(map(list, suppressions.hashes)),
        "ends": sorted(suppressions.ends),
    }
    digest = hashlib.sha256(canonical(own)).hexdigest()
    write_file(raw / listing / FORGOTTEN, canonical({**own, "sha256": digest}) + b"\n")


def find_key(raw: Path) -> Path:
    """Return where the key of a store lies: beside it, so that copies of the store lack it."""
    return raw.resolve().with_name(f"{raw.resolve().name}.key")


def read_key(raw: Path) -> bytes | None:
    """Return the key of a store, None if there is none; DamagedFile if it is no key."""
    path = find_key(raw)
    if not path.exists():
        return None
    try:
        return bytes.fromhex(read_stored(path).decode("ascii").strip())
    except ValueError:
        raise DamagedFile(f"{path}: no key; restore it from a backup") from None


def make_key() -> bytes:
    """Return a new key."""
    return secrets.token_bytes(32)


def spell_words(text: str) -> tuple[int, str]:
    """Return how many words a text has, and its words as a slug spells them.

    >>> spell_words("Möller, Jana"), spell_words("J.Moeller@dorsten.example")
    ((2, 'moeller jana'), (4, 'j moeller dorsten example'))
    """
    words = [word.text for word in next(iter_streams(text, html=False)).iter_words() if word.text]
    return len(words), " ".join(words)


def spell_number(digits: str) -> str | None:
    """Return a telephone number's digits as they are dialled inside the country; None if too few.

    >>> spell_number("4902362123456"), spell_number("02362123456"), spell_number("12")
    ('02362123456', '02362123456', None)
    """
    digits = digits.removeprefix("00")
    if digits.startswith("49") and len(digits) > _SHORTEST + 2:
        digits = "0" + digits[2:].lstrip("0")
    return digits if len(digits) >= _SHORTEST else None


def erase(body: bytes, charset: str | None, suppressions: Suppressions, *, html: bool) -> bytes:
    """Return a page's bytes in which `[withheld]` stands for each text that is to be forgotten.

    All other bytes stay as they are, unless the page's encoding cannot be written back: then it is
    stored as UTF-8 with a byte order mark.
    """
    if not suppressions.hashes:
        return body
    name, mark = find_encoding(body, charset, html=html)
    rest = body[len(mark) :]
    try:
        source: str | None = rest.decode(name, "surrogateescape")
        if source is None or source.encode(name, "surrogateescape") != rest:
            source = None
    except UnicodeError:
        source = None
    if source is None:
        source, name, mark = rest.decode(name, "replace"), "utf-8", b"\xef\xbb\xbf"
    erased = erase_text(source, suppressions, html=html)
    if erased == source:
        return body
    return mark + erased.encode(name, "surrogateescape")


def erase_text(source: str, suppressions: Suppressions, *, html: bool) -> str:
    """Return a text in which `[withheld]` stands for each text that is to be forgotten."""
    marks: dict[Place, bool] = {}  # whether `[withheld]` stands there, or it is the rest of a text
    for stream in iter_streams(source, html=html):
        for start, end in _iter_matches(stream, suppressions):
            for n, place in enumerate(stream.find_places(start, end)):
                marks[place] = marks.get(place, False) or n == 0
    parts: list[str] = []
    at = 0
    for start, end, shows in _merge(marks):
        parts += [source[at:start], WITHHELD if shows else ""]
        at = end
    return "".join([*parts, source[at:]])


def _merge(marks: dict[Place, bool]) -> list[tuple[int, int, bool]]:
    merged: list[tuple[int, int, bool]] = []
    for (start, end), shows in sorted(marks.items()):
        if merged and start < merged[-1][1]:
            first, last, shown = merged.pop()
            merged.append((first, max(end, last), shows or shown))
        else:
            merged.append((start, end, shows))
    return merged


def _iter_matches(stream: Stream, suppressions: Suppressions) -> Iterator[Place]:
    """Yield where the stream holds a text that is to be forgotten."""
    lengths = sorted({length for length, _ in suppressions.hashes if length > 0})
    numbers = {-length for length, _ in suppressions.hashes if length < 0}
    digits = {length + more for length in numbers for more in range(_PREFIX + 1)}
    last: deque[Word] = deque(maxlen=max(_WINDOW, *lengths, 1))
    is_end = lru_cache(maxsize=_CACHED)(lambda word: suppressions.hash(word) in suppressions.ends)
    for word in stream.iter_words():
        if not word.text:  # the stream breaks here
            last.clear()
            continue
        last.append(word)
        if is_end(word.text):
            for length in lengths:
                run = list(last)[-length:]
                if len(run) == length and suppressions.holds(length, _join(run)):
                    yield run[0].start, word.end
        if digits and word.text.isdigit():
            yield from _iter_numbers(stream.text, last, digits, suppressions)


def _iter_numbers(
    text: str, last: deque[Word], lengths: set[int], suppressions: Suppressions
) -> Iterator[Place]:
    """Yield the telephone numbers that end with the last word, in any grouping."""
    digits = ""
    for n in range(1, min(len(last), _WINDOW) + 1):
        word = last[-n]
        if not word.text.isdigit():  # a slug is ASCII
            return
        digits = word.text + digits
        if len(digits) not in lengths:
            continue
        number = spell_number(digits)
        if number and suppressions.holds(-len(number), number):
            start = word.start
            while start and text[start - 1] in "+(":
                start -= 1
            yield start, last[-1].end


def _join(words: Iterable[Word]) -> str:
    return " ".join(word.text for word in words)
