"""The scheduled run: visit, extract, publish, and what changed, as data.

Most runs find nothing new, so what builds tables is imported only when something has to be built.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pipeline.listing import read_spec
from pipeline.program.visit import Visited, open_store, pay_visit
from pipeline.publish import SETS, describe_store, hash_register, is_current, read_current
from pipeline.settings import Settings
from pipeline.store import check_writable, make_directory

if TYPE_CHECKING:
    from pipeline.extraction import Extraction, Progress
    from pipeline.program.whats_new import News
    from pipeline.publish import Published


class Updated(NamedTuple):
    """What a run did; `built` is None where nothing had to be built."""

    visited: Visited
    built: Extraction | None = None
    published: Published | None = None
    news: News | None = None

    def has_news(self) -> bool:
        """Tell whether anything is worth saying: a first set, an event, a new fail, a new reading."""
        return bool(self.news and (self.news.is_first or any(self.news[1:])))


def run_update(
    settings: Settings, *, write: bool = True, progress: Progress | None = None
) -> Updated:
    """Visit the page, and publish if what is published is not what would be built now.

    Nothing is built after a visit that failed or found a suspect page.  Without `write` all is
    done but writing.
    """
    spec = read_spec(settings.listing)
    out, register = Path(settings.out), hash_register(settings)
    if write:  # refused before the first request, not after it
        for place in (out, out / SETS):
            make_directory(place)
            check_writable(place)
    with open_store(settings, spec, write=write) as store:
        visited = pay_visit(settings, spec, store, write=write)
        if visited.failure or visited.visit.outcome == "suspect":
            return Updated(visited)
        made_from = describe_store(visited.store, spec, settings, register)
        if is_current(out, made_from):
            return Updated(visited)
        return _publish(settings, visited, write=write, progress=progress)


def _publish(
    settings: Settings, visited: Visited, *, write: bool, progress: Progress | None
) -> Updated:
    from pipeline.program.extract import extract_store
    from pipeline.program.whats_new import find_news
    from pipeline.publish import Published, digest_set, publish, render_set

    out = Path(settings.out)
    built = extract_store(settings, store=visited.store, write=write, progress=progress)
    news = find_news(settings, visited.store, built)
    files = render_set(built)
    if write:
        published = publish(out, files)
    else:
        digest = digest_set(files)
        published = Published(digest, read_current(out) != digest)
    return Updated(visited, built, published, news)
