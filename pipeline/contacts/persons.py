"""A line that names a person -> salutation, academic title, given and family name.

No list of first names: `is_office` knows only what words of offices look like, and the block
around decides (`contacts`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from pipeline.page import WITHHELD

_SALUTATION = re.compile(r"(Frau|Herr|Mrs|Mr|Ms|Miss|Mx)(?:(?<=Herr)n|\.)?\s+(?=\S)")
_TITLE = re.compile(
    r"(?:Prof|Dr|PD|Dipl|Mag|Lic|Ing)\.(?:-?[A-Za-zÄÖÜäöüß]++\.?)*"
    r"|(?:M|B)\.\s?(?:A|Sc|Eng|Ed)\.|MBA|LL\.M\.|Ph\.?D\.?|h\.\s?c\.|mult\.|\((?:FH|TU|Univ\.)\)"
    r"|(?:rer|med|phil|jur|iur|nat|pol|oec|habil)\."
    r"|Dipl\.-[A-Za-zÄÖÜäöüß-]+\.?"
    r"|Dr|Professor|Prof|Rev|Cllr|[BM]Sc|[BM]Eng|MPhil|[CMO]BE"  # English ones have no point
)
_TITLE_SIGN = re.compile(r"[.(]|MBA|PhD|Dr|Prof|Rev|Cllr|Sc|Eng|MPhil|BE")  # each title has one
_WORD = re.compile(r"[^\W\d_]+(?:['’.-][^\W\d_]+)*\.?")
_TWO_WORDS = re.compile(r"[A-ZÄÖÜ][a-zäöüß]* [A-ZÄÖÜ][a-zäöüß]*")  # as most names are
_MARKS = frozenset(  # all that `_SALUTATION` and `_TITLE` find between letters and spaces
    "Frau Herr Herrn Mrs Mr Ms Miss Mx MBA PhD Dr Professor Prof Rev Cllr BSc MSc BEng MEng MPhil "
    "CBE MBE OBE".split()
)
_PARTICLES = frozenset(
    "von van vom zu zum zur der den dem de del della di da dos du la le ter ten und af el al ben bin"
    .split()
) - {"und"}  # fmt: skip
_OFFICE_WORDS = frozenset(
    "stadt kreis gemeinde land bezirk region amt fachbereich fb fachdienst fachstelle abteilung abt "
    "referat dezernat stab stabsstelle team sachgebiet büro buero service für fuer und zentrum "
    "projekt quartier bereich verein gmbh ev e.v. ag stiftung agentur leitung sekretariat rathaus "
    "innenstadt soziale soziales bauen umwelt wohnen jugend planen schule bildung integration "
    "bürger bürgerin zentrale haus geschäftsstelle koordination programm netzwerk nachfolge "
    "ggmbh mbh jugendring kreisjugendring stadtjugendring diakonie caritas "
    "office programme kirchspiel "
    "council borough county district city town trust department unit services partnership agency "
    "centre center committee regeneration planning housing development association society charity "
    "university college school group board ltd limited plc cic".split()
)
_OFFICE_ENDS = tuple(
    "amt amtes planung entwicklung erneuerung verwaltung stelle dezernat referat abteilung "
    "management büro buero zentrum förderung hilfe dienst dienste ordnung sanierung schaft wesen "
    "bereich gesellschaft agentur umbau arbeit beratung betreuung koordination leitung verband "
    "ministerium institut kammer verein haus ungen tum technik bau stiftung gemeinde sozialwerk "
    "diakoniewerk initiative universität schule".split()
)
_OFFICE_TAILS = frozenset(end[-3:] for end in _OFFICE_ENDS)  # asked first: no end is shorter
_CUT = re.compile(r"[,(]")
_MAY_BE_NAME = re.compile(r"[^\W\d_][^\d:;@/|&+]{1,79}(?:\((?:FH|TU)\)[^\d:;@/|&+]*)?$")
_NOBODY = re.compile(r"N\.? ?N\.?", re.IGNORECASE)
_ERASED = re.compile(
    rf"(?:[^\W\d][\w.-]{{0,20}} )*{re.escape(WITHHELD)}.*"
)  # a salutation or title may be left


class Part(NamedTuple):
    """A part of a name: `line[start:end]`."""

    start: int
    end: int
    text: str


class Person(NamedTuple):
    """A name's parts; `person` is the name as printed, without the salutation."""

    salutation: Part | None
    person: Part
    academic_title: tuple[Part, ...]
    given_name: Part | None
    family_name: Part
    rest: Part | None = None  # what follows the name behind a comma or in parentheses
    roles: tuple[Part, ...] = ()  # functions before or behind the name


# As `new_span`: lines are read as names by the hundred.
_new_part: Callable[[tuple[int, int, str]], Part] = partial(tuple.__new__, Part)
_PersonParts = tuple[
    Part | None, Part, tuple[Part, ...], Part | None, Part, Part | None, tuple[Part, ...]
]
_new_person: Callable[[_PersonParts], Person] = partial(tuple.__new__, Person)


def is_nobody(text: str) -> bool:
    """Tell whether the line says that a post is vacant, or its person was erased (`ihk forget`).

    >>> is_nobody("N.N."), is_nobody("Frau [withheld]"), is_nobody("Nina Neu")
    (True, True, False)
    """
    return _NOBODY.fullmatch(text) is not None or (
        WITHHELD in text and _ERASED.fullmatch(text) is not None
    )


def is_office(text: str) -> bool:
    """Tell whether a word of the line is one of an office or a unit.

    >>> is_office("Referat Musterplanung"), is_office("Lena Beispiel")
    (True, False)
    """
    for word in text.lower().replace(",", " ").replace("/", " ").split():
        low = word.strip("()-")
        if low in _OFFICE_WORDS:
            return True
        if low[-3:] in _OFFICE_TAILS and len(low) > 5 and low.endswith(_OFFICE_ENDS):
            return True
    return False


def has_salutation(text: str) -> bool:
    """Tell whether a line begins with `Frau` or the like, so that it names a person.

    >>> has_salutation("Herr zuur Linden"), has_salutation("Herrenhaus")
    (True, False)
    """
    return text.startswith(("Frau", "Herr", "M")) and _SALUTATION.match(text) is not None


def parse_person(text: str, start: int = 0) -> Person | None:
    """Read a name; `start` is added to each part's place. None if it is not shaped like one.

    >>> person = parse_person("Frau Dr. Lena Maria von Beispiel")
    >>> person.person.text, person.given_name.text, person.family_name.text
    ('Dr. Lena Maria von Beispiel', 'Lena Maria', 'von Beispiel')
    >>> parse_person("Muster, Max").given_name.text
    'Max'
    """
    length = len(text)
    if length <= 80 and _TWO_WORDS.fullmatch(text):
        first, _, last = text.partition(" ")
        if first not in _MARKS and last not in _MARKS:
            return _read_two(text, first, last, start)
    if 1 < length <= 80 and text.replace(" ", "").isalpha():
        words = text.split(" ")
        if _MARKS.isdisjoint(words):
            if not _is_name(words):
                return None
            person = _new_part((start, start + len(text), text))
            given, family = _divide(text, words, start)
            return _new_person((None, person, (), given, family, None, ()))
    return _parse_marked(text, start) if _MAY_BE_NAME.match(text) else None


def _read_two(text: str, first: str, last: str, start: int) -> Person:
    """Return the name that is a given and a family name."""
    end, cut = start + len(text), start + len(first)
    given, family = _new_part((start, cut, first)), _new_part((cut + 1, end, last))
    return _new_person((None, _new_part((start, end, text)), (), given, family, None, ()))


def _parse_marked(text: str, start: int) -> Person | None:
    """Read a name that may have a salutation, titles, hyphens, and more behind a comma."""
    salutation = None
    begin = 0
    if text.startswith(("Frau", "Herr", "M")) and (match := _SALUTATION.match(text)):
        salutation = Part(start, start + match.end(1), match[1])
        begin = match.end()
    titles: list[Part] = []
    at = begin
    may_have_title = _TITLE_SIGN.search(text) is not None
    while (
        may_have_title
        and (match := _TITLE.match(text, at))
        and text[match.end() : match.end() + 1] in (" ", "")
    ):
        titles.append(Part(start + at, start + match.end(), match[0]))
        at = min(match.end() + 1, len(text))
    name, end, rest, turned = text[at:], len(text), None, None
    mark = _CUT.search(name)
    if mark and (cut := mark.start()):
        after = name[cut + 1 :].strip(" )")
        name = name[:cut].rstrip(" ")
        offset = text.index(after, at + cut + 1) if after else len(text)
        if _is_titles(after):
            titles.append(Part(start + offset, start + offset + len(after), after))
        elif text[at + cut] == "," and " " not in name and after and _is_name(after.split(" ")):
            turned = Part(start + offset, start + offset + len(after), after)
        else:
            end = at + len(name)
            rest = Part(start + offset, start + offset + len(after), after) if after else None
    while may_have_title and (last := name.rpartition(" "))[0] and _TITLE.fullmatch(last[2]):
        offset = at + len(last[0]) + 1
        titles.append(Part(start + offset, start + offset + len(last[2]), last[2]))
        name = last[0]
    words = name.split(" ")
    if not _is_name(words):
        return None
    person = Part(start + begin, start + end, text[begin:end])
    given: Part | None = turned
    if turned:
        family = Part(start + at, start + at + len(name), name)
    else:
        given, family = _divide(name, words, start + at)
    return Person(salutation, person, tuple(titles), given, family, rest)


def _divide(name: str, words: list[str], start: int) -> tuple[Part | None, Part]:
    """Return the given and the family name, which begins with a particle or is the last word."""
    if _PARTICLES.isdisjoint(words):
        given, _, family = name.rpartition(" ")
    else:
        first = next(i for i, word in enumerate(words) if word in _PARTICLES)
        given, family = " ".join(words[:first]), " ".join(words[first:])
    end = start + len(name)
    part = _new_part((end - len(family), end, family))
    return _new_part((start, start + len(given), given)) if given else None, part


def _is_titles(text: str) -> bool:
    return bool(text) and all(_TITLE.fullmatch(word) for word in text.split())


def _is_name(words: list[str]) -> bool:
    if len(words) > 6 or not words[-1][:1].isupper():
        return False
    for word in words:
        if not (word[:1].isupper() or word in _PARTICLES):
            return False
        if not word.isalpha() and _WORD.fullmatch(word) is None:
            return False
    return True
