"""The options that commands share, each told once, and how a command gets them."""

from __future__ import annotations

from collections.abc import Callable
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import Annotated, Any, TypeVar

from typer import Option

from pipeline.cli.app import Call, Command, app
from pipeline.cli.complete import offer_listings

_Function = TypeVar("_Function", bound=Callable[..., None])

_SHARED: dict[str, Any] = {  # by the setting that each stands for
    "url": Annotated[
        str | None, Option("--url", metavar="URL", help="The page, if not the listing's own.")
    ],
    "contact": Annotated[
        str | None,
        Option("--contact", metavar="TEXT", help="E-mail or web address in the user agent."),
    ],
    "timeout": Annotated[
        float | None,
        Option("--timeout", metavar="SECONDS", help="For a whole visit (default: 120)."),
    ],
    "pause": Annotated[
        float | None,
        Option("--pause", metavar="SECONDS", help="Between visits to a host (default: 60)."),
    ],
    "out": Annotated[
        str | None, Option("--out", metavar="DIR", help="Directory of the published tables.")
    ],
    "raw": Annotated[
        str | None, Option("--raw", metavar="DIR", help="Directory of captures and visit log.")
    ],
    "listing": Annotated[
        str | None,
        Option(
            "--listing",
            metavar="NAME",
            help="Name of a listing, or a spec FILE.toml.",
            autocompletion=offer_listings,
        ),
    ],
    "register": Annotated[
        str | None,
        Option("--register", metavar="FILE", help="GV100AD file, the official register."),
    ],
    "people": Annotated[
        bool | None,
        Option("--with-people/--without-people", help="Publish persons, or withhold them."),
    ],
    "excel": Annotated[
        bool | None, Option("--excel/--no-excel", help="Publish the workbook ihk.xlsx.")
    ],
    "csv_de": Annotated[
        bool | None, Option("--csv-de/--no-csv-de", help="Publish de/, CSV for a German Excel.")
    ],
    "report": Annotated[bool | None, Option("--report/--no-report", help="Publish report.html.")],
    "settings_file": Annotated[
        Path | None,
        Option("--settings", metavar="FILE", help="Settings file (default: settings.toml)."),
    ],
}
STORE = "raw listing"
VISIT = f"url contact timeout pause {STORE}"
PUBLISH = f"out {STORE} register people excel csv_de"


def command(
    shared: str = "", *, quiet: str = "Say nothing but errors.", **fixed: bool
) -> Callable[[_Function], _Function]:
    """Make a command of a function that takes a `Call` and parameters of its own.

    `shared` names the settings that flags of the command replace, in the order of its help; `quiet`
    tells what --quiet does; `fixed` are flags that always count as given.
    """
    names = shared.split()
    file = ["settings_file"] if names else []
    kinds = {name: _SHARED[name] for name in names + file} | {
        "quiet": Annotated[bool, Option("--quiet", "-q", help=quiet)],
        "as_json": Annotated[bool, Option("--json", help="Print exactly one JSON object.")],
    }

    def register(function: _Function) -> _Function:
        def run(
            *, quiet: bool, as_json: bool, settings_file: Path | None = None, **given: Any
        ) -> None:
            flags = {name: given.pop(name) for name in names} | fixed
            function(Call(settings_file, flags, quiet=quiet, as_json=as_json), **given)

        _, *own = signature(function, eval_str=True).parameters.values()
        own += [
            Parameter(
                n, Parameter.KEYWORD_ONLY, annotation=kind, default=None if n in _SHARED else False
            )
            for n, kind in kinds.items()
        ]
        run.__signature__ = Signature(own)  # type: ignore[attr-defined]
        run.__name__, run.__doc__, run.__annotations__ = function.__name__, function.__doc__, {}
        app.command(cls=Command)(run)
        return function

    return register
