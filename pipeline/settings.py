"""`settings.toml` -> Settings; a flag of the command line wins for its run."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, fields, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pipeline.errors import SpecError
from pipeline.store import write_file

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
            raise SpecError(f"{source}: the settings file is missing") from None
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


def turn_on(path: Path | None, switch: str) -> Path | None:
    """Write `switch = true` into the settings file, its other lines as they are; None if it was on.

    Raises SpecError if the file is wrong, StorageError if it cannot be written.
    """
    source = path or DEFAULT
    if getattr(read_settings(path), switch):
        return None
    text = source.read_bytes().decode("utf-8-sig") if source.exists() else ""
    line = f"{switch} = true"
    changed, count = re.subn(rf"(?m)^{switch}[ \t]*=[ \t]*false\b", line, text)
    if not count:
        changed = f"{text}{'' if text.endswith(chr(10)) or not text else chr(10)}{line}\n"
    if not getattr(parse_settings(changed.encode(), str(source)), switch):
        raise SpecError(f"{source}: {switch} cannot be turned on; write {line} into it")
    write_file(source, changed.encode())
    return source


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
        data = tomllib.loads(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SpecError(f"{source}: not valid TOML: {error}") from None
    known = {field.name for field in fields(Settings)}
    for key, value in data.items():
        if key not in known:
            close = get_close_matches(key, known, n=1)
            hint = f"; did you mean {close[0]!r}?" if close else f"; known are {', '.join(known)}"
            raise SpecError(f"{source}: unknown key {key!r}{hint}")
        if key in _SECONDS:
            _check_seconds(f"{source}: {key}", value)
        elif key in _SWITCHES:
            if not isinstance(value, bool):
                raise SpecError(f"{source}: {key}: true or false is expected, not {value!r}")
        elif not isinstance(value, str):
            raise SpecError(f"{source}: {key}: a text is expected, not {value!r}")
    return Settings(**data)
