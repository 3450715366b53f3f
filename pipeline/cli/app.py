"""What all commands share: the app, the common options, how results and errors are printed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args, get_origin

import typer
from typer.core import TyperCommand, TyperGroup

from pipeline.cli.complete import offer_listings
from pipeline.cli.screen import find_width, is_terminal, render_json, wants_color
from pipeline.errors import one_line

if TYPE_CHECKING:
    from rich.console import RenderableType

    from pipeline.settings import Settings

_ORDER = (  # of the commands in --help; others follow
    "extract report changes explain verify fetch update status accept reject backfill export "
    "forget spec draft drill"
).split()


_READ = {str: "text", Path: "path", int: "whole number", float: "number"}  # and how it is called


class _AsGiven:
    """Reads texts, paths and numbers, and what was not given as absent; the rest is the library's."""

    def __init__(self, annotation: Any) -> None:
        self._is_list = get_origin(annotation) is list
        kind = get_args(annotation)[0] if self._is_list else annotation
        self._read = kind if kind in _READ else None

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        """Return the value of a parameter."""
        if value is None:
            return () if param.multiple or param.nargs == -1 else None
        texts = value if isinstance(value, (tuple, list)) and self._is_list else (value,)
        if self._read is not None and all(isinstance(text, (str, self._read)) for text in texts):
            try:
                read = [self._read(text) for text in texts]
            except ValueError:
                wanted = f"a {_READ[self._read]} is expected, not {value!r}"
                raise typer.BadParameter(wanted, ctx=ctx, param=param) from None
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
    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names of the commands, those that are called most first."""
        known = super().list_commands(ctx)
        return sorted(known, key=lambda name: _ORDER.index(name) if name in _ORDER else len(_ORDER))


app = typer.Typer(
    name="ihk",
    cls=_Group,
    help=(
        "Turn a page that lists labelled records into checked tables; each cell has its source."
        "\n\nExample: ihk extract --help"
    ),
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

SettingsFile = Annotated[
    Path | None,
    typer.Option("--settings", metavar="FILE", help="Settings file (default: settings.toml)."),
]
Raw = Annotated[
    str | None, typer.Option("--raw", metavar="DIR", help="Directory of captures and visit log.")
]
Out = Annotated[
    str | None, typer.Option("--out", metavar="DIR", help="Directory of the published tables.")
]
Listing = Annotated[
    str | None,
    typer.Option(
        "--listing",
        metavar="NAME",
        help="Name of a listing, or a spec FILE.toml.",
        autocompletion=offer_listings,
    ),
]
RegisterFile = Annotated[
    str | None,
    typer.Option("--register", metavar="FILE", help="GV100AD file, the official register."),
]
People = Annotated[
    bool | None,
    typer.Option("--with-people/--without-people", help="Publish persons, or withhold them."),
]
Excel = Annotated[
    bool | None, typer.Option("--excel/--no-excel", help="Publish the workbook ihk.xlsx.")
]
GermanCsv = Annotated[
    bool | None, typer.Option("--csv-de/--no-csv-de", help="Publish de/, CSV for a German Excel.")
]
AsReport = Annotated[bool | None, typer.Option("--report/--no-report", help="Publish report.html.")]
Url = Annotated[
    str | None, typer.Option("--url", metavar="URL", help="The page, if not the listing's own.")
]
Contact = Annotated[
    str | None,
    typer.Option("--contact", metavar="TEXT", help="E-mail or web address in the user agent."),
]
Timeout = Annotated[
    float | None,
    typer.Option("--timeout", metavar="SECONDS", help="For a whole visit (default: 120)."),
]
Pause = Annotated[
    float | None,
    typer.Option("--pause", metavar="SECONDS", help="Between visits to a host (default: 60)."),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print exactly one JSON object.")]


command = partial(app.command, cls=_Command)


@app.callback()
def _root() -> None:
    pass


def tell(message: str) -> None:
    """Write a diagnostic to stderr, as one line."""
    sys.stderr.write(one_line(message) + "\n")


def show(
    data: dict[str, Any], words: list[str], quiet: bool, as_json: bool, *,
    draw: Callable[[], Iterable[RenderableType]] | None = None,
    errors: Sequence[str] = (), code: int = 0,
) -> None:  # fmt: skip
    """Write a result to stdout: one JSON object, what `draw` gives on a terminal, else words.

    Then tell what is wrong on stderr, and leave with the exit code if it is not 0.
    """
    if as_json:
        sys.stdout.write(render_json(data | _end(errors, code), sys.stdout) + "\n")
    elif not quiet and draw and is_terminal(sys.stdout):
        from pipeline.cli.words.terminal import render

        sys.stdout.write(render(draw(), find_width(), color=wants_color()))
    elif not quiet:
        sys.stdout.write("".join(f"{line}\n" for line in words))
    for error in errors:
        tell(f"ihk: error: {error}")
    if code:
        raise typer.Exit(code)


def fail(message: str, code: int, *, as_json: bool) -> int:
    """Tell why there is no result; return the exit code."""
    message = one_line(message)
    if as_json:
        sys.stdout.write(render_json(_end([message], code), sys.stdout) + "\n")
    tell(f"ihk: error: {message}")
    return code


def _end(errors: Sequence[str], code: int) -> dict[str, Any]:
    """Return the keys that every object of --json ends with."""
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    return {"error": errors[0] + more if errors else None, "exit_code": code}


def read_settings(path: Path | None, **flags: str | float | bool | None) -> Settings:
    """Read the settings; flags that were given win."""
    from pipeline import settings

    return settings.read_settings(path, **flags)
