"""`settings.toml` -> Settings; a flag of the command line wins for its run."""

from __future__ import annotations

import tomllib
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pipeline.errors import SpecError

DEFAULT = Path("settings.toml")
_SECONDS = ("timeout", "pause")
_SWITCHES = ("people", "excel", "csv_de", "report")
_LONGEST = 86_400  # seconds that a run may be told to take or to wait


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run needs to know that is not in the listing spec."""

    raw: str = "raw"  # directory of the captures and the visit log
    out: str = "processed"  # directory of the published tables
    listing: str = "ihk"  # a listing of the package, or the path of a spec ending in .toml
    people: bool = True  # False: names, numbers and addresses of persons are withheld
    excel: bool = False  # publish a workbook, ihk.xlsx
    csv_de: bool = False  # publish the CSV of a German Excel, de/
    report: bool = False  # publish report.html
    register: str = ""  # path of a GV100AD file; empty: the few municipalities of the package
    url: str = ""  # the page to visit; empty: the listing's own
    contact: str = ""  # e-mail or web address in the user agent
    timeout: float = 120.0  # seconds for a whole visit, with its waits
    pause: float = 60.0  # seconds between visits to one host, across runs; not on loopback

    @property
    def switches(self) -> dict[str, bool]:
        """What a published set hangs on, beside the listing and the register."""
        return {name: getattr(self, name) for name in _SWITCHES}


def read_settings(path: Path | None = None, **flags: Any) -> Settings:
    """Read `path`, or settings.toml in the working directory if there is one.

    `flags` that are not None win.  Raises SpecError, which names file, line or key, and reason.
    """
    source = path or DEFAULT
    settings = Settings()
    try:
        content = source.read_bytes()
    except FileNotFoundError:
        if path is not None:
            raise SpecError(
                f"{source}: the settings file is missing; copy settings.example.toml of the program's "
                f"repository to {source} and edit it"
            ) from None
    except OSError as error:
        raise SpecError(f"{source}: the settings cannot be read: {error.strerror}") from None
    else:
        settings = parse_settings(content, str(source))
    settings = replace(settings, **{n: value for n, value in flags.items() if value is not None})
    places = {key: f"--{key}" if flags.get(key) is not None else f"{source}: {key}" for key in
              ("contact", *_SECONDS)}  # fmt: skip
    _check_contact(settings.contact, places["contact"])
    for key in _SECONDS:
        _check_seconds(places[key], getattr(settings, key))
    return settings


def list_lacking(path: Path | None = None, **flags: Any) -> list[str]:
    """Return the lines of a settings file that would make for all runs what flags make for one.

    Only switches that differ from the default are meant: such a flag is likely meant for all runs.
    """
    others = {name: value for name, value in flags.items() if name not in _SWITCHES}
    usual, saved = Settings().switches, read_settings(path, **others).switches
    return [
        f"{name} = {str(flags[name]).lower()}"
        for name in _SWITCHES
        if flags.get(name) not in (None, usual[name], saved[name])
    ]


def _check_seconds(place: str, value: object) -> None:
    if isinstance(value, bool) or not (isinstance(value, int | float) and 0 <= value < _LONGEST):
        raise SpecError(f"{place}: a number of seconds is expected, not {value!r}")


def _check_contact(contact: str, place: str) -> None:
    """Refuse what no HTTP header can carry."""
    if not contact.isascii() or not contact.isprintable() or any(c in contact for c in "()"):
        raise SpecError(f"{place}: an e-mail or web address is expected, not {contact!r}")


def parse_settings(content: bytes, source: str) -> Settings:
    """Read the bytes of a settings file; `source` is named in errors."""
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n")
        data = tomllib.loads(text)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SpecError(f"{source}: not valid TOML: {error}") from None
    known = [field.name for field in fields(Settings)]
    for key, value in data.items():
        if key not in known:
            close = get_close_matches(key, known, n=1)
            hint = f"; did you mean {close[0]!r}?" if close else f"; known are {', '.join(known)}"
            raise SpecError(f"{source}: line {_find_line(text, key)}: unknown key {key!r}{hint}")
        if key in _SECONDS:
            _check_seconds(f"{source}: {key}", value)
            continue
        kind, wanted = (bool, "true or false") if key in _SWITCHES else (str, "a text")
        if not isinstance(value, kind):
            raise SpecError(f"{source}: {key}: {wanted} is expected, not {value!r}")
    return Settings(**data)


def _find_line(text: str, key: str) -> int:
    """Return where a key of a valid text first stands, whatever its quotes, dots or table.

    The text up to a line is valid by itself only where that line ends a statement.
    """
    lines, last = text.split("\n"), 0
    for end in range(1, len(lines)):
        with suppress(tomllib.TOMLDecodeError):
            if key in tomllib.loads("\n".join(lines[:end])):
                break
            last = end
    return last + 1
