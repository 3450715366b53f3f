"""`python -m benchmarks [--quick]`: speed, growth, cold starts and memory, with the goals beside.

Nothing fails here but a wrong result: figures depend on the machine, ratios much less, and ratios
of instructions hardly.
"""

from __future__ import annotations

import argparse
import math
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks import guard, starts
from benchmarks.contenders import compare_tables, list_contenders
from benchmarks.instructions import Task, count_instructions, has_valgrind
from benchmarks.measure import describe_machine, time_rounds
from benchmarks.pages import make_large_site_page, make_page, make_site_page, make_text

PAGES = {  # rounds; `site` and `large` are six and sixty records among much furniture
    "site": 41, "6": 41, "60": 21, "600": 7, "6000": 3, "large": 5,
}  # fmt: skip
QUICK = {"site": 11, "60": 7, "600": 3}
COUNTED = ("site", "60", "600")
QUICK_COUNTED = ("60",)
GUARDED = ("60", "600")
ONCE = {"6000": ("notebook", "parsel")}  # seconds a call
ORDER = ("parse", "core", "core of text", "extract", "selectolax", "parsel", "notebook")
RATIOS: tuple[tuple[str, str, dict[str, float]], ...] = (  # and the goal for a page's size
    ("core", "parse", {"60": 11, "600": 11}),
    ("core", "selectolax", {"60": 3, "600": 3}),
    ("extract", "selectolax", {"60": 4, "600": 4}),
    ("parsel", "extract", {}),
    ("notebook", "extract", {"60": -4, "600": -3}),  # below zero: at least
    ("selectolax", "parse", {"60": 6, "600": 6}),  # a good rival
)

Found = dict[str, dict[str, float]]  # by page and contender


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer pages and rounds")
    quick = parser.parse_args().quick
    print(describe_machine())
    cells = sum(compare_tables(page) for page in (make_site_page(), make_page(60), make_page(600)))
    print(f"Program and rivals agree in all {cells:,} cells of four tables of three pages.")
    times = _print_times(QUICK if quick else PAGES)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        counts = _count(folder, quick=quick) if has_valgrind() else {}
        _print_goals(times, counts)
        _print_starts(folder, 3 if quick else 7)
        _print_peaks(folder)


def _make_page(name: str) -> bytes:
    made = {"site": make_site_page, "large": make_large_site_page}.get(name)
    return made() if made else make_page(int(name))


def _print_times(pages: Mapping[str, int]) -> Found:
    print("\nMedians in ms of processor time, the collector on")
    print(f"{'records':>8}{'kB':>7}" + "".join(f"{name:>14}" for name in ORDER) + f"{'rounds':>8}")
    found: Found = {}
    time_rounds(list_contenders(make_page(60)), 1)  # late imports
    for name, rounds in pages.items():
        page = _make_page(name)
        contenders = list_contenders(page)
        if name.isdigit():
            text = make_text(int(name))
            contenders["core of text"] = list_contenders(text, "text/plain")["core"]
        took = found[name] = time_rounds(contenders, rounds, ONCE.get(name, ()))
        shown = (f"{took[key] * 1000:14.2f}" if key in took else f"{'-':>14}" for key in ORDER)
        print(f"{name:>8}{len(page) / 1000:7.0f}{''.join(shown)}{rounds:8}")
    print("site, large: six records in a page of some 49 kB, sixty in one of 2 MB.")
    return found


def _count(folder: Path, *, quick: bool) -> Found:
    """Count the instructions of this tree and of the guard's commit, and print what has grown."""
    html = {name: folder / f"{name}.html" for name in (QUICK_COUNTED if quick else COUNTED)}
    guarded = []
    for name, file in html.items():
        file.write_bytes(_make_page(name))
        if name in GUARDED:
            text = folder / f"{name}.txt"
            text.write_bytes(make_text(int(name)))
            guarded += [file, text]
    known = guard.list_tasks(guarded)
    rivals = [(name, file) for file in html.values() for name in ORDER if name != "core of text"]
    tree = folder / "baseline"
    tree.mkdir()
    has_baseline = guard.check_out(tree)
    with ThreadPoolExecutor() as threads:
        ours = threads.submit(count_instructions, list(dict.fromkeys([*known, *rivals])))
        theirs = threads.submit(count_instructions, known, tree) if has_baseline else None
        now: dict[Task, int] = ours.result()
        if theirs is None:
            print(f"\nGrowth: this clone lacks the commit {guard.BASELINE[:7]} (is it shallow?).")
        else:
            guard.print_growth(theirs.result(), now)
    return {
        page: {name: float(now[name, file]) for name, read in rivals if read == file}
        for page, file in html.items()
    }


def _print_goals(times: Found, counts: Found) -> None:
    print(f"\nRatios, in times{'':13}" + "".join(f"{name:>9}" for name in times))
    _print_ratios(times)
    if counts:
        print(f"Ratios, in instructions{'':6}" + "".join(f"{name:>9}" for name in counts))
        _print_ratios(counts)
        print(
            "Goals are for times; what the system does, half of a bare parse, has no instructions."
        )
    else:
        print("valgrind is not there: times alone, no guard of what has grown.")
    _print_growth(times, "time")
    _print_growth(counts, "instructions")


def _print_ratios(found: Found) -> None:
    for above, below, goals in RATIOS:
        ratios = {page: values[above] / values[below] for page, values in found.items()}
        judged = (
            f"{page}: {_judge(ratios[page], abs(goal), at_most=goal > 0)}"
            for page, goal in goals.items()
            if page in ratios
        )
        shown = "".join(f"{ratio:9.1f}" for ratio in ratios.values())
        print(f"  {above + ' / ' + below:27}{shown}   {'; '.join(judged)}".rstrip())


def _print_growth(found: Found, unit: str) -> None:
    """Print the exponent of growth from 60 records to the most there are."""
    large = max((name for name in found if name.isdigit()), key=int, default="60")
    if large == "60":
        return
    for name in ("core", "core of text", "extract"):
        if name in found[large]:
            ratio = found[large][name] / found["60"][name]
            growth = math.log(ratio) / math.log(int(large) / 60)
            print(
                f"  growth of {name}, 60 to {large}: {growth:.2f}   {_judge(growth, 1.1)} ({unit})"
            )


def _print_starts(folder: Path, rounds: int) -> None:
    page = folder / "page.html"
    page.write_bytes(make_site_page())
    took = starts.time_starts(page, folder, rounds)
    print(f"\nCold starts, medians of {rounds} in ms")
    for name, seconds in took.items():
        print(f"  {name:34}{seconds * 1000:8.0f}")
    libraries = took["import pandas, pyarrow.parquet"]
    for name, ratio, goal in (
        ("--help / typer", took["ihk --help"] / took["import typer"], 1.3),
        ("extract / its libraries", took["ihk extract"] / libraries, 0.75),
        ("update, unchanged / get", took["ihk update"] / took["requests.get, sha256"], 1.5),
    ):
        print(f"  {name:34}{ratio:8.2f}   {_judge(ratio, goal)}")


def _print_peaks(folder: Path) -> None:
    page = folder / "large.html"
    page.write_bytes(make_page(6000))
    peaks = starts.find_peaks(page, folder)
    held = peaks["parse and tables"]
    print("\nPeak memory of 6,000 records in MiB, beside a parsed page and its tables as loaded")
    for name, peak in peaks.items():
        judged = "" if peak is held else f"{peak / held:6.2f}   {_judge(peak / held, 2)}"
        print(f"  {name:34}{peak / 2**20:8.0f}{judged}")


def _judge(value: float, goal: float, *, at_most: bool = True) -> str:
    met = value <= goal if at_most else value >= goal
    return f"{'≤' if at_most else '≥'} {goal:g} {'met' if met else 'MISSED'}"


if __name__ == "__main__":
    main()
