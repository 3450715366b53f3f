"""The command that tries how the pipeline reads pages that went wrong."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.app import Call
from pipeline.cli.options import STORE, command
from pipeline.errors import SpecError, SuspectPage


@command(f"{STORE} register")
def drill(
    call: Call,
    pages: Annotated[
        list[Path] | None,
        typer.Argument(metavar="PAGE", help="Good pages (default: the accepted captures)."),
    ] = None,
    mutants: Annotated[int, typer.Option("--mutants", metavar="NUMBER", help="How many.")] = 2000,
    seed: Annotated[
        int, typer.Option("--seed", metavar="NUMBER", help="Number of the first one.")
    ] = 0,
    source: Annotated[
        bool, typer.Option("--source", help="Print the page of --seed, and nothing else.")
    ] = False,
) -> None:
    """Mutate good pages by seed and score what is read.

    A cell is right, flagged, undetectable or silently wrong; exit code 4 if one is silently wrong.

    Example: ihk drill --mutants 500
    """
    from pipeline.cli.words.drill import describe_drill, tell_drill
    from pipeline.drill import open_drills, run_drills

    if source and call.as_json:
        raise SpecError("--source prints a page; it cannot be given together with --json")
    if mutants < 1 or seed < 0:
        raise SpecError("--mutants is a number from 1, --seed one from 0")
    drills = open_drills(call.settings, pages or [])
    if source:
        sys.stdout.buffer.write(drills[seed % len(drills)].make(seed // len(drills)).body)
        return
    results = []
    with call.progress("drill") as progress:
        for result in run_drills(drills, range(seed, seed + mutants)):
            results.append(result)
            if progress:
                progress(len(results), mutants)
    is_bad = any(result.grade == "silent" for result in results)
    code = SuspectPage.exit_code if is_bad else 0
    call.show(describe_drill(results), tell_drill(results), code=code)
