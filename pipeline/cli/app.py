"""What all commands share: the app, the common options, how results and errors are printed."""

from __future__ import annotations

import json
import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args, get_origin

import typer
from typer.core import TyperCommand, TyperGroup

from pipeline.errors import one_line

if TYPE_CHECKING:
    from pipeline.settings import Settings


class _AsGiven:
    """Takes texts and paths as they are and what was not given as absent; the rest is the library's."""

    def __init__(self, annotation: Any) -> None:
        self._is_list = get_origin(annotation) is list
        kind = get_args(annotation)[0] if self._is_list else annotation
        self._read = kind if kind in (str, Path) else None

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        """Return the value of a parameter."""
        if value is None:
            return () if param.multiple or param.nargs == -1 else None
        texts = value if isinstance(value, (tuple, list)) and self._is_list else (value,)
        if self._read is not None and all(isinstance(text, str) for text in texts):
            read = [self._read(text) for text in texts]
            return read if self._is_list else read[0]
        param._runtime_param = None  # noqa: SLF001  # so that the library makes its own
        return param.get_runtime_param().coerce(value, param=param, ctx=ctx)


class _Lean:
    """A command that imports pydantic, which typer checks values with, only where it is needed.

    That import takes longer than a visit that finds nothing new.  Should typer change inside, its
    own way is taken: slower, and with the same values.
    """

    def get_params(self, ctx: Any) -> list[Any]:
        """Return the parameters, the option --help with them."""
        params: list[Any] = super().get_params(ctx)  # type: ignore[misc]
        for param in params:
            if getattr(param, "_runtime_param", 0) is None:
                param._runtime_param = _AsGiven(param.type_descriptor.annotation)  # noqa: SLF001
        return params


class _Command(_Lean, TyperCommand):
    pass


class _Group(_Lean, TyperGroup):
    pass


app = typer.Typer(
    name="ihk",
    cls=_Group,
    help="Turn a page that lists labelled records into checked tables; each cell has its source.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

SettingsFile = Annotated[
    Path | None, typer.Option("--settings", help="Settings file (default: settings.toml).")
]
Raw = Annotated[str | None, typer.Option("--raw", help="Directory of captures and visit log.")]
Out = Annotated[str | None, typer.Option("--out", help="Directory of the published tables.")]
Listing = Annotated[
    str | None, typer.Option("--listing", help="Name of a listing, or a spec FILE.toml.")
]
RegisterFile = Annotated[
    str | None, typer.Option("--register", help="GV100AD file: official register.")
]
Url = Annotated[str | None, typer.Option("--url", help="The page, if not the listing's own.")]
Contact = Annotated[
    str | None, typer.Option("--contact", help="E-mail or web address in the user agent.")
]
Timeout = Annotated[float | None, typer.Option("--timeout", help="Seconds for a whole visit.")]
Pause = Annotated[float | None, typer.Option("--pause", help="Seconds between visits to a host.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print exactly one JSON object.")]


command = partial(app.command, cls=_Command)


@app.callback()
def _root() -> None:
    pass


def tell(message: str) -> None:
    """Write a diagnostic to stderr, as one line."""
    sys.stderr.write(one_line(message) + "\n")


def show(data: dict[str, Any], words: list[str], quiet: bool, as_json: bool) -> None:
    """Write a result to stdout, as one JSON object or as words."""
    if as_json:
        sys.stdout.write(json.dumps(data, ensure_ascii=False, default=str) + "\n")
    elif not quiet:
        sys.stdout.write("".join(f"{line}\n" for line in words))


def has_color() -> bool:
    """Tell whether stdout is a terminal that wants colour."""
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ


def read_settings(path: Path | None, **flags: str | float | None) -> Settings:
    """Read the settings; flags that were given win."""
    from pipeline import settings

    return settings.read_settings(path, **flags)
