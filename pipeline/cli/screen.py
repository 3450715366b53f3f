"""What stdout and stderr are: a terminal or not, coloured or not, how wide.  Decided here alone.

A terminal gets tables, colour and progress; a pipe, a file, `TERM=dumb` and a terminal that is not
UTF-8 get plain words without an escape code.  `NO_COLOR`, if not empty, takes the colour away and
leaves the layout (no-color.org).
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any, TextIO

_DUMB = ("", "dumb", "unknown")
_WIDTH = 80  # columns, where nothing tells


def is_terminal(stream: TextIO) -> bool:
    """Tell whether a stream is a terminal that can do more than print words."""
    encoding = (stream.encoding or "").lower().replace("-", "")
    return stream.isatty() and os.environ.get("TERM", "") not in _DUMB and encoding == "utf8"


def wants_color() -> bool:
    """Tell whether a terminal is to be coloured."""
    return not os.environ.get("NO_COLOR")


def find_width() -> int:
    """Return how many columns the terminal has; `COLUMNS` wins."""
    told = os.environ.get("COLUMNS", "")
    if told.isdecimal() and int(told) > 0:
        return int(told)
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or _WIDTH
    except (OSError, ValueError):
        return _WIDTH


def render_json(data: dict[str, Any], stream: TextIO) -> str:
    """Return one JSON object that the stream can carry, whatever its encoding."""
    text = json.dumps(data, ensure_ascii=False, default=str)
    try:
        text.encode(stream.encoding or "utf-8")
    except UnicodeEncodeError:
        return json.dumps(data, default=str)
    return text
