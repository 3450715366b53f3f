"""A Content-Type header -> media type and charset (RFC 9110, 8.3), and the capture of what came."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime

from pipeline.model import Capture, Origin

_TYPE = re.compile(r"[!#$%&'*+.^_`|~0-9a-z-]{1,60}/[!#$%&'*+.^_`|~0-9a-z-]{1,60}")


def parse_content_type(value: str) -> tuple[str, str | None]:
    """Return the bare media type in lower case, empty if it is none, and the first charset named.

    >>> parse_content_type('Text/HTML; Charset="ISO-8859-1"'), parse_content_type("")
    (('text/html', 'ISO-8859-1'), ('', None))
    >>> parse_content_type("html; charset=a; charset=b")
    ('', 'a')
    """
    bare, _, parameters = value.partition(";")
    bare = bare.strip().lower()
    charset = None
    for parameter in parameters.split(";"):
        key, _, text = parameter.partition("=")
        if charset is None and key.strip().lower() == "charset":
            charset = text.strip(" \"'") or None
    return bare if _TYPE.fullmatch(bare) else "", charset


def receive(
    body: bytes, content_type: str | None, url: str, at: datetime | None, origin: Origin, name: str
) -> Capture:
    """Return the capture of a page that a server sent, or an archive."""
    media_type, charset = parse_content_type(content_type or "")
    digest = hashlib.sha256(body).hexdigest()
    return Capture(body, digest, media_type or sniff(body), charset, url, at, origin, name)


def sniff(body: bytes) -> str:
    """Return the media type of a page that came without one: HTML if it begins like it."""
    return "text/html" if body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<" else "text/plain"


def has_whole_end(body: bytes) -> bool:
    """Tell whether an HTML body of unknown length ends as a whole one does."""
    return b"</html" in body[-2048:].lower()
