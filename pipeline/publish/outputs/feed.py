"""The change events as an Atom feed (RFC 4287), for people who read feeds.

One entry for each state of the page that brought changes.  Its id hangs on the two captures and the
time alone, so that it stays when the rules read more or less in them.
"""

from __future__ import annotations

import re
import uuid
from collections import defaultdict
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree as ET

from pipeline.history import print_time
from pipeline.listing import ListingSpec
from pipeline.publish.events import read_events, tell_event
from pipeline.tables import Rows, Table

NAME = "changes.atom"
_ENTRIES = 100  # the newest; the table has all
_LINES = 200  # of an entry
_ATOM = "http://www.w3.org/2005/Atom"
_UNKNOWN = datetime(1970, 1, 1, tzinfo=UTC)  # Atom wants a time where none is known
# What XML 1.0 lacks; told by what it has, the pattern takes 5 ms to compile.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def render_feed(rows: Rows, tables: dict[str, Table], spec: ListingSpec) -> bytes:
    """Return the feed of the events in `rows`, newest first; the same bytes for the same events."""
    at = tables["captures"].names().index("captured_at")
    times = [row[at] for row in rows["captures"] if row[at]][:1]
    events = read_events(rows["changes"], spec)
    times += [event["seen_by"] for event in events if event["seen_by"]]
    feed = ET.Element("feed", xmlns=_ATOM)
    _add(feed, "id", _name(f"{spec.url}#{spec.name}"))
    _add(feed, "title", f"Changes: {spec.title}")
    _add(feed, "updated", print_time(max(times, default=_UNKNOWN)))
    ET.SubElement(feed, "link", rel="alternate", href=_clean(spec.url))
    _add(ET.SubElement(feed, "author"), "name", "ihk-listing")
    groups: dict[tuple[Any, ...], list[dict[str, Any]]] = defaultdict(list)
    for event in events:
        groups[event["after_capture"], event["by_capture"], event["seen_by"]].append(event)
    for (old, new, seen_by), own in list(groups.items())[-_ENTRIES:][::-1]:
        entry = ET.SubElement(feed, "entry")
        updated = print_time(seen_by or _UNKNOWN)
        _add(entry, "id", _name(f"{spec.url}#{spec.name}/{old}/{new}/{updated}"))
        many = "1 change" if len(own) == 1 else f"{len(own)} changes"
        _add(entry, "title", f"{many} from capture {old} to {new}")
        _add(entry, "updated", updated)
        ET.SubElement(entry, "link", rel="alternate", href=_clean(spec.url))
        lines = [tell_event(event) for event in own[:_LINES]]
        if len(own) > _LINES:
            lines.append(f"and {len(own) - _LINES} more: see the table changes")
        _add(entry, "content", "\n".join(lines)).set("type", "text")
    ET.indent(feed)
    text: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def _name(text: str) -> str:
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, text)}"


def _add(parent: ET.Element, tag: str, text: str) -> ET.Element:
    child = ET.SubElement(parent, tag)
    child.text = _clean(text)
    return child


def _clean(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)
