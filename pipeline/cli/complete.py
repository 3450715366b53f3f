"""What a shell offers after TAB beside commands and options: listings, cells, captures.

It reads what is published and stored, as the options typed so far say, and never fails: what
cannot be read offers nothing.  The shells' own scripts come with `ihk --install-completion`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from pipeline.errors import PipelineError

if TYPE_CHECKING:
    from pipeline.settings import Settings

_Offer = Callable[[typer.Context], Iterator[str]]
_FLAGS = ("out", "raw", "listing")  # that say where to look


def _offer(find: _Offer) -> Callable[[typer.Context, str], list[str]]:
    """Make what typer calls: the names that begin as what was typed, none if something is wrong."""

    def offer(ctx: typer.Context, incomplete: str) -> list[str]:
        import csv

        try:
            return [name for name in find(ctx) if name.startswith(incomplete)]
        except (PipelineError, OSError, ValueError, KeyError, csv.Error):
            return []

    return offer


def _read(ctx: typer.Context) -> Settings:
    from pipeline.settings import read_settings

    flags = {name: ctx.params.get(name) for name in _FLAGS}
    return read_settings(ctx.params.get("settings_file"), **flags)


@_offer
def offer_listings(_: typer.Context) -> Iterator[str]:
    """Offer the listings of the package; a spec's file is the shell's to offer."""
    from importlib import resources

    files = resources.files("pipeline").joinpath("listings").iterdir()
    yield from sorted(file.name[:-5] for file in files if file.name.endswith(".toml"))


@_offer
def offer_tables(ctx: typer.Context) -> Iterator[str]:
    """Offer the published tables whose rows have a key."""
    from pipeline.publish import read_package

    for resource in read_package(_find_set(ctx))["resources"]:
        table, _, ending = str(resource["path"]).rpartition(".")
        if ending == "csv" and "/" not in table and resource["schema"].get("primaryKey"):
            yield table


@_offer
def offer_rows(ctx: typer.Context) -> Iterator[str]:
    """Offer the keys of the table that was named."""
    _, *rows = _read_table(ctx)
    yield from (row[0] for row in rows)


@_offer
def offer_columns(ctx: typer.Context) -> Iterator[str]:
    """Offer the columns of the table that was named."""
    header, *_ = _read_table(ctx)
    yield from header


@_offer
def offer_captures(ctx: typer.Context) -> Iterator[str]:
    """Offer the captures of the store, those that wait for a verdict alone if there are any."""
    from pipeline.listing import read_spec
    from pipeline.store import read_store

    settings = _read(ctx)
    history = read_store(Path(settings.raw), read_spec(settings.listing).name).history
    yield from history.waiting or history.verdicts


def _find_set(ctx: typer.Context) -> Path:
    from pipeline.publish import find_set

    return find_set(Path(_read(ctx).out)) or Path("nothing published")


def _read_table(ctx: typer.Context) -> Iterator[list[str]]:
    import csv

    path = _find_set(ctx) / f"{ctx.params.get('table')}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.reader(file)
