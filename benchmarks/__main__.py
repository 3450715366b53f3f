"""`python -m benchmarks [--quick]`: speed, growth, cold starts and memory, with the goals beside.

Nothing fails here but a wrong result: figures depend on the machine, ratios much less.
"""

from __future__ import annotations

import argparse
import math
import tempfile
from pathlib import Path

from benchmarks import measure
from benchmarks.pages import make_page, make_site_page, make_text

SIZES = (6, 60, 600, 6000)
SITE = 0  # six records in a content system's page
JUDGED = (SITE, 60)  # both have some 45 kB, and the goals do not say which is meant
ROUNDS = {SITE: 61, 6: 101, 60: 41, 600: 11, 6000: 5}
QUICK_ROUNDS = {SITE: 11, 6: 11, 60: 7, 600: 3, 6000: 1}
ORDER = ("parse", "core", "core of text", "extract", "notebook", "plain")
ONCE = {6000: ("notebook", "plain")}  # seconds a call

Medians = dict[int, dict[str, float]]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds")
    quick = parser.parse_args().quick
    print(measure.describe_machine())
    cells = sum(measure.compare_tables(page) for page in (make_site_page(), make_page(60)))
    print(f"Program and notebook agree in all {cells:,} cells of four tables of two pages.\n")
    medians = _measure_sizes(QUICK_ROUNDS if quick else ROUNDS)
    _print_goals(medians)
    if measure.has_command():
        _print_starts(3 if quick else measure.COLD_ROUNDS)
    else:
        print("cold starts, memory: the command line is not there yet")


def _measure_sizes(rounds: dict[int, int]) -> Medians:
    print("Medians in ms; the collector is off during a call.")
    print(f"{'records':>8}{'kB':>7}" + "".join(f"{name:>14}" for name in ORDER) + f"{'rounds':>8}")
    medians: Medians = {}
    for size in (SITE, *SIZES):
        page = make_page(size) if size else make_site_page()
        contenders = measure.list_contenders(page, make_text(size or 6))
        measure.time_rounds(contenders, 1)  # caches and late imports
        found = medians[size] = measure.time_rounds(contenders, rounds[size], ONCE.get(size, ()))
        shown = [f"{found[name] * 1000:14.2f}" if name in found else f"{'-':>14}" for name in ORDER]
        print(f"{_name(size):>8}{len(page) / 1000:7.0f}{''.join(shown)}{rounds[size]:8}")
    print(
        "parse: lexbor alone. core: bytes to the rows of all nine tables. extract: DataFrames too."
    )
    print(
        f"notebook: four tables; plain: without pandas but for the result; one call at {max(ONCE):,} records."
    )
    print("site: six records in a content system's page, with the text of the known page's size.")
    if "extract" not in medians[SIZES[0]]:
        print("extract: not there yet")
    return medians


def _print_goals(medians: Medians) -> None:
    print(
        "\nRatios"
        + "".join(f"{_name(size):>10}" for size in medians)
        + "   goal for the site; for 60"
    )
    for above, below, goal, at_most in (
        ("core", "parse", 20.0, True),
        ("notebook", "core", 6.0, False),
        ("notebook", "extract", 4.0, False),
        ("plain", "core", 6.0, False),
        ("plain", "extract", 4.0, False),
    ):
        if below not in medians[SITE]:
            continue
        ratios = {size: found[above] / found[below] for size, found in medians.items()}
        shown = "".join(f"{ratio:10.1f}" for ratio in ratios.values())
        print(f"{above + ' / ' + below:20}"[:20] + f"{shown[4:]}   ", end="")
        print("; ".join(_judge(ratios[size], goal, at_most=at_most) for size in JUDGED))
    small, large = SIZES[-2:]
    for name in ORDER:
        if name in medians[large]:
            growth = math.log(medians[large][name] / medians[small][name]) / math.log(large / small)
            goal_text = _judge(growth, 1.1) if name in ("core", "core of text", "extract") else ""
            print(f"growth {small} to {large:,}, {name:14}{growth:6.2f}   {goal_text}".rstrip())


def _print_starts(rounds: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        page, large = Path(folder, "page.html"), Path(folder, "large.html")
        page.write_bytes(make_site_page())
        large.write_bytes(make_page(SIZES[-1]))
        run = measure.start_program
        medians = measure.time_starts(
            {
                "ihk --help": run("--help"),
                "import typer": measure.start_import("typer"),
                "ihk extract": run("extract", str(page), "--out", str(Path(folder, "out"))),
                "import pandas, pyarrow.parquet": measure.start_import("pandas, pyarrow.parquet"),
            },
            rounds,
        )
        peak = measure.peak_memory(run("extract", str(large), "--out", str(Path(folder, "all"))))
        with measure.serve(page.read_bytes()) as url:
            raw, out = str(Path(folder, "raw")), str(Path(folder, "watched"))
            visit = run("update", "--url", url, "--raw", raw, "--out", out)
            bare = [visit[0], "-c", f"import requests; requests.get({url!r}).content"]
            visits = measure.time_starts({"ihk update": visit, "requests.get": bare}, rounds)
    print(f"\nCold starts, medians of {rounds} in ms")
    for name, taken in (medians | visits).items():
        print(f"  {name:34}{taken * 1000:8.0f}")
    help_ratio = medians["ihk --help"] / medians["import typer"]
    cold_ratio = medians["ihk extract"] / medians["import pandas, pyarrow.parquet"]
    print(f"  help / typer              {help_ratio:6.2f}   {_judge(help_ratio, 2.0)}")
    print(f"  extract / its libraries   {cold_ratio:6.2f}   {_judge(cold_ratio, 1.1)}")
    visit_ratio = visits["ihk update"] / visits["requests.get"]
    print(f"  update, unchanged / get   {visit_ratio:6.2f}   {_judge(visit_ratio, 2.0)}")
    print(f"\nPeak memory of one extraction of {SIZES[-1]:,} records: {peak / 2**20:.0f} MiB")


def _name(size: int) -> str:
    return f"{size:,}" if size else "site"


def _judge(value: float, goal: float, *, at_most: bool = True) -> str:
    met = value <= goal if at_most else value >= goal
    return f"{'≤' if at_most else '≥'} {goal:g}  {'met' if met else 'MISSED'}"


if __name__ == "__main__":
    main()
