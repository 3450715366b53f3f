"""Medians of interleaved rounds, and the machine they were taken on.

A round calls every contender once, so that a slow moment of the machine meets all of them.  A call
finds what a process that reads one page finds: the collector on, but nothing to collect; memory
that the system has yet to hand out; none of the program's caches that hold texts of a page.
"""

from __future__ import annotations

import ctypes
import gc
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median

from benchmarks.contenders import Contender, list_caches

ROOT = Path(__file__).resolve().parent.parent
_TRIM = getattr(ctypes.CDLL(None), "malloc_trim", None)  # the GNU C library's


def time_rounds(
    contenders: Mapping[str, Contender],
    rounds: int,
    once: Sequence[str] = (),
    clock: Callable[[], float] = time.process_time,
) -> dict[str, float]:
    """Return each contender's median in seconds, those named in `once` from the first round.

    Processor time, unless told otherwise: the machine's other work counts less.
    """
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for round_number in range(rounds):
        for name, call in contenders.items():
            if round_number and name in once:
                continue
            prepare_call()
            begin = clock()
            call()
            times[name].append(clock() - begin)
    return {name: median(taken) for name, taken in times.items()}


def prepare_call() -> None:
    """Forget what earlier calls left behind."""
    for clear in list_caches():
        clear()
    gc.collect()
    if _TRIM is not None:
        _TRIM(0)


def describe_machine() -> str:
    """Return what a reader needs to compare figures of two runs."""
    load = os.getloadavg()[0]
    version = ".".join(map(str, sys.version_info[:3]))
    return f"Python {version}, {os.cpu_count()} CPUs, load average {load:.1f}"
