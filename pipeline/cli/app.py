"""What all commands share: the app, and how a call gives its results and errors."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args, get_origin

import typer
from typer.core import TyperCommand, TyperGroup

from pipeline.cli.progress import show_progress
from pipeline.cli.screen import find_width, is_terminal, render_json, wants_color
from pipeline.errors import one_line

if TYPE_CHECKING:
    from rich.console import RenderableType

    from pipeline.extraction import Progress
    from pipeline.settings import Settings

TABLES = "extract report changes explain verify".split()  # the commands of tables.py
WATCH = "fetch update status accept reject".split()
# In --help; others follow.
_ORDER = [*TABLES, *WATCH, *"backfill export forget spec draft drill".split()]


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


class Command(_Lean, TyperCommand):
    """What each command is made of."""


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


def tell(message: str) -> None:
    """Write a diagnostic to stderr, as one line."""
    sys.stderr.write(one_line(message) + "\n")


class Call:
    """One call of a command: its settings, and how it speaks."""

    def __init__(
        self, file: Path | None, flags: dict[str, Any], *, quiet: bool, as_json: bool
    ) -> None:
        self.file, self.flags = file, flags
        self.quiet, self.as_json = quiet, as_json

    @cached_property
    def settings(self) -> Settings:
        """The settings of the file; flags that were given win."""
        from pipeline.settings import read_settings

        return read_settings(self.file, **self.flags)

    def list_lacking(self) -> list[str]:
        """Return the lines that the settings file lacks, so that later runs undo what flags did."""
        from pipeline.settings import list_lacking

        return list_lacking(self.file, **self.flags)

    def progress(self, what: str) -> AbstractContextManager[Progress | None]:
        """Show that work goes on, on a terminal."""
        return show_progress(what, quiet=self.quiet, as_json=self.as_json)

    def show(
        self, data: dict[str, Any], words: list[str], *, quiet: bool | None = None,
        draw: Callable[[Any], Iterable[RenderableType]] | None = None,
        errors: Sequence[str] = (), code: int = 0,
    ) -> None:  # fmt: skip
        """Write a result to stdout: one JSON object, what `draw` gives on a terminal, else words.

        `draw` gets the module of drawings, imported where it is needed.  Then tell what is wrong on
        stderr, and leave with the exit code if it is not 0.
        """
        quiet = self.quiet if quiet is None else quiet
        if self.as_json:
            sys.stdout.write(render_json(data | _end(errors, code), sys.stdout) + "\n")
        elif not quiet and draw and is_terminal(sys.stdout):
            from pipeline.cli.words import drawings
            from pipeline.cli.words.terminal import render

            sys.stdout.write(render(draw(drawings), find_width(), color=wants_color()))
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
