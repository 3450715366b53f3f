"""Typed access to the data of a TOML file, with errors that name file, key and reason."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from math import isfinite
from typing import Any, NoReturn
from urllib.parse import urlsplit

from pipeline.errors import SpecError

_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")


@dataclass(frozen=True)
class TomlReader:
    """Reads values of sections; `source` is the file that errors name, `where` the section."""

    source: str

    def closed(self, item: Any, known: str, where: str) -> None:
        if not isinstance(item, dict):
            self.fail(where, "a section is expected")
        for key in item:
            if key not in known.split():
                self.fail(where or key, f"unknown key {key!r}{name_near(key, known.split())}")

    def sections(
        self, data: dict[str, Any], key: str, known: str
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield the name of each section of a list, and the section."""
        items = data.get(key, [])
        if not isinstance(items, list):
            self.fail(key, f"write it as [[{key}]]")
        for number, item in enumerate(items, start=1):
            where = f"[[{key}]] {number}"
            self.closed(item, known, where)
            yield where, item

    def value(self, item: dict[str, Any], key: str, where: str, default: Any) -> Any:
        if key not in item and default is None:
            self.fail(where or key, f"key {key!r} is missing")
        return item.get(key, default)

    def text(self, item: dict[str, Any], key: str, where: str, default: str | None = None) -> str:
        value = self.value(item, key, where, default)
        if not isinstance(value, str) or (not value.strip() and key in item):
            self.fail(f"{where}, {key}".lstrip(", "), f"a text is expected, not {value!r}")
        return str(value)

    def texts(self, item: dict[str, Any], key: str, where: str) -> list[str]:
        value = self.value(item, key, where, None)
        if not isinstance(value, list) or not value or not all(isinstance(v, str) for v in value):
            self.fail(f"{where}, {key}".lstrip(", "), f"a list of texts is expected, not {value!r}")
        return list(value)

    def name(self, item: dict[str, Any], key: str, where: str, default: str | None = None) -> str:
        value = self.text(item, key, where, default)
        if not _NAME.fullmatch(value):
            self.fail(
                f"{where}, {key}".lstrip(", "),
                f"{value!r} is no name of lower-case letters, digits and _",
            )
        return value

    def address(self, item: dict[str, Any], key: str) -> str:
        url = self.text(item, key, "")
        try:
            parts = urlsplit(url)
            good = parts.scheme in ("http", "https") and bool(parts.hostname)
        except ValueError:
            good = False
        if not good:
            self.fail(key, f"{url!r} is not an absolute http or https address")
        return url

    def flag(self, item: dict[str, Any], key: str, where: str, default: bool) -> bool:
        value = item.get(key, default)
        if not isinstance(value, bool):
            self.fail(f"{where}, {key}".lstrip(", "), f"true or false is expected, not {value!r}")
        return bool(value)

    def whole(self, item: dict[str, Any], key: str, default: int) -> int:
        value = item.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            self.fail(key, f"a whole number from 1 is expected, not {value!r}")
        return int(value)

    def number(self, item: dict[str, Any], key: str, where: str) -> Decimal | None:
        """Return a number as it is written in the file, exactly; None if there is none."""
        value = item.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
            self.fail(f"{where}, {key}", f"a number is expected, not {value!r}")
        return Decimal(str(value))

    def choice(self, item: dict[str, Any], key: str, where: str, known: tuple[str, ...]) -> str:
        value = self.text(item, key, where)
        if value not in known:
            names = ", ".join(known)
            self.fail(
                f"{where}, {key}", f"{value!r} is not one of {names}{name_near(value, known)}"
            )
        return value

    def fail(self, where: str, reason: str) -> NoReturn:
        raise SpecError(f"{self.source}: {where}: {reason}")


def name_near(name: str, known: Iterable[str]) -> str:
    close = [k for k in get_close_matches(str(name), list(known), n=1) if k != name]
    return f"; did you mean {close[0]!r}?" if close else ""
