"""A Content-Type header -> media type and charset (RFC 9110, 8.3)."""

from __future__ import annotations


def parse_content_type(value: str) -> tuple[str, str | None]:
    """Return the bare media type in lower case, and the charset if one is named.

    >>> parse_content_type('Text/HTML; Charset="ISO-8859-1"'), parse_content_type("")
    (('text/html', 'ISO-8859-1'), ('', None))
    """
    bare, _, parameters = value.partition(";")
    charset = None
    for parameter in parameters.split(";"):
        key, _, text = parameter.partition("=")
        if key.strip().lower() == "charset":
            charset = text.strip(" \"'") or None
    return bare.strip().lower(), charset


def sniff(body: bytes) -> str:
    """Return the media type of a page that came without one: HTML if it begins like it."""
    return "text/html" if body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<" else "text/plain"
