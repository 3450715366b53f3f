"""Web archives -> the raw store: captures enter under their original times.

What a file or a server holds is found here; `importer` judges it and writes it down.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pipeline.archives import is_same_page, iter_archive, list_mementos, open_input
from pipeline.errors import SpecError
from pipeline.extraction import Progress
from pipeline.fetch import FetchFailed, check_url
from pipeline.listing import read_spec
from pipeline.program.importer import Imported, Importer, connect
from pipeline.program.visit import open_store
from pipeline.settings import Settings


def import_files(settings: Settings, paths: list[Path]) -> Imported:
    """Import the listing's pages of WARC files; SpecError if one is no such file."""
    spec = read_spec(settings.listing)
    own = [address for address in (settings.url, spec.url) if address]

    def is_wanted(url: str) -> bool:
        return any(is_same_page(url, address) for address in own)

    result = Imported()
    with open_store(settings, spec) as store:
        importer = Importer(store, spec, result)
        wrong = [error for path in paths if (error := _import_file(path, is_wanted, importer))]
        importer.judge_again()
    if wrong:
        raise wrong[0]
    if not result.found and not result.problems:
        raise SpecError(
            f"{', '.join(map(str, paths))}: no page of {' or '.join(own)} in it that was answered "
            "with 200; if it stands there under another address, give that with --url"
        )
    return result


def _import_file(
    path: Path, is_wanted: Callable[[str], bool], importer: Importer
) -> SpecError | None:
    """Import a WARC file; what stands in the files after it does not hang on it."""
    try:
        with open_input(path) as file:
            for found in iter_archive(file, str(path), is_wanted):
                importer.take(found)
    except SpecError as error:
        return error
    return None


def import_server(
    settings: Settings, server: str, url: str, progress: Progress | None = None
) -> Imported:
    """Import the captures of a page that a Wayback or CDX server has; what is there is not asked for.

    A server that fails is given up with what was imported so far, and the next run goes on.
    """
    spec = read_spec(settings.listing)
    server = check_url(server, "the flag --server")
    url = check_url(url or settings.url or spec.url)
    result = Imported()
    with open_store(settings, spec) as store:
        importer = Importer(store, spec, result)
        try:
            listed = list_mementos(connect(server, settings), server, url)
            result.others = listed.others
            for done, memento in enumerate(listed.mementos):
                if progress:
                    progress(done, len(listed.mementos))
                importer.take_memento(memento, server, settings)
        except FetchFailed as error:
            result.unavailable = str(error)
        importer.judge_again()
    return result
